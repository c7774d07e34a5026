"""Quarantine as the office clears it: repaired and delivered after all, or dismissed with a reason; never erased."""

import uuid
import zlib
from collections.abc import Callable
from datetime import datetime

import msgspec
from django.db import transaction

from audits.models import Assignment, Quarantine
from audits.problems import QUARANTINE_STATE, SUBMISSION_CONFLICT
from chains.models import Device, User
from chains.models.dialects import held
from chains.problems import INVALID, Fault, Problem
from standards.spec.parsing import Unreadable, read_json

# How a delivery is handed in again: its id, the bytes, who sent it from which phone, and when it had arrived.
Deliver = Callable[[uuid.UUID, bytes, User, Device | None, datetime], object]


def release(
    *,
    row_id: int,
    by: User,
    now: datetime,
    note: str,
    deliver: Deliver,
    repaired: bytes | None = None,
    assignment_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Deliver quarantined bytes after all, as they are or `repaired`; return the id of the submission.

    They count as sent by their sender when they had arrived. A copy that conflicts with another content of its id gets
    an id of its own, always the same one. `assignment_id` names an assignment of the sender that it is of, whatever the
    bytes say. Raises Problem: invalid, quarantine-state where somebody settled it before, and whatever `deliver`
    raises: then the row waits as before and nothing else was kept.
    """
    with transaction.atomic():
        row = _waiting(row_id)
        if row.sender is None:
            raise Problem(QUARANTINE_STATE, "Its sender has been forgotten; nobody can have delivered it.")
        name, body = _to_deliver(row, repaired, assignment_id)
        try:
            deliver(name, body, row.sender, row.device, row.received_at)
        except Problem as problem:
            # What receiving kept of this try goes back with this transaction.
            problem.stored = None
            raise
        _settle(row, Quarantine.State.RELEASED, by, now, note)
    return name


def dismiss(*, row_id: int, by: User, now: datetime, note: str) -> None:
    """Put quarantined bytes aside for good; they are kept. Raises Problem: invalid without a note, quarantine-state."""
    if not note.strip():
        fault = Fault("/note", "empty", "Say why it is dismissed; the reason stays on record.")
        raise Problem(INVALID, fault.detail, errors=[fault])
    with transaction.atomic():
        _settle(_waiting(row_id), Quarantine.State.DISMISSED, by, now, note)


def body_of(row: Quarantine) -> bytes:
    """The bytes as they arrived; none where their sender has been forgotten."""
    return zlib.decompress(bytes(row.body)) if row.body else b""


def _waiting(row_id: int) -> Quarantine:
    rows = Quarantine.objects.select_related("sender", "device").filter(pk=row_id, state=Quarantine.State.WAITING)
    row: Quarantine | None = held(rows).first()
    if row is None:
        raise Problem(QUARANTINE_STATE)
    return row


def _to_deliver(row: Quarantine, repaired: bytes | None, assignment_id: uuid.UUID | None) -> tuple[uuid.UUID, bytes]:
    """Under which id, and which bytes: as they are wherever nothing about them has to change."""
    body = body_of(row) if repaired is None else repaired
    name, changes = row.submission_id, {}
    if row.problem == SUBMISSION_CONFLICT.code:
        name = uuid.uuid5(row.submission_id, bytes(row.digest).hex())
        changes["id"] = str(name)
    if assignment_id is not None:
        if not Assignment.objects.filter(pk=assignment_id, auditor=row.sender).exists():
            raise _invalid("/assignment", "foreign", "This is no assignment of the person who sent the report.")
        changes["assignment"] = str(assignment_id)
    if not changes:
        return name, body
    try:
        content = read_json(body)
    except Unreadable as error:
        raise _invalid("/repaired", error.code, error.detail) from None
    if not isinstance(content, dict):
        raise _invalid("/repaired", "not-an-object", "A submission is a JSON object.")
    return name, msgspec.json.encode(content | changes)


def _invalid(pointer: str, code: str, detail: str) -> Problem:
    return Problem(INVALID, detail, errors=[Fault(pointer, code, detail)])


def _settle(row: Quarantine, state: str, by: User, now: datetime, note: str) -> None:
    Quarantine.objects.filter(pk=row.pk).update(state=state, settled_at=now, settled_by=by, note=note)
