"""Checklists: the lasting names. What they say lives in their versions."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from chains.models import Chain
from standards.admin.drafts import DraftAdmin, RefusableForm, person, sent, shown
from standards.admin.uploads import UploadForm, carried
from standards.models import Checklist, ChecklistVersion
from standards.services import authoring, importing, packing


class ChecklistForm(RefusableForm):
    """A new checklist: with it comes a first draft."""

    language = forms.CharField(max_length=20, initial="en", help_text="Of the wording, such as en or de.")
    decimals = forms.IntegerField(min_value=0, max_value=6, initial=0, help_text="Places after the point in scores.")

    class Meta:
        fields = ["chain", "code", "name"]


class ImportForm(UploadForm):
    """A file, or a pack, as a new draft."""

    chain = forms.ModelChoiceField(queryset=Chain.objects.none(), empty_label=None)
    pack = forms.ChoiceField(required=False, help_text="A checklist that comes with the product.")
    code = forms.SlugField(required=False, max_length=40, help_text="Of the checklist, if the file does not say.")
    name = forms.CharField(required=False, max_length=200, help_text="Of the checklist, if the file does not say.")
    field_order = ["chain", "pack", "file", "code", "name"]

    def __init__(self, *args: Any, chains: QuerySet[Chain], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chain"].queryset = chains  # type: ignore[attr-defined]
        self.fields["pack"].choices = [("", "—"), *((name, name) for name in packing.pack_names())]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and bool(cleaned.get("upload")) == bool(cleaned.get("pack")):
            raise forms.ValidationError("Choose a pack or a file, one of the two.")
        return cleaned


@admin.register(Checklist)
class ChecklistAdmin(DraftAdmin):
    """The checklists of one's chains, and the versions of each."""

    chain = "chain"
    list_display = ["name", "code", "chain", "version_count"]
    list_filter = ["chain"]
    list_select_related = ["chain"]
    search_fields = ["name", "code"]
    change_list_template = "admin/standards/checklist_list.html"

    def is_frozen(self, obj: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(number_of_versions=Count("versions"))
        return counted

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = ChecklistForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["chain", "code", "name"] + (["versions"] if obj else ["language", "decimals"])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["chain", "code", "versions"] if obj else []

    @admin.display(description="versions", ordering="number_of_versions")
    def version_count(self, checklist: Any) -> int:
        """How many versions there are."""
        return int(checklist.number_of_versions)

    @admin.display(description="versions")
    def versions(self, checklist: Checklist) -> str:
        """The versions with links to their pages."""
        rows = ChecklistVersion.objects.filter(checklist=checklist).order_by("-number").defer("body")
        lines = (
            (self.address_of(row), row.number, row.get_state_display(), (row.published_at or row.created_at).date())
            for row in rows
        )
        return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a> {} ({})</li>', lines))

    def save_model(self, request: HttpRequest, obj: Checklist, form: Any, change: bool) -> None:
        if change:
            authoring.rename_checklist(checklist_id=obj.pk, name=obj.name, by=person(request))
            return
        version = authoring.new_checklist(
            chain_id=obj.chain_id,
            code=obj.code,
            name=obj.name,
            by=person(request),
            now=timezone.now(),
            language=form.cleaned_data["language"],
            decimals=form.cleaned_data["decimals"],
        )
        obj.pk = version.checklist_id

    def get_urls(self) -> list[URLPattern]:
        return [self.listpage("import", self.import_page), *super().get_urls()]

    def import_page(self, request: HttpRequest) -> HttpResponse:
        """A file or a pack as a new draft: first what would be made, or every fault; then, asked again, all of it."""
        chains = Chain.objects.visible_to(person(request)).filter(pk__in=self.places(person(request), self.writes)[0])
        if person(request).is_superuser:
            chains = Chain.objects.all()
        form = ImportForm(*sent(request), chains=chains)
        context: dict[str, Any] = {"title": "Import a checklist", "form": form}
        if request.method == "POST" and form.is_valid():
            with self.showing(context):
                made = self._import(request, form.cleaned_data, context)
                if made is not None:
                    self.message_user(request, f"{made} is a draft now.", messages.SUCCESS)
                    return HttpResponseRedirect(self.address_of(made))
            if context.get("kept"):
                context["kept"] = hidden(ImportForm(initial=context["kept"], chains=chains))
                context["form"] = ImportForm(chains=chains)
        status = 422 if "problem" in context else 200
        return self.page(request, "admin/standards/import_new.html", context, status=status)

    def _import(self, request: HttpRequest, wanted: dict[str, Any], context: dict[str, Any]) -> ChecklistVersion | None:
        """The new draft, or None after telling the page what would be made."""
        by, now, chain, upload = person(request), timezone.now(), wanted["chain"], wanted["upload"]
        if wanted["pack"] and "_apply" in request.POST:
            return packing.load_pack(name=wanted["pack"], chain_id=chain.pk, by=by, now=now).version
        if wanted["pack"]:
            reading = importing.read_pack_named(wanted["pack"]).checked()
        else:
            head = {"checklist": wanted["code"], "name": wanted["name"]}
            reading = importing.read_file(upload.name, upload.body, head=head).checked()
            if "_apply" in request.POST:
                return importing.import_new(chain_id=chain.pk, reading=reading, source=upload.name, by=by, now=now)
        base = importing.base_of_import(chain_id=chain.pk, code=reading.checklist.code)
        if base:
            context |= shown(importing.preview(version=base, reading=reading))
        asked = {"chain": chain.pk, "pack": wanted["pack"], "code": wanted["code"], "name": wanted["name"]}
        kept = carried(upload)
        context |= {"found": reading, "base": base, "kept": asked | kept if kept or wanted["pack"] else None}
        return None


def hidden(form: forms.Form) -> forms.Form:
    """A form whose fields are sent along unseen; the file is among them in its carried form."""
    del form.fields["file"]
    for field in form.fields.values():
        field.widget = field.hidden_widget()
    return form
