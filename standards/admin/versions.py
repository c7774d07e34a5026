"""Versions of checklists: the head and the sections of a draft; everything published is only shown."""

from typing import Any

from adminsortable2.admin import SortableAdminBase, SortableTabularInline
from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html

from chains.admin.scoped import ScopedInline
from standards.admin.drafts import READS, WRITES, RefusableForm, person, without_buttons
from standards.admin.history_pages import HistoryPages
from standards.admin.import_pages import ImportPages
from standards.admin.language_pages import LanguagePages
from standards.admin.rows import RowForm, RowFormSet
from standards.admin.version_pages import VersionPages
from standards.models import ChecklistVersion, Section, VersionState
from standards.models.content import known_code
from standards.services import authoring, paging


class ClassificationsField(forms.CharField):
    """`courtesy|Courtesy and manner`, one to a line."""

    widget = forms.Textarea(attrs={"rows": 8, "cols": 60})

    def prepare_value(self, value: Any) -> str:
        if isinstance(value, list):
            return "\n".join(f"{row['code']}|{row['name']}" for row in value)
        return str(value or "")

    def to_python(self, value: Any) -> list[dict[str, str]]:  # type: ignore[override]
        rows = []
        for line in str(value or "").splitlines():
            code, sign, name = (part.strip() for part in line.partition("|"))
            if not line.strip():
                continue
            if not sign or not name:
                raise forms.ValidationError(f"“{line}”: write the code, a | and the name.", code="classification")
            known_code(code)
            rows.append({"code": code, "name": name})
        if len({row["code"] for row in rows}) != len(rows):
            raise forms.ValidationError("A code is there twice.", code="duplicate-code")
        return rows

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((initial or []) != self.to_python(data))
        except forms.ValidationError:
            return True


class VersionForm(RefusableForm):
    """The head of a draft."""

    classifications = ClassificationsField(
        required=False, help_text="One to a line: the code, a | and the name, such as courtesy|Courtesy and manner."
    )

    class Meta:
        fields = ["language", "decimals", "classifications", "note"]


class SectionsInline(SortableTabularInline, ScopedInline):  # type: ignore[misc]
    """The sections of a version, dragged into order; each has a page with its standards."""

    model = Section
    form = RowForm
    formset = RowFormSet
    reads = READS
    writes = WRITES
    chain = "version__chain"
    ordering = ["position"]
    fields = ["code", "name", "parent", "repeats", "standards"]
    readonly_fields = ["standards"]
    verbose_name_plural = "sections"
    # A section goes with its standards: that is asked about on its own page.
    deletable = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(number_of_standards=Count("standards")).select_related("version")
        return counted

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        request.asked_version = obj  # type: ignore[attr-defined]
        return super().get_formset(request, obj, **kwargs)

    def choices_of(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """A section lies below another of the same version, itself at the top."""
        rows = super().choices_of(db_field, request)
        if db_field.name == "parent":
            rows = rows.filter(version=getattr(request, "asked_version", None), parent__isnull=True)
        return rows

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "parent" and field is not None:
            # Asked once for the page, and not once for each of its rows.
            field.choices = [("", "—"), *((row.pk, str(row)) for row in field.queryset)]
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return without_buttons(super().formfield_for_dbfield(db_field, request, **kwargs))

    @admin.display(description="standards")
    def standards(self, section: Any) -> str:
        """How many standards, with a link to the page of the section."""
        if section.pk is None or section._state.adding:
            return "—"
        address = reverse("admin:standards_section_change", args=(section.pk,))
        count = getattr(section, "number_of_standards", 0)
        return format_html('<a href="{}">{} standards</a>', address, count)


@admin.register(ChecklistVersion)
class ChecklistVersionAdmin(SortableAdminBase, VersionPages, ImportPages, LanguagePages, HistoryPages):  # type: ignore[misc]
    """The versions of one's chains. A draft begins on the page of its checklist or from another version."""

    chain = "checklist__chain"
    form = VersionForm
    list_display = ["checklist", "number", "state", "language", "published_at", "chain"]
    list_filter = ["state", "chain", "checklist"]
    list_select_related = ["checklist", "chain"]
    search_fields = ["checklist__name", "checklist__code", "note"]
    ordering = ["checklist__name", "-number"]
    inlines = [SectionsInline]
    change_form_template = "admin/standards/version_form.html"
    actions = ["publish_one", "close_one", "retire_one", "draft_of_one"]
    deletable = True

    def is_frozen(self, obj: Any) -> bool:
        return bool(obj.state != VersionState.DRAFT)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("body").select_related("checklist", "chain")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What the version is, then, folded away, what is seldom changed: the sections are what people come for."""
        head = ["language", "decimals", "note", "based_on"]
        if obj is not None and self.is_frozen(obj):
            told = ["state", "published_at", "published_by", "note", "classes"]
            rest = ["language", "decimals", "based_on", "sha256"]
            return [(None, {"fields": ["checklist", *told]}), ("More", {"fields": rest, "classes": ["collapse"]})]
        return [
            (None, {"fields": ["checklist", "state"]}),
            ("Language, classifications and note", {"fields": [*head, "classifications"], "classes": ["collapse"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["checklist", "state", "based_on", "published_at", "published_by", "sha256", "classes"]

    @admin.display(description="classifications")
    def classes(self, version: ChecklistVersion) -> str:
        """The names of the classifications."""
        return ", ".join(str(row["name"]) for row in version.classifications) or "—"

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if obj is None else [SectionsInline]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing yet: the whole page is saved as one change (`save_related`)."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        head = {name: form.cleaned_data[name] for name in form.changed_data}
        edits, _ = page_edits(formsets, ("code", "name", "repeats", "parent_id", "position"))
        paging.save_version_page(
            version_id=form.instance.pk,
            head=head,
            sections=edits,
            by=person(request),
            now=timezone.now(),
        )

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        authoring.discard_draft(version_id=obj.pk, by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for version in queryset:
            authoring.discard_draft(version_id=version.pk, by=person(request))

    def get_urls(self) -> list[URLPattern]:
        own = [*self.version_urls(), *self.import_urls(), *self.language_urls(), *self.history_urls()]
        return [*own, *super().get_urls()]

    @admin.action(description="Publish …", permissions=["view"])
    def publish_one(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """To the page that shows what changed and asks for a note."""
        return self._to_page(request, queryset, "publish")

    @admin.action(description="Close to new visits …", permissions=["view"])
    def close_one(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """To the page that asks again."""
        return self._to_page(request, queryset, "close")

    @admin.action(description="Retire …", permissions=["view"])
    def retire_one(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """To the page that asks again."""
        return self._to_page(request, queryset, "retire")

    @admin.action(description="New draft from this version …", permissions=["view"])
    def draft_of_one(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """To the page that asks again."""
        return self._to_page(request, queryset, "new_draft")

    def _to_page(self, request: HttpRequest, queryset: QuerySet[Any], page: str) -> HttpResponse | None:
        rows = list(queryset[:2])
        if len(rows) != 1:
            self.message_user(request, "Choose one version.", messages.WARNING)
            return None
        return HttpResponseRedirect(self.address_of(rows[0], page))


def page_edits(formsets: Any, names: tuple[str, ...]) -> tuple[list[paging.RowEdit], list[Any]]:
    """What the table of a page changed: its new and changed rows, and the ids of those to remove."""
    edits: list[paging.RowEdit] = []
    removed: list[Any] = []
    for formset in formsets:
        formset.save(commit=False)
        removed += [row.pk for row in formset.deleted_objects]
        for row, changed in formset.changed_objects:
            fields = {
                name: getattr(row, name) for name in names if name in changed or name.removesuffix("_id") in changed
            }
            edits.append(paging.RowEdit(row.pk, fields))
        edits += [paging.RowEdit(None, {name: getattr(row, name) for name in names}) for row in formset.new_objects]
    return edits, removed
