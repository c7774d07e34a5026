"""Results of groups of branches, made anew with the order of their branches: one row per (series, group, period).

A row without a group is that of the whole chain.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from audits.models.programmes import Series
from chains.models import LocationGroup, VisibleQuerySet
from chains.models.people import OFFICE_STAFF, WHOLE_CHAIN
from standards.models import ChecklistVersion, SchemeVersion

if TYPE_CHECKING:
    from chains.models import User


class OfGroupQuerySet(VisibleQuerySet):
    """Results of groups: seen with the group, those of the chain by whoever sees all of it."""

    def visible_q(self, user: "User") -> Q | None:
        """Rows of the groups, and of the whole chains, that `user` may see."""
        if user.is_superuser:
            return Q()
        chains = user.chain_ids(*WHOLE_CHAIN, *OFFICE_STAFF)
        whole = Q(group__isnull=True, series__programme__chain_id__in=chains)
        return whole | Q(group__in=LocationGroup.objects.visible_to(user))


class GroupRating(models.Model):
    """The mean of the current scores of a group's rated branches, each once, and its outcome by the scheme's bands.

    `exact` is the mean as a fraction, `sort_key`, `tenths` and `level` are as in Rating. `low_tenths` to `high_tenths`
    is its 95 % interval. `parts` holds for every section, classification and tag, and for "whole": the mean over the
    branches, and the standard deviations of visits within branches and of branches, all in tenths (null: too little to
    say), and the share of the variance of single visits that lies between branches, in per cent.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(LocationGroup, null=True, on_delete=models.CASCADE, related_name="+")
    period_start = models.DateField()
    scheme_version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="+")
    branches = models.PositiveIntegerField(help_text="Rated branches in the mean.")
    unrated = models.PositiveIntegerField(help_text="Branches with visits that are not rated (yet).")
    visits = models.PositiveIntegerField()
    exact = models.TextField()
    sort_key = models.BigIntegerField()
    tenths = models.IntegerField()
    outcome = models.CharField(max_length=60, blank=True, help_text="Empty where the scheme has no bands.")
    level = models.SmallIntegerField(null=True)
    low_tenths = models.IntegerField(null=True)
    high_tenths = models.IntegerField(null=True)
    change_tenths = models.IntegerField(null=True, help_text="Against the period before.")
    parts = models.JSONField(default=dict)

    objects = OfGroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "period_start"], condition=Q(group__isnull=True), name="group_rating_once_in_chain"
            ),
            models.UniqueConstraint(
                fields=["series", "period_start", "group"],
                condition=Q(group__isnull=False),
                name="group_rating_once_in_group",
            ),
            models.CheckConstraint(condition=Q(branches__gt=0), name="group_rating_has_branches"),
        ]

    def __str__(self) -> str:
        return f"{self.group or 'chain'} {self.period_start}: {self.outcome}"


class GroupTally(models.Model):
    """The tallies of a group's branches added up, per checklist version.

    `counts` packs four little-endian uint32 arrays in the order of the version's code list: met, not met, N/A, and the
    number of branches where it was not met at least once.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(LocationGroup, null=True, on_delete=models.CASCADE, related_name="+")
    period_start = models.DateField()
    version = models.ForeignKey(ChecklistVersion, on_delete=models.PROTECT, related_name="+")
    branches = models.PositiveIntegerField()
    visits = models.PositiveIntegerField()
    counts = models.BinaryField()

    objects = OfGroupQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "group tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["series", "period_start", "version"],
                condition=Q(group__isnull=True),
                name="group_tally_once_in_chain",
            ),
            models.UniqueConstraint(
                fields=["series", "period_start", "group", "version"],
                condition=Q(group__isnull=False),
                name="group_tally_once_in_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group or 'chain'} {self.period_start}"
