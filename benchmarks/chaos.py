"""Nothing is lost and nothing is counted twice while everything is killed: `make chaos`, under five minutes.

Starts the whole house (`manage.py up`) in a folder of its own, on the embedded database and broker, or on DATABASE_URL
(a database of our own is made on that server) and REDIS_URL, which is left alive. Phones deliver visits; meanwhile web
server, worker, broker and scheduler, or single processes of them, are killed with `kill -9` at random. At the end:

* every visit was acknowledged with a receipt over its bytes, and is stored once, with these bytes;
* every rating is, to the last digit, what plain fractions over the bodies give;
* `recompute --verify` makes every score and rating again and finds no difference;
* nothing is left to be done 30 seconds after the last delivery.
"""

import argparse
import base64
import hashlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from benchmarks.processes import members, processes_in

ROOT = Path(__file__).resolve().parent.parent
PHONES = 8
TARGETS = ["web", "worker", "broker"] * 4 + ["beat"]
AGAIN = 0.1
MOST_SECONDS = 280
REST_SECONDS = 30


@dataclass
class Visit:
    """What one phone has to deliver."""

    id: str
    token: str
    place: str
    body: str


@dataclass
class Tale:
    """What happened, told at the end."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def main() -> None:
    """Run it; status 1 where anything was lost, doubled, wrong or late."""
    wanted = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    wanted.add_argument("--visits", type=int, default=1000)
    wanted.add_argument("--kills", type=int, default=18)
    wanted.add_argument("--seconds", type=float, default=80.0, help="over how long the deliveries are spread")
    wanted.add_argument("--seed", type=int, default=None, help="for the order of the kills")
    given = wanted.parse_args()
    seed = random.randrange(10**6) if given.seed is None else given.seed
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as folder,
        own_database() as url,
        house(Path(folder), url) as port,
    ):
        visits = planned(Path(folder), given.visits)
        print(f"{len(visits)} visits by {PHONES} phones over {given.seconds:.0f} s, {given.kills} kills, seed {seed}")
        tale = Tale()
        deliver_under_fire(tale, visits, port, Path(folder), given, random.Random(seed))
        settled = wait_for_rest(Path(folder))
        judge(tale, visits, told(Path(folder)))
        tale.faults += verified()
    report(tale, settled, time.monotonic() - began)
    sys.exit(1 if tale.faults else 0)


@contextmanager
def own_database() -> Iterator[str]:
    """A new database on the server of DATABASE_URL, dropped afterwards; an empty text where none is given."""
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        yield ""
        return
    name = f"chaos_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def house(folder: Path, database_url: str) -> Iterator[int]:
    """`manage.py up` on a free port, as a user would start it."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = int(door.getsockname()[1])
    os.environ |= {"VAR_DIR": str(folder), "PORT": str(port), "DEMO": "0", "CELERY_QUEUE": f"chaos-{os.getpid()}"}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "auditserver.settings"}
    if database_url:
        os.environ["DATABASE_URL"] = database_url
    with (folder / "said").open("wb") as said:
        runner = subprocess.Popen([sys.executable, "manage.py", "up"], cwd=ROOT, stdout=said, stderr=said)
    try:
        while "Ctrl-C" not in (folder / "said").read_text():
            if runner.poll() is not None:
                sys.exit(f"The house did not open:\n{(folder / 'said').read_text()}")
            time.sleep(0.1)
        yield port
    finally:
        runner.send_signal(signal.SIGINT)
        try:
            runner.wait(30)
        except subprocess.TimeoutExpired:
            runner.kill()
            runner.wait()
        if left := processes_in(folder):
            print(f"Left behind: {left}")


def verified() -> list[str]:
    """What `recompute --verify` found to differ; nothing where all is as stored."""
    command = [sys.executable, "manage.py", "recompute", "--verify"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print((done.stdout.splitlines() or ["recompute said nothing"])[-1])
    return [] if done.returncode == 0 else [f"recompute --verify: {done.stdout[-500:]}{done.stderr[-500:]}"]


def planned(folder: Path, number: int) -> list[Visit]:
    """The visits, planned by the product's own service."""
    file = folder / "visits"
    command = [sys.executable, "-m", "benchmarks.chaos_world", "plan", str(number), str(file)]
    subprocess.run(command, cwd=ROOT, check=True)
    return [Visit(**json.loads(line)) for line in file.read_text().splitlines()]


def told(folder: Path) -> dict[str, Any]:
    """What the database holds."""
    file = folder / "told"
    subprocess.run([sys.executable, "-m", "benchmarks.chaos_world", "tell", str(file)], cwd=ROOT, check=True)
    return dict(json.loads(file.read_text()))


def deliver_under_fire(
    tale: Tale, visits: list[Visit], port: int, folder: Path, given: argparse.Namespace, draw: random.Random
) -> None:
    """Phones deliver, each visit at its time; the killer strikes at even intervals until its number is full."""
    began = time.monotonic()
    deadline = began + MOST_SECONDS - REST_SECONDS
    phones = [
        threading.Thread(target=phone, args=(tale, visits[n::PHONES], port, began, given.seconds, deadline))
        for n in range(PHONES)
    ]
    for one in phones:
        one.start()
    for kill in range(given.kills):
        time.sleep(max(0.0, began + (kill + 0.5) * given.seconds / given.kills - time.monotonic()))
        strike(tale, folder, draw)
    for one in phones:
        one.join()


def strike(tale: Tale, folder: Path, draw: random.Random) -> None:
    """Kill a master, or one of the processes it forked."""
    there = [name for name in TARGETS if members(folder, name)]
    if not there:
        return
    name = draw.choice(there)
    first, *others = members(folder, name)
    victim = draw.choice(others) if others and draw.random() < 0.3 else first
    with suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
        tale.kills[name if victim == first else f"a child of {name}"] += 1


def phone(tale: Tale, visits: list[Visit], port: int, began: float, seconds: float, deadline: float) -> None:
    """Deliver one after the other; send again until a receipt came; now and then once more after it."""
    for number, visit in enumerate(visits):
        due = began + seconds * number / len(visits)
        time.sleep(max(0.0, due - time.monotonic()))
        pause = 0.1
        while not put(tale, visit, port):
            if time.monotonic() > deadline:
                return
            time.sleep(random.uniform(0, pause))
            pause = min(2.0, pause * 2)
        if random.random() < AGAIN:
            put(tale, visit, port)


def put(tale: Tale, visit: Visit, port: int) -> bool:
    """One try. True where a receipt over these bytes came back."""
    body = visit.body.encode()
    digest = hashlib.sha256(body).digest()
    headers = {
        "Authorization": f"Bearer {visit.token}",
        "Content-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:",
        "Content-Type": "application/json",
    }
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        caller.request("PUT", f"/api/v1/submissions/{visit.id}", body, headers)
        answer = caller.getresponse()
        text = answer.read()
    except (OSError, http.client.HTTPException) as error:
        tale.answers[type(error).__name__] += 1
        return False
    finally:
        caller.close()
    tale.answers[str(answer.status)] += 1
    if answer.status not in (200, 201):
        if answer.status < 500 and answer.status != 429:
            tale.faults.append(f"{visit.id}: {answer.status} {text[:200]!r}")
        return False
    receipt = json.loads(text)["receipt"]
    claims = json.loads(base64.urlsafe_b64decode(receipt.split(".")[1] + "=="))
    if claims["digest"] != digest.hex() or claims["id"] != visit.id:
        tale.faults.append(f"{visit.id}: the receipt is over something else: {claims}")
    if tale.acknowledged.setdefault(visit.id, receipt) != receipt:
        tale.faults.append(f"{visit.id}: a second, different receipt")
    return True


def wait_for_rest(folder: Path) -> float:
    """Seconds until nothing was left to be done; at most REST_SECONDS."""
    began = time.monotonic()
    while time.monotonic() - began < REST_SECONDS and told(folder)["dirty"]:
        time.sleep(0.2)
    return time.monotonic() - began


def judge(tale: Tale, visits: list[Visit], found: dict[str, Any]) -> None:
    """Compare what the database holds with what was sent."""
    sent = {visit.id: hashlib.sha256(visit.body.encode()).hexdigest() for visit in visits}
    lost = set(sent) - set(tale.acknowledged)
    expected = {
        "not acknowledged": (sorted(lost), []),
        "submissions": (found["submissions"], sent),
        "observations": (found["observations"], len(sent)),
        "scored submissions": (found["scored"], len(sent)),
        "scores": (found["scores"], len(sent)),
        "quarantined": (found["quarantined"], 0),
        "audits": (found["audits"], {"released": len(sent)}),
        "left to be done": (found["dirty"], []),
        "ratings": (found["ratings"], ratings_of(visits)),
    }
    for name, (is_there, should_be) in expected.items():
        if is_there != should_be:
            tale.faults.append(f"{name}: {difference(is_there, should_be)}")


def difference(found: Any, wanted: Any) -> str:
    """The first few places where two values differ."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        keys = [key for key in sorted({*found, *wanted}) if found.get(key) != wanted.get(key)]
        return "; ".join(f"{key}: {found.get(key)} instead of {wanted.get(key)}" for key in keys[:5])
    return f"{found} instead of {wanted}"


def ratings_of(visits: list[Visit]) -> dict[str, list[Any]]:
    """Per branch the mean of its visits' percentages as "n/d", and how many: computed here from the bodies alone."""
    shares = defaultdict(list)
    for visit in visits:
        worth = [worth_of(answer) for answer in json.loads(visit.body)["answers"].values() if answer != "na"]
        shares[visit.place].append(100 * sum(worth, Fraction(0)) / len(worth))
    return {place: [str(sum(each, Fraction(0)) / len(each)), len(each)] for place, each in shares.items()}


def worth_of(answer: str | int) -> Fraction:
    """What an answer earns of one point: yes or no; a measure of 30 or 90 s against 60; a grade from 0 to 10."""
    if isinstance(answer, str):
        return Fraction(answer == "met")
    return Fraction(answer <= 60) if answer > 10 else Fraction(answer, 10)


def report(tale: Tale, settled: float, seconds: float) -> None:
    """Print what happened."""
    print(f"kills: {sum(tale.kills.values())} ({', '.join(f'{name} {n}' for name, n in sorted(tale.kills.items()))})")
    print(f"answers: {', '.join(f'{name} {n}' for name, n in sorted(tale.answers.items()))}")
    print(f"acknowledged: {len(tale.acknowledged)}; at rest {settled:.1f} s after the last one; {seconds:.0f} s in all")
    for fault in tale.faults[:20]:
        print(f"FAULT {fault}")
    print("FAILED" if tale.faults else "Nothing lost, nothing twice, every rating exact.")


if __name__ == "__main__":
    main()
