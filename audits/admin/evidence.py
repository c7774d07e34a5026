"""Evidence in the admin: listed, and looked at. Photos are shown as clean copies, other files handed over unopened."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.files.storage import storages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from audits.admin.months import by_month
from audits.admin.roles import REVIEWERS
from audits.models import Evidence, Submission
from audits.services.evidence import derive_photo
from chains.admin.scoped import ScopedAdmin
from chains.models import User

# Nothing in a file can run, load or reach anything, whatever it is.
SANDBOX = "sandbox; default-src 'none'"


@admin.register(Evidence)
class EvidenceAdmin(ScopedAdmin):
    """Photos, receipts, documents and recordings."""

    reads = REVIEWERS
    by_hand = False
    list_display = ["type", "state", "audience", "submission_id", "media_type", "length", "received_at"]
    list_filter = ["state", "type", "audience", by_month("received_at", "month of arrival")]
    search_fields = ["id", "submission_id"]

    def scope(self, user: User, roles: Iterable[str]) -> Q | None:
        """Files of reports that the person may judge."""
        return Q() if user.is_superuser else Q(submission_id__in=Submission.objects.to_review_by(user).values("pk"))

    def get_urls(self) -> list[Any]:
        """The file itself before Django's own pages."""
        page = self.admin_site.admin_view(self.file_view)
        return [path("<int:row>/file/", page, name="audits_evidence_file"), *super().get_urls()]

    def file_view(self, request: HttpRequest, row: int) -> HttpResponse:
        """A photo as a clean copy; any other file as a download. The same 404 for foreign, lost and absent ones."""
        held = self.get_queryset(request).filter(pk=row, state=Evidence.State.HELD).first()
        if held is None or not storages["evidence"].exists(held.original):
            raise Http404
        with storages["evidence"].open(held.original) as file:
            photo = derive_photo(file) if held.media_type.startswith("image/") else None
            if photo and photo.body:
                answer = HttpResponse(photo.body, content_type="image/jpeg")
            else:
                file.seek(0)
                answer = HttpResponse(file.read(), content_type="application/octet-stream")
                answer["Content-Disposition"] = f'attachment; filename="evidence-{held.pk}"'
        answer["Content-Security-Policy"] = SANDBOX
        answer["Cache-Control"] = "private, no-store"
        return answer
