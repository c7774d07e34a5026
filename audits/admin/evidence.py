"""Evidence in the admin: listed, looked at, shown to the branch or kept back, and the proofs of what was erased."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html

from audits.admin.months import by_month
from audits.admin.roles import ADMINS, REVIEWERS
from audits.api.handing_over import clean_copy, unopened
from audits.models import Erasure, Evidence, Submission, flags
from audits.services import evidence
from chains.admin.acting import Act, ActingAdmin, Asked
from chains.admin.scoped import ScopedAdmin
from chains.models import User
from chains.problems import Problem


def _decide(asked: Asked, audience: str, told: str) -> str:
    count = evidence.decide_audience(rows=[row.pk for row in asked.rows], audience=audience)
    return f"{count} {'file is' if count == 1 else 'files are'} {told}."


SHOW = Act(
    name="show",
    title="Show to the branch",
    says="Once the visit is released, the branch sees the clean copy, where the programme shares evidence at all.",
    roles=REVIEWERS,
    on="rows",
    possible=lambda row: row.copy_state == Evidence.Copy.MADE and row.audience != Evidence.Audience.BRANCH,
    do=lambda asked: _decide(asked, Evidence.Audience.BRANCH, "for the branch now"),
)
KEEP_BACK = Act(
    name="keep_back",
    title="Keep in the office",
    says="The branch does not see it, or no longer.",
    roles=REVIEWERS,
    on="rows",
    possible=lambda row: row.state == Evidence.State.HELD and row.audience != Evidence.Audience.OFFICE,
    do=lambda asked: _decide(asked, Evidence.Audience.OFFICE, "for the office alone now"),
)


@admin.register(Evidence)
class EvidenceAdmin(ActingAdmin):
    """Photos, receipts, documents and recordings: photos as clean copies, other files to be saved unopened."""

    acts = [SHOW, KEEP_BACK]
    reads = REVIEWERS
    by_hand = False
    list_display = ["type", "state", "audience", "submission_id", "media_type", "length", "copy_state", "received_at"]
    list_filter = ["state", "type", "audience", "copy_state", by_month("received_at", "month of arrival")]
    search_fields = ["id", "submission_id"]
    readonly_fields = ["look"]

    def scope(self, user: User, roles: Iterable[str]) -> Q | None:
        """Files of reports that the person may judge."""
        return Q() if user.is_superuser else Q(submission_id__in=Submission.objects.to_review_by(user).values("pk"))

    @admin.display(description="the file")
    def look(self, row: Evidence) -> str:
        """The clean copy, or a way to save what is no picture."""
        if not may_be_had(row):
            return "nothing to be seen"
        address = reverse("admin:audits_evidence_file", args=(row.pk,))
        if row.copy_state == Evidence.Copy.MADE:
            return format_html('<img src="{}" alt="{}" style="max-width: 30rem">', address, row.type)
        return format_html('<a href="{}">save it unopened</a>', address)

    def get_urls(self) -> list[Any]:
        """The file itself before Django's own pages."""
        page = self.admin_site.admin_view(self.file_view)
        return [path("<int:row>/file/", page, name="audits_evidence_file"), *super().get_urls()]

    def file_view(self, request: HttpRequest, row: int) -> HttpResponse:
        """The clean copy; or a file that is no picture, to be saved. The same 404 for foreign, lost and absent ones."""
        held = self.get_queryset(request).filter(pk=row).first()
        if held is None or not may_be_had(held):
            raise Http404
        try:
            if held.copy_state == Evidence.Copy.MADE:
                return clean_copy(held.derivative, called=f"evidence-{held.pk}")
            return unopened(held.original, called=f"evidence-{held.pk}")
        except Problem:
            raise Http404 from None


def may_be_had(row: Evidence) -> bool:
    """Whether the office may have the file: a clean copy where there is one, else papers and recordings as they are.

    The original of a picture is never served, nor what is of no known kind.
    """
    if row.copy_state == Evidence.Copy.MADE:
        return row.state in (Evidence.State.HELD, Evidence.State.ERASED)
    unopenable = row.media_type.startswith("image/") or flags.UNKNOWN_KIND in row.flags
    return row.state == Evidence.State.HELD and not unopenable


@admin.register(Erasure)
class ErasureAdmin(ScopedAdmin):
    """What was erased, when and why."""

    reads = ADMINS
    chain = "chain"
    office = "office"
    by_hand = False
    list_display = ["what", "type", "subject", "why", "erased_at", "chain"]
    list_filter = ["what", "why", "type", by_month("erased_at", "month")]
    list_select_related = ["chain"]
    search_fields = ["subject", "submission_id"]
