"""Deliveries straight as rows, for tests of what happens after receiving."""

import uuid
from datetime import date, datetime
from typing import Any

from audits.models import Assignment, Audit, Component, Dirty, Observation, ScopeDocument, Submission
from audits.models.compiled import layout_of
from audits.scoring.packing import pack
from audits.scoring.vector import digest, encode
from chains.models import Location, User
from standards.models import ChecklistVersion
from standards.models.frozen import pressed
from standards.spec.digest import sha256_hex
from standards.spec.scope import make_scope, scope_bytes
from tests.cast import NOW

PERFECT = {
    "ARR-001": "met",
    "ARR-002": 30,
    "ARR-003": 10,
    "ROOM-001": "met",
    "ROOM-002": "met",
}


def planned(
    component: Component, version: ChecklistVersion, place: Location, auditor: User, **fields: Any
) -> Assignment:
    """A planned visit given to an auditor who accepted it."""
    scope = make_scope(
        checklist=version.content(), checklist_sha256=version.sha256 or "", facilities=place.facilities, instances=()
    )
    body = scope_bytes(scope)
    document, _ = ScopeDocument.objects.get_or_create(
        chain=version.chain, sha256=sha256_hex(body), defaults={"body": pressed(body)}
    )
    audit = Audit.objects.create(
        programme=component.programme,
        component=component,
        location=place,
        state=fields.pop("state", "assigned"),
        version=version,
        scope=document,
        window_from=date(2025, 1, 1),
        window_until=date(2026, 12, 31),
        planned_at=NOW,
        **fields,
    )
    return Assignment.objects.create(audit=audit, auditor=auditor, state="accepted", offered_at=NOW)


def delivered(
    assignment: Assignment,
    answers: dict[str, Any],
    *,
    visited_on: date = date(2026, 6, 10),
    now: datetime = NOW,
    **fields: Any,
) -> Submission:
    """A submission of these answers as receiving would have left it, marked to be scored."""
    audit = assignment.audit
    encoded, faults = encode(layout_of(audit.version_id, audit.scope_id), answers)
    assert not faults
    Audit.objects.filter(pk=audit.pk).update(state="delivered")
    Assignment.objects.filter(pk=assignment.pk).update(state="delivered")
    fields = {"outcome": "completed"} | fields
    submission = Submission.objects.create(
        id=uuid.uuid4(),
        sender=assignment.auditor,
        assignment=assignment,
        claimed_assignment=assignment.pk,
        digest=b"\0" * 32,
        length=1,
        received_at=now,
        receipt="",
        visited_on=visited_on,
        **fields,
    )
    Observation.objects.create(
        submission=submission, version=audit.version, scope=audit.scope, answers=pack(encoded), digest=digest(encoded)
    )
    Dirty.objects.mark([Dirty.score(submission_id=submission.pk, now=now)])
    return submission
