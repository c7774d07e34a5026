"""What is published: ratings with everything they came from, their order among others, and counts per standard."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from audits.models.programmes import Series
from chains.models import Location, LocationGroup, VisibleQuerySet
from standards.models import ChecklistVersion, SchemeVersion

if TYPE_CHECKING:
    from chains.models import User


class ByLocationQuerySet(VisibleQuerySet):
    """Results of branches: seen with the branch."""

    def visible_q(self, user: "User") -> Q | None:
        """Rows of the branches that `user` may see."""
        if user.is_superuser:
            return Q()
        return Q(location__in=Location.objects.visible_to(user))


class Rating(models.Model):
    """The outcome of one (series, branch, period) from released visits; append-only, one is current.

    `exact` is the deciding value as a fraction "n/d" (a mean of many visits has no bounded denominator), `sort_key` its
    floor in 10^-9 points, `tenths` the value as shown. `figures` holds every intermediate figure and step.
    """

    class State(models.TextChoices):
        RATED = "rated", "Rated"
        PROVISIONAL = "provisional", "Provisional"
        UNRATED = "unrated", "Not rated"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="ratings")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    period_start = models.DateField()
    period_end = models.DateField()
    scheme_version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="+")
    inputs_digest = models.BinaryField(max_length=32)
    score_ids = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State.choices)
    outcome = models.CharField(max_length=60, help_text="The level, or the outcome text where there is none.")
    level = models.SmallIntegerField(null=True, help_text="0 is the worst level; null where the outcome is no level.")
    visits = models.PositiveIntegerField()
    may_rank = models.BooleanField(default=True, help_text="The scheme's minimum of visits to be ranked is reached.")
    exact = models.TextField(blank=True)
    sort_key = models.BigIntegerField(null=True)
    tenths = models.IntegerField(null=True)
    spread = models.BinaryField(
        default=bytes, help_text="Per visit the deciding value: int32, 10^-4 points, newest first."
    )
    hands = models.BinaryField(
        default=bytes, help_text="Per visit of `spread` a number for who audited it, known within this row only."
    )
    parts = models.JSONField(default=dict, help_text="Part → value in tenths, for sections, classifications and tags.")
    part_sums = models.BinaryField(
        default=bytes,
        help_text="Per part of `parts`, sorted: visits, sums of their tenths and of their squares (uint32).",
    )
    figures = models.JSONField(default=dict)
    current = models.BooleanField(default=True)
    supersedes = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    rated_at = models.DateTimeField()

    objects = ByLocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "location", "period_start"],
                condition=Q(current=True),
                name="one_current_rating",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["rated", "provisional", "unrated"]), name="rating_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location} {self.period_start}: {self.outcome}"


class OverrideQuerySet(ByLocationQuerySet):
    """Overrides: seen with the branch."""

    def holding(self, *, series_id: uuid.UUID, start: date) -> "OverrideQuerySet":
        """Those that hold for the period that begins on `start`; at most one for each branch."""
        begun = self.filter(series_id=series_id, from_period__lte=start)
        return begun.filter(Q(until__isnull=True) | Q(until__gte=start))


class Override(models.Model):
    """A recorded decision on top of a rating: who, why, until when. Shown as one; the rating itself stays.

    It holds for the periods that begin between `from_period` and `until`; `ended_at` says that a person ended it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=60)
    reason = models.TextField()
    made_by = models.ForeignKey("chains.User", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    from_period = models.DateField(help_text="First day of the first period it holds for.")
    until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OverrideQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.location}: {self.outcome}"


class Standing(models.Model):
    """A branch's place among others in one period: within a group, or within the whole chain (`group` empty)."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(LocationGroup, null=True, on_delete=models.CASCADE, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    period_start = models.DateField()
    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(help_text="1.. in display order; unranked branches come last.")
    rank = models.PositiveIntegerField(null=True, help_text="Ties share the better rank; null where not ranked.")
    rank_best = models.PositiveIntegerField(null=True)
    rank_worst = models.PositiveIntegerField(null=True)
    low_tenths = models.IntegerField(null=True)
    high_tenths = models.IntegerField(null=True)
    change_tenths = models.IntegerField(null=True, help_text="Against the period before.")
    ties = models.JSONField(default=list, help_text="Numbers of the too-close-to-call groups it belongs to.")
    trend = models.SmallIntegerField(null=True, help_text="1 rising, -1 falling, 0 no verdict; null: too few visits.")
    stands_out = models.SmallIntegerField(
        null=True, help_text="1 above the others' mean, -1 below, 0 no verdict; null: nothing is known."
    )

    objects = ByLocationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["series", "period_start", "group", "position"], name="standing_in_order"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "period_start", "location"],
                condition=Q(group__isnull=True),
                name="standing_once_in_chain",
            ),
            models.UniqueConstraint(
                fields=["series", "period_start", "location", "group"],
                condition=Q(group__isnull=False),
                name="standing_once_in_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.location_id}"


class CutPointsQuerySet(VisibleQuerySet):
    """Cut points: seen with their series."""

    def visible_q(self, user: "User") -> Q | None:
        """Rows of the series that `user` may see."""
        return Q(series__in=Series.objects.visible_to(user))


class CutPoints(models.Model):
    """Where the rank bands of a peer group lie in one period; provisional until the period closes, then frozen."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(LocationGroup, null=True, on_delete=models.PROTECT, related_name="+")
    period_start = models.DateField()
    cuts = models.JSONField()
    members_digest = models.BinaryField(max_length=32)
    frozen_at = models.DateTimeField(null=True)

    objects = CutPointsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "cut points"
        constraints = [
            models.UniqueConstraint(
                fields=["series", "period_start"],
                condition=Q(group__isnull=True),
                name="cut_points_once_in_chain",
            ),
            models.UniqueConstraint(
                fields=["series", "period_start", "group"],
                condition=Q(group__isnull=False),
                name="cut_points_once_in_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period_start}"


class Tally(models.Model):
    """How often each standard was met, not met and not applicable: (series, branch, period, checklist version).

    `counts` packs three little-endian uint16 arrays (met, not met, N/A) in the order of the version's code list.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    period_start = models.DateField()
    version = models.ForeignKey(ChecklistVersion, on_delete=models.PROTECT, related_name="+")
    visits = models.PositiveIntegerField()
    counts = models.BinaryField()

    objects = ByLocationQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(fields=["series", "location", "period_start", "version"], name="tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.location_id} {self.period_start}"
