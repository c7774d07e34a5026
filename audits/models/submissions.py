"""What phones sent: kept exactly once, apart from what scoring reads, so that a person can be forgotten."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from audits.models.programmes import PLAN_READERS
from audits.models.receipts import pack_receipt, unpack_receipt
from audits.models.visits import Assignment, ScopeDocument
from chains.models import Device, Membership, Role, VisibleQuerySet
from standards.models import ChecklistVersion

if TYPE_CHECKING:
    from chains.models import User

# Who judges what was sent; planners send shoppers without reading their reports.
REVIEWERS = (Role.REVIEWER, Role.OFFICE_ADMIN)


class SubmissionQuerySet(VisibleQuerySet):
    """Submissions: one's own, and for the office those of its chains."""

    def visible_q(self, user: "User") -> Q | None:
        """Own submissions; those assigned in the chains that `user` reviews."""
        if user.is_superuser:
            return Q()
        return Q(sender=user) | Q(assignment__audit__programme__chain_id__in=user.chain_ids(*PLAN_READERS))

    def to_review_by(self, user: "User") -> "SubmissionQuerySet":
        """What `user` may judge, marked as narrowed: reports of their chains, and unmatched ones of their auditors.

        Nobody judges their own report, nor learns what is noted on it.
        """
        if user.is_superuser:
            rows = self.all()
        else:
            auditors = Membership.objects.filter(role=Role.AUDITOR, office_id__in=user.office_ids(*REVIEWERS))
            matched = Q(assignment__audit__programme__chain_id__in=user.chain_ids(*REVIEWERS))
            unmatched = Q(assignment__isnull=True, sender_id__in=auditors.values("user_id"))
            rows = self.filter(matched | unmatched).exclude(sender=user)
        rows.narrowed = True
        return rows


class Submission(models.Model):
    """What one phone sent for one assignment. Immutable but for `state`; its id and digest are the phone's.

    received → accepted | returned | void; replaced by a correction; withdrawn by the office (the id is then refused).
    `proof` is the receipt's signature and the name of its key (audits.models.receipts).
    `assignment` is empty where the one claimed is unknown or someone else's: kept for the office to match.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        ACCEPTED = "accepted", "Accepted"
        RETURNED = "returned", "Returned"
        REPLACED = "replaced", "Replaced"
        VOID = "void", "Void"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Outcome(models.TextChoices):
        COMPLETED = "completed", "Completed"
        PARTIAL = "partial", "Partial"
        NOT_POSSIBLE = "not_possible", "Not possible"
        RECOGNISED = "recognised", "Recognised"

    id = models.UUIDField(primary_key=True, editable=False)
    sender = models.ForeignKey("chains.User", null=True, on_delete=models.SET_NULL, related_name="+", db_index=True)
    device = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    assignment = models.ForeignKey(Assignment, null=True, on_delete=models.PROTECT, related_name="submissions")
    claimed_assignment = models.UUIDField()
    digest = models.BinaryField(max_length=32)
    length = models.PositiveIntegerField()
    seq = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()
    proof = models.BinaryField(default=b"")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    reason = models.CharField(max_length=100, blank=True)
    visited_on = models.DateField(
        help_text="Believed: claimed, if between assignment and receipt, else the nearer bound."
    )
    replaces = models.UUIDField(null=True, blank=True)
    flags = models.JSONField(default=list, blank=True)
    expected_evidence = models.JSONField(default=list, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(state="accepted"),
                name="one_accepted_submission_per_assignment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "accepted", "returned", "replaced", "void", "withdrawn"]),
                name="submission_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["completed", "partial", "not_possible", "recognised"]),
                name="submission_outcome_is_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def receipt(self) -> str:
        """What the phone was given: a JWS, made again from `proof` and the columns beside it. Empty without one."""
        return unpack_receipt(
            bytes(self.proof),
            submission_id=self.id,
            digest=bytes(self.digest),
            received_at=self.received_at,
            seq=self.seq,
        )

    @receipt.setter
    def receipt(self, text: str) -> None:
        self.proof = pack_receipt(text)


class OfficeOnlyQuerySet(VisibleQuerySet):
    """Rows that hang on a submission and only the office may read."""

    def visible_q(self, user: "User") -> Q | None:
        """Rows of submissions in the chains that `user` reviews."""
        if user.is_superuser:
            return Q()
        return Q(submission__assignment__audit__programme__chain_id__in=user.chain_ids(*PLAN_READERS))


class RawSubmission(models.Model):
    """The exact bytes as sent, compressed; with position and clock in them. Erased when a person is forgotten."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="raw")
    body = models.BinaryField()

    objects = OfficeOnlyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"bytes of {self.submission_id}"


class Observation(models.Model):
    """The answer values of a submission in the order of its scope: the only input of scoring, with its own digest.

    `answers` is audits.scoring.vector's packed form; `digest` is sha256 over its unpacked bytes.
    """

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="observation")
    version = models.ForeignKey(ChecklistVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    scope = models.ForeignKey(ScopeDocument, on_delete=models.PROTECT, related_name="+", db_index=False)
    answers = models.BinaryField()
    digest = models.BinaryField(max_length=32)

    objects = OfficeOnlyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"observation of {self.submission_id}"


class QuarantineQuerySet(VisibleQuerySet):
    """Quarantine: for the office admins and reviewers of the sender's office."""

    def visible_q(self, user: "User") -> Q | None:
        """Rows of the offices in which `user` reviews or administers."""
        return Q() if user.is_superuser else Q(office_id__in=user.office_ids("reviewer", "office_admin"))


class Quarantine(models.Model):
    """Bytes that could not be taken as they are: unreadable, conflicting, from an ended device. Never dropped.

    waiting → released (delivered again under its own id) | dismissed, by a person of the office with a note.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RELEASED = "released", "Released"
        DISMISSED = "dismissed", "Dismissed"

    office = models.ForeignKey("chains.Office", null=True, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey("chains.User", null=True, on_delete=models.SET_NULL, related_name="+")
    device = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, related_name="+")
    submission_id = models.UUIDField()
    digest = models.BinaryField(max_length=32)
    length = models.PositiveIntegerField()
    body = models.BinaryField()
    problem = models.CharField(max_length=60)
    receipt = models.TextField(blank=True, help_text="Given to a phone that was signed out when it delivered.")
    faults = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("chains.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField(blank=True)

    objects = QuarantineQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "quarantine"
        constraints = [
            models.UniqueConstraint(fields=["submission_id", "digest", "sender"], name="quarantined_copy_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "released", "dismissed"]), name="quarantine_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem} {self.submission_id}"
