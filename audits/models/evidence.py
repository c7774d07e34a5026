"""Evidence: what a phone showed of a visit, who may see a clean copy of it, and the proof that it was erased."""

from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models
from django.db.models import Q

from audits.models.programmes import PLAN_READERS
from audits.models.submissions import Submission
from chains.models import Chain, Office, Role, VisibleQuerySet

if TYPE_CHECKING:
    from chains.models import User


class EvidenceQuerySet(VisibleQuerySet):
    """Evidence: the sender's own and the office's; branches are served clean copies of released visits elsewhere."""

    def visible_q(self, user: "User") -> Q | None:
        """Own uploads; uploads for the chains that `user` reviews."""
        if user.is_superuser:
            return Q()
        reviewed = Submission.objects.filter(
            assignment__audit__programme__chain_id__in=user.chain_ids(*PLAN_READERS)
        ).values("id")
        return Q(owner=user) | Q(submission_id__in=reviewed)

    def for_branches(self) -> "EvidenceQuerySet":
        """Files whose clean copy a branch may see once the visit is released: photos, and what was released by hand."""
        by_type = Q(audience=Evidence.Audience.BY_TYPE, type=Evidence.Type.PHOTO)
        shown = by_type | Q(audience=Evidence.Audience.BRANCH)
        rows: EvidenceQuerySet = self.filter(shown, state__in=Evidence.SHOWN, copy_state=Evidence.Copy.MADE)
        return rows


class Evidence(models.Model):
    """A photo, receipt, document or recording: the original as sent, private. It may come before its submission.

    held (bytes durable) → erased (the row and its digest stay); lost (the phone said so, with a reason); conflict
    (another file under an id that is taken, kept beside it). `copy_state` is where its clean copy is: waiting for a
    worker, made, or none (there is nothing to show, or it would not open: `flags` says why).
    """

    class Type(models.TextChoices):
        PHOTO = "photo", "Photo"
        RECEIPT = "receipt", "Receipt"
        DOCUMENT = "document", "Document"
        RECORDING = "recording", "Recording"

    class Audience(models.TextChoices):
        BY_TYPE = "", "As its type says"
        OFFICE = "office", "Office"
        BRANCH = "branch", "Branch"

    class State(models.TextChoices):
        HELD = "held", "Held"
        LOST = "lost", "Lost"
        CONFLICT = "conflict", "Conflicting copy"
        ERASED = "erased", "Erased"

    class Copy(models.TextChoices):
        NONE = "none", "None"
        WAITING = "waiting", "Waiting"
        MADE = "made", "Made"

    # A clean copy may outlive its original: that of a photo whose sender was forgotten.
    SHOWN = (State.HELD, State.ERASED)

    row = models.BigAutoField(primary_key=True)
    id = models.UUIDField(db_index=False)
    submission_id = models.UUIDField()
    owner = models.ForeignKey("chains.User", null=True, on_delete=models.SET_NULL, related_name="+")
    type = models.CharField(max_length=10, choices=Type.choices, default=Type.PHOTO)
    audience = models.CharField(
        max_length=10,
        choices=Audience.choices,
        default=Audience.BY_TYPE,
        blank=True,
        help_text="Photos are for the branch, all else for the office, unless a reviewer decided otherwise.",
    )
    state = models.CharField(max_length=10, choices=State.choices)
    sha256 = models.BinaryField(max_length=32)
    length = models.PositiveIntegerField(default=0)
    media_type = models.CharField(max_length=60, blank=True)
    original = models.CharField(max_length=200, blank=True, help_text="Name in the evidence storage.")
    derivative = models.CharField(max_length=200, blank=True, help_text="Re-encoded copy without any metadata.")
    shown_id = models.UUIDField(
        null=True, blank=True, unique=True, editable=False, help_text="Random: the only name a branch ever sees."
    )
    copy_state = models.CharField(max_length=7, choices=Copy.choices, default=Copy.NONE)
    copy_due_at = models.DateTimeField(null=True, blank=True)
    copy_tries = models.PositiveSmallIntegerField(default=0)
    flags = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "evidence"
        indexes = [
            models.Index(fields=["copy_due_at"], condition=Q(copy_state="waiting"), name="evidence_copy_waiting"),
            models.Index(fields=["type", "received_at"], condition=Q(state="held"), name="evidence_held_since"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submission_id", "id"],
                condition=~Q(state="conflict"),
                name="evidence_once_per_submission",
            ),
            models.UniqueConstraint(fields=["submission_id", "id", "sha256"], name="evidence_copy_once"),
            models.CheckConstraint(
                condition=Q(state__in=["held", "lost", "conflict", "erased"]), name="evidence_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(copy_state__in=["none", "waiting", "made"]), name="evidence_copy_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(copy_state="made") | (Q(shown_id__isnull=False) & ~Q(derivative="")),
                name="evidence_copy_made_has_a_name",
            ),
            models.CheckConstraint(
                condition=~Q(state="erased") | Q(original=""), name="evidence_erased_has_no_original"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class UploadQuerySet(VisibleQuerySet):
    """Uploads: one's own."""

    def visible_q(self, user: "User") -> Q | None:
        """Own rows."""
        return Q() if user.is_superuser else Q(owner=user)


class Upload(models.Model):
    """A file on its way in pieces (tus): announced, not yet whole. How much of it is here the file itself says.

    Without an `evidence_id` it is a submission too large to be sent in one piece.
    """

    id = models.BigAutoField(primary_key=True)
    owner = models.ForeignKey("chains.User", on_delete=models.CASCADE, related_name="+")
    submission_id = models.UUIDField()
    evidence_id = models.UUIDField(null=True)
    length = models.PositiveBigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    part = models.CharField(max_length=100, unique=True, help_text="Name of the file that grows.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "submission_id", "evidence_id"],
                condition=Q(evidence_id__isnull=False),
                name="one_upload_of_a_file_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["owner", "submission_id"],
                condition=Q(evidence_id__isnull=True),
                name="one_upload_of_a_submission_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"upload of {self.evidence_id or self.submission_id}"


class ErasureQuerySet(VisibleQuerySet):
    """Proofs of erasure: for those who run the office."""

    def visible_q(self, user: "User") -> Q | None:
        """Of the chains and offices that `user` administers."""
        if user.is_superuser:
            return Q()
        return Q(chain_id__in=user.chain_ids(Role.OFFICE_ADMIN)) | Q(office_id__in=user.office_ids(Role.OFFICE_ADMIN))

    def update(self, **fields: Any) -> NoReturn:
        """Refused: what was erased, when and why is never told differently later."""
        raise TypeError("A proof of erasure is never changed.")

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> NoReturn:
        """Refused."""
        raise TypeError("A proof of erasure is never removed.")

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class Erasure(models.Model):
    """Proof that something was erased: what, with which digest, when, why. Append-only; the database refuses changes.

    It names no person: who a forgotten shopper was must not be read from the proof that they were forgotten.
    """

    class What(models.TextChoices):
        EVIDENCE = "evidence", "File"
        SUBMISSION = "submission", "Report as sent"
        QUARANTINE = "quarantine", "Report in quarantine"
        DRAFT = "draft", "Draft"
        DEVICE = "device", "Phone"
        ACCOUNT = "account", "Name and account"

    class Why(models.TextChoices):
        RETENTION = "retention", "Kept as long as the programme says"
        FORGOTTEN = "forgotten", "A person was forgotten"
        ORPHAN = "orphan", "No report ever came for it"

    id = models.BigAutoField(primary_key=True)
    what = models.CharField(max_length=10, choices=What.choices)
    why = models.CharField(max_length=10, choices=Why.choices)
    type = models.CharField(max_length=10, blank=True, help_text="Of a file: photo, receipt, document, recording.")
    subject = models.CharField(max_length=40, help_text="Its id.")
    submission_id = models.UUIDField(null=True, blank=True)
    sha256 = models.BinaryField(max_length=32, null=True)
    chain = models.ForeignKey(Chain, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=["evidence", "submission", "quarantine", "draft", "device", "account"]),
                name="erasure_subject_is_known",
            ),
            models.CheckConstraint(
                condition=Q(why__in=["retention", "forgotten", "orphan"]), name="erasure_reason_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.subject} ({self.why})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write once."""
        if self.pk is not None:
            raise TypeError("A proof of erasure is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("A proof of erasure is never removed.")
