"""What phones sent, in the admin: nobody edits it; the office judges it (see `reviewing`)."""

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import Q

from audits.admin.months import by_month
from audits.admin.roles import READERS, REVIEWERS
from audits.models import Evidence, Observation, Quarantine, RawSubmission, Submission
from chains.admin.scoped import ScopedAdmin
from chains.models import User

VISIT = "assignment__audit"


@admin.register(Submission)
class SubmissionAdmin(ScopedAdmin):
    """What one phone sent for one assignment."""

    reads = READERS
    chain = f"{VISIT}__programme__chain"
    by_hand = False
    list_display = ["place", "state", "outcome", "visited_on", "auditor", "received_at", "noted"]
    list_filter = [
        "state",
        f"{VISIT}__programme",
        by_month("visited_on", "month of the visit"),
        "outcome",
        f"{VISIT}__location",
    ]
    list_select_related = [f"{VISIT}__location", f"{VISIT}__component", "sender"]
    search_fields = ["id", f"{VISIT}__location__name", f"{VISIT}__location__code", "sender__username"]
    date_hierarchy = "visited_on"

    @admin.display(description="visit", ordering=f"{VISIT}__location__code")
    def place(self, submission: Submission) -> str:
        """Branch and component, or that nobody knows which."""
        if submission.assignment is None:
            return "of an unknown assignment"
        audit = submission.assignment.audit
        return f"{audit.location} · {audit.component}"

    @admin.display(description="auditor", ordering="sender__username")
    def auditor(self, submission: Submission) -> str:
        """Who sent it."""
        return str(submission.sender or "forgotten")

    @admin.display(description="flags")
    def noted(self, submission: Submission) -> str:
        """The flags in one line."""
        return ", ".join(submission.flags)


class OfSubmission(ScopedAdmin):
    """Rows that hang on a submission."""

    reads = READERS
    chain = f"submission__{VISIT}__programme__chain"
    by_hand = False
    list_select_related = ["submission"]
    search_fields = ["submission__id"]


@admin.register(RawSubmission)
class RawSubmissionAdmin(OfSubmission):
    """The exact bytes as sent, with the phone's position in them: for those who review."""

    reads = REVIEWERS
    list_display = ["submission", "size"]

    @admin.display(description="bytes stored")
    def size(self, raw: RawSubmission) -> int:
        """How many bytes are stored (compressed)."""
        return len(raw.body)


@admin.register(Observation)
class ObservationAdmin(OfSubmission):
    """The answer values: the only input of scoring."""

    list_display = ["submission", "version", "hexdigest"]
    list_select_related = ["submission", "version__checklist"]

    @admin.display(description="digest")
    def hexdigest(self, observation: Observation) -> str:
        """The digest as text."""
        return bytes(observation.digest).hex()


@admin.register(Evidence)
class EvidenceAdmin(ScopedAdmin):
    """Photos, receipts, documents and recordings."""

    reads = READERS
    by_hand = False
    list_display = ["type", "state", "audience", "submission_id", "media_type", "length", "received_at"]
    list_filter = ["state", "type", "audience", by_month("received_at", "month of arrival")]
    search_fields = ["id", "submission_id"]

    def scope(self, user: User, roles: Iterable[str]) -> Q | None:
        """Files of submissions in the chains that the person's office serves."""
        if user.is_superuser:
            return Q()
        chains, _ = self.places(user, roles)
        sent = Submission.objects.filter(**{f"{VISIT}__programme__chain__in": chains})
        return Q(submission_id__in=sent.values("pk"))


@admin.register(Quarantine)
class QuarantineAdmin(ScopedAdmin):
    """What could not be taken as it came: kept until a person has decided."""

    reads = REVIEWERS
    office = "office"
    by_hand = False
    list_display = ["problem", "state", "sender", "submission_id", "length", "received_at", "settled_by"]
    list_filter = ["state", "problem", by_month("received_at", "month of arrival")]
    list_select_related = ["sender", "settled_by"]
    search_fields = ["submission_id", "sender__username"]
