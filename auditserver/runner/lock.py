"""One household per folder: a lock that every member carries, so that it holds as long as any of them lives."""

import fcntl
import json
import os
import time
from pathlib import Path


class Occupied(RuntimeError):
    """Another household lives in this folder. The text says which, for people."""


class FolderLock:
    """Holds `folder/up.lock`. `descriptor` is inherited by every member.

    Killing the runner alone therefore does not free the folder for a second scheduler or a second broker on the same
    log: the lock goes with the last process that carries it.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "up.lock"
        self.descriptor = -1

    def take(self, *, patience: float = 2.0) -> None:
        """Take the lock; waits a moment for members of a killed runner to vanish. Raises Occupied."""
        self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self.release()
                    raise Occupied(self._who()) from None
            time.sleep(0.05)

    def tell_visitors(self, address: str) -> None:
        """Write into the lock who lives here and at which address, for the one who comes second."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, json.dumps({"pid": os.getpid(), "address": address}).encode(), 0)

    def release(self) -> None:
        """Let go of it; members that carry it hold it still."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
        self.descriptor = -1

    def _who(self) -> str:
        try:
            holder = json.loads(self.path.read_text())
            who = f" (process {holder['pid']}, {holder['address']})"
        except (ValueError, KeyError, TypeError):
            who = ""
        return (
            f"The folder {self.path.parent} is in use by another `up`{who}. "
            "Stop that one first, or choose another folder: VAR_DIR=/some/where."
        )
