"""Standards one by one and many at once: search, filters, and changes of what many share."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from standards.admin.drafts import DraftAdmin, person
from standards.admin.filters import ByClassification, BySection, ByVersion, ChangedSincePublished, version_chosen
from standards.admin.standard_form import StandardForm
from standards.models import Section, Standard, VersionState
from standards.models.drafts import checklist_of
from standards.services import editing, publishing
from standards.services.exchange.assembly import plain_amount
from standards.spec.answer_faults import FIELDS_OF_KIND
from standards.spec.checklist import CHANNELS, SEVERITIES

SHOWN_AT_MOST = 50


class BulkForm(forms.Form):
    """What many standards are to share; what is left empty stays as it is with each."""

    weight = forms.CharField(required=False, max_length=12)
    classification = forms.ChoiceField(required=False)
    severity = forms.ChoiceField(required=False, choices=[("", "—"), *((name, name) for name in SEVERITIES)])
    channel = forms.ChoiceField(required=False, choices=[("", "—"), *((name, name) for name in CHANNELS)])
    section = forms.ModelChoiceField(
        required=False, queryset=Section.objects.none(), help_text="Move to the end of this section."
    )

    def __init__(self, *args: Any, version: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = ((row["code"], row["name"]) for row in version.classifications)
        self.fields["classification"].choices = [("", "—"), *named]  # type: ignore[attr-defined]
        self.fields["section"].queryset = Section.objects.filter(version=version)  # type: ignore[attr-defined]


@admin.register(Standard)
class StandardAdmin(DraftAdmin):
    """The standards of one's chains, of drafts and of what was published."""

    chain = "version__chain"
    form = StandardForm
    list_display = [
        "code", "wording", "section_code", "classification", "kind", "channel", "weight", "severity", "version",
    ]  # fmt: skip
    list_filter = [
        ByVersion, BySection, ByClassification, ChangedSincePublished, "kind", "channel", "severity", "objective",
    ]  # fmt: skip
    change_form_template = "admin/standards/standard_form.html"
    list_select_related = ["section", "version__checklist"]
    list_per_page = 100
    # More rows than this on one page take a second; actions reach all that were found without showing them.
    list_max_show_all = 300
    search_fields = ["code", "wording", "guidance"]
    ordering = ["version", "section__position", "position"]
    show_full_result_count = False
    actions = ["change_many", "duplicate_many"]
    deletable = True
    fieldsets = [
        (None, {"fields": ["section", "code", "wording", "guidance", "classification", "tags"]}),
        ("Answer", {"fields": ["kind", ("weight", "severity"), ("objective", "na", "bonus")]}),
        ("What its kind needs", {"fields": [
            ("unit", "unit_decimals"), ("at_most", "at_least"), "ladder", "options", ("per_unit", "cap"), "max",
            "pass_at",
        ]}),
        ("When it is asked", {"fields": ["channel", "facilities", "only_if"]}),
        ("On a fail", {"fields": [("comment_on_fail", "photo_on_fail")]}),
    ]  # fmt: skip

    class Media:
        js = ["standards/live_preview.js"]

    def is_frozen(self, obj: Any) -> bool:
        return bool(obj.version.state != VersionState.DRAFT)

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """The columns; the version only where the list holds several."""
        shown = list(self.list_display)
        return [name for name in shown if name != "version"] if version_chosen(request) else shown  # type: ignore[misc]

    @admin.display(description="section", ordering="section__position")
    def section_code(self, standard: Standard) -> str:
        """The code of its section."""
        return standard.section.code

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        standard = kwargs.get("obj")
        section = standard.section if standard else self._section_asked(request)
        context |= {"section": section, "fields_of_kind": {kind: sorted(of) for kind, of in FIELDS_OF_KIND.items()}}
        if standard:
            context["before"], context["after"] = self._neighbours(standard)
        return super().render_change_form(request, context, *args, **kwargs)

    @staticmethod
    def _neighbours(standard: Standard) -> tuple[Standard | None, Standard | None]:
        """The standards before and after it in its section."""
        rows = list(Standard.objects.filter(section=standard.section_id).order_by("position", "code").only("code"))
        at = [row.pk for row in rows].index(standard.pk)
        return rows[at - 1] if at else None, rows[at + 1] if at + 1 < len(rows) else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("version__checklist", "section")
        return rows.defer("version__body")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        request.asked_standard = obj  # type: ignore[attr-defined]
        form = super().get_form(request, obj, change, **kwargs)
        section = obj.section if obj else self._section_asked(request)
        if "classification" in form.base_fields:
            named = (obj or section).version.classifications if section or obj else []
            choices = [("", "—"), *((row["code"], row["name"]) for row in named)]
            form.base_fields["classification"].choices = choices
        return form

    def _section_asked(self, request: HttpRequest) -> Any:
        """The section that a new standard is to go into, from the address."""
        if not hasattr(request, "asked_section"):
            rows = Section.objects.visible_to(person(request)).filter(version__state=VersionState.DRAFT)
            try:
                found = rows.select_related("version").filter(pk=request.GET.get("section") or None).first()
            except (ValidationError, ValueError):
                found = None
            request.asked_section = found  # type: ignore[attr-defined]
        return request.asked_section  # type: ignore[attr-defined]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        section = self._section_asked(request)
        return {"section": section.pk} if section else {}

    def choices_of(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """Sections of the same version; for a new standard those of the version that was asked for, else of drafts."""
        rows = super().choices_of(db_field, request)
        if db_field.name != "section":
            return rows
        standard, section = getattr(request, "asked_standard", None), self._section_asked(request)
        if standard is not None:
            return rows.filter(version=standard.version_id)
        own = rows.filter(version__state=VersionState.DRAFT)
        return own.filter(version=section.version_id) if section else own.select_related("version__checklist")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        section = form.cleaned_data["section"]
        saved = editing.save_standard(
            version_id=obj.version_id if change else section.version_id,
            standard_id=obj.pk if change else None,
            section_id=section.pk,
            fields=form.row_fields(),
            by=person(request),
            now=timezone.now(),
        )
        obj.pk, obj.version_id, obj._state.adding = saved.pk, saved.version_id, False
        self._warn(request, saved)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """There is nothing related."""

    def _warn(self, request: HttpRequest, standard: Standard) -> None:
        """What would stand against publishing this standard as it is: a draft may have it, its editor should know."""
        at = f"/standards/{standard.code}/"
        for fault in publishing.faults_of(checklist_of(standard.version)):
            if fault.pointer.startswith(at):
                self.message_user(request, f"{fault.pointer.removeprefix(at)}: {fault.detail}", messages.WARNING)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        editing.delete_standards(
            version_id=obj.version_id, standard_ids=[obj.pk], by=person(request), now=timezone.now()
        )

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        keys: dict[Any, list[Any]] = {}
        for version_id, key in queryset.values_list("version_id", "pk"):
            keys.setdefault(version_id, []).append(key)
        for version_id, some in keys.items():
            editing.delete_standards(version_id=version_id, standard_ids=some, by=person(request), now=timezone.now())

    def _one_version(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """The draft that all chosen standards belong to; None with a message where there is no such."""
        rows = queryset.order_by().values_list("version", flat=True).distinct()[:2]
        row = queryset.first() if len(rows) == 1 else None
        if row is None:
            self.message_user(request, "Choose standards of one version.", messages.WARNING)
        elif self.is_frozen(row):
            self.message_user(request, "A published version never changes; make a new draft from it.", messages.ERROR)
            return None
        return row.version if row else None

    @admin.action(description="Change or move …", permissions=["change"])
    def change_many(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask what the chosen standards are to share, then set it on all of them at once."""
        version = self._one_version(request, queryset)
        if version is None:
            return None
        across, count = request.POST.get("select_across") == "1", queryset.count()
        form = BulkForm(request.POST if "_set" in request.POST else None, version=version)
        if form.is_valid():
            self._set_many(request, version, list(queryset.values_list("pk", flat=True)), form.cleaned_data)
            return None
        context = {
            "title": "Change or move standards",
            "version": version,
            "form": form,
            "count": count,
            "rows": queryset[:SHOWN_AT_MOST],
            "more": count - SHOWN_AT_MOST,
            # A thousand fields are taken from a browser: "all of them" is said in one.
            "keys": list(queryset.values_list("pk", flat=True)[: 1 if across else None]),
            "across": across,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return self.page(request, "admin/standards/change_many.html", context)

    def _set_many(self, request: HttpRequest, version: Any, keys: list[Any], wanted: dict[str, Any]) -> None:
        fields = {name: wanted[name] for name in ("classification", "severity", "channel") if wanted[name]}
        if wanted["weight"]:
            fields["weight"] = plain_amount(wanted["weight"])
        known: dict[str, Any] = {"version_id": version.pk, "standard_ids": keys, "by": person(request)}
        with transaction.atomic():
            if fields:
                editing.change_standards(**known, fields=fields, now=timezone.now())
            if wanted["section"]:
                editing.move_standards(**known, section_id=wanted["section"].pk, now=timezone.now())
        self.message_user(request, f"{len(keys)} standards changed.", messages.SUCCESS)

    @admin.action(description="Duplicate", permissions=["change"])
    def duplicate_many(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Copy the chosen standards under the next free codes."""
        version = self._one_version(request, queryset)
        if version is None:
            return None
        keys = list(queryset.values_list("pk", flat=True))
        copies = editing.duplicate_standards(
            version_id=version.pk, standard_ids=keys, by=person(request), now=timezone.now()
        )
        codes = ", ".join(copy.code for copy in copies[:20])
        self.message_user(request, f"Duplicated as {codes}.", messages.SUCCESS)
        # One copy is made to be written on at once; many are looked at in the list.
        return HttpResponseRedirect(self.address_of(copies[0])) if len(copies) == 1 else None
