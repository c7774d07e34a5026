"""Problems as answers: `application/problem+json` (RFC 9457). The only place that knows status numbers."""

import logging
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from audits import problems as audit_problems
from chains import problems
from chains.problems import Fault, Kind, Problem
from standards import problems as standard_problems

log = logging.getLogger(__name__)

STATUS: dict[str, int] = {
    problems.NOT_SIGNED_IN.code: 401,
    problems.DEVICE_ENDED.code: 401,
    problems.SIGN_IN_FAILED.code: 401,
    problems.CODE_NEEDED.code: 401,
    problems.SECOND_STEP_STATE.code: 409,
    problems.PAIRING_FAILED.code: 403,
    problems.APP_TOO_OLD.code: 403,
    problems.NOT_ALLOWED.code: 403,
    problems.NOT_FOUND.code: 404,
    problems.METHOD_NOT_ALLOWED.code: 405,
    problems.NOT_ACCEPTABLE.code: 406,
    problems.STALE.code: 409,
    problems.TOO_LARGE.code: 413,
    problems.UNSUPPORTED_MEDIA_TYPE.code: 415,
    problems.INVALID.code: 400,
    problems.UNREADABLE.code: 400,
    problems.TOO_MANY_ATTEMPTS.code: 429,
    problems.BROKEN.code: 500,
    problems.BUSY.code: 503,
    standard_problems.NOT_A_DRAFT.code: 409,
    standard_problems.NOT_PUBLISHABLE.code: 422,
    standard_problems.IMPORT_REFUSED.code: 422,
    standard_problems.FILE_REFUSED.code: 422,
    standard_problems.WRONG_STATE.code: 409,
    standard_problems.SCHEME_INVALID.code: 422,
    audit_problems.SUBMISSION_CONFLICT.code: 409,
    audit_problems.SUBMISSION_WITHDRAWN.code: 410,
    audit_problems.SUBMISSION_UNREADABLE.code: 422,
    audit_problems.SUBMISSION_TOO_LARGE.code: 413,
    audit_problems.BODY_INCOMPLETE.code: 400,
    audit_problems.EVIDENCE_CONFLICT.code: 409,
    audit_problems.EVIDENCE_TOO_LARGE.code: 413,
    audit_problems.EVIDENCE_TOO_MANY.code: 409,
    audit_problems.EVIDENCE_STATE.code: 409,
    audit_problems.UPLOAD_OFFSET.code: 409,
    audit_problems.CHECKSUM_MISMATCH.code: 460,
    audit_problems.TUS_VERSION.code: 412,
    audit_problems.FORGETTING_REFUSED.code: 409,
    audit_problems.DRAFT_UNREADABLE.code: 422,
    audit_problems.DRAFT_TOO_LARGE.code: 413,
    audit_problems.DRAFT_CHANGED.code: 412,
    audit_problems.DRAFT_UNCONDITIONAL.code: 428,
    audit_problems.DRAFT_TOO_OFTEN.code: 429,
    audit_problems.DRAFT_DELIVERED.code: 409,
    audit_problems.QUARANTINE_FULL.code: 429,
    audit_problems.ASSIGNMENT_STATE.code: 409,
    audit_problems.AUDIT_STATE.code: 409,
    audit_problems.PLANNING_REFUSED.code: 422,
    audit_problems.ARRANGING_REFUSED.code: 409,
    audit_problems.REHEARSAL_REFUSED.code: 409,
    audit_problems.QUARANTINE_STATE.code: 409,
    audit_problems.OVERRIDE_REFUSED.code: 409,
    audit_problems.REVIEW_REFUSED.code: 409,
    audit_problems.UNKNOWN_PART.code: 400,
    audit_problems.IMPORT_REFUSED.code: 422,
}
RETRY_AFTER_SECONDS = 5


def answer_problem(exception: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every exception becomes a problem document, also the ones nobody foresaw."""
    set_rollback()
    problem = as_problem(exception)
    if problem.kind in (problems.BROKEN, problems.BUSY):
        log.error("answered %s", problem.kind.code, exc_info=exception)
    status = STATUS[problem.kind.code]
    response = Response(document(problem, status, context["request"].path), status=status)
    response.content_type = "application/problem+json"
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if (wait := _retry_after(problem)) is not None:
        response["Retry-After"] = str(wait)
    return response


def as_problem(exception: Exception) -> Problem:
    """The problem an exception stands for; `broken` for whatever was not foreseen."""
    if isinstance(exception, Problem):
        return exception
    if isinstance(exception, Http404 | exceptions.NotFound):
        return Problem(problems.NOT_FOUND)
    if isinstance(exception, exceptions.ValidationError):
        return Problem(problems.INVALID, errors=list(_faults(exception.detail, "")))
    if isinstance(exception, PermissionDenied | exceptions.PermissionDenied):
        return Problem(problems.NOT_ALLOWED)
    if isinstance(exception, OperationalError | InterfaceError):
        return Problem(problems.BUSY)
    if isinstance(exception, exceptions.Throttled):
        return Problem(problems.TOO_MANY_ATTEMPTS, retry_after=int(getattr(exception, "wait", None) or 60))
    return Problem(_KINDS.get(type(exception), problems.BROKEN))


_KINDS: dict[type[Exception], Kind] = {
    exceptions.NotAuthenticated: problems.NOT_SIGNED_IN,
    exceptions.AuthenticationFailed: problems.NOT_SIGNED_IN,
    exceptions.MethodNotAllowed: problems.METHOD_NOT_ALLOWED,
    exceptions.NotAcceptable: problems.NOT_ACCEPTABLE,
    exceptions.UnsupportedMediaType: problems.UNSUPPORTED_MEDIA_TYPE,
    exceptions.ParseError: problems.UNREADABLE,
}


def document(problem: Problem, status: int, path: str) -> dict[str, Any]:
    """The problem document; clients branch on `type` and `retryable` only."""
    content: dict[str, Any] = {
        "type": f"urn:problem:{problem.kind.code}",
        "title": problem.kind.title,
        "status": status,
        "detail": problem.detail or problem.kind.title,
        "instance": path,
        "retryable": problem.kind.retryable,
    }
    if (wait := _retry_after(problem)) is not None:
        content["retry_after"] = wait
    if problem.stored is not None:
        content["stored"] = problem.stored
    if problem.errors:
        content["errors"] = [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in problem.errors]
    return content | dict(problem.extra)


def _retry_after(problem: Problem) -> int | None:
    if problem.retry_after is None and problem.kind in (problems.BUSY, problems.TOO_MANY_ATTEMPTS):
        return RETRY_AFTER_SECONDS
    return problem.retry_after


def _faults(detail: Any, pointer: str) -> Any:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _faults(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from _faults(inner, pointer if isinstance(inner, str) else f"{pointer}/{index}")
    else:
        yield Fault(pointer, str(getattr(detail, "code", "invalid")), str(detail))


def _plain(request: HttpRequest, kind: Kind) -> HttpResponse:
    status = STATUS[kind.code]
    body = orjson.dumps(document(Problem(kind), status, request.path))
    return HttpResponse(body, status=status, content_type="application/problem+json")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for addresses that no route knows; the same bytes as for a row that is not there. A page for browsers."""
    if "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/api/"):
        return render(request, "audits/web/not_found.html", status=STATUS[problems.NOT_FOUND.code])
    return _plain(request, problems.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 outside DRF."""
    return _plain(request, problems.BROKEN)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 outside DRF (a host that is not ours, a suspicious request)."""
    return _plain(request, problems.UNREADABLE)
