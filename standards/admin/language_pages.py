"""The languages of a version: how much is translated, a table out and in, and a page to write one section."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils import timezone

from standards.admin.drafts import DraftAdmin, person, sent
from standards.admin.version_pages import attachment
from standards.models import ChecklistVersion, TranslationDocument, VersionState
from standards.models.drafts import checklist_of, translations_of
from standards.services import publishing, translating
from standards.spec.checklist import Checklist
from standards.spec.translation import texts_given, texts_needed

# The head of a checklist (its name, classifications, section names) is translated on a page of its own.
HEAD = "head"


class LanguageForm(forms.Form):
    """A filled-in table of one language."""

    language = forms.RegexField(translating.LANGUAGE, max_length=20, help_text="Such as de or pt-BR.")
    file = forms.FileField(help_text="CSV or XLSX with the columns key, original, translation.")


class LanguagePages(DraftAdmin):
    """What can be done with the languages of one version."""

    def language_urls(self) -> list[URLPattern]:
        """The addresses of these pages."""
        return [
            self.subpage("languages", self.languages_page),
            self.subpage("language_table", self.table_page, writes=False),
            self.subpage("translate", self.translate_page),
            self.subpage("publish_language", self.publish_language_page),
        ]

    def languages_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """Which languages there are and how far each is; a filled-in table is taken here."""
        form = LanguageForm(*sent(request))
        context: dict[str, Any] = {"title": "Languages", "version": version, "form": form}
        if request.method == "POST" and form.is_valid():
            language, file = form.cleaned_data["language"], form.cleaned_data["file"]
            with self.showing(context):
                translation = translating.read_language(checklist_of(version), language, file.read())
                done, needed = translating.save_language(
                    version_id=version.pk,
                    translation=translation,
                    source=file.name,
                    by=person(request),
                    now=timezone.now(),
                )
                self.message_user(request, f"{language}: {done} of {needed} texts.", messages.SUCCESS)
                return HttpResponseRedirect(self.address_of(version, "languages"))
        documents = TranslationDocument.objects.filter(version=version)
        frozen = dict(documents.values_list("language", "sha256"))
        context["languages"] = [
            (language, done, needed, 100 * done // max(needed, 1), frozen.get(language))
            for language, (done, needed) in publishing.translation_shares(version).items()
        ]
        context["is_draft"] = version.state == VersionState.DRAFT
        return self.page(
            request, "admin/standards/languages.html", context, status=422 if "problem" in context else 200
        )

    def table_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """One language as a table to fill in."""
        kind = "xlsx" if request.GET.get("kind") == "xlsx" else "csv"
        return attachment(translating.export_language(version, request.GET.get("language", ""), kind))

    def translate_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """The texts of one section beside their originals."""
        language, section = request.GET.get("language", ""), request.GET.get("section", HEAD)
        if len(language) > 20 or not translating.LANGUAGE.fullmatch(language):
            raise Http404
        content = checklist_of(version)
        known = translations_of(version).get(language)
        given = texts_given(known) if known else {}
        place = {standard.code: standard.section for standard in content.standards}
        needed = [(key, text) for key, text in texts_needed(content) if _page_of(key, place) == section]
        context: dict[str, Any] = {
            "title": f"Translate into {language}",
            "version": version,
            "language": language,
            "section": section,
            "sections": _sections(content, given),
        }
        if request.method == "POST":
            typed = {key: request.POST.get(key, "").replace("\r\n", "\n").strip() for key, _ in needed}
            with self.showing(context):
                done, count = translating.save_texts(
                    version_id=version.pk, language=language, texts=typed, by=person(request), now=timezone.now()
                )
                self.message_user(request, f"{language}: {done} of {count} texts.", messages.SUCCESS)
                return HttpResponseRedirect(request.get_full_path())
            given = given | typed
        context["texts"] = [(key, text, given.get(key, "")) for key, text in needed]
        return self.page(
            request, "admin/standards/translate.html", context, status=422 if "problem" in context else 200
        )

    def publish_language_page(self, request: HttpRequest, version: ChecklistVersion) -> HttpResponse:
        """One more language of a published version."""
        if request.method == "POST":
            language = request.POST.get("language", "")
            publishing.publish_translation(
                version_id=version.pk, language=language, by=person(request), now=timezone.now()
            )
            self.message_user(request, f"{language} is published.", messages.SUCCESS)
        return HttpResponseRedirect(self.address_of(version, "languages"))


def _sections(content: Checklist, given: dict[str, str]) -> list[tuple[str, str, int]]:
    """The pages of one language, as (section, name, how many texts are still to be translated)."""
    place = {standard.code: standard.section for standard in content.standards}
    missing = Counter(_page_of(key, place) for key, _ in texts_needed(content) if key not in given)
    pages = [(HEAD, "Names"), *((one.code, one.name) for one in content.sections)]
    return [(code, name, missing[code]) for code, name in pages]


def _page_of(key: str, place: dict[str, str]) -> str:
    """On which page a text stands: that of its section, or that of the names."""
    parts = key.split("/")
    return place[parts[2].replace("~1", "/").replace("~0", "~")] if parts[1] == "standards" else HEAD
