"""The files of evidence: written beside their place, made durable, then moved into it in one step.

A name in the storage is random: it tells nothing of who sent what, and no name a sender chose is ever used. Storages
other than a folder (S3) take the finished file through Django's storage API and are durable when they return.
"""

import hashlib
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from audits.services.evidence.kinds import HEAD_BYTES


def storage() -> Storage:
    """Where originals and derivatives lie (STORAGES["evidence"])."""
    found: Storage = storages["evidence"]
    return found


class Incoming:
    """A file that is arriving: leaves nothing behind unless `settle` was called."""

    def __init__(self) -> None:
        folder = _folder_of(storage()) / "incoming"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder / secrets.token_hex(16)
        self.length = 0
        self.head = b""
        self._hash = hashlib.sha256()
        self._file = self.path.open("xb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """The next bytes."""
        if len(self.head) < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - len(self.head)]
        self._file.write(chunk)
        self._hash.update(chunk)
        self.length += len(chunk)

    @property
    def sha256(self) -> bytes:
        """The sha256 of what has arrived."""
        return self._hash.digest()

    def settle(self) -> str:
        """Make the file durable under a new name in the storage, and return the name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        token = secrets.token_hex(16)
        name = f"{token[:2]}/{token}"
        place = storage()
        if isinstance(place, FileSystemStorage):
            target = Path(place.path(name))
            if not target.parent.exists():
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _fsync_folder(target.parent.parent)
            self.path.rename(target)
            _fsync_folder(target.parent)
            return name
        with self.path.open("rb") as file:
            saved: str = place.save(name, File(file))
        return saved


def remove(name: str) -> None:
    """Take a file out of the storage; harmless where it is not there."""
    storage().delete(name)


def _folder_of(place: Storage) -> Path:
    """A folder on the same file system as the storage, so that moving a file is one step."""
    return Path(place.location) if isinstance(place, FileSystemStorage) else Path(settings.VAR_DIR)


def _fsync_folder(folder: Path) -> None:
    """Make the folder's list of names durable: a file whose name is lost is lost."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
