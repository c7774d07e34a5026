"""The pages around one version: changes, preview, files, and the steps of its life, each asked about once more."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone

from chains.problems import Problem
from standards.admin.drafts import DraftAdmin, person, sent, shown
from standards.models import ChecklistVersion, VersionState
from standards.models.drafts import checklist_of, translations_of
from standards.services import authoring, exporting, publishing
from standards.services.exchange.files import CONTENT_TYPES
from standards.spec.changes import Comparison
from standards.spec.languages import in_language

KINDS = tuple(CONTENT_TYPES)
# Past visits are replayed in the room of the audits, which this one knows nothing of but the address of that page.
REHEARSE = "admin:audits_rehearsal_act_begin"
TOOLS = {
    "publish": "Publish …",
    "new_draft": "New draft from this …",
    "preview": "Preview",
    "changes": "Changes",
    "languages": "Languages",
    "history_of": "Who changed what",
    "import": "Import a file",
    "close": "Close to new visits …",
    "retire": "Retire …",
}


class PublishForm(forms.Form):
    """The editor's note and the languages to publish with it."""

    note = forms.CharField(
        max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "cols": 80}), help_text="What is new, and why."
    )
    languages = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, help_text="Published with it; each needs all of its texts."
    )

    def __init__(self, *args: Any, shares: dict[str, tuple[int, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        complete = [language for language, (done, needed) in shares.items() if done == needed]
        self.fields["languages"].choices = [  # type: ignore[attr-defined]
            (language, f"{language}: {done} of {needed} texts") for language, (done, needed) in shares.items()
        ]
        self.fields["languages"].initial = complete
        if not shares:
            del self.fields["languages"]


class VersionPages(DraftAdmin):
    """What can be done with one version."""

    def version_urls(self) -> list[URLPattern]:
        """The addresses of these pages."""
        return [
            self.subpage("changes", self.changes_page, writes=False),
            self.subpage("preview", self.preview_page, writes=False),
            self.subpage("export", self.export_page, writes=False),
            self.subpage("publish", self.publish_page),
            self.subpage("close", self.close_page),
            self.subpage("retire", self.retire_page),
            self.subpage("new_draft", self.new_draft_page),
        ]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        version = kwargs.get("obj")
        if version is not None:
            context["tools"] = self._tools(request, version)
        return super().render_change_form(request, context, *args, **kwargs)

    def _tools(self, request: HttpRequest, version: Any) -> list[tuple[str, str, bool]]:
        """Links of a version's page: what this person can do with it now, the next step of its life first."""
        writes, draft = self.may_write(request, version), version.state == VersionState.DRAFT
        main = "publish" if draft else "new_draft"
        pages = [main] if writes else []
        pages += ["preview", "changes"]
        if writes:
            pages += ["languages", "history_of", *(["import", "new_draft"] if draft else [])]
            pages += ["close"] if version.state == VersionState.PUBLISHED else []
            pages += ["retire"] if version.state in (VersionState.PUBLISHED, VersionState.CLOSING) else []
        links = [(TOOLS[page], self.address_of(version, page), page == main) for page in pages]
        standards = reverse(f"{self.admin_site.name}:standards_standard_changelist")
        links.insert(1 if writes else 0, ("All standards", f"{standards}?version__id__exact={version.pk}", False))
        if writes:
            links.insert(2, ("Rehearse …", f"{reverse(REHEARSE)}?version={version.pk}", False))
        export = self.address_of(version, "export")
        return links + [(f"Export {kind.upper()}", f"{export}?kind={kind}", False) for kind in KINDS]

    def changes_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """What changed since the version before."""
        context = {"title": "Changes", "version": version} | self._compared(version)
        return self.page(request, "admin/standards/changes.html", context)

    @staticmethod
    def _compared(version: ChecklistVersion) -> dict[str, Any]:
        base = authoring.base_of(version)
        return {"base": base} | shown(authoring.comparison(old=base, new=version) if base else Comparison())

    def preview_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """The checklist as an auditor sees it, on a page of a phone's size."""
        content = checklist_of(version)
        translations = translations_of(version)
        language = request.GET.get("language") or content.language
        read = in_language(content, translations, language)
        standards: dict[str, list[Any]] = {}
        for standard in read.standards:
            standards.setdefault(standard.section, []).append(standard)
        context = {
            "title": "Preview",
            "version": version,
            "name": read.name,
            "language": language,
            "languages": [content.language, *translations],
            "sections": [(section, standards.get(section.code, [])) for section in read.sections],
        }
        return self.page(request, "admin/standards/preview.html", context)

    def export_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """The version as a file to keep."""
        kind = request.GET.get("kind", "csv")
        if kind not in KINDS:
            raise Http404
        return attachment(exporting.export_version(version, kind))

    def publish_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """What changed, what stands against it, and the note that goes with publishing."""
        shares = publishing.translation_shares(version)
        form = PublishForm(sent(request)[0], shares=shares)
        context: dict[str, Any] = self._compared(version) | {
            "title": "Publish",
            "version": version,
            "faults": publishing.faults_against(version),
            "form": form,
            "may_publish": person(request).may_publish(version.chain_id),
        }
        if request.method == "POST" and form.is_valid():
            with self.showing(context):
                publishing.publish(version_id=version.pk, by=person(request), now=timezone.now(), **form.cleaned_data)
                self.message_user(request, f"{version} is published.", messages.SUCCESS)
                return HttpResponseRedirect(self.address_of(version))
        return self.page(request, "admin/standards/publish.html", context, 422 if "problem" in context else 200)

    def close_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """Asked again: no new visits with this version."""
        told = "No new visits will be planned with this version; late phones are still accepted."
        step = self._step(request, version)
        return self._asked_again(request, version, "Close to new visits", told, lambda: publishing.close(**step))

    def retire_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """Asked again: the end of this version's use."""
        told = "This version will not be used any more. What it says stays for ever, and so do its scores."
        step = self._step(request, version)
        return self._asked_again(request, version, "Retire", told, lambda: publishing.retire(**step))

    def new_draft_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """Asked again: a draft that says what this version says."""
        told = "A new draft is made that says the same, with the same codes and translations."
        return self._asked_again(
            request,
            version,
            "Make a new draft",
            told,
            lambda: authoring.new_draft_from(**self._step(request, version), now=timezone.now()),
        )

    @staticmethod
    def _step(request: HttpRequest, version: ChecklistVersion) -> dict[str, Any]:
        return {"version_id": version.pk, "by": person(request)}

    def _asked_again(
        self, request: HttpRequest, version: ChecklistVersion, yes: str, told: str, step: Callable[[], ChecklistVersion]
    ) -> HttpResponse:
        if request.method != "POST":
            context = {"title": yes, "version": version, "told": told, "yes": yes}
            return self.page(request, "admin/standards/ask_again.html", context)
        try:
            result = step()
        except Problem as problem:
            self.tell(request, problem)
            return HttpResponseRedirect(self.address_of(version))
        self.message_user(request, f"{result}: {result.get_state_display().lower()}.", messages.SUCCESS)
        return HttpResponseRedirect(self.address_of(result))


def attachment(file: Any) -> HttpResponse:
    """A file to keep, never to be opened as a page of this server."""
    response = HttpResponse(file.body, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
