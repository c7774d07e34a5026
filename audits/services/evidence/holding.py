"""Holding evidence: bytes on the disk first, then the row that says so, then the answer (rule 4)."""

import hashlib
import os
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from audits import problems
from audits.models import Dirty, Evidence, Submission, flags
from audits.models.files import ORIGINALS, incoming, place, remove
from audits.services.evidence.kinds import HEAD, UNKNOWN, Kind, kind_of
from chains.models import User
from chains.problems import NOT_FOUND, Problem

HELD, LOST, CONFLICT = Evidence.State.HELD, Evidence.State.LOST, Evidence.State.CONFLICT
# The columns that a file brings along, where it was thought to be lost.
OF_A_FILE = (
    *("type", "state", "sha256", "length", "media_type", "original", "flags", "received_at"),
    *("copy_state", "copy_due_at"),
)
SETTLED = (HELD, Evidence.State.ERASED)


@dataclass(frozen=True)
class Incoming:
    """One file on its way in: whose, for which submission, how long and with which sha256 it was announced."""

    submission_id: uuid.UUID
    evidence_id: uuid.UUID
    owner: User
    length: int
    sha256: bytes
    now: datetime


def hold(file: Incoming, chunks: Iterator[bytes]) -> bool:
    """Keep a file; True where it is new, False where the same was held already. What is answered is durable.

    A file of an unknown kind is kept and flagged: judging is the office's work.
    Raises Problem: body-incomplete (nothing kept), evidence-too-many, evidence-conflict (kept).
    """
    check_number(file)
    draft = incoming() / f"{file.evidence_id}.{secrets.token_hex(8)}"
    try:
        _receive(draft, file, chunks)
        return keep(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def keep(draft: Path, file: Incoming) -> bool:
    """Keep a whole, flushed file that has the announced digest; see `hold`."""
    with draft.open("rb") as content:
        kind = kind_of(content.read(HEAD))
    return _record(file, kind, place(draft, _name(file, kind)))


def is_held(*, submission_id: uuid.UUID, evidence_id: uuid.UUID, owner: User) -> Evidence:
    """The file of this person that is held, or was until its time was over. Raises Problem (not-found)."""
    rows = Evidence.objects.filter(submission_id=submission_id, id=evidence_id, owner=owner, state__in=SETTLED)
    row: Evidence | None = rows.first()
    if row is None:
        raise Problem(NOT_FOUND)
    return row


def declare_lost(
    *, submission_id: uuid.UUID, evidence_id: uuid.UUID, owner: User, reason: str, now: datetime
) -> Evidence:
    """Note that a file will never come, so that nobody waits for it for ever. A held one stays held."""
    mine = Evidence.objects.filter(submission_id=submission_id, id=evidence_id, owner=owner).exclude(state=CONFLICT)
    found: Evidence | None = mine.first()
    if found:
        return found
    row = Evidence(
        id=evidence_id,
        submission_id=submission_id,
        owner=owner,
        state=LOST,
        sha256=b"",
        reason=reason,
        received_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        known: Evidence | None = mine.first()
        if known is None:
            raise Problem(problems.EVIDENCE_CONFLICT, stored=False) from None
        return known
    _look_again(submission_id, owner, now)
    return row


def check_number(file: Incoming) -> None:
    """Raises Problem (evidence-too-many) where the submission has as many files as one may have."""
    others = Evidence.objects.filter(submission_id=file.submission_id, owner=file.owner).exclude(id=file.evidence_id)
    if others.count() >= settings.MAX_EVIDENCE_PER_SUBMISSION:
        raise Problem(problems.EVIDENCE_TOO_MANY, stored=False)


def _receive(draft: Path, file: Incoming, chunks: Iterator[bytes]) -> None:
    """The file on the disk, whole and flushed. Raises Problem (body-incomplete) where it is cut or another."""
    digest, length = hashlib.sha256(), 0
    with draft.open("xb") as target:
        for chunk in chunks:
            digest.update(chunk)
            length += len(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if length != file.length:
        raise Problem(problems.BODY_INCOMPLETE, f"{length} of {file.length} bytes arrived.", stored=False)
    if digest.digest() != file.sha256:
        raise Problem(problems.BODY_INCOMPLETE, "The bytes do not have the announced digest.", stored=False)


def _name(file: Incoming, kind: Kind) -> str:
    """Where it lies in the storage: by person and content, so that a copy of other bytes never meets the first."""
    sub = str(file.submission_id)
    mine = hashlib.sha256(file.sha256 + str(file.owner.pk).encode()).hexdigest()[:16]
    return f"{ORIGINALS}/{sub[:2]}/{sub}/{file.evidence_id}-{mine}.{kind.suffix}"


def _record(file: Incoming, kind: Kind, name: str) -> bool:
    photo = kind.media_type.startswith("image/")
    row = Evidence(
        id=file.evidence_id,
        submission_id=file.submission_id,
        owner=file.owner,
        type=_type(file, kind),
        state=HELD,
        sha256=file.sha256,
        length=file.length,
        media_type=kind.media_type,
        original=name,
        copy_state=Evidence.Copy.WAITING if photo else Evidence.Copy.NONE,
        copy_due_at=file.now if photo else None,
        flags=[flags.UNKNOWN_KIND] if kind == UNKNOWN else [],
        received_at=file.now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
        fresh = True
    except IntegrityError:
        fresh = _meet(file, row)
    _look_again(file.submission_id, file.owner, file.now)
    return fresh


def _meet(file: Incoming, row: Evidence) -> bool:
    """There is a row of this id: the same file is the same answer; a lost one is found; another is kept beside it."""
    there = Evidence.objects.filter(submission_id=file.submission_id, id=file.evidence_id)
    first = there.exclude(state=CONFLICT).get()
    mine = first.owner_id == file.owner.pk
    if mine and first.state in SETTLED and bytes(first.sha256) == file.sha256:
        _leave_nothing(row.original)
        return False
    if mine and first.state == LOST:
        found = there.filter(state=LOST).update(**{field: getattr(row, field) for field in OF_A_FILE})
        return bool(found) or _meet(file, row)
    if not there.filter(sha256=file.sha256).exists():
        row.pk, row.state, row.copy_state, row.copy_due_at = None, CONFLICT, Evidence.Copy.NONE, None
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            # Somebody kept the same copy in between.
            pass
    _leave_nothing(row.original)
    raise Problem(problems.EVIDENCE_CONFLICT, stored=True)


def _leave_nothing(name: str) -> None:
    """What was put into the storage and belongs to no row goes again: it is held elsewhere, or was erased in time."""
    if not Evidence.objects.filter(original=name).exists():
        remove(name)


def _look_again(submission_id: uuid.UUID, owner: User, now: datetime) -> None:
    """A report that waited for its files is looked at again. After their commit: whoever comes second sees both."""
    waiting = Submission.objects.filter(pk=submission_id, sender=owner, state=Submission.State.RECEIVED)
    if waiting.exclude(assignment=None).exclude(expected_evidence=[]).exists():
        Dirty.objects.mark([Dirty.score(submission_id=submission_id, now=now)])


def _type(file: Incoming, kind: Kind) -> str:
    """As the submission announced it, where it is there already and its file can be that; else by the kind of file."""
    rows = Submission.objects.filter(pk=file.submission_id, sender=file.owner)
    for announced in rows.values_list("expected_evidence", flat=True):
        for item in announced:
            if item.get("id") == str(file.evidence_id) and item.get("type") in Evidence.Type.values:
                return str(item["type"])
    return kind.evidence
