"""What reading costs: `DATABASE_URL=postgres://… REDIS_URL=redis://… python -m benchmarks.phones`.

On a database of its own, made and dropped on the given server: an auditor with 50 assignments over three chains, whose
checklists are packs that come with the product (the longest has 974 standards). Printed: milliseconds inside the server
(median and 95th percentile of one caller), bytes on the wire, and requests per second of four callers at once under
gunicorn: the manifest, its 304, a checklist, its 304, each beside `/healthz` of the same server in the same run, asked
in turns.
"""

import http.client
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from benchmarks.receiving import free_port, run, wait_for

CALLERS = 4
TURNS, SECONDS = 4, 2.0
Asked = tuple[str, dict[str, str], int]
"""Path, headers, and the status that is right."""


def main() -> None:
    """Make the database, measure, print, drop the database."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        sys.exit("Set DATABASE_URL to a PostgreSQL server; a database of our own is made on it.")
    name = f"phones_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        try:
            with tempfile.TemporaryDirectory() as folder:
                os.environ["VAR_DIR"] = folder
                measure(Path(folder) / "world.json")
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measure(path: Path) -> None:
    """All measurements on the database of the environment."""
    run("manage.py", "migrate", "--verbosity", "0")
    run("-m", "benchmarks.phones_world", str(path))
    world = json.loads(path.read_text())
    for what, figures in world["figures"].items():
        print(f"{what:<16}", ", ".join(f"{name} {value:,.1f}" for name, value in figures.items()))
    port = free_port()
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:auditserver.runner.gunicorn_settings"]
        + ["--bind", f"127.0.0.1:{port}", "auditserver.wsgi"]
    )
    try:
        wait_for(port)
        compare(port, requests_of(port, world))
    finally:
        web.terminate()
        web.wait()


def requests_of(port: int, world: dict[str, str]) -> dict[str, Asked]:
    """What is asked for, by name."""
    phone = {"Authorization": f"Bearer {world['token']}", "Accept-Encoding": "br, gzip"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/api/v1/manifest", headers=phone)
    answer = connection.getresponse()
    answer.read()
    tag = str(answer.headers["ETag"])
    document = f"/api/v1/checklists/{world['sha256']}"
    return {
        "/healthz": ("/healthz", {}, 200),
        "manifest": ("/api/v1/manifest", phone, 200),
        "manifest, 304": ("/api/v1/manifest", phone | {"If-None-Match": tag}, 304),
        "checklist": (document, phone, 200),
        "checklist, 304": (document, phone | {"If-None-Match": f'"{world["sha256"]}"'}, 304),
    }


def compare(port: int, requests: dict[str, Asked]) -> None:
    """Ask for each in turns, so that whatever else the machine does falls on all alike; print rates and shares."""
    done = dict.fromkeys(requests, 0)
    for turn in range(TURNS + 1):
        for name, asked in requests.items():
            count = in_seconds(port, asked)
            # The first turn warms every process up.
            done[name] += count if turn else 0
    for name, count in done.items():
        print(f"{name:<16} {count / (TURNS * SECONDS):8.0f}/s  {count / done['/healthz']:6.0%} of /healthz")


def in_seconds(port: int, asked: Asked) -> int:
    """How many answers four callers get in SECONDS."""
    with multiprocessing.Pool(CALLERS) as pool:
        return sum(pool.starmap(call, [(port, asked)] * CALLERS))


def call(port: int, asked: Asked) -> int:
    """One caller: ask again and again over one connection; return how often it was answered rightly."""
    path, headers, status = asked
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    until, count = time.perf_counter() + SECONDS, 0
    while time.perf_counter() < until:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != status:
            raise SystemExit(f"{path}: {answer.status} instead of {status}")
        count += 1
    return count


if __name__ == "__main__":
    main()
