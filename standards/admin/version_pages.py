"""The pages around one version: changes, preview, files, and the steps of its life, each asked about once more."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils import timezone

from chains.problems import Problem
from standards.admin.drafts import DraftAdmin, person, sent
from standards.models import ChecklistVersion, VersionState
from standards.models.drafts import checklist_of
from standards.services import authoring, exporting, importing, publishing
from standards.services.exchange.files import CONTENT_TYPES
from standards.spec.changes import Changes

KINDS = tuple(CONTENT_TYPES)


class PublishForm(forms.Form):
    """The editor's note and the languages to publish with it."""

    note = forms.CharField(
        max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "cols": 80}), help_text="What is new, and why."
    )
    languages = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, shares: dict[str, tuple[int, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        complete = [language for language, (done, needed) in shares.items() if done == needed]
        self.fields["languages"].choices = [  # type: ignore[attr-defined]
            (language, f"{language}: {done} of {needed} texts") for language, (done, needed) in shares.items()
        ]
        self.fields["languages"].initial = complete


class FileForm(forms.Form):
    """A file for a draft; the second step applies what the first one showed."""

    file = forms.FileField(help_text="CSV, XLSX or YAML.")


class VersionPages(DraftAdmin):
    """What can be done with one version."""

    def version_urls(self) -> list[URLPattern]:
        """The addresses of these pages."""
        return [
            self.subpage("changes", self.changes_page, writes=False),
            self.subpage("preview", self.preview_page, writes=False),
            self.subpage("export", self.export_page, writes=False),
            self.subpage("import", self.import_page),
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

    def _tools(self, request: HttpRequest, version: Any) -> list[tuple[str, str]]:
        """Links of a version's page: what this person can do with it now."""
        writes, draft = self.may_write(request, version), version.state == VersionState.DRAFT
        pages = ["changes", "preview"]
        if writes:
            pages += ["import", "publish"] if draft else []
            pages += ["close"] if version.state == VersionState.PUBLISHED else []
            pages += ["retire"] if version.state in (VersionState.PUBLISHED, VersionState.CLOSING) else []
            pages += ["new_draft", "languages", "history_of"]
        names = {"new_draft": "New draft from this", "history_of": "Who changed what"}
        links = [(names.get(page, page.capitalize()), self.address_of(version, page)) for page in pages]
        export = self.address_of(version, "export")
        return links + [(f"Export {kind.upper()}", f"{export}?kind={kind}") for kind in KINDS]

    def changes_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """What changed since the version before."""
        base, changes = self._changes(version)
        context = {"title": f"Changes in {version}", "version": version, "base": base, "changes": changes}
        return self.page(request, "admin/standards/changes.html", context)

    @staticmethod
    def _changes(version: ChecklistVersion) -> tuple[ChecklistVersion | None, Changes]:
        base = authoring.base_of(version)
        return base, authoring.difference(old=base, new=version) if base else Changes()

    def preview_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """The checklist as an auditor sees it, on a page of a phone's size."""
        content = checklist_of(version)
        standards: dict[str, list[Any]] = {}
        for standard in content.standards:
            standards.setdefault(standard.section, []).append(standard)
        sections = [(section, standards.get(section.code, [])) for section in content.sections]
        context = {"title": f"Preview of {version}", "version": version, "sections": sections}
        return self.page(request, "admin/standards/preview.html", context)

    def export_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """The version as a file to keep."""
        kind = request.GET.get("kind", "csv")
        if kind not in KINDS:
            raise Http404
        return attachment(exporting.export_version(version, kind))

    def import_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """A file into the draft: first what it would change and every fault, then, asked again, all of it."""
        form = FileForm(*sent(request))
        context: dict[str, Any] = {"title": f"Import into {version}", "version": version, "form": form}
        status = 200
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            head = {"checklist": version.checklist.code, "name": version.checklist.name, "language": version.language}
            with self.showing(context):
                reading = importing.read_file(file.name, file.read(), head=head).checked()
                context["changes"] = importing.preview(version=version, reading=reading)
                if "_apply" in request.POST:
                    importing.import_into(
                        version_id=version.pk, reading=reading, source=file.name, by=person(request), now=timezone.now()
                    )
                    self.message_user(request, f"{len(reading.checklist.standards)} standards imported.")
                    return HttpResponseRedirect(self.address_of(version))
            status = 422 if "problem" in context else 200
        return self.page(request, "admin/standards/import_into.html", context, status=status)

    def publish_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """What changed, what stands against it, and the note that goes with publishing."""
        shares = publishing.translation_shares(version)
        form = PublishForm(sent(request)[0], shares=shares)
        base, changes = self._changes(version)
        context: dict[str, Any] = {
            "title": f"Publish {version}",
            "version": version,
            "base": base,
            "changes": changes,
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
        return self._asked_again(request, version, told, lambda: publishing.close(**self._step(request, version)))

    def retire_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """Asked again: the end of this version's use."""
        told = "This version will not be used any more. What it says stays for ever, and so do its scores."
        return self._asked_again(request, version, told, lambda: publishing.retire(**self._step(request, version)))

    def new_draft_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """Asked again: a draft that says what this version says."""
        told = "A new draft is made that says the same, with the same codes and translations."
        return self._asked_again(
            request,
            version,
            told,
            lambda: authoring.new_draft_from(**self._step(request, version), now=timezone.now()),
        )

    @staticmethod
    def _step(request: HttpRequest, version: ChecklistVersion) -> dict[str, Any]:
        return {"version_id": version.pk, "by": person(request)}

    def _asked_again(
        self, request: HttpRequest, version: ChecklistVersion, told: str, step: Callable[[], ChecklistVersion]
    ) -> HttpResponse:
        if request.method != "POST":
            context = {"title": str(version), "version": version, "told": told}
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
