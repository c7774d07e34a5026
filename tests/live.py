"""The real thing for tests: web server, worker and broker as processes, on the test database and a loopback port.

A test asks for the fixture `live` and gets this. The processes start once per run; what a test stopped, killed or
hung is started again after it. `live.until(...)` waits on a condition, never for a time.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings
from django.db import connection

from auditserver.env import ROOT
from auditserver.runner import members
from auditserver.runner.broker import answers, broker
from auditserver.runner.door import address_of, open_door
from auditserver.runner.members import Member, Surroundings
from auditserver.runner.opening import somebody_answers
from tests.relay import Relay

T = TypeVar("T")


class Part:
    """One part of the house. Signals go to all its processes, as the kernel or an operator would send them."""

    def __init__(self, make: Callable[[], Member], ready: Callable[[], Any]) -> None:
        self._make = make
        self._ready = ready
        self.member: Member | None = None
        self.disturbed = False

    @property
    def alive(self) -> bool:
        """Whether its first process runs."""
        return self.member is not None and self.member.alive

    def start(self) -> None:
        """Start it and wait until it is ready; does nothing where it runs."""
        if not self.alive:
            self.member = self._make()
            self.member.start()
            if self.member.surroundings.output is not None:
                self.member.surroundings.output.close()
            self._ready()

    def stop(self) -> None:
        """SIGTERM, and wait until nothing is left of it."""
        self.resume()
        self._end(lambda member: member.ask_to_leave())

    def kill(self) -> None:
        """SIGKILL to all its processes, and wait until nothing is left of it."""
        self._end(lambda member: member.tell(signal.SIGKILL))

    def hang(self) -> None:
        """SIGSTOP: connections are accepted by the kernel and never answered."""
        self.disturbed = True
        self._tell(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        self._tell(signal.SIGCONT)

    def restart(self) -> None:
        """Kill and start."""
        self.kill()
        self.start()

    def _tell(self, number: int) -> None:
        if self.member is not None:
            self.member.tell(number)

    def _end(self, how: Callable[[Member], object]) -> None:
        self.disturbed = True
        member = self.member
        if member is None:
            return
        how(member)
        try:
            until(lambda: not member.alive, seconds=member.grace_seconds)
        finally:
            until(lambda: member.gone or (member.tell(signal.SIGKILL) and False))


class Door:
    """The listening socket of the web server: one port for the whole run, so that phones can call again."""

    def __init__(self) -> None:
        self.port = 0
        self.socket: socket.socket | None = None

    def opened(self) -> int:
        """The descriptor of the open socket."""
        if self.socket is None:
            self.socket = open_door("127.0.0.1", self.port)
            self.port = self.socket.getsockname()[1]
        return self.socket.fileno()

    def shut(self) -> None:
        """Connections are refused from now on (a killed web server only lets them wait)."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None


class Live:
    """The house of one test run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.door = Door()
        self.door.opened()
        assert self.door.socket is not None
        self.url = address_of(self.door.socket)
        self.environment = children_environment()
        self._worker_log = folder / "live-worker.log"
        self._worker_log_before = 0
        self.broker: Part | Relay
        if settings.EMBEDDED_BROKER:
            socket_path = settings.BROKER_SOCKET
            self.broker = Part(
                lambda: broker(self._around("broker"), folder=settings.BROKER_FOLDER, socket=socket_path),
                lambda: self._ready(self.broker, lambda: answers(socket_path)),
            )
        else:
            service = urlsplit(settings.REDIS_URL)
            self.broker = Relay(str(service.hostname), service.port or 6379)
            self.broker.start()
            place = service.netloc.rpartition("@")[0] + "@" if "@" in service.netloc else ""
            place += f"127.0.0.1:{self.broker.port}"
            self.environment["REDIS_URL"] = urlunsplit(service._replace(netloc=place))
        self.web = Part(lambda: members.web(self._around("web"), door=self.door.opened()), self._web_ready)
        self.worker = Part(self._new_worker, self._worker_ready)
        self.beat = Part(lambda: members.beat(self._around("beat"), schedule=folder / "beat-schedule"), lambda: None)

    def start(self) -> None:
        """Start all but beat: a test that wants the scheduler starts it."""
        for part in (self.broker, self.web, self.worker):
            part.start()

    def stop(self) -> None:
        """Stop all, in order."""
        for part in (self.web, self.beat, self.worker, self.broker):
            part.stop()
        self.door.shut()

    def refuse_connections(self) -> None:
        """Stop the web server and shut its port; `live.web.start()` opens it again."""
        self.web.stop()
        self.door.shut()

    def _ready(self, part: Part, condition: Callable[[], bool]) -> None:
        self.until(lambda: condition() or not part.alive, seconds=30)
        assert part.alive, f"it died\n{self.last_words()}"

    def until(self, condition: Callable[[], T], *, seconds: float = 30.0) -> T:
        """The first true value of the condition; fails with the last words of every process after so many seconds."""
        try:
            return until(condition, seconds=seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.last_words()}") from None

    def last_words(self, lines: int = 15) -> str:
        """The ends of the logs."""
        said = {path.name: path.read_text(errors="replace").splitlines() for path in self.folder.glob("live-*.log")}
        return "\n".join(f"--- {name}\n" + "\n".join(text[-lines:]) for name, text in sorted(said.items()) if text)

    def manage(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a management command on this house, as an operator would."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def settled(self) -> bool:
        """Whether no bell waits and no task runs."""
        with queue() as client:
            waiting = client.llen(settings.CELERY_TASK_DEFAULT_QUEUE)
            return waiting == 0 and client.hlen(unacked_keys()["unacked_key"]) == 0

    def tidy(self) -> None:
        """After a test: everything runs again, nothing is being worked on, so that the tables may be emptied."""
        self.beat.stop()
        self.beat.disturbed = False
        for part in (self.broker, self.web, self.worker):
            part.resume()
        if self.worker.disturbed or self.broker.disturbed or not self._rests():
            self.worker.kill()
            self.broker.start()
            forget_bells()
        self.start()
        for part in (self.web, self.worker, self.broker):
            part.disturbed = False

    def _rests(self) -> bool:
        try:
            return bool(until(self.settled))
        except (AssertionError, redis.RedisError):
            return False

    def _around(self, name: str) -> Surroundings:
        output = (self.folder / f"live-{name}.log").open("ab", buffering=0)
        return Surroundings(environment=self.environment, output=output)

    def _web_ready(self) -> None:
        self._ready(self.web, lambda: somebody_answers(self.url))

    def _new_worker(self) -> Member:
        around = self._around("worker")
        self._worker_log_before = self._worker_log.stat().st_size
        return members.worker(around, log_level="INFO")

    def _worker_ready(self) -> None:
        def says_so() -> bool:
            return b" ready." in self._worker_log.read_bytes()[self._worker_log_before :]

        self._ready(self.worker, says_so)


def until(condition: Callable[[], T], *, seconds: float = 30.0, every: float = 0.02) -> T:
    """The first true value of the condition, looked at every so often. Raises AssertionError when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s; the last value was {value!r}"
        time.sleep(every)


def children_environment() -> dict[str, str]:
    """What the processes need to find the test database instead of the developer's."""
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "LOG_LEVEL": "INFO"}
    name = str(connection.settings_dict["NAME"])
    if settings.EMBEDDED_DATABASE:
        return environment | {"SQLITE_FILE": name}
    return environment | {"DATABASE_URL": urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}"))}


def queue() -> redis.Redis:
    """A client of the broker that the house uses, past any relay."""
    if settings.EMBEDDED_BROKER:
        return redis.Redis(unix_socket_path=str(settings.BROKER_SOCKET), socket_timeout=2)
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2)


def unacked_keys() -> dict[str, str]:
    """Where the broker keeps what a worker took and has not finished (tests/settings.py)."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    return {name: options[name] for name in ("unacked_key", "unacked_index_key", "unacked_mutex_key")}


def forget_bells() -> None:
    """Drop what was queued or left unacknowledged by a killed worker. A given Redis may hold other people's keys."""
    with queue() as client:
        client.delete(settings.CELERY_TASK_DEFAULT_QUEUE, *unacked_keys().values())


def live_house(folder: Path) -> Iterator[Live]:
    """The house from the first test that wants it to the end of the run."""
    house = Live(folder)
    try:
        house.start()
        yield house
    finally:
        house.stop()
