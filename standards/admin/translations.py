"""Translations: rows are shown here; they are written on the pages of their version, by hand or by a table."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from chains.admin.scoped import ScopedAdmin
from standards.admin.drafts import READS, WRITES
from standards.models import SectionTranslation, StandardTranslation, TranslationDocument, VersionTranslation


class ShownOnly(ScopedAdmin):
    """Rows that are written elsewhere."""

    reads = READS
    writes = WRITES
    by_hand = False

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Nothing on the index: translations are found on the page of their version."""
        return {}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(VersionTranslation)
class VersionTranslationAdmin(ShownOnly):
    """Names of checklists and classifications in other languages."""

    chain = "version__chain"
    list_display = ["version", "language", "name"]
    list_filter = ["language"]
    list_select_related = ["version__checklist"]


@admin.register(SectionTranslation)
class SectionTranslationAdmin(ShownOnly):
    """Names of sections in other languages."""

    chain = "section__version__chain"
    list_display = ["section", "language", "name"]
    list_filter = ["language"]
    list_select_related = ["section"]
    search_fields = ["section__code", "name"]


@admin.register(StandardTranslation)
class StandardTranslationAdmin(ShownOnly):
    """Wordings in other languages."""

    chain = "standard__version__chain"
    list_display = ["standard", "language", "wording"]
    list_filter = ["language"]
    list_select_related = ["standard"]
    search_fields = ["standard__code", "wording"]
    show_full_result_count = False


@admin.register(TranslationDocument)
class TranslationDocumentAdmin(ShownOnly):
    """Published translations, named by their sha256."""

    chain = "chain"
    list_display = ["version", "language", "sha256"]
    list_filter = ["language", "chain"]
    list_select_related = ["version__checklist"]
    fields = ["version", "chain", "language", "sha256"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("body", "version__body")
