"""Files on their way out of the house: nothing in them can run, load or reach anything, and nothing keeps them."""

from django.http import HttpResponse

from audits.models.files import evidence_storage, is_there
from chains.problems import NOT_FOUND, Problem

SANDBOX = "sandbox; default-src 'none'"


def clean_copy(name: str, *, called: str) -> HttpResponse:
    """A clean copy as a JPEG; `called` is a neutral name without a suffix. Raises Problem (not-found)."""
    return _handed_over(name, "image/jpeg", f"{called}.jpg")


def unopened(name: str, *, called: str) -> HttpResponse:
    """An original as bytes to be saved, whatever it says it is. Raises Problem (not-found)."""
    return _handed_over(name, "application/octet-stream", called)


def _handed_over(name: str, media_type: str, called: str) -> HttpResponse:
    if not is_there(name):
        raise Problem(NOT_FOUND)
    with evidence_storage().open(name) as file:
        answer = HttpResponse(file.read(), content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{called}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "private, no-store"
    return answer
