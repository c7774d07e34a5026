"""Reports sent as a phone sends them, through the receiving service, for tests that read what was sent."""

import hashlib
import json
import uuid

from audits.models import Assignment, Submission
from audits.services import receiving
from tests.cast import NOW


def body_of(assignment, /, answers, **members):
    """The bytes of a report."""
    audit = Assignment.objects.select_related("audit__version", "audit__scope").get(pk=assignment.pk).audit
    content = {
        "format": 1,
        "id": str(uuid.uuid4()),
        "assignment": str(assignment.pk),
        "checklist": audit.version.sha256,
        "scope": audit.scope.sha256,
        "outcome": "completed",
        "visited_on": "2026-06-15",
        "answers": answers,
    } | members
    return json.dumps(content).encode()


def sent(assignment, /, answers, *, sender=None, now=NOW, **members):
    """A report as receiving keeps it."""
    body = body_of(assignment, answers, **members)
    name = uuid.UUID(json.loads(body)["id"])
    arrival = receiving.Arrival(name, body, hashlib.sha256(body).digest(), sender or assignment.auditor, None, now)
    receiving.receive(arrival)
    return Submission.objects.get(pk=name)
