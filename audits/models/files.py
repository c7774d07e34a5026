"""Where evidence lies: put into the storage durably, read, removed durably. Nothing else knows whether it is a disk.

Any storage of Django's kind serves (`STORAGES["evidence"]`). A folder of ours is written by moving files into it and
flushing what holds them; any other storage is handed the file and trusted to keep what it took.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.functional import LazyObject

ORIGINALS, COPIES, INCOMING = "originals", "copies", "incoming"


class Stored(NamedTuple):
    """A file that lies in the storage, and since when as far as the storage says."""

    name: str
    modified_at: datetime


def evidence_storage() -> Storage:
    """The storage of originals and copies."""
    return storages["evidence"]


def incoming() -> Path:
    """The folder where files grow before they are whole, made where needed.

    On the disk of the storage, so that they can be moved into their place; else in the server's own folder.
    """
    disk = _disk()
    folder = (Path(disk.location) if disk else Path(settings.VAR_DIR)) / INCOMING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def place(file: Path, name: str) -> str:
    """Move a flushed file into the storage, durably; return the name under which it lies there."""
    disk = _disk()
    if disk is None:
        if evidence_storage().exists(name):
            return name
        with file.open("rb") as content:
            return evidence_storage().save(name, File(content))
    target = Path(disk.path(name))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.replace(target)
    _flush_folders(disk, target)
    return name


def place_bytes(body: bytes, name: str) -> str:
    """Keep bytes made by the server itself; return the name under which they lie."""
    return evidence_storage().save(name, ContentFile(body))


def remove(name: str) -> None:
    """Remove a file, durably; harmless where it is gone already."""
    disk = _disk()
    if disk is None:
        evidence_storage().delete(name)
        return
    target = Path(disk.path(name))
    with suppress(FileNotFoundError):
        target.unlink()
        flush(target.parent)


def is_there(name: str) -> bool:
    """Whether the storage has the file."""
    return bool(name) and evidence_storage().exists(name)


def stored(folder: str) -> Iterator[Stored]:
    """Every file below a folder of the storage."""
    storage = evidence_storage()
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        path = f"{folder}/{name}"
        try:
            modified = storage.get_modified_time(path)
        except FileNotFoundError:
            continue
        yield Stored(path, modified if modified.tzinfo else modified.replace(tzinfo=UTC))
    for name in sorted(folders):
        yield from stored(f"{folder}/{name}")


def _disk() -> FileSystemStorage | None:
    """The storage where it is a folder of ours; None where it is somewhere else (S3)."""
    storage = evidence_storage()
    inner = storage._wrapped if isinstance(storage, LazyObject) else storage
    return inner if isinstance(inner, FileSystemStorage) else None


def _flush_folders(disk: FileSystemStorage, target: Path) -> None:
    """Every folder up to the storage's own: any of them may have been made just now."""
    for folder in target.relative_to(disk.location).parents:
        flush(Path(disk.location) / folder)


def flush(folder: Path) -> None:
    """Make what was put into a folder, or taken from it, survive the plug being pulled."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
