"""Programmes: what is audited by which rules, and what is published from it."""

import uuid
from datetime import date
from typing import TYPE_CHECKING, cast

from django.db import models
from django.db.models import Q

from audits.scoring.periods import Period as Days
from audits.scoring.periods import PeriodKind, period_of
from chains.models import Chain, Role, VisibleQuerySet
from standards.models import Brief, Checklist, RatingScheme

if TYPE_CHECKING:
    from chains.models import User

# Who may look at what is published: the chain's people and the office that serves it; never auditors.
PUBLIC_READERS = (Role.MANAGER, Role.EDITOR, Role.CHAIN_ADMIN, Role.PLANNER, Role.REVIEWER, Role.OFFICE_ADMIN)
# Who may look at how visits are planned: the office.
PLAN_READERS = (Role.PLANNER, Role.REVIEWER, Role.OFFICE_ADMIN)


class ProgrammeQuerySet(VisibleQuerySet):
    """Programmes: their rules say when and how shoppers come, so that only the office and head office see them."""

    def visible_q(self, user: "User") -> Q | None:
        """Programmes of the chains that `user` runs."""
        return Q() if user.is_superuser else Q(chain_id__in=user.chain_ids(Role.CHAIN_ADMIN, *PLAN_READERS))


class Programme(models.Model):
    """One audit programme of a chain: its components, its series, and its rules."""

    class ReleaseMode(models.TextChoices):
        AT_ONCE = "at_once", "At once"
        DAILY = "daily", "Daily batch"
        END_OF_PERIOD = "end_of_period", "End of the period"

    class Reveal(models.TextChoices):
        MONTH = "month", "The month"
        DATE = "date", "The date"
        DAYPART = "daypart", "The date and part of the day"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    automatic_acceptance = models.BooleanField(
        default=False,
        help_text="Accept a visit without a reviewer when it is the only candidate and nothing blocks.",
    )
    release_mode = models.CharField(max_length=15, choices=ReleaseMode.choices, default=ReleaseMode.DAILY)
    reveal = models.CharField(max_length=10, choices=Reveal.choices, default=Reveal.MONTH)
    shares_comments = models.BooleanField(default=False, help_text="Show reviewed comments to the branch.")
    shares_evidence = models.BooleanField(
        default=False,
        help_text="Show clean copies of photos, and of what a reviewer released besides, to the branch.",
    )
    evidence_types = models.JSONField(default=list, blank=True, help_text='For example ["photo", "receipt"].')
    retention_days = models.JSONField(default=dict, blank=True, help_text='Days by evidence type: {"photo": 730}.')
    ended_on = models.DateField(null=True, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "code"], name="programme_code_once_per_chain"),
            models.CheckConstraint(
                condition=Q(release_mode__in=["at_once", "daily", "end_of_period"]),
                name="programme_release_is_known",
            ),
            models.CheckConstraint(
                condition=Q(reveal__in=["month", "date", "daypart"]), name="programme_reveal_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ComponentQuerySet(VisibleQuerySet):
    """Components: seen with their programme."""

    def visible_q(self, user: "User") -> Q | None:
        """Rows of the programmes that `user` may see."""
        return Q(programme__in=Programme.objects.visible_to(user))


class Component(models.Model):
    """A checklist used in a programme, with its brief, channel and share of the whole ("stay" 70, "call" 30)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="components")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="+")
    brief = models.ForeignKey(Brief, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, default="in_person")
    weight = models.PositiveIntegerField(default=100)
    minimum_coverage = models.PositiveSmallIntegerField(
        default=0,
        help_text="Per cent of the assessable standards below which a visit is never accepted automatically.",
    )

    objects = ComponentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="component_code_once_per_programme"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="component_weighs_something"),
            models.CheckConstraint(condition=Q(minimum_coverage__lte=100), name="component_coverage_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return self.name


class SeriesQuerySet(VisibleQuerySet):
    """Series: what is published, seen by the chain's people and its office."""

    def visible_q(self, user: "User") -> Q | None:
        """Series of the chains whose published results `user` may read."""
        return Q() if user.is_superuser else Q(programme__chain_id__in=user.chain_ids(*PUBLIC_READERS))


class Series(models.Model):
    """What is published from a programme: a scheme applied to a kind of period ("quarterly league", "annual stars")."""

    class PeriodKind(models.TextChoices):
        MONTH = "month", "Month"
        QUARTER = "quarter", "Quarter"
        YEAR = "year", "Year"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="series")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    scheme = models.ForeignKey(RatingScheme, on_delete=models.PROTECT, related_name="+")
    period_kind = models.CharField(max_length=10, choices=PeriodKind.choices)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="series_code_once_per_programme"),
            models.CheckConstraint(
                condition=Q(period_kind__in=["month", "quarter", "year"]), name="series_period_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def days_of(self, day: date) -> Days:
        """The period of this series that a day lies in: its first and last day and its label."""
        return period_of(cast(PeriodKind, self.period_kind), day)


class PeriodQuerySet(VisibleQuerySet):
    """Periods: seen with their series."""

    def visible_q(self, user: "User") -> Q | None:
        """Periods of the series that `user` may see."""
        return Q(series__in=Series.objects.visible_to(user))


class Period(models.Model):
    """One month, quarter or year of a series: opened by beat on its first day, closed when its results are frozen."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="periods")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The last day that counts.")
    closed_at = models.DateTimeField(null=True, blank=True)
    dispersion = models.IntegerField(
        null=True, help_text="Pooled variance of visits within branches against m(1-m), in millionths."
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["series", "starts_on"], name="period_once_per_series"),
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="period_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.starts_on}"
