"""Ringing without waiting: one thread of a process rings for all who ask, and a crowd of askers rings once."""

import atexit
import os
import threading
import time
from collections.abc import Callable

# A bell that is being pulled when the process ends gets so long to be heard.
LAST_SECONDS = 2.0


class Bellringer:
    """Calls `pull` soon after `ring` was called, at most once every `pause` seconds; the first time at once.

    What is rung while `pull` runs or rests is pulled once more afterwards, so that no ring is older than the pull that
    answers it. `pull` must not raise. The thread begins with the first ring, also in a forked process. When the process
    ends in order, a ring that waits is still pulled.
    """

    _thread: threading.Thread | None

    def __init__(self, pull: Callable[[], None], *, pause: float) -> None:
        self._pull = pull
        self._pause = pause
        self._begin_anew()
        os.register_at_fork(after_in_child=self._begin_anew)
        atexit.register(self._finish)

    def ring(self) -> None:
        """Have the bell pulled. Takes microseconds, whatever state the one who hears it is in."""
        self._wanted.set()
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="bellringer", daemon=True)
                self._thread.start()

    def _begin_anew(self) -> None:
        # A thread does not survive a fork, and a lock that it held would stay locked.
        self._wanted = threading.Event()
        self._starting = threading.Lock()
        self._pulling = threading.Lock()
        self._thread = None

    def _serve(self) -> None:
        while True:
            self._wanted.wait()
            self._answer()
            time.sleep(self._pause)

    def _answer(self) -> None:
        with self._pulling:
            if self._wanted.is_set():
                self._wanted.clear()
                self._pull()

    def _finish(self) -> None:
        if self._pulling.acquire(timeout=LAST_SECONDS):
            self._pulling.release()
            self._answer()
