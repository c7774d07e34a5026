"""Uploads that survive a dying link: tus 1.0.0 with creation, checksum, expiration and termination (PHONE_PROTOCOL §5).

An upload has one address, made of the ids the phone gave: `POST` announces it there (again is the same upload), `HEAD`
says how much is here, `PATCH` goes on, `DELETE` gives up.
"""

import base64
import binascii
import re
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audits import tasks
from audits.api.phone_answers import ProblemAnswer
from audits.api.phone_reading import PhoneUpload, announced_length, chunks
from audits.problems import EVIDENCE_TOO_LARGE, SUBMISSION_TOO_LARGE, TUS_VERSION
from audits.services import evidence, receiving, uploading
from audits.services.uploading import Checksum, Progress, Target, Whole
from chains.access import AUDITORS
from chains.models import Device, User
from chains.problems import INVALID, UNSUPPORTED_MEDIA_TYPE, Kind, Problem

VERSION = "1.0.0"
ALGORITHMS = ("sha256", "sha1")
MEDIA = "application/offset+octet-stream"
REFUSALS = dict.fromkeys((400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 429, 460, 503), ProblemAnswer)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def _header(name: str, says: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, required=True, description=says)


RESUMABLE = _header("Tus-Resumable", "1.0.0")
LENGTH = _header("Upload-Length", "Bytes of the whole file.")
METADATA = _header("Upload-Metadata", "`sha256` and, in base64, the file's sha256 in hexadecimal.")
OFFSET = _header("Upload-Offset", "Where these bytes begin.")


class TusUpload(PhoneUpload):
    """What both kinds of upload share."""

    may = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), AUDITORS)
    http_method_names = ["post", "head", "patch", "delete", "options"]
    limit_setting: ClassVar[str]
    too_large: ClassVar[Kind]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Some clients can only POST, and say what they mean in a header."""
        meant = request.META.get("HTTP_X_HTTP_METHOD_OVERRIDE", "")
        if request.method == "POST" and meant in ("PATCH", "DELETE"):
            request.method = meant
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After the gates: the version that both sides must speak."""
        super().initial(request, *args, **kwargs)
        asked = str(request.method).lower()
        if asked in self.http_method_names and asked != "options" and request.META.get("HTTP_TUS_RESUMABLE") != VERSION:
            raise Problem(TUS_VERSION)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Every answer names the version."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = response["Tus-Version"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    def options(self, request: HttpRequest, *args: Any, **named: Any) -> Response:
        """What this server can do."""
        response = Response(status=204)
        response["Tus-Extension"] = "creation,checksum,expiration,termination"
        response["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
        response["Tus-Max-Size"] = str(self.limit)
        return response

    def head(self, request: Request, **named: uuid.UUID) -> HttpResponse:
        """How much is here."""
        return _answer(uploading.progress(self.target(request, named), finish=self.finish), 200)

    def announce(self, request: Request, named: Mapping[str, uuid.UUID]) -> HttpResponse:
        """`POST`."""
        length = _number(request, "Upload-Length")
        if length > self.limit:
            raise Problem(self.too_large, f"{length} bytes are more than {self.limit}.", stored=False)
        sha256 = _announced_sha256(request.META.get("HTTP_UPLOAD_METADATA", ""))
        target = self.target(request, named)
        self.check(target, length, sha256)
        response = _answer(uploading.begin(target, length=length, sha256=sha256, finish=self.finish), 201)
        response["Location"] = request.build_absolute_uri(request.path)
        return response

    def go_on(self, request: Request, named: Mapping[str, uuid.UUID]) -> HttpResponse:
        """`PATCH`."""
        if (request.META.get("CONTENT_TYPE") or "").partition(";")[0].strip() != MEDIA:
            raise Problem(UNSUPPORTED_MEDIA_TYPE, f"Send {MEDIA}.")
        length = announced_length(request._request)
        done = uploading.append(
            self.target(request, named),
            offset=_number(request, "Upload-Offset"),
            chunks=chunks(request._request, length),
            finish=self.finish,
            checksum=_checksum(request.META.get("HTTP_UPLOAD_CHECKSUM")),
        )
        if done.expires_at is None:
            transaction.on_commit(lambda: tasks.ring(), robust=True)
        return _answer(done, 204)

    def delete(self, request: Request, **named: uuid.UUID) -> HttpResponse:
        """Give up an upload that is not whole."""
        uploading.give_up(self.target(request, named))
        return HttpResponse(status=204)

    @property
    def limit(self) -> int:
        """Bytes of the largest file."""
        return int(getattr(settings, self.limit_setting))

    def target(self, request: Request, named: Mapping[str, uuid.UUID]) -> Target:
        """What the address names, and whose it is."""
        assert isinstance(request.user, User)
        return Target(request.user, named["submission_id"], named.get("evidence_id"), timezone.now())

    def check(self, target: Target, length: int, sha256: bytes) -> None:
        """Refuse what could not be kept in the end. Raises Problem."""

    def finish(self, whole: Whole) -> object:
        """Keep a whole file. Raises Problem."""
        raise NotImplementedError


class EvidenceUpload(TusUpload):
    """One file in pieces, under the id that the phone gave it."""

    limit_setting = "MAX_EVIDENCE_BYTES"
    too_large = EVIDENCE_TOO_LARGE

    @extend_schema(
        operation_id="evidence_upload_begin",
        request=None,
        parameters=[RESUMABLE, LENGTH, METADATA],
        responses={201: None, **REFUSALS},
    )
    def post(self, request: Request, submission_id: uuid.UUID, evidence_id: uuid.UUID) -> HttpResponse:
        """Announce a file (tus creation); again it is the same upload."""
        return self.announce(request, {"submission_id": submission_id, "evidence_id": evidence_id})

    @extend_schema(
        operation_id="evidence_upload_go_on",
        request={MEDIA: OpenApiTypes.BINARY},
        parameters=[RESUMABLE, OFFSET],
        responses={204: None, **REFUSALS},
    )
    def patch(self, request: Request, submission_id: uuid.UUID, evidence_id: uuid.UUID) -> HttpResponse:
        """Send bytes; with the last one the file is held."""
        return self.go_on(request, {"submission_id": submission_id, "evidence_id": evidence_id})

    @extend_schema(operation_id="evidence_upload_give_up", parameters=[RESUMABLE], responses={204: None, **REFUSALS})
    def delete(self, request: Request, **named: uuid.UUID) -> HttpResponse:
        """Give up an upload that is not whole."""
        return super().delete(request, **named)

    def check(self, target: Target, length: int, sha256: bytes) -> None:
        evidence.check_number(_file(target, length, sha256))

    def finish(self, whole: Whole) -> object:
        return evidence.keep(whole.path, _file(whole.target, whole.length, whole.sha256))


class SubmissionUpload(TusUpload):
    """A submission in pieces; one that is too large to be read goes to the office's quarantine, with a receipt."""

    limit_setting = "MAX_LARGE_SUBMISSION_BYTES"
    too_large = SUBMISSION_TOO_LARGE

    @extend_schema(
        operation_id="submission_upload_begin",
        request=None,
        parameters=[RESUMABLE, LENGTH, METADATA],
        responses={201: None, **REFUSALS},
    )
    def post(self, request: Request, submission_id: uuid.UUID) -> HttpResponse:
        """Announce a submission (tus creation); again it is the same upload."""
        return self.announce(request, {"submission_id": submission_id})

    @extend_schema(
        operation_id="submission_upload_go_on",
        request={MEDIA: OpenApiTypes.BINARY},
        parameters=[RESUMABLE, OFFSET],
        responses={204: None, **REFUSALS},
    )
    def patch(self, request: Request, submission_id: uuid.UUID) -> HttpResponse:
        """Send bytes; after the last one `GET submissions/{id}` has the receipt."""
        return self.go_on(request, {"submission_id": submission_id})

    @extend_schema(operation_id="submission_upload_give_up", parameters=[RESUMABLE], responses={204: None, **REFUSALS})
    def delete(self, request: Request, **named: uuid.UUID) -> HttpResponse:
        """Give up an upload that is not whole."""
        return super().delete(request, **named)

    def finish(self, whole: Whole) -> object:
        device = self.request.auth if isinstance(self.request.auth, Device) else None
        owner = whole.target.owner
        arrival = receiving.Arrival(
            whole.target.submission_id, whole.path.read_bytes(), whole.sha256, owner, device, whole.target.now
        )
        large = whole.length > settings.MAX_SUBMISSION_BYTES
        return receiving.keep_unread(arrival) if large else receiving.receive(arrival)


def _file(target: Target, length: int, sha256: bytes) -> evidence.Incoming:
    assert target.evidence_id
    return evidence.Incoming(
        target.submission_id, target.evidence_id, target.owner, length=length, sha256=sha256, now=target.now
    )


def _answer(done: Progress, status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Upload-Offset"], response["Upload-Length"] = str(done.offset), str(done.length)
    if done.expires_at is not None:
        response["Upload-Expires"] = http_date(done.expires_at.timestamp())
    return response


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Problem(INVALID, f"{name} is a number of bytes.", stored=False)
    return int(text)


def _announced_sha256(metadata: str) -> bytes:
    """The sha256 in Upload-Metadata: pairs of a name and a base64 value. All other names (a file name) are not kept."""
    pairs = dict(pair.strip().partition(" ")[::2] for pair in metadata.split(","))
    text = _unbase64(pairs.get("sha256", "")).decode("ascii", "replace").lower()
    if not _SHA256.fullmatch(text):
        raise Problem(
            INVALID, "Name the file's digest in Upload-Metadata: sha256, hexadecimal in base64.", stored=False
        )
    return bytes.fromhex(text)


def _checksum(header: str | None) -> Checksum | None:
    if header is None:
        return None
    algorithm, _, text = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise Problem(INVALID, f"Upload-Checksum may be {' or '.join(ALGORITHMS)}.", stored=False)
    return Checksum(algorithm, _unbase64(text))


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
