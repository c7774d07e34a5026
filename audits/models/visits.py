"""Visits: what was planned, for whom, and what exactly was to be looked at."""

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from audits.models.programmes import PLAN_READERS, Component, Programme
from chains.models import Chain, Location, VisibleQuerySet
from standards.models import BriefVersion, ChecklistVersion
from standards.models.frozen import unpressed
from standards.spec.scope import Scope, read_scope

if TYPE_CHECKING:
    from chains.models import User


class ScopeDocumentQuerySet(VisibleQuerySet):
    """Scopes: for the office that planned the visit and the person sent on it."""

    def visible_q(self, user: "User") -> Q | None:
        """Scopes of the office's chains, and of one's own assignments."""
        if user.is_superuser:
            return Q()
        mine = Audit.objects.filter(assignments__in=Assignment.objects.own(user)).values("scope_id")
        return Q(chain_id__in=user.chain_ids(*PLAN_READERS)) | Q(pk__in=mine)


class ScopeDocument(models.Model):
    """The answer keys of visits, frozen; visits with the same keys share one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()

    objects = ScopeDocumentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "sha256"], name="scope_once_per_chain")]

    def __str__(self) -> str:
        return self.sha256[:12]

    def frozen(self) -> bytes:
        """The canonical bytes."""
        return unpressed(self.body)

    def content(self) -> Scope:
        """The scope as values."""
        return read_scope(self.frozen())


class AuditQuerySet(VisibleQuerySet):
    """Visits: the office sees all of them; a manager sees released ones, through `released_to` only."""

    def visible_q(self, user: "User") -> Q | None:
        """Visits that `user` plans or reviews."""
        return Q() if user.is_superuser else Q(programme__chain_id__in=user.chain_ids(*PLAN_READERS))

    def released_to(self, user: "User") -> "AuditQuerySet":
        """Released visits of the branches `user` may see, marked as narrowed (rule 10)."""
        branches = Location.objects.visible_to(user)
        rows = self.filter(state=Audit.State.RELEASED, visit_id__isnull=False, location__in=branches)
        rows.narrowed = True
        return rows


class Audit(models.Model):
    """One planned visit: branch × component × window, with the version and scope it is scored with for ever.

    planned → assigned → delivered → accepted → released; also cancelled, missed, void.
    `visit_id` is random and made at release: the only name under which a manager ever sees the visit.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        ASSIGNED = "assigned", "Assigned"
        DELIVERED = "delivered", "Delivered"
        ACCEPTED = "accepted", "Accepted"
        RELEASED = "released", "Released"
        CANCELLED = "cancelled", "Cancelled"
        MISSED = "missed", "Missed"
        VOID = "void", "Void"

    class Kind(models.TextChoices):
        MYSTERY = "mystery", "Mystery"
        ANNOUNCED = "announced", "Announced"
        SELF_ASSESSMENT = "self_assessment", "Self-assessment"
        FOLLOW_UP = "follow_up", "Follow-up"
        COMPETITOR = "competitor", "Competitor"

    class Daypart(models.TextChoices):
        MORNING = "morning", "Morning"
        MIDDAY = "midday", "Midday"
        AFTERNOON = "afternoon", "Afternoon"
        EVENING = "evening", "Evening"
        NIGHT = "night", "Night"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="audits")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=15, choices=Kind.choices, default=Kind.MYSTERY)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    version = models.ForeignKey(ChecklistVersion, on_delete=models.PROTECT, related_name="+")
    scope = models.ForeignKey(ScopeDocument, on_delete=models.PROTECT, related_name="audits")
    brief = models.ForeignKey(BriefVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    window_from = models.DateField()
    window_until = models.DateField()
    window_rules = models.JSONField(default=dict, blank=True, help_text="weekdays, times, excluded, deliver_by")
    reference = models.CharField(max_length=100, blank=True, help_text="The office's own number, if it has one.")
    planned_at = models.DateTimeField()
    visited_on = models.DateField(null=True, blank=True, help_text="The local day the visit counts on, once accepted.")
    daypart = models.CharField(
        max_length=10, choices=Daypart.choices, blank=True, help_text="When on that day, as far as the reviewer knows."
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    visit_id = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["location", "visited_on"], name="audit_by_place_and_day"),
            models.Index(fields=["state", "programme"], name="audit_by_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(window_until__gte=F("window_from")), name="audit_window_ends_in_order"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "planned", "assigned", "delivered", "accepted", "released", "cancelled", "missed", "void",
                    ]
                ),
                name="audit_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["mystery", "announced", "self_assessment", "follow_up", "competitor"]),
                name="audit_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(daypart__in=["", "morning", "midday", "afternoon", "evening", "night"]),
                name="audit_daypart_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "released"]) | Q(visited_on__isnull=False),
                name="audit_counts_on_a_day_once_accepted",
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(visit_id__isnull=False, released_at__isnull=False),
                name="audit_has_a_visit_id_once_released",
            ),
            models.UniqueConstraint(
                fields=["programme", "reference"], condition=~Q(reference=""), name="audit_reference_once_per_programme"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.location} {self.window_from}"


class AssignmentQuerySet(VisibleQuerySet):
    """Assignments: one's own, and those of the chains one's office serves."""

    def visible_q(self, user: "User") -> Q | None:
        """Own assignments, and for planners and reviewers all of their chains'."""
        if user.is_superuser:
            return Q()
        own = Q(auditor=user) & ~Q(state__in=[Assignment.State.WITHDRAWN, Assignment.State.DECLINED])
        return own | Q(audit__programme__chain_id__in=user.chain_ids(*PLAN_READERS))

    def own(self, user: "User") -> "AssignmentQuerySet":
        """Assignments that are this person's to work on, in whatever state they may still read them."""
        return self.filter(auditor=user).exclude(state__in=[Assignment.State.WITHDRAWN, Assignment.State.DECLINED])


class Assignment(models.Model):
    """A visit given to an auditor: offered → accepted or declined → delivered, aborted or withdrawn."""

    class State(models.TextChoices):
        OFFERED = "offered", "Offered"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        DELIVERED = "delivered", "Delivered"
        ABORTED = "aborted", "Aborted"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="assignments")
    auditor = models.ForeignKey("chains.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    no_conflict = models.BooleanField(default=False, help_text="The auditor declared to have no tie to the branch.")
    brief_sha256 = models.CharField(max_length=64, blank=True, help_text="The brief that was accepted with it.")
    reason = models.CharField(max_length=200, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["audit"],
                condition=Q(state__in=["offered", "accepted", "delivered"]),
                name="one_living_assignment_per_audit",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "accepted", "declined", "delivered", "aborted", "withdrawn"]),
                name="assignment_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {str(self.id)[:8]}"
