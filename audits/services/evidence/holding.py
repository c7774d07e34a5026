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
from django.core.files import File
from django.core.files.storage import FileSystemStorage, storages
from django.db import IntegrityError, transaction
from django.utils.functional import LazyObject

from audits import problems
from audits.models import Evidence, Submission
from audits.services.evidence.kinds import HEAD, Kind, kind_of
from chains.models import User
from chains.problems import NOT_FOUND, Problem

HELD, LOST, CONFLICT = Evidence.State.HELD, Evidence.State.LOST, Evidence.State.CONFLICT


@dataclass(frozen=True)
class Upload:
    """One file on its way in: whose, for which submission, how long and with which sha256 it was announced."""

    submission_id: uuid.UUID
    evidence_id: uuid.UUID
    owner: User
    length: int
    sha256: bytes
    now: datetime


def hold(upload: Upload, chunks: Iterator[bytes]) -> bool:
    """Keep a file; True where it is new, False where the same was held already. What is answered is durable.

    Raises Problem: body-incomplete (nothing kept), evidence-refused, evidence-too-many, evidence-conflict (kept).
    """
    _check_number(upload)
    draft, kind = _received(upload, chunks)
    try:
        name = _name(upload, kind)
        _move(draft, name)
    finally:
        draft.unlink(missing_ok=True)
    return _record(upload, kind, name)


def is_held(*, submission_id: uuid.UUID, evidence_id: uuid.UUID, owner: User) -> Evidence:
    """The held file of this person. Raises Problem (not-found)."""
    rows = Evidence.objects.filter(submission_id=submission_id, id=evidence_id, owner=owner, state=HELD)
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
    try:
        with transaction.atomic():
            row: Evidence = Evidence.objects.create(
                id=evidence_id,
                submission_id=submission_id,
                owner=owner,
                state=LOST,
                sha256=b"",
                reason=reason,
                received_at=now,
            )
            return row
    except IntegrityError:
        known: Evidence | None = mine.first()
        if known is None:
            raise Problem(problems.EVIDENCE_CONFLICT, stored=False) from None
        return known


def _check_number(upload: Upload) -> None:
    others = Evidence.objects.filter(submission_id=upload.submission_id, owner=upload.owner).exclude(
        id=upload.evidence_id
    )
    if others.count() >= settings.MAX_EVIDENCE_PER_SUBMISSION:
        raise Problem(problems.EVIDENCE_TOO_MANY, stored=False)


def _received(upload: Upload, chunks: Iterator[bytes]) -> tuple[Path, Kind]:
    """The file on the disk, whole and flushed. Raises Problem where it is cut, another, or of no kind that is taken."""
    folder = _incoming()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f"{upload.evidence_id}.{secrets.token_hex(8)}"
    digest, length, head = hashlib.sha256(), 0, b""
    try:
        with draft.open("xb") as file:
            for chunk in chunks:
                digest.update(chunk)
                length += len(chunk)
                head = (head + chunk)[:HEAD] if len(head) < HEAD else head
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if length != upload.length:
            raise Problem(problems.BODY_INCOMPLETE, f"{length} of {upload.length} bytes arrived.", stored=False)
        if digest.digest() != upload.sha256:
            raise Problem(problems.BODY_INCOMPLETE, "The bytes do not have the announced digest.", stored=False)
        kind = kind_of(head)
        if kind is None:
            raise Problem(problems.EVIDENCE_REFUSED, "Send JPEG, PNG, WebP, HEIC, PDF, M4A, MP3 or Ogg.", stored=False)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft, kind


def _name(upload: Upload, kind: Kind) -> str:
    """Where it lies in the storage: by content, so that a second copy of other bytes never meets the first."""
    sub = str(upload.submission_id)
    return f"originals/{sub[:2]}/{sub}/{upload.evidence_id}-{upload.sha256.hex()[:16]}.{kind.suffix}"


def _disk() -> FileSystemStorage | None:
    """The storage where it is a folder of ours; None where it is somewhere else (S3)."""
    storage = storages["evidence"]
    inner = storage._wrapped if isinstance(storage, LazyObject) else storage
    return inner if isinstance(inner, FileSystemStorage) else None


def _incoming() -> Path:
    """Where files are written first: on the disk of the storage, so that they can be moved into their place."""
    disk = _disk()
    return Path(disk.location) / "incoming" if disk else Path(settings.VAR_DIR) / "incoming"


def _move(draft: Path, name: str) -> None:
    """Into the storage, durably. A disk is moved into and flushed; any other storage is handed the file."""
    disk = _disk()
    if disk is not None:
        target = Path(disk.path(name))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.replace(target)
        # Every folder up to the storage's own: any of them may have been made just now.
        for folder in target.relative_to(disk.location).parents:
            _flush_folder(Path(disk.location) / folder)
    elif not storages["evidence"].exists(name):
        with draft.open("rb") as file:
            storages["evidence"].save(name, File(file))


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _record(upload: Upload, kind: Kind, name: str) -> bool:
    row = Evidence(
        id=upload.evidence_id,
        submission_id=upload.submission_id,
        owner=upload.owner,
        type=_type(upload, kind),
        state=HELD,
        sha256=upload.sha256,
        length=upload.length,
        media_type=kind.media_type,
        original=name,
        received_at=upload.now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
        return True
    except IntegrityError:
        return _meet(upload, row)


def _meet(upload: Upload, row: Evidence) -> bool:
    """There is a row of this id: the same file is the same answer; a lost one is found; another is kept beside it."""
    there = Evidence.objects.filter(submission_id=upload.submission_id, id=upload.evidence_id)
    first = there.exclude(state=CONFLICT).get()
    mine = first.owner_id == upload.owner.pk
    if mine and first.state == HELD and bytes(first.sha256) == upload.sha256:
        return False
    if mine and first.state == LOST:
        fields = ("type", "state", "sha256", "length", "media_type", "original", "received_at")
        found = there.filter(state=LOST).update(**{field: getattr(row, field) for field in fields})
        return bool(found) or _meet(upload, row)
    if not there.filter(sha256=upload.sha256).exists():
        row.pk, row.state = None, CONFLICT
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            # Somebody kept the same copy in between.
            pass
    raise Problem(problems.EVIDENCE_CONFLICT, stored=True)


def _type(upload: Upload, kind: Kind) -> str:
    """As the submission announced it, where it is there already and its file can be that; else by the kind of file."""
    rows = Submission.objects.filter(pk=upload.submission_id, sender=upload.owner)
    for announced in rows.values_list("expected_evidence", flat=True):
        for item in announced:
            if item.get("id") == str(upload.evidence_id) and item.get("type") in Evidence.Type.values:
                return str(item["type"])
    return kind.evidence
