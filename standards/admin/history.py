"""Who changed what and when, and the way back to an older draft."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html_join

from standards.admin.drafts import WRITES, DraftAdmin, person
from standards.models import Revision, VersionState
from standards.services import authoring, briefs, schemes


@admin.register(Revision)
class RevisionAdmin(DraftAdmin):
    """Changes of drafts of one's chains; for writers only."""

    reads = WRITES
    writes = WRITES
    by_hand = False
    chain = "chain"
    list_display = ["number", "action", "of_what", "made_by", "made_at"]
    list_filter = ["version", "chain"]
    list_select_related = ["made_by", "version__checklist", "brief_version__brief", "scheme_version__scheme"]
    search_fields = ["action"]
    ordering = ["-made_at", "-number"]
    fields = ["of_what", "number", "action", "made_by", "made_at", "told"]
    readonly_fields = ["of_what", "told"]
    change_form_template = "admin/standards/revision_form.html"

    def is_frozen(self, obj: Any) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("body", "version__body", "brief_version__body")

    @admin.display(description="of")
    def of_what(self, revision: Revision) -> str:
        """The version that was changed."""
        return str(revision.version or revision.brief_version or revision.scheme_version)

    @admin.display(description="what changed")
    def told(self, revision: Revision) -> str:
        """What changed, line by line."""
        return format_html_join("", "{}<br>", ((line,) for line in revision.lines))

    def get_urls(self) -> list[URLPattern]:
        return [self.subpage("restore", self.restore_page), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        revision = kwargs.get("obj")
        if revision is not None:
            row: Any = revision.version or revision.brief_version or revision.scheme_version
            context |= {"may_restore": _is_draft(revision), "of_what": row, "back": self.address_of(row)}
        return super().render_change_form(request, context, *args, **kwargs)

    def restore_page(self, request: HttpRequest, revision: Revision) -> HttpResponse:
        """Make the draft say again what it said after this change."""
        if request.method != "POST":
            return HttpResponseRedirect(self.address_of(revision))
        by, now, key = person(request), timezone.now(), revision.pk
        if revision.version_id:
            row: Any = authoring.restore(revision_id=key, by=by, now=now)
        elif revision.brief_version_id:
            row = briefs.restore_brief(revision_id=key, by=by, now=now)
        else:
            row = schemes.restore_scheme(revision_id=key, by=by, now=now)
        self.message_user(request, f"{row} says again what it said after change {revision.number}.", messages.SUCCESS)
        return HttpResponseRedirect(self.address_of(row))


def _is_draft(revision: Revision) -> bool:
    if revision.version:
        return bool(revision.version.state == VersionState.DRAFT)
    row: Any = revision.brief_version or revision.scheme_version
    return row.published_at is None
