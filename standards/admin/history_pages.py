"""The history of one draft on a page of its own: of a checklist, a brief or a scheme."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from standards.admin.drafts import DraftAdmin
from standards.models import Revision

SHOWN_AT_MOST = 200


class HistoryPages(DraftAdmin):
    """Who changed what in one version."""

    # The field by which a revision names a version of this kind.
    of_revision = "version"

    def history_urls(self) -> list[URLPattern]:
        """The address of this page; Django's own `history/` is taken."""
        return [self.subpage("history_of", self.history_of_page)]

    def history_of_page(self, request: HttpRequest, version: Any) -> HttpResponse:
        """The newest changes first, each with a link to what it said and the way back."""
        found = Revision.objects.filter(**{self.of_revision: version}).select_related("made_by").defer("body")
        context = {"title": "Who changed what", "version": version, "rows": found[:SHOWN_AT_MOST]}
        return self.page(request, "admin/standards/history_of.html", context)
