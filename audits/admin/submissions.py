"""What hangs on reports, in the admin: bytes, answers, and what could not be taken. Nobody edits any of it."""

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import Q

from audits.admin.months import by_month
from audits.admin.roles import REVIEWERS
from audits.admin.settling import DELIVER, DISMISS
from audits.models import Observation, Quarantine, RawSubmission, Submission
from chains.admin.acting import ActingAdmin
from chains.admin.scoped import ScopedAdmin
from chains.models import User


class OfSubmission(ScopedAdmin):
    """Rows that hang on a submission."""

    reads = REVIEWERS
    by_hand = False
    list_select_related = ["submission"]
    search_fields = ["submission__id"]

    def scope(self, user: User, roles: Iterable[str]) -> Q | None:
        """Rows of the reports that the person may judge: never of their own."""
        return Q() if user.is_superuser else Q(submission__in=Submission.objects.to_review_by(user))


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


@admin.register(Quarantine)
class QuarantineAdmin(ActingAdmin):
    """What could not be taken as it came: kept until a person has decided."""

    acts = [DELIVER, DISMISS]
    reads = REVIEWERS
    office = "office"
    by_hand = False
    list_display = ["problem", "state", "sender", "submission_id", "length", "received_at", "settled_by"]
    list_filter = ["state", "problem", by_month("received_at", "month of arrival")]
    list_select_related = ["sender", "settled_by"]
    search_fields = ["submission_id", "sender__username"]
