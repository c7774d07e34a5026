"""One page per section with its standards in order: the place where most of the writing is done."""

from typing import Any

from adminsortable2.admin import SortableAdminBase, SortableTabularInline
from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from chains.admin.scoped import ScopedInline
from standards.admin.drafts import READS, WRITES, DraftAdmin, person
from standards.admin.rows import RowForm, RowFormSet
from standards.admin.versions import page_edits
from standards.models import Section, Standard, VersionState
from standards.services import editing, paging

# A browser sends every field of every row, and a thousand are taken: beyond so many rows fewer fields, then none.
MOST_ROWS_TO_WRITE = 100
MOST_ROWS_TO_ORDER = 220
ROW_FIELDS = ("code", "wording", "classification", "weight", "severity")


class StandardsInline(SortableTabularInline, ScopedInline):  # type: ignore[misc]
    """The standards of a section: dragged into order, their most used fields written in place."""

    model = Standard
    form = RowForm
    formset = RowFormSet
    reads = READS
    writes = WRITES
    chain = "version__chain"
    ordering = ["position"]
    fields = [*ROW_FIELDS, "more"]
    verbose_name_plural = "standards"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        request.asked_section = obj  # type: ignore[attr-defined]
        return super().get_formset(request, obj, **kwargs)

    def _rows(self, request: HttpRequest, section: Any) -> int:
        """How many rows the page has; asked once."""
        if not hasattr(request, "rows_of_section"):
            request.rows_of_section = Standard.objects.filter(section=section).count()  # type: ignore[attr-defined]
        return int(request.rows_of_section)  # type: ignore[attr-defined]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        wide = obj is not None and self._rows(request, obj) > MOST_ROWS_TO_WRITE
        return [*ROW_FIELDS, "more"] if wide else ["more"]

    def has_add_permission(self, request: HttpRequest, obj: Any) -> bool:  # type: ignore[override]
        few = obj is not None and self._rows(request, obj) <= MOST_ROWS_TO_WRITE
        return few and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        few = obj is None or self._rows(request, obj) <= MOST_ROWS_TO_ORDER
        return few and super().has_change_permission(request, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "wording":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 3, "cols": 60})
        if db_field.name == "classification":
            section = getattr(request, "asked_section", None)
            named = section.version.classifications if section else []
            choices = [("", "—"), *((row["code"], row["name"]) for row in named)]
            return KnownOrOther(choices=choices, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="")
    def more(self, standard: Any) -> str:
        """Kind of answer, and a link to everything else."""
        if standard._state.adding:
            return "—"
        address = self.admin_site.get_model_admin(Standard).address_of(standard)  # type: ignore[attr-defined]
        return format_html('<a href="{}">{}</a>', address, standard.get_kind_display())


class KnownOrOther(forms.ChoiceField):
    """A choice that keeps a value which is not among those offered: a draft may name what is yet to be made."""

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) <= 40

    def prepare_value(self, value: Any) -> Any:
        offered: Any = self.choices
        known = {str(key) for key, _ in offered}
        if value and str(value) not in known:
            self.widget.choices = [*offered, (value, f"{value} (unknown)")]
        return value


@admin.register(Section)
class SectionAdmin(SortableAdminBase, DraftAdmin):  # type: ignore[misc]
    """A section of a draft with its standards."""

    chain = "version__chain"
    list_display = ["code", "name", "version", "parent", "repeats", "number_of_standards"]
    list_filter = ["version"]
    list_select_related = ["version__checklist", "parent"]
    search_fields = ["code", "name"]
    ordering = ["version", "position"]
    fieldsets = [("Code, name and place", {"fields": ["code", "name", "parent", "repeats"], "classes": ["collapse"]})]
    inlines = [StandardsInline]
    change_form_template = "admin/standards/section_form.html"
    deletable = True
    on_index = False

    def is_frozen(self, obj: Any) -> bool:
        return bool(obj.version.state != VersionState.DRAFT)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).select_related("version__checklist").defer("version__body")
        counted: QuerySet[Any] = rows.annotate(count_of_standards=Count("standards"))
        return counted

    @admin.display(description="standards", ordering="count_of_standards")
    def number_of_standards(self, section: Any) -> int:
        """How many standards it has."""
        return int(section.count_of_standards)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        request.asked_section = obj  # type: ignore[attr-defined]
        return super().get_form(request, obj, change, **kwargs)

    def choices_of(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        rows = super().choices_of(db_field, request)
        section = getattr(request, "asked_section", None)
        if db_field.name == "parent" and section is not None:
            rows = rows.filter(version=section.version_id, parent__isnull=True).exclude(pk=section.pk)
        return rows

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing yet: the whole page is saved as one change (`save_related`)."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        section = form.instance
        fields = {name: form.cleaned_data[name] for name in form.changed_data if name != "parent"}
        if "parent" in form.changed_data:
            fields["parent_id"] = section.parent_id
        edits, removed = page_edits(formsets, (*ROW_FIELDS, "position"))
        paging.save_section_page(
            version_id=section.version_id,
            section_id=section.pk,
            fields=fields,
            standards=edits,
            removed=removed,
            by=person(request),
            now=timezone.now(),
        )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, dict[str, int], set[str], list[Any]]:
        """The standards go with their section; the sections below it must go first."""
        sections = list(objs)
        standards = Standard.objects.filter(section__in=sections).order_by("section__position", "position")
        below = Section.objects.filter(parent__in=sections).exclude(pk__in=[one.pk for one in sections])
        listed = [str(one) for one in sections], [str(one) for one in standards]
        count = {"sections": len(sections), "standards": len(listed[1])}
        return [*listed[0], listed[1]], count, set(), [str(one) for one in below]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        editing.delete_section(version_id=obj.version_id, section_id=obj.pk, by=person(request), now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for section in queryset:
            self.delete_model(request, section)
