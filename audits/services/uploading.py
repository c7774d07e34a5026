"""Uploads in pieces (tus 1.0): a file that grows on the disk until it is whole, and is then handed over to be kept.

How much of an upload is here is the length of its file, flushed: nothing else counts it, so that nothing can drift from
it. Every piece is written under a lock of its file and only where the file ends; whoever comes with another offset,
late, twice or at the same time, is told so. A process may be killed at any point.
"""

import fcntl
import hashlib
import os
import secrets
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from audits.models import Evidence, Quarantine, Submission, Upload
from audits.models.files import flush, incoming
from audits.problems import CHECKSUM_MISMATCH, UPLOAD_OFFSET
from chains.models import User
from chains.problems import INVALID, NOT_FOUND, Problem

PIECE = 64 * 1024
KEPT = (Evidence.State.HELD, Evidence.State.ERASED)


@dataclass(frozen=True)
class Target:
    """What is uploaded: a file of a submission, or without `evidence_id` the submission itself; whose, and when."""

    owner: User
    submission_id: uuid.UUID
    evidence_id: uuid.UUID | None
    now: datetime


class Progress(NamedTuple):
    """How much of how many bytes is here; until when it waits for more (None once it is whole and kept)."""

    offset: int
    length: int
    expires_at: datetime | None


class Checksum(NamedTuple):
    """What a client announced of one piece: a name hashlib knows, and the digest."""

    algorithm: str
    digest: bytes


class Whole(NamedTuple):
    """A file that is whole and flushed, with the announced digest, to be kept somewhere now."""

    path: Path
    target: Target
    length: int
    sha256: bytes


# Keeps a whole file; what it returns from is durable. It may move the file away.
Finish = Callable[[Whole], object]


def begin(target: Target, *, length: int, sha256: bytes, finish: Finish) -> Progress:
    """Announce an upload; again with the same length and digest it is the same one, with other ones it begins anew.

    Raises whatever `finish` raises, for an empty file.
    """
    if _kept(target, sha256):
        _tidy(_row(target))
        return Progress(length, length, None)
    row = _announced(target, length, sha256)
    with _opened(row) as file:
        return _progress(row, file, target, finish)


def progress(target: Target, *, finish: Finish) -> Progress:
    """How far it is; a whole file whose last writer was killed is kept first. Raises Problem (not-found)."""
    row = _row(target)
    if row is None or _kept(target, bytes(row.sha256)):
        _tidy(row)
        return _of_kept(target)
    with _opened(row) as file:
        return _progress(row, file, target, finish)


def append(
    target: Target, *, offset: int, chunks: Iterable[bytes], finish: Finish, checksum: Checksum | None = None
) -> Progress:
    """Write bytes where the file ends; what arrived before a link died stays. The last byte makes `finish` keep it.

    Raises Problem: not-found, upload-offset (not where it ends), checksum-mismatch (nothing of this piece was
    written), invalid (more than was announced), and whatever `finish` raises.
    """
    row = _row(target)
    if row is None or _kept(target, bytes(row.sha256)):
        kept = _of_kept(target)
        if offset != kept.offset:
            raise Problem(UPLOAD_OFFSET, f"It is whole: {kept.length} bytes are here.")
        return kept
    expires_at = target.now + timedelta(days=settings.UPLOAD_DAYS)
    Upload.objects.filter(pk=row.pk).update(expires_at=expires_at)
    row.expires_at = expires_at
    with _opened(row) as file, _checked(chunks, checksum) as pieces:
        _write(file, row, offset, pieces)
        return _progress(row, file, target, finish)


def give_up(target: Target) -> None:
    """Throw an unfinished upload away. Raises Problem (not-found), also for one that is kept already."""
    row = _row(target)
    if row is None:
        raise Problem(NOT_FOUND)
    _forget(row)


def expire(*, now: datetime) -> int:
    """Throw away the uploads that nobody went on with in time; return how many."""
    rows = list(Upload.objects.filter(expires_at__lt=now))
    for row in rows:
        _forget(row)
    return len(rows)


def _rows(target: Target) -> QuerySet[Upload]:
    return Upload.objects.filter(owner=target.owner, submission_id=target.submission_id, evidence_id=target.evidence_id)


def _row(target: Target) -> Upload | None:
    row: Upload | None = _rows(target).first()
    return row


def _announced(target: Target, length: int, sha256: bytes) -> Upload:
    """The row of this upload. Insert first; whoever is there already is met."""
    expires_at = target.now + timedelta(days=settings.UPLOAD_DAYS)
    fresh = Upload(
        owner=target.owner,
        submission_id=target.submission_id,
        evidence_id=target.evidence_id,
        length=length,
        sha256=sha256,
        part=f"{secrets.token_hex(16)}.part",
        created_at=target.now,
        expires_at=expires_at,
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
        return fresh
    except IntegrityError:
        there = _row(target)
    if there is None:
        return _announced(target, length, sha256)
    if (there.length, bytes(there.sha256)) != (length, sha256):
        _forget(there)
        return _announced(target, length, sha256)
    return there


def _of_kept(target: Target) -> Progress:
    length = _length_of_kept(target)
    if length is None:
        raise Problem(NOT_FOUND)
    return Progress(length, length, None)


def _length_of_kept(target: Target) -> int | None:
    lengths = _keeping(target).values_list("length", flat=True)
    length: int | None = lengths.first()
    if length is None and target.evidence_id is None:
        return _quarantined(target).values_list("length", flat=True).first()
    return length


def _kept(target: Target, sha256: bytes) -> bool:
    """Whether exactly this is kept already."""
    column = "sha256" if target.evidence_id else "digest"
    if _keeping(target).filter(**{column: sha256}).exists():
        return True
    return target.evidence_id is None and _quarantined(target).filter(digest=sha256).exists()


def _keeping(target: Target) -> QuerySet[Evidence] | QuerySet[Submission]:
    if target.evidence_id is None:
        return Submission.objects.filter(pk=target.submission_id, sender=target.owner)
    mine = Evidence.objects.filter(submission_id=target.submission_id, id=target.evidence_id, owner=target.owner)
    return mine.filter(state__in=KEPT)


def _quarantined(target: Target) -> QuerySet[Quarantine]:
    return Quarantine.objects.filter(submission_id=target.submission_id, sender=target.owner)


@contextmanager
def _opened(row: Upload) -> Iterator[int]:
    """The descriptor of the growing file, made where it is not there yet."""
    folder = incoming()
    path = folder / row.part
    fresh = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fresh:
            flush(folder)
        yield file
    finally:
        os.close(file)


@contextmanager
def _locked(file: int) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def _checked(chunks: Iterable[bytes], checksum: Checksum | None) -> Iterator[Iterable[bytes]]:
    """The chunks; with a checksum only once all of them are here and match it."""
    if checksum is None:
        yield chunks
        return
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
    with tempfile.TemporaryFile(dir=incoming()) as kept:
        for chunk in chunks:
            digest.update(chunk)
            kept.write(chunk)
        if digest.digest() != checksum.digest:
            raise Problem(CHECKSUM_MISMATCH, stored=False)
        kept.seek(0)
        yield iter(lambda: kept.read(PIECE), b"")


def _write(file: int, row: Upload, offset: int, chunks: Iterable[bytes]) -> None:
    """Each chunk goes where the file ends, or nowhere: the network is never waited for under the lock."""
    at = offset
    if offset != os.fstat(file).st_size:
        raise Problem(UPLOAD_OFFSET, f"{os.fstat(file).st_size} bytes are here.")
    for chunk in chunks:
        if at + len(chunk) > row.length:
            raise Problem(INVALID, f"More than the {row.length} bytes that were announced.", stored=False)
        with _locked(file):
            if os.fstat(file).st_size != at:
                raise Problem(UPLOAD_OFFSET, "Somebody else is sending this file as well.")
            left = memoryview(chunk)
            while left:
                left = left[os.pwrite(file, left, at + len(chunk) - len(left)) :]
        at += len(chunk)


def _progress(row: Upload, file: int, target: Target, finish: Finish) -> Progress:
    """What is durable of it; a file that is whole is kept before anybody is told so."""
    os.fsync(file)
    size = os.fstat(file).st_size
    if size < row.length:
        return Progress(size, row.length, row.expires_at)
    with _locked(file):
        if _rows(target).filter(pk=row.pk).exists():
            _finish(row, file, target, finish)
    return Progress(row.length, row.length, None)


def _finish(row: Upload, file: int, target: Target, finish: Finish) -> None:
    if _digest(file) != bytes(row.sha256):
        _forget(row)
        raise Problem(CHECKSUM_MISMATCH, "The file does not have the announced sha256; begin anew.", stored=False)
    try:
        finish(Whole(incoming() / row.part, target, row.length, bytes(row.sha256)))
    except Problem as problem:
        # Decided: it is kept where the problem says so, and it will not be kept otherwise.
        if not problem.kind.retryable:
            _forget(row)
        raise
    _forget(row)


def _digest(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    with os.fdopen(os.dup(file), "rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


def _tidy(row: Upload | None) -> None:
    """Whoever kept the file was killed before this."""
    if row is not None:
        _forget(row)


def _forget(row: Upload) -> None:
    Upload.objects.filter(pk=row.pk).delete()
    (incoming() / row.part).unlink(missing_ok=True)
