"""The members of the household: what each is started with, and how long it may take to leave."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from auditserver.env import ROOT
from auditserver.runner import leash

CELERY = ("module", "celery", "--quiet", "--app", "auditserver")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What every member of one household gets: more environment, inherited descriptors, where its words go."""

    environment: dict[str, str] = field(default_factory=dict)
    files: tuple[int, ...] = ()
    output: IO[bytes] | None = None


def nothing(failures: int) -> None:
    """What most members need before they start."""


@dataclass(kw_only=True)
class Member:
    """One child process with all that it forks: a session and process group of its own, leashed to us.

    `command` is what leash.py takes after the parent's id. `files` are descriptors that it alone inherits.
    `before_start` is told how often in a row it died young.
    """

    name: str
    command: Sequence[str]
    surroundings: Surroundings
    environment: dict[str, str] = field(default_factory=dict)
    files: tuple[int, ...] = ()
    grace_seconds: float = 10.0
    before_start: Callable[[int], None] = nothing
    process: subprocess.Popen[bytes] | None = None

    def start(self, failures: int = 0) -> None:
        """Start it. Must be called from the main thread: the leash watches the thread that forks."""
        self.before_start(failures)
        around = self.surroundings
        self.process = subprocess.Popen(  # noqa: S603 - our own command line, no shell
            [sys.executable, leash.__file__, str(os.getpid()), *self.command],
            cwd=ROOT,
            env=os.environ | around.environment | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=around.output,
            stderr=around.output,
            pass_fds=(*around.files, *self.files),
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        """Whether its first process runs (reaps it if not)."""
        return self.process is not None and self.process.poll() is None

    @property
    def gone(self) -> bool:
        """Whether nothing is left of it: neither its first process nor anything forked from it."""
        return not self.alive and not self.tell(0)

    def tell(self, number: int) -> bool:
        """Send a signal to its whole process group. False where there is nobody left to hear it."""
        if self.process is None:
            return False
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def ask_to_leave(self) -> None:
        """Let its first process end in order; that one sees to its own children."""
        if self.alive and self.process is not None:
            self.process.send_signal(signal.SIGTERM)


def web(surroundings: Surroundings, *, door: int) -> Member:
    """The web server on a listening socket that we hold open: while it restarts, callers wait instead of failing."""
    command = ["module", "gunicorn", "--config", "python:auditserver.runner.gunicorn_settings"]
    command += ["--bind", f"fd://{door}", "auditserver.wsgi"]
    return Member(name="web", command=command, surroundings=surroundings, files=(door,))


def worker(surroundings: Surroundings, *, log_level: str = "WARNING") -> Member:
    """The worker that recomputes; two processes, and no chatter with other workers."""
    command = [*CELERY, "worker", "--concurrency", "2", "--loglevel", log_level]
    command += ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    # Celery's long words about root are meant for pickled messages, and we accept only JSON; those about a lost broker
    # recommend a choice that is made (a task goes on: whatever it does may be done twice).
    quiet = {
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges,ignore::PendingDeprecationWarning"
    }
    return Member(name="worker", command=command, surroundings=surroundings, environment=quiet, grace_seconds=20.0)


def beat(surroundings: Surroundings, *, schedule: Path) -> Member:
    """The one scheduler. Never `worker -B`: that leaves a second one behind when killed."""
    command = [*CELERY, "beat", "--schedule", str(schedule), "--loglevel", "WARNING"]
    return Member(name="beat", command=command, surroundings=surroundings)
