"""Briefs: the scenarios shoppers play. Managers see none of this."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from standards.admin.drafts import BRIEF_READS, DraftAdmin, RefusableForm, person
from standards.admin.history_pages import HistoryPages
from standards.models import Brief, BriefVersion
from standards.services import briefs

TEXT = forms.Textarea(attrs={"rows": 20, "cols": 90})


class NewBriefForm(RefusableForm):
    """A new brief with its first text."""

    language = forms.CharField(max_length=20, initial="en")
    text = forms.CharField(widget=TEXT, max_length=20_000)

    class Meta:
        fields = ["chain", "code", "name"]


class BriefTextForm(RefusableForm):
    """The text of a draft."""

    text = forms.CharField(widget=TEXT, max_length=20_000)

    class Meta:
        fields = ["language", "text"]


@admin.register(Brief)
class BriefAdmin(DraftAdmin):
    """The briefs of one's chains."""

    reads = BRIEF_READS
    chain = "chain"
    list_display = ["name", "code", "chain"]
    list_filter = ["chain"]
    list_select_related = ["chain"]
    search_fields = ["name", "code"]
    ordering = ["name"]

    def is_frozen(self, obj: Any) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewBriefForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["chain", "code", "name"] + (["versions"] if obj else ["language", "text"])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["versions"] if obj else []

    @admin.display(description="versions")
    def versions(self, brief: Brief) -> str:
        """The versions with links to their pages."""
        rows = BriefVersion.objects.filter(brief=brief).order_by("-number").defer("body", "text")
        lines = ((self.address_of(row), row.number, "published" if row.sha256 else "draft") for row in rows)
        return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a> {}</li>', lines))

    def save_model(self, request: HttpRequest, obj: Brief, form: Any, change: bool) -> None:
        version = briefs.new_brief(
            chain_id=obj.chain_id,
            code=obj.code,
            name=obj.name,
            text=form.cleaned_data["text"],
            language=form.cleaned_data["language"],
            by=person(request),
            now=timezone.now(),
        )
        obj.pk = version.brief_id


@admin.register(BriefVersion)
class BriefVersionAdmin(HistoryPages):
    """The wordings of briefs."""

    reads = BRIEF_READS
    chain = "chain"
    form = BriefTextForm
    list_display = ["brief", "number", "language", "published_at", "chain"]
    list_filter = ["brief", "chain"]
    list_select_related = ["brief", "chain"]
    search_fields = ["brief__name", "text"]
    fields = ["brief", "number", "language", "text", "published_at", "sha256"]
    readonly_fields = ["brief", "number", "published_at", "sha256"]
    change_form_template = "admin/standards/text_form.html"
    on_index = False
    of_revision = "brief_version"

    def is_frozen(self, obj: Any) -> bool:
        return bool(obj.sha256 is not None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("body")

    def save_model(self, request: HttpRequest, obj: BriefVersion, form: Any, change: bool) -> None:
        briefs.change_brief(
            version_id=obj.pk,
            text=form.cleaned_data["text"].replace("\r\n", "\n"),
            language=form.cleaned_data["language"],
            by=person(request),
            now=timezone.now(),
        )

    def get_urls(self) -> list[URLPattern]:
        pages = [self.subpage("publish", self.publish_page), self.subpage("new_draft", self.new_draft_page)]
        return [*pages, *self.history_urls(), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        version = kwargs.get("obj")
        if version is not None and self.may_write(request, version):
            step = "new_draft" if self.is_frozen(version) else "publish"
            context["step"] = {"label": STEPS[step], "address": self.address_of(version, step)}
            context["history"] = self.address_of(version, "history_of")
        return super().render_change_form(request, context, *args, **kwargs)

    def publish_page(self, request: HttpRequest, version: BriefVersion) -> HttpResponse:
        """Freeze this wording."""
        if request.method == "POST":
            briefs.publish_brief(version_id=version.pk, by=person(request), now=timezone.now())
            self.message_user(request, f"{version} is published.", messages.SUCCESS)
        return HttpResponseRedirect(self.address_of(version))

    def new_draft_page(self, request: HttpRequest, version: BriefVersion) -> HttpResponse:
        """A draft that says what this version says."""
        if request.method != "POST":
            return HttpResponseRedirect(self.address_of(version))
        draft = briefs.new_brief_draft(
            brief_id=version.brief_id,
            text=version.text,
            language=version.language,
            by=person(request),
            now=timezone.now(),
        )
        return HttpResponseRedirect(self.address_of(draft))


STEPS = {"publish": "Publish; it never changes afterwards", "new_draft": "New draft from this"}
