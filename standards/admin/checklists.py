"""Checklists: the lasting names. What they say lives in their versions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from chains.models import Chain
from standards.admin.drafts import DraftAdmin, RefusableForm, person, sent
from standards.models import Checklist, ChecklistVersion
from standards.services import authoring, importing, packing


class ChecklistForm(RefusableForm):
    """A new checklist: with it comes a first draft."""

    language = forms.CharField(max_length=20, initial="en", help_text="Of the wording, such as en or de.")
    decimals = forms.IntegerField(min_value=0, max_value=6, initial=0, help_text="Places after the point in scores.")

    class Meta:
        fields = ["chain", "code", "name"]


class ImportForm(forms.Form):
    """A file, or a pack, as a new draft."""

    chain = forms.ModelChoiceField(queryset=Chain.objects.none())
    file = forms.FileField(required=False, help_text="CSV, XLSX or YAML.")
    pack = forms.ChoiceField(required=False, help_text="A checklist that comes with the product.")
    code = forms.SlugField(required=False, max_length=40, help_text="Of the checklist, if the file does not say.")
    name = forms.CharField(required=False, max_length=200, help_text="Of the checklist, if the file does not say.")

    def __init__(self, *args: Any, chains: QuerySet[Chain], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chain"].queryset = chains  # type: ignore[attr-defined]
        self.fields["pack"].choices = [("", "—"), *((name, name) for name in packing.pack_names())]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("file")) == bool(cleaned.get("pack")):
            raise forms.ValidationError("Choose a file or a pack, one of the two.")
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
        """A file or a pack as a new draft; every fault is listed, and then nothing is imported."""
        chains = Chain.objects.visible_to(person(request)).filter(pk__in=self.places(person(request), self.writes)[0])
        if person(request).is_superuser:
            chains = Chain.objects.all()
        form = ImportForm(*sent(request), chains=chains)
        context: dict[str, Any] = {"title": "Import a checklist", "form": form}
        if request.method == "POST" and form.is_valid():
            return self._import(request, form.cleaned_data, context)
        return self.page(request, "admin/standards/import_new.html", context)

    def _import(self, request: HttpRequest, wanted: dict[str, Any], context: dict[str, Any]) -> HttpResponse:
        by, now, chain = person(request), timezone.now(), wanted["chain"]
        with self.showing(context):
            if wanted["pack"]:
                version = packing.load_pack(name=wanted["pack"], chain_id=chain.pk, by=by, now=now).version
            else:
                head = {"checklist": wanted["code"], "name": wanted["name"]}
                reading = importing.read_file(wanted["file"].name, wanted["file"].read(), head=head)
                version = importing.import_new(
                    chain_id=chain.pk, reading=reading, source=wanted["file"].name, by=by, now=now
                )
            self.message_user(request, f"{version} is a draft now.")
            return HttpResponseRedirect(reverse("admin:standards_checklistversion_change", args=(version.pk,)))
        return self.page(request, "admin/standards/import_new.html", context, status=422)
