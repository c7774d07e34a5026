"""Checklists, translations and packs as files: in with every fault by its row, out to read back the same."""

import uuid

from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chains.access import READERS_OF_RESULTS, WRITERS_OF_STANDARDS
from chains.api.asking import asker
from chains.api.strict import read_query
from standards.api.asking import FILE_PARSERS, SUFFIXES, answer_file, read_body, sent_file
from standards.api.checklists import chain_named, told_version
from standards.api.shapes import (
    ChangesShape,
    Empty,
    ExportQuery,
    FileForm,
    ImportNewQuery,
    ImportQuery,
    LanguageShape,
    LanguagesShape,
    LoadPack,
    PacksShape,
    VersionShape,
)
from standards.api.versions import told_changes, version_asked
from standards.models import TranslationDocument
from standards.models.drafts import checklist_of
from standards.services import exporting, importing, packing, publishing, translating

FILE_REQUEST = {"multipart/form-data": FileForm} | dict.fromkeys(SUFFIXES, OpenApiTypes.BINARY)
FILE_ANSWER = {
    (200, media): OpenApiResponse(OpenApiTypes.OBJECT if suffix == ".yaml" else OpenApiTypes.BINARY, "The file")
    for media, suffix in SUFFIXES.items()
}


class ImportNew(APIView):
    """A file as a new draft."""

    may = {"POST": WRITERS_OF_STANDARDS}
    parser_classes = FILE_PARSERS

    @extend_schema(
        operation_id="checklist_import",
        parameters=[ImportNewQuery],
        request=FILE_REQUEST,
        responses={201: VersionShape},
        tags=["files"],
    )
    def post(self, request: Request) -> Response:
        """Make a new draft of a CSV, XLSX or YAML file, all or nothing."""
        wanted = read_query(request, ImportNewQuery)
        chain = chain_named(request, wanted["chain"])
        name, body = sent_file(request)
        head = {key: wanted[key] for key in ("name", "language", "decimals")} | {"checklist": wanted["code"]}
        reading = importing.read_file(name, body, head=head)
        version = importing.import_new(
            chain_id=chain.pk, reading=reading, source=name, by=asker(request), now=timezone.now()
        )
        return Response(told_version(version), status=201)


class ImportInto(APIView):
    """A file into a draft."""

    may = {"POST": WRITERS_OF_STANDARDS}
    parser_classes = FILE_PARSERS

    @extend_schema(
        operation_id="checklist_version_import",
        parameters=[ImportQuery],
        request=FILE_REQUEST,
        responses=ChangesShape,
        tags=["files"],
    )
    def post(self, request: Request, version_id: uuid.UUID) -> Response:
        """Make a draft say what a file says, all or nothing; `dry_run` only tells what would change."""
        version = version_asked(request, version_id)
        wanted = read_query(request, ImportQuery)
        name, body = sent_file(request)
        head = {"checklist": version.checklist.code, "name": version.checklist.name, "language": version.language}
        reading = importing.read_file(name, body, head=head)
        if wanted["dry_run"]:
            return Response(told_changes(importing.preview(version=version, reading=reading.checked()).changes))
        changes = importing.import_into(
            version_id=version.pk, reading=reading, source=name, by=asker(request), now=timezone.now()
        )
        return Response(told_changes(changes))


class Export(APIView):
    """A version as a file."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(
        operation_id="checklist_version_export", parameters=[ExportQuery], responses=FILE_ANSWER, tags=["files"]
    )
    def get(self, request: Request, version_id: uuid.UUID) -> HttpResponse:
        """A version as CSV, XLSX or YAML; importing it again changes nothing."""
        version = version_asked(request, version_id)
        return answer_file(exporting.export_version(version, read_query(request, ExportQuery)["kind"]))


class Template(APIView):
    """A file to start from."""

    may = {"GET": WRITERS_OF_STANDARDS}

    @extend_schema(operation_id="checklist_template", parameters=[ExportQuery], responses=FILE_ANSWER, tags=["files"])
    def get(self, request: Request) -> HttpResponse:
        """A small checklist with every column, to start from."""
        return answer_file(exporting.template(read_query(request, ExportQuery)["kind"]))


class Packs(APIView):
    """Checklists that come with the product."""

    may = {"GET": WRITERS_OF_STANDARDS}

    @extend_schema(operation_id="packs", responses=PacksShape, tags=["files"])
    def get(self, request: Request) -> Response:
        """List the packs there are."""
        return Response({"packs": packing.pack_names()})


class PackLoad(APIView):
    """A pack into a chain."""

    may = {"POST": WRITERS_OF_STANDARDS}

    @extend_schema(operation_id="pack_load", request=LoadPack, responses={201: VersionShape}, tags=["files"])
    def post(self, request: Request, name: str) -> Response:
        """Make drafts of a pack's checklist, translations and rating scheme."""
        chain = chain_named(request, read_body(request, LoadPack)["chain"])
        loaded = packing.load_pack(name=name, chain_id=chain.pk, by=asker(request), now=timezone.now())
        return Response(told_version(loaded.version), status=201)


class Languages(APIView):
    """The languages of a version."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="checklist_version_languages", responses=LanguagesShape, tags=["translations"])
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """How much of a version is translated into which language, and which languages are published."""
        version = version_asked(request, version_id)
        documents = TranslationDocument.objects.readable_by(asker(request)).filter(version=version)
        frozen = dict(documents.values_list("language", "sha256"))
        rows = [
            {"language": language, "translated": done, "needed": needed, "sha256": frozen.get(language)}
            for language, (done, needed) in publishing.translation_shares(version).items()
        ]
        return Response({"languages": rows})


class Language(APIView):
    """One language of a version as a table."""

    may = {"GET": READERS_OF_RESULTS, "PUT": WRITERS_OF_STANDARDS}
    parser_classes = FILE_PARSERS

    @extend_schema(
        operation_id="checklist_version_language",
        parameters=[ExportQuery],
        responses=FILE_ANSWER,
        tags=["translations"],
    )
    def get(self, request: Request, version_id: uuid.UUID, language: str) -> HttpResponse:
        """Every text of a version beside its translation, as CSV or XLSX."""
        kind = read_query(request, ExportQuery)["kind"]
        if kind == "yaml":
            raise Http404
        return answer_file(translating.export_language(version_asked(request, version_id), language, kind))

    @extend_schema(
        operation_id="checklist_version_language_replace",
        request=FILE_REQUEST,
        responses=LanguageShape,
        tags=["translations"],
    )
    def put(self, request: Request, version_id: uuid.UUID, language: str) -> Response:
        """Replace a translation by a table that was filled in, all or nothing."""
        version = version_asked(request, version_id)
        name, body = sent_file(request)
        translation = translating.read_language(checklist_of(version), language, body)
        done, needed = translating.save_language(
            version_id=version.pk, translation=translation, source=name, by=asker(request), now=timezone.now()
        )
        return Response({"language": language, "translated": done, "needed": needed, "sha256": None})


class LanguagePublish(APIView):
    """One more language of a published version."""

    may = {"POST": WRITERS_OF_STANDARDS}

    @extend_schema(
        operation_id="checklist_version_language_publish", request=Empty, responses=LanguageShape, tags=["translations"]
    )
    def post(self, request: Request, version_id: uuid.UUID, language: str) -> Response:
        """Publish one more language of a version that is published already."""
        read_body(request, Empty)
        version = version_asked(request, version_id)
        document = publishing.publish_translation(
            version_id=version.pk, language=language, by=asker(request), now=timezone.now()
        )
        done, needed = publishing.translation_shares(version)[language]
        return Response({"language": language, "translated": done, "needed": needed, "sha256": document.sha256})
