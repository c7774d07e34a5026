"""A file into a draft: first what it would change and every fault, then, asked again, all of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils import timezone

from standards.admin.drafts import DraftAdmin, person, sent, shown
from standards.admin.uploads import Upload, UploadForm, carried
from standards.models import ChecklistVersion
from standards.services import importing


class FileForm(UploadForm):
    """A file for a draft, and which revision of the draft it was compared with."""

    compared_with = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and cleaned["upload"] is None:
            self.add_error("file", "Choose a file.")
        return cleaned


class ImportPages(DraftAdmin):
    """Files into one version."""

    def import_urls(self) -> list[URLPattern]:
        """The address of this page."""
        return [self.subpage("import", self.import_page)]

    def import_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """Shows what a file would change; applies it where the page that showed it says so."""
        form = FileForm(*sent(request))
        context: dict[str, Any] = {"title": "Import a file", "version": version, "form": form}
        if request.method == "POST" and form.is_valid():
            with self.showing(context):
                done = self._import(request, version, form.cleaned_data, context)
                if done:
                    return HttpResponseRedirect(self.address_of(version))
            context["form"] = FileForm()
        status = 422 if "problem" in context else 200
        return self.page(request, "admin/standards/import_into.html", context, status=status)

    def _import(
        self, request: HttpRequest, version: ChecklistVersion, sent: dict[str, Any], context: dict[str, Any]
    ) -> bool:
        upload: Upload = sent["upload"]
        head = {"checklist": version.checklist.code, "name": version.checklist.name, "language": version.language}
        reading = importing.read_file(upload.name, upload.body, head=head).checked()
        stale = sent["compared_with"] not in (None, version.revision)
        if "_apply" in request.POST and not stale:
            importing.import_into(
                version_id=version.pk, reading=reading, source=upload.name, by=person(request), now=timezone.now()
            )
            self.message_user(request, f"{len(reading.checklist.standards)} standards imported.", messages.SUCCESS)
            return True
        context |= shown(importing.preview(version=version, reading=reading))
        kept = carried(upload)
        context["kept"] = FileForm(initial=kept | {"compared_with": version.revision}) if kept else None
        context |= {"file_name": upload.name, "stale": stale}
        return False
