"""Past audits as the submissions that a phone would have sent: the same audit has the same id and the same bytes."""

import uuid

from audits.models import Assignment, Programme
from audits.services.importing.translating import Translated
from standards.spec.digest import canonical_bytes


def submission_id(programme: Programme, audit: str) -> uuid.UUID:
    """The id of the submission that stands for a past audit of a programme: one and the same in every import."""
    return uuid.uuid5(programme.pk, audit)


def submission_bytes(translated: Translated, assignment: Assignment, programme: Programme) -> bytes:
    """The body of that submission; nothing in it depends on when it is imported."""
    past, audit = translated.past, assignment.audit
    return canonical_bytes(
        {
            "format": 1,
            "id": str(submission_id(programme, past.name)),
            "assignment": str(assignment.pk),
            "checklist": audit.version.sha256,
            "scope": audit.scope.sha256,
            "outcome": "completed",
            "visited_on": past.day.isoformat(),
            "answers": translated.answers,
            "comments": translated.comments,
        }
    )
