"""The shapes of results for the OpenAPI document; answers themselves are built as plain mappings."""

from rest_framework import serializers as s

from audits.api.overridden import OverrideShape


class NamedShape(s.Serializer):
    """Something with an id and a name."""

    id = s.UUIDField()
    name = s.CharField()


class PlaceShape(NamedShape):
    """A branch."""

    code = s.CharField()


class PeriodShape(s.Serializer):
    """A period: first day, last day, label."""

    start = s.DateField()
    end = s.DateField()
    label = s.CharField()  # type: ignore[assignment]


class SeriesShape(NamedShape):
    """A series with its programme and newest periods."""

    code = s.CharField()
    programme = s.CharField()
    period_kind = s.ChoiceField(choices=["month", "quarter", "year"])
    scheme = s.CharField()
    periods = PeriodShape(many=True)


class LeagueRowShape(s.Serializer):
    """One branch in the league."""

    position = s.IntegerField()
    rank = s.IntegerField(allow_null=True)
    location = PlaceShape()
    rating = s.UUIDField()
    stars = s.CharField()
    override = OverrideShape(allow_null=True)
    level = s.IntegerField(allow_null=True)
    state = s.ChoiceField(choices=["rated", "provisional", "unrated"])
    score = s.FloatField(allow_null=True)
    visits = s.IntegerField()
    change = s.FloatField(allow_null=True)
    low = s.FloatField(allow_null=True)
    high = s.FloatField(allow_null=True)
    rank_best = s.IntegerField(allow_null=True)
    rank_worst = s.IntegerField(allow_null=True)
    ties = s.ListField(child=s.IntegerField())
    trend = s.ChoiceField(choices=["rising", "falling", "no clear direction", "too few visits"])
    stands_out = s.ChoiceField(choices=["above the others", "below the others", "no verdict", "too few visits"])


class LeagueShape(s.Serializer):
    """One page of the league."""

    series = NamedShape()
    period = PeriodShape()
    group = NamedShape(allow_null=True)
    part = s.CharField(allow_null=True)
    results = LeagueRowShape(many=True)
    next = s.CharField(allow_null=True)
    more = s.BooleanField()


class RatingShape(s.Serializer):
    """The outcome of one branch in one period."""

    id = s.UUIDField()
    series = s.UUIDField()
    location = PlaceShape()
    period = PeriodShape()
    stars = s.CharField()
    override = OverrideShape(allow_null=True)
    level = s.IntegerField(allow_null=True)
    state = s.ChoiceField(choices=["rated", "provisional", "unrated"])
    score = s.FloatField(allow_null=True)
    exact = s.CharField(allow_blank=True)
    visits = s.IntegerField()
    parts = s.DictField(child=s.FloatField())
    current = s.BooleanField()


class RatingPageShape(s.Serializer):
    """One page of ratings; `next` is the cursor of the page after it."""

    results = RatingShape(many=True)
    next = s.CharField(allow_null=True)
    more = s.BooleanField()


class VisitShape(s.Serializer):
    """A released visit, as far as a manager may know it."""

    visit_id = s.UUIDField()
    released_on = s.DateField()
    when = s.CharField()
    weight = s.CharField()
    digests = s.DictField(child=s.CharField(), required=False)


class ExplainShape(s.Serializer):
    """How a rating came about, step by step."""

    rating = RatingShape()
    scheme = s.CharField()
    scheme_sha256 = s.CharField()
    combine = s.CharField()
    visits = VisitShape(many=True)
    parts = s.DictField(child=s.CharField())
    values = s.DictField()
    lines = s.ListField(child=s.CharField())
    steps = s.ListField(child=s.DictField())
    reason = s.CharField(allow_blank=True)


class SideShape(s.Serializer):
    """One branch beside others."""

    location = PlaceShape()
    rating = s.UUIDField()
    stars = s.CharField()
    override = OverrideShape(allow_null=True)
    state = s.CharField()
    score = s.FloatField(allow_null=True)
    visits = s.IntegerField()
    sections = s.DictField(child=s.FloatField(allow_null=True))
    classifications = s.DictField(child=s.FloatField(allow_null=True))


class SidesShape(s.Serializer):
    """Branches side by side by section and classification."""

    series = NamedShape()
    period = PeriodShape()
    sections = s.ListField(child=s.CharField())
    classifications = s.ListField(child=s.CharField())
    results = SideShape(many=True)


class TrendPointShape(s.Serializer):
    """One period of a trend."""

    period = PeriodShape()
    stars = s.CharField()
    override = OverrideShape(allow_null=True)
    state = s.CharField()
    score = s.FloatField(allow_null=True)
    visits = s.IntegerField()
    rating = s.UUIDField()


class TrendShape(s.Serializer):
    """A branch's ratings through time, oldest first, and what may be said of their direction."""

    location = PlaceShape()
    series = NamedShape()
    results = TrendPointShape(many=True)
    verdict = s.ChoiceField(choices=["rising", "falling", "no clear direction", "too few visits"])
    visits_needed = s.IntegerField()
