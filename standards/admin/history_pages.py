"""The history of one version on a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from standards.admin.drafts import DraftAdmin
from standards.models import ChecklistVersion, Revision

SHOWN_AT_MOST = 200


class HistoryPages(DraftAdmin):
    """Who changed what in one version."""

    def history_urls(self) -> list[URLPattern]:
        """The address of this page; Django's own `history/` is taken."""
        return [self.subpage("history_of", self.history_of_page)]

    def history_of_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """The newest changes first, each with a link to what it said and the way back."""
        rows = Revision.objects.filter(version=version).select_related("made_by").defer("body")[:SHOWN_AT_MOST]
        context = {"title": "Who changed what", "version": version, "rows": rows}
        return self.page(request, "admin/standards/history_of.html", context)
