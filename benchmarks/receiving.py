"""How much a delivery costs: `DATABASE_URL=postgres://… REDIS_URL=redis://… python -m benchmarks.receiving`.

On a database of its own, made and dropped on the given server: a checklist of 900 standards, and submissions of 900
answers with 44 comments and entry times, delivered by 4 phones over HTTP to gunicorn. Printed: submissions per second,
CPU milliseconds per submission of the application and of PostgreSQL (from /proc), stored bytes per submission with
indexes (with `--worker` its score and review too); beside them the raw limit: the same bodies as one JSONB row per
transaction by 4 psycopg clients.
With `--worker` a Celery worker scores and rates at the same time, and its CPU counts until nothing is left to do.
"""

import argparse
import base64
import hashlib
import http.client
import multiprocessing
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

CLIENTS = 4
ANSWERS, COMMENTS = 900, 44
PARTS = {"submission": ("submission", "rawsubmission", "observation"), "score": ("score",), "review": ("review",)}
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
Parcel = tuple[str, str, bytes]
"""The submission's id, the sender's token, the body."""


@dataclass(frozen=True)
class Cost:
    """What some deliveries took; CPU in milliseconds, of everything together."""

    done: int
    seconds: float
    application: float
    database: float

    def line(self, name: str) -> str:
        """One line of the report."""
        each = (self.application + self.database) / self.done
        return (
            f"{name:<32} {self.done / self.seconds:8.0f}/s {each:8.2f} CPU-ms each"
            f"  (application {self.application / self.done:.2f}, PostgreSQL {self.database / self.done:.2f})"
        )


def main() -> None:
    """Make the database, measure, print, drop the database."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--submissions", type=int, default=2000)
    arguments.add_argument("--worker", action="store_true", help="score and rate at the same time")
    given = arguments.parse_args()
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        sys.exit("Set DATABASE_URL to a PostgreSQL server; a database of our own is made on it.")
    name = f"receiving_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        os.environ["CELERY_QUEUE"] = name
        try:
            with tempfile.TemporaryDirectory() as folder:
                os.environ["VAR_DIR"] = folder
                measure(given.submissions, given.worker)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measure(number: int, with_worker: bool) -> None:
    """All measurements on the database of the environment."""
    run("manage.py", "migrate", "--verbosity", "0")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE raw_limit (id uuid PRIMARY KEY, body jsonb NOT NULL)")
        connection.execute("CREATE TABLE raw_cpu (ms double precision NOT NULL)")
    parcels = world(number + 200)
    warm, parcels = parcels[:200], parcels[200:]
    port = free_port()
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:auditserver.runner.gunicorn_settings"]
        + ["--bind", f"127.0.0.1:{port}", "auditserver.wsgi"]
    )
    worker = start_worker() if with_worker else None
    watched = [process.pid for process in (web, worker) if process]
    try:
        wait_for(port)
        finish(together, warm, port, with_worker)
        bytes_before = stored_bytes()
        cost = costs(watched, len(parcels), lambda: finish(together, parcels, port, with_worker))
        kept = {part: (size - bytes_before[part]) / len(parcels) for part, size in stored_bytes().items()}
        raw = costs([], len(parcels), lambda: together(insert, parcels, port))
    finally:
        for process in (web, worker):
            if process:
                process.terminate()
                process.wait()
    print(f"{len(parcels)} submissions of {ANSWERS} answers, {COMMENTS} comments: {len(parcels[0][2])} bytes each")
    print(cost.line("accepted, scored, rated" if with_worker else "accepted"))
    print(raw.line("raw: one JSONB row, psycopg"))
    print("stored, with indexes, bytes each: " + ", ".join(f"{part} {kept[part]:.0f}" for part in PARTS))


def finish(together: Callable[..., None], parcels: list[Parcel], port: int, with_worker: bool) -> None:
    """Deliver all, and wait until nothing is dirty where somebody works on it."""
    together(deliver, parcels, port)
    if with_worker:
        settle()


def run(*command: str) -> None:
    """A Python program on the same database."""
    subprocess.run([sys.executable, *command], check=True)


def start_worker() -> "subprocess.Popen[bytes]":
    """A Celery worker with two processes."""
    command = ["-m", "celery", "--quiet", "--app", "auditserver", "worker", "--concurrency", "2", "--loglevel", "ERROR"]
    return subprocess.Popen([sys.executable, *command, "--without-mingle", "--without-gossip", "--beat"])


def world(number: int) -> list[Parcel]:
    """Planned visits for four auditors, and a body for each; made by a process of its own that knows Django."""
    path = Path(os.environ["VAR_DIR"]) / "parcels"
    run("-m", "benchmarks.receiving_world", str(number), str(path))
    parcels: list[Parcel] = pickle.loads(path.read_bytes())
    return parcels


def together(work: Callable[[list[Parcel], int], None], parcels: list[Parcel], port: int) -> None:
    """Do some work on all parcels in four processes at once."""
    processes = [multiprocessing.Process(target=work, args=(parcels[part::CLIENTS], port)) for part in range(CLIENTS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        if process.exitcode:
            sys.exit("A client failed.")


def deliver(parcels: list[Parcel], port: int) -> None:
    """One phone: PUT each body, expecting 201."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for name, token, body in parcels:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Digest": f"sha-256=:{digest}:",
            "Content-Type": "application/json",
        }
        connection.request("PUT", f"/api/v1/submissions/{name}", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise SystemExit(f"{answer.status} {text!r}")


def insert(parcels: list[Parcel], port: int) -> None:
    """The raw limit: one JSONB row per transaction."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        for name, _, body in parcels:
            connection.execute("INSERT INTO raw_limit (id, body) VALUES (%s, %s)", (name, body.decode()))
            connection.commit()
        keep_for_reading(connection)


def keep_for_reading(connection: "psycopg.Connection[Any]") -> None:
    """Write down this connection's CPU before it ends: a backend's figures vanish with it."""
    used = cpu_ms([connection.info.backend_pid])
    connection.execute("INSERT INTO raw_cpu VALUES (%s)", (used,))
    connection.commit()


def costs(watched: Iterable[int], number: int, work: Callable[[], None]) -> Cost:
    """Time and CPU of some work: of the watched processes, and of the database's backends and writers."""
    application, database, ended = cpu_ms(family(watched)), cpu_ms(backends()), ended_ms()
    own, started = os.times(), time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    clients = os.times()
    in_clients = 0.0 if watched else 1000 * sum(clients[2:4]) - 1000 * sum(own[2:4])
    return Cost(
        number,
        seconds,
        cpu_ms(family(watched)) - application + in_clients,
        cpu_ms(backends()) - database + ended_ms() - ended,
    )


def cpu_ms(pids: Iterable[int]) -> float:
    """User and system time of processes, in milliseconds."""
    total = 0
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total * TICK_MS


def family(pids: Iterable[int]) -> set[int]:
    """Processes and all that they forked."""
    found = set(pids)
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    while grown := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= grown
    return found


def query(sql: str, values: Sequence[Any] = ()) -> list[Any]:
    """Rows of a query of our own."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        return connection.execute(sql.encode(), values or None).fetchall()


def backends() -> set[int]:
    """The server processes of our connections, and those that write for everybody."""
    rows = query(
        "SELECT pid FROM pg_stat_activity WHERE (datname = current_database() AND pid <> pg_backend_pid()) "
        "OR backend_type IN ('walwriter', 'checkpointer', 'background writer')"
    )
    return {pid for (pid,) in rows}


def ended_ms() -> float:
    """CPU of the raw clients' connections, which have ended."""
    return float(query("SELECT coalesce(sum(ms), 0) FROM raw_cpu")[0][0])


def stored_bytes() -> dict[str, int]:
    """What submissions, and what is made of each, take on disk, with indexes."""
    sizes = ", ".join(f"('{part}', 'audits_{table}')" for part, tables in PARTS.items() for table in tables)
    total = (
        "SELECT part, sum(pg_total_relation_size(t::regclass))::bigint FROM (VALUES {}) AS v (part, t) GROUP BY part"
    )
    return dict(query(total.format(sizes)))


def settle() -> None:
    """Wait until the worker has nothing left to do: every visit released, and every rating and order made anew."""
    left = "SELECT (SELECT count(*) FROM audits_dirty), (SELECT count(*) FROM audits_audit WHERE state = ANY(%s))"
    deadline = time.monotonic() + 300
    while any(query(left, [["delivered", "accepted"]])[0]):
        if time.monotonic() > deadline:
            sys.exit("The worker does not come to rest.")
        time.sleep(0.1)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def wait_for(port: int) -> None:
    """Until the web server answers."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.1)
    sys.exit("The web server did not start.")


if __name__ == "__main__":
    main()
