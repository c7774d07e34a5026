"""The shapes of comparisons of groups, parts and standards for the OpenAPI document."""

from rest_framework import serializers as s

from audits.api.shapes import NamedShape, PeriodShape, PlaceShape


class GroupShape(NamedShape):
    """A group of branches."""

    code = s.CharField()
    kind = s.ChoiceField(choices=["region", "owner", "brand", "peer"])


class GroupRowShape(s.Serializer):
    """One group in the league of groups: `branches` are in the mean, `unrated` are not."""

    rank = s.IntegerField()
    group = GroupShape()
    stars = s.CharField(allow_blank=True)
    level = s.IntegerField(allow_null=True)
    score = s.FloatField()
    exact = s.CharField()
    low = s.FloatField(allow_null=True)
    high = s.FloatField(allow_null=True)
    change = s.FloatField(allow_null=True)
    branches = s.IntegerField()
    unrated = s.IntegerField()
    visits = s.IntegerField()
    ties = s.ListField(child=s.IntegerField())
    league = s.CharField(help_text="The address of the league of its branches: what the mean was made of.")


class GroupsShape(s.Serializer):
    """The groups of one kind, best first."""

    series = NamedShape()
    period = PeriodShape()
    kind = s.CharField()
    results = GroupRowShape(many=True)


class SteadinessShape(s.Serializer):
    """One part over the branches: see `audits.results.groups.Steadiness`."""

    part = s.CharField()
    name = s.CharField()
    mean = s.FloatField()
    within = s.FloatField(allow_null=True, help_text="Standard deviation of visits around their branch, in points.")
    between = s.FloatField(allow_null=True, help_text="Standard deviation of branches around the mean, in points.")
    reliability = s.IntegerField(allow_null=True, help_text="Per cent of the variance of single visits.")


class ConsistencyShape(s.Serializer):
    """How steady the branches of a group or chain are, part by part."""

    series = NamedShape()
    period = PeriodShape()
    group = NamedShape(allow_null=True)
    branches = s.IntegerField()
    visits = s.IntegerField()
    league = s.CharField()
    results = SteadinessShape(many=True)


class MatrixRowShape(s.Serializer):
    """One branch: its place and score, and its parts in the order of `parts` (null where it has none)."""

    rank = s.IntegerField(allow_null=True)
    location = PlaceShape()
    rating = s.UUIDField()
    state = s.CharField()
    score = s.FloatField(allow_null=True)
    parts = s.ListField(child=s.FloatField(allow_null=True))


class PartShape(s.Serializer):
    """A column of the matrix."""

    part = s.CharField()
    name = s.CharField()


class MatrixShape(s.Serializer):
    """Section × location: one page of the league's branches with all their parts."""

    series = NamedShape()
    period = PeriodShape()
    group = NamedShape(allow_null=True)
    parts = PartShape(many=True)
    results = MatrixRowShape(many=True)
    next = s.CharField(allow_null=True)
    more = s.BooleanField()


class CountsShape(s.Serializer):
    """How a standard did in one period: `met` is the share of answers that met it, in per cent."""

    failed = s.IntegerField()
    applied = s.IntegerField()
    branches = s.IntegerField(help_text="Branches where it was not met at least once.")
    met = s.FloatField(allow_null=True)


class StandardRowShape(s.Serializer):
    """One standard now and in the period before."""

    code = s.CharField()
    wording = s.CharField()
    section = s.CharField()
    classification = s.CharField()
    critical = s.BooleanField()
    now = CountsShape()
    before = CountsShape()
    change = s.FloatField(allow_null=True)
    clear = s.BooleanField(help_text="The change is more than chance, although so many standards were looked at.")
    where = s.CharField(help_text="The address of the branches where it was not met.")


class StandardsShape(s.Serializer):
    """The standards that answer a question."""

    series = NamedShape()
    period = PeriodShape()
    group = NamedShape(allow_null=True)
    question = s.CharField()
    visits = s.IntegerField()
    visits_before = s.IntegerField()
    branches = s.IntegerField()
    results = StandardRowShape(many=True)


class FailingBranchShape(s.Serializer):
    """One branch where a standard was not met; `visits` is the address of its visits of the period."""

    location = PlaceShape()
    failed = s.IntegerField()
    applied = s.IntegerField()
    visits = s.CharField()


class WhereFailedShape(s.Serializer):
    """The branches behind a number."""

    series = NamedShape()
    period = PeriodShape()
    group = NamedShape(allow_null=True)
    code = s.CharField()
    wording = s.CharField()
    results = FailingBranchShape(many=True)
