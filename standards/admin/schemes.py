"""Rating schemes: documents in the scheme language, with every fault and the direction of every part beside them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from chains.problems import Problem
from standards.admin.briefs import STEPS
from standards.admin.drafts import DraftAdmin, RefusableForm, person
from standards.admin.history_pages import HistoryPages
from standards.admin.scheme_form import CommonForm, filled, fits
from standards.admin.version_pages import REHEARSE
from standards.models import RatingScheme, SchemeVersion
from standards.services import schemes
from standards.spec.scheme.common_shape import CommonShape

# Results are in the room of the audits, which this one knows nothing of but the address of that page.
TRY = "admin:audits_series_try_scheme"
DOCUMENT = forms.Textarea(attrs={"rows": 24, "cols": 100, "class": "vLargeTextField", "spellcheck": "false"})


class NewSchemeForm(RefusableForm):
    """A new scheme with its first document."""

    effective_from = forms.DateField(widget=AdminDateWidget)
    document = forms.CharField(widget=DOCUMENT, max_length=65_536, strip=False, help_text="YAML or JSON.")

    class Meta:
        fields = ["chain", "code", "name"]


class SchemeForm(RefusableForm):
    """The document of a draft; it may still have faults."""

    document = forms.CharField(widget=DOCUMENT, max_length=65_536, strip=False, help_text="YAML or JSON.")

    class Meta:
        fields = ["effective_from", "document", "note"]


@admin.register(RatingScheme)
class RatingSchemeAdmin(DraftAdmin):
    """The rating schemes of one's chains."""

    chain = "chain"
    list_display = ["name", "code", "chain"]
    list_filter = ["chain"]
    list_select_related = ["chain"]
    search_fields = ["name", "code"]
    ordering = ["name"]
    add_form_template = "admin/standards/scheme_form.html"

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, {"try_address": reverse(TRY), **(extra_context or {})})

    def is_frozen(self, obj: Any) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewSchemeForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["chain", "code", "name"] + (["versions"] if obj else ["effective_from", "document"])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["versions"] if obj else []

    @admin.display(description="versions")
    def versions(self, scheme: RatingScheme) -> str:
        """The versions with links to their pages."""
        rows = SchemeVersion.objects.filter(scheme=scheme).order_by("-number").defer("document")
        lines = (
            (self.address_of(row), row.number, row.effective_from, "published" if row.published_at else "draft")
            for row in rows
        )
        return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a> from {}, {}</li>', lines))

    def save_model(self, request: HttpRequest, obj: RatingScheme, form: Any, change: bool) -> None:
        version = schemes.new_scheme(
            chain_id=obj.chain_id,
            code=obj.code,
            name=obj.name,
            document=form.cleaned_data["document"].replace("\r\n", "\n"),
            effective_from=form.cleaned_data["effective_from"],
            by=person(request),
            now=timezone.now(),
        )
        obj.pk = version.scheme_id


@admin.register(SchemeVersion)
class SchemeVersionAdmin(HistoryPages):
    """The documents of rating schemes."""

    chain = "scheme__chain"
    form = SchemeForm
    list_display = ["scheme", "number", "effective_from", "published_at"]
    list_filter = ["scheme"]
    list_select_related = ["scheme"]
    search_fields = ["scheme__name", "scheme__code"]
    fields = ["scheme", "number", "effective_from", "document", "note", "published_at", "published_by", "sha256"]
    readonly_fields = ["scheme", "number", "published_at", "published_by", "sha256"]
    change_form_template = "admin/standards/scheme_form.html"
    on_index = False
    of_revision = "scheme_version"

    def is_frozen(self, obj: Any) -> bool:
        return bool(obj.published_at is not None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: SchemeVersion, form: Any, change: bool) -> None:
        schemes.change_scheme(
            version_id=obj.pk,
            document=form.cleaned_data["document"].replace("\r\n", "\n"),
            effective_from=form.cleaned_data["effective_from"],
            note=form.cleaned_data["note"],
            by=person(request),
            now=timezone.now(),
        )

    def get_urls(self) -> list[URLPattern]:
        pages = [self.subpage("publish", self.publish_page), self.subpage("new_draft", self.new_draft_page)]
        pages.append(self.subpage("form", self.form_page))
        return [*pages, *self.history_urls(), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        version = kwargs.get("obj")
        if version is not None:
            context["reading"] = _reading(version.document)
            if self.may_write(request, version):
                context["try_address"] = f"{reverse(TRY)}?version={version.pk}"
                context["form_address"] = "" if self.is_frozen(version) else self.address_of(version, "form")
                context["rehearse"] = f"{reverse(REHEARSE)}?scheme_version={version.pk}"
                step = "new_draft" if self.is_frozen(version) else "publish"
                context["step"] = {"label": STEPS[step], "address": self.address_of(version, step)}
                context["history"] = self.address_of(version, "history_of")
        return super().render_change_form(request, context, *args, **kwargs)

    def form_page(self, request: HttpRequest, version: SchemeVersion) -> HttpResponse:
        """The document of a draft as a form, where it has the common shape. Typed text is never lost on a fault."""
        if self.is_frozen(version):
            return HttpResponseRedirect(self.address_of(version))
        shape, can_be_read = schemes.common_shape(version.document)
        context = {"title": "The scheme as a form", "version": version, "address": self.address_of(version)}
        if can_be_read and (shape is None or not fits(shape)):
            return self.page(request, "admin/standards/scheme_shape.html", context)
        form = CommonForm(request.POST or None, initial=filled(shape) if shape else {"combine": "mean"})
        if request.method == "POST" and form.is_valid():
            try:
                self._write_shape(request, version, form.shape(shape.figure if shape else "score"))
            except Problem as problem:
                form.blame(problem)
            else:
                self.message_user(request, "The document was written anew.", messages.SUCCESS)
                return HttpResponseRedirect(self.address_of(version))
        context |= {"form": form, "blank": shape is None and bool(version.document.strip())}
        return self.page(request, "admin/standards/scheme_shape.html", context)

    @staticmethod
    def _write_shape(request: HttpRequest, version: SchemeVersion, shape: CommonShape) -> None:
        schemes.change_scheme(
            version_id=version.pk, document=schemes.shape_document(shape), by=person(request), now=timezone.now()
        )

    def publish_page(self, request: HttpRequest, version: SchemeVersion) -> HttpResponse:
        """Freeze this document."""
        if request.method == "POST":
            schemes.publish_scheme(version_id=version.pk, by=person(request), now=timezone.now())
            self.message_user(request, f"{version} is published.", messages.SUCCESS)
        return HttpResponseRedirect(self.address_of(version))

    def new_draft_page(self, request: HttpRequest, version: SchemeVersion) -> HttpResponse:
        """A draft that says what this version says."""
        if request.method != "POST":
            return HttpResponseRedirect(self.address_of(version))
        draft = schemes.new_scheme_draft(
            scheme_id=version.scheme_id,
            document=schemes.as_a_person_writes(version.document),
            effective_from=version.effective_from,
            by=person(request),
            now=timezone.now(),
        )
        return HttpResponseRedirect(self.address_of(draft))


def _reading(document: str) -> dict[str, Any]:
    """Every fault of a document, or which way each of its parts moves the outcome."""
    try:
        directions = sorted(schemes.scheme_directions(document).items())
        return {
            "faults": [],
            "directions": directions,
            "neither": [part for part, way in directions if way == "neither"],
        }
    except Problem as problem:
        return {"faults": [{"pointer": f.pointer, "detail": f.detail} for f in problem.errors], "directions": []}
