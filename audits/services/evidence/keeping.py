"""Keeping evidence: the file first, durable; then its row; then the answer. It may come before its submission."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, transaction

from audits.models import Evidence, Submission
from audits.models.submissions import EvidenceQuerySet
from audits.problems import EVIDENCE_CONFLICT, EVIDENCE_REFUSED, EVIDENCE_TOO_MANY
from audits.services.evidence.files import Incoming, remove
from audits.services.evidence.kinds import sniff, usual_type
from chains.models import User
from chains.problems import NOT_FOUND, Problem

STATE = Evidence.State


@dataclass(frozen=True)
class Parcel:
    """One file as it arrived: under which ids, from whom, when."""

    submission_id: uuid.UUID
    evidence_id: uuid.UUID
    sender: User
    now: datetime


@dataclass(frozen=True)
class Kept:
    """The answer: new or known already, and what is held."""

    outcome: Literal["new", "same"]
    state: str
    sha256: bytes
    length: int


def keep(parcel: Parcel, incoming: Incoming) -> Kept:
    """Keep one file whose bytes have all arrived. What is returned is durable; so is what is raised with `stored`.

    Raises Problem: evidence-conflict (both copies kept), evidence-refused, evidence-too-many.
    """
    media_type = sniff(incoming.head)
    if media_type is None:
        raise Problem(EVIDENCE_REFUSED, "Photos, PDF documents and sound recordings are taken.", stored=False)
    known = _known(parcel, incoming)
    if known is not None:
        return known
    mine = Evidence.objects.filter(submission_id=parcel.submission_id, owner_id=parcel.sender.pk)
    if mine.exclude(state=STATE.LOST).count() >= settings.MAX_EVIDENCE_PER_SUBMISSION:
        raise Problem(EVIDENCE_TOO_MANY, stored=False)
    row = Evidence(
        id=parcel.evidence_id,
        submission_id=parcel.submission_id,
        owner_id=parcel.sender.pk,
        type=_announced_type(parcel) or usual_type(media_type),
        state=STATE.HELD,
        sha256=incoming.sha256,
        length=incoming.length,
        media_type=media_type,
        original=incoming.settle(),
        received_at=parcel.now,
    )
    if _insert(row) or _found_again(row):
        return Kept("new", row.state, bytes(row.sha256), row.length)
    # The id is taken. Somebody else's request, or ours sent twice at once, may have brought the very same file.
    known = _known(parcel, incoming)
    if known is not None:
        remove(row.original)
        return known
    row.state = STATE.CONFLICT
    if not _insert(row):
        remove(row.original)
    raise Problem(EVIDENCE_CONFLICT, stored=True)


def held(*, person: User, submission_id: uuid.UUID, evidence_id: uuid.UUID) -> Kept:
    """What is held under an id of this person. Raises Problem (not-found)."""
    row = _own(person, submission_id, evidence_id).filter(state=STATE.HELD).first()
    if row is None:
        raise Problem(NOT_FOUND)
    return Kept("same", row.state, bytes(row.sha256), row.length)


def declare_lost(parcel: Parcel, *, reason: str) -> Kept:
    """The phone has lost a file: nobody waits for it any longer. Harmless when repeated, or when it is held."""
    row = Evidence(
        id=parcel.evidence_id,
        submission_id=parcel.submission_id,
        owner_id=parcel.sender.pk,
        type=_announced_type(parcel) or Evidence.Type.PHOTO,
        state=STATE.LOST,
        sha256=b"",
        reason=reason,
        received_at=parcel.now,
    )
    if _insert(row):
        return Kept("new", row.state, b"", 0)
    there = _own(parcel.sender, parcel.submission_id, parcel.evidence_id).exclude(state=STATE.CONFLICT).first()
    if there is None:
        raise Problem(NOT_FOUND)
    return Kept("same", there.state, bytes(there.sha256), there.length)


def _own(person: User, submission_id: uuid.UUID, evidence_id: uuid.UUID) -> EvidenceQuerySet:
    rows: EvidenceQuerySet = Evidence.objects.filter(submission_id=submission_id, id=evidence_id, owner_id=person.pk)
    return rows


def _known(parcel: Parcel, incoming: Incoming) -> Kept | None:
    """The same file of the same person, held already."""
    rows = _own(parcel.sender, parcel.submission_id, parcel.evidence_id)
    if rows.filter(state=STATE.HELD, sha256=incoming.sha256).exists():
        return Kept("same", STATE.HELD, incoming.sha256, incoming.length)
    return None


def _insert(row: Evidence) -> bool:
    """Whether the row could be inserted; False where its id (or, for a conflict, its copy) is there already."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        row.pk = None
        return False
    return True


def _found_again(row: Evidence) -> bool:
    """Lost → held, where the phone has found the file after all."""
    lost = Evidence.objects.filter(submission_id=row.submission_id, id=row.id, owner_id=row.owner_id, state=STATE.LOST)
    found = lost.update(
        state=STATE.HELD,
        sha256=row.sha256,
        length=row.length,
        media_type=row.media_type,
        original=row.original,
        received_at=row.received_at,
    )
    return bool(found)


def _announced_type(parcel: Parcel) -> str | None:
    """The type that the submission, if it has come, says this file is of."""
    rows = Submission.objects.filter(pk=parcel.submission_id, sender_id=parcel.sender.pk)
    for item in rows.values_list("expected_evidence", flat=True).first() or ():
        if item["id"] == str(parcel.evidence_id):
            announced: str = item["type"]
            return announced
    return None
