"""Visits and assignments in the admin: seen by the office; planned, given and called off through the services."""

from django.contrib import admin

from audits.admin.months import by_month
from audits.admin.planning import ASSIGN, CANCEL, MISSED, PLAN, RELEASE, WITHDRAW
from audits.admin.roles import READERS
from audits.models import Assignment, Audit, ScopeDocument
from chains.admin.acting import ActingAdmin
from chains.admin.scoped import ScopedAdmin


@admin.register(Audit)
class AuditAdmin(ActingAdmin):
    """Planned, running and past visits."""

    acts = [PLAN, ASSIGN, CANCEL, MISSED, RELEASE]
    reads = READERS
    chain = "programme__chain"
    by_hand = False
    list_display = ["location", "component", "kind", "state", "window_from", "window_until", "visited_on", "reference"]
    list_filter = ["state", "programme", by_month("window_from", "month of the window"), "kind", "location"]
    list_select_related = ["location", "component"]
    search_fields = ["location__name", "location__code", "reference"]
    date_hierarchy = "window_from"
    exclude = ["scope"]


@admin.register(Assignment)
class AssignmentAdmin(ActingAdmin):
    """Visits given to auditors."""

    acts = [WITHDRAW]
    reads = READERS
    chain = "audit__programme__chain"
    by_hand = False
    list_display = ["audit", "auditor", "state", "offered_at", "answered_at", "ended_at"]
    list_filter = ["state", "audit__programme", by_month("offered_at", "month of the offer"), "audit__location"]
    list_select_related = ["audit__location", "auditor"]
    search_fields = ["audit__location__name", "audit__location__code", "auditor__username"]


@admin.register(ScopeDocument)
class ScopeDocumentAdmin(ScopedAdmin):
    """The answer keys of visits, frozen."""

    reads = READERS
    chain = "chain"
    by_hand = False
    list_display = ["sha256", "chain"]
    list_filter = ["chain"]
    list_select_related = ["chain"]
    search_fields = ["sha256"]
    readonly_fields = ["keys"]

    @admin.display(description="answer keys")
    def keys(self, document: ScopeDocument) -> str:
        """The keys in order."""
        return ", ".join(document.content().keys)
