"""Keeps the members of the household alive, and sends them home in order."""

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType

from auditserver.runner import leash
from auditserver.runner.members import Member

FIRST_DELAY = 0.2
LONGEST_DELAY = 5.0
GROWN_UP_SECONDS = 10.0
TICK = 0.05
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Place:
    """A member, and what the household remembers of it."""

    member: Member
    started_at: float = 0.0
    start_again_at: float | None = None
    failures: int = 0


class Household:
    """Starts members, starts the dead ones again with a growing delay, stops all in the order they were named.

    `say` gets sentences for people. Use as a context: leaving it stops everything, whatever happened inside.
    """

    def __init__(self, leave_in_order: Sequence[Member], *, say: Callable[[str], None]) -> None:
        self.places = [Place(member) for member in leave_in_order]
        self.say = say
        self.asked_to_stop = 0
        self._interrupts = False
        self._hear, self._call = socket.socketpair()
        self._before: dict[int, object] = {}

    def __enter__(self) -> "Household":
        leash.adopt_orphans()
        self._hear.setblocking(False)
        self._call.setblocking(False)
        signal.set_wakeup_fd(self._call.fileno(), warn_on_full_buffer=False)
        for number in (*STOPPING, signal.SIGCHLD):
            self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            self.stop()
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in self._before.items():
                signal.signal(number, handler)  # type: ignore[arg-type]
            self._hear.close()
            self._call.close()

    def _note(self, number: int, frame: FrameType | None) -> None:
        if number not in STOPPING:
            return
        self.asked_to_stop += 1
        if self._interrupts:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """Inside, being asked to stop raises KeyboardInterrupt, as long work that is not ours expects."""
        self._interrupts = True
        try:
            yield
        finally:
            self._interrupts = False

    @property
    def stopping(self) -> bool:
        """Whether somebody asked for the end (Ctrl-C, SIGTERM, a closed terminal)."""
        return self.asked_to_stop > 0

    def start(self, *names: str) -> None:
        """Start the members of these names."""
        for place in self._places(names):
            self._start(place)

    def keep(self, *, until: Callable[[], bool] = lambda: False, seconds: float = float("inf")) -> bool:
        """Watch over the started members until the condition holds (True), time is up or the end was asked (False)."""
        deadline = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < deadline:
            if until():
                return True
            pause = self._look_after_all()
            self._rest(min(pause, max(0.0, deadline - time.monotonic())))
        return False

    def stop(self) -> None:
        """Ask each in turn to leave, wait out its grace, then kill what is left. A second Ctrl-C kills at once."""
        asked_before = self.asked_to_stop
        for place in self.places:
            member = place.member
            if member.process is None:
                continue
            member.ask_to_leave()
            deadline = time.monotonic() + member.grace_seconds
            while member.alive and time.monotonic() < deadline and self.asked_to_stop <= max(1, asked_before):
                self._rest(TICK)
            while not member.gone:
                member.tell(signal.SIGKILL)
                reap_adopted(self._own_pids())
                self._rest(0.005)
        reap_adopted(self._own_pids())

    def _places(self, names: Sequence[str]) -> Iterator[Place]:
        return (place for name in names for place in self.places if place.member.name == name)

    def _own_pids(self) -> set[int]:
        return {place.member.process.pid for place in self.places if place.member.process is not None}

    def _start(self, place: Place) -> None:
        place.start_again_at = None
        place.started_at = time.monotonic()
        place.member.start(place.failures)

    def _look_after_all(self) -> float:
        """One round; the answer is how many seconds nothing needs to be looked at."""
        reap_adopted(self._own_pids())
        return min((self._look_after(place) for place in self.places), default=1.0)

    def _look_after(self, place: Place) -> float:
        member, now = place.member, time.monotonic()
        if member.process is None or member.alive:
            return 1.0
        if place.start_again_at is None:
            young = now - place.started_at < GROWN_UP_SECONDS
            place.failures = place.failures + 1 if young else 1
            delay = min(FIRST_DELAY * 2 ** (place.failures - 1), LONGEST_DELAY)
            place.start_again_at = now + delay
            self.say(f"{member.name} {how_it_ended(member.process.returncode)}; starting it again in {delay:.1f} s.")
        # Two schedulers, or two workers on one pool's work, must never live beside each other.
        if not member.gone:
            member.tell(signal.SIGKILL)
            return TICK
        if now < place.start_again_at:
            return place.start_again_at - now
        self._start(place)
        return TICK

    def _rest(self, seconds: float) -> None:
        """Sleep, but wake up at any signal."""
        if select.select([self._hear], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                self._hear.recv(4096)


def reap_adopted(own: set[int]) -> None:
    """Wait for the dead that were adopted, grandchildren of a killed child; our own are waited for by name."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid in own:
            return
        os.waitpid(ended.si_pid, os.WNOHANG)


def how_it_ended(status: int | None) -> str:
    """In words: "ended with status 3", "was killed by SIGKILL"."""
    if status is not None and status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"
