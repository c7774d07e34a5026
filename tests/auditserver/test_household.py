"""The runner's parts: members that die are started again, the folder is for one household, nothing is left."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditserver.env import ROOT
from auditserver.runner import leash
from auditserver.runner.broker import set_log_aside
from auditserver.runner.door import DoorTaken, address_of, open_door, stays_at_home
from auditserver.runner.greeting import greeting
from auditserver.runner.lock import FolderLock, Occupied
from tests.live import until

# A household of one member, a Python module that does what the test says; run apart, for it adopts and takes signals.
KEEP = """
import sys, time
from auditserver.runner.household import Household
from auditserver.runner.members import Member, Surroundings
member = Member(name="guest", command=["module", "guest"], surroundings=Surroundings(), grace_seconds=1.0,
                environment={"PYTHONPATH": sys.argv[1]})
with Household([member], say=lambda text: print(text, flush=True)) as household:
    household.start("guest")
    household.keep(seconds=float(sys.argv[2]))
print("left", member.gone, flush=True)
"""


def kept(folder: Path, guest: str, *, seconds: float) -> subprocess.Popen[str]:
    (folder / "guest.py").write_text(guest)
    return subprocess.Popen(
        [sys.executable, "-c", KEEP, str(folder), str(seconds)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_a_member_that_cannot_live_is_tried_ever_more_slowly(tmp_path: Path) -> None:
    said, _ = kept(tmp_path, "raise SystemExit(3)", seconds=2.5).communicate(timeout=30)
    delays = [line.split(" in ")[1] for line in said.splitlines() if "starting it again" in line]
    assert delays[:3] == ["0.2 s.", "0.4 s.", "0.8 s."]
    assert "guest ended with status 3" in said


def test_a_member_that_will_not_leave_is_killed_with_all_its_children(tmp_path: Path) -> None:
    guest = (
        "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nos.fork()\nwhile True: time.sleep(1)\n"
    )
    house = kept(tmp_path, guest, seconds=1.0)
    said, _ = house.communicate(timeout=30)
    assert said == "left True\n"


KEEP_BROKER = """
import sys
from pathlib import Path
from auditserver.runner.broker import answers, broker
from auditserver.runner.household import Household
from auditserver.runner.members import Surroundings
folder = Path(sys.argv[1])
socket = folder / "broker.sock"
with Household([broker(Surroundings(), folder=folder, socket=socket)], say=print) as household:
    household.start("broker")
    print("answers", household.keep(until=lambda: answers(socket), seconds=20))
"""


def test_a_broker_whose_log_cannot_be_read_begins_anew(tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    (folder / "appendonlydir").mkdir(parents=True)
    (folder / "appendonlydir" / "appendonly.aof.manifest").write_text("no manifest at all\n")
    said = subprocess.run([sys.executable, "-c", KEEP_BROKER, str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert "answers True" in said.stdout, said.stderr
    assert len(list(folder.glob("appendonlydir.broken-*"))) == 1


def test_sigterm_ends_the_watch(tmp_path: Path) -> None:
    house = kept(tmp_path, "import time\ntime.sleep(60)", seconds=60)
    until(lambda: Path(f"/proc/{house.pid}/task/{house.pid}/children").read_text())
    house.send_signal(signal.SIGTERM)
    said, _ = house.communicate(timeout=30)
    assert said == "left True\n"


def test_a_process_whose_parent_is_gone_does_not_even_start(tmp_path: Path) -> None:
    mark = tmp_path / "started"
    (tmp_path / "guest.py").write_text(f"open({str(mark)!r}, 'w')")
    nobody = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], stdout=subprocess.PIPE, check=True)
    ended = subprocess.run([sys.executable, leash.__file__, nobody.stdout.decode().strip(), "module", "guest"],
                           cwd=tmp_path, check=False)  # fmt: skip
    assert ended.returncode == 0
    assert not mark.exists()


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[FolderLock]:
    lock = FolderLock(tmp_path)
    lock.take()
    lock.tell_visitors("http://127.0.0.1:8000")
    yield lock
    lock.release()


def test_the_folder_is_for_one(lock: FolderLock) -> None:
    second = FolderLock(lock.path.parent)
    with pytest.raises(Occupied, match="http://127.0.0.1:8000"):
        second.take(patience=0)


def test_the_folder_is_free_again_when_the_last_who_carries_the_lock_is_gone(lock: FolderLock) -> None:
    member = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE, pass_fds=[lock.descriptor]
    )
    lock.release()
    second = FolderLock(lock.path.parent)
    with pytest.raises(Occupied):
        second.take(patience=0)
    member.communicate(b"")
    second.take(patience=0)
    second.release()


def test_a_short_wait_is_granted_to_members_of_a_killed_runner(lock: FolderLock) -> None:
    member = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.3)"], pass_fds=[lock.descriptor])
    lock.release()
    second = FolderLock(lock.path.parent)
    began = time.monotonic()
    second.take(patience=20)
    assert time.monotonic() - began < 15
    second.release()
    member.wait()


def test_an_open_door_says_its_address() -> None:
    with open_door("127.0.0.1", 0) as door:
        assert address_of(door) == f"http://127.0.0.1:{door.getsockname()[1]}"


def test_a_taken_door_is_told_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DoorTaken, match=f"PORT={port + 1}"):
            open_door("127.0.0.1", port)


@pytest.mark.parametrize(("host", "home"), [
    ("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.8.8.8", True),
    ("0.0.0.0", False), ("::", False), ("192.168.1.5", False), ("audits.example.org", False), ("", False),
])  # fmt: skip
def test_only_loopback_stays_at_home(host: str, home: bool) -> None:
    assert stays_at_home(host) is home


def test_the_greeting_shows_the_logins_that_lie_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "demo_logins.json").write_text('[{"username": "mia", "password": "pw-7", "who": "manages the east"}]')
    text = greeting(address="http://127.0.0.1:8000", folder=tmp_path, manage="python manage.py", has_people=True)
    assert "mia  pw-7  manages the east" in text
    assert "http://127.0.0.1:8000" in text


def test_without_people_the_greeting_says_how_to_make_the_first(tmp_path: Path) -> None:
    text = greeting(address="http://x", folder=tmp_path, manage="python manage.py", has_people=False)
    assert "python manage.py createsuperuser" in text


def test_a_broken_log_of_the_broker_is_set_aside_and_kept(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").mkdir()
    (tmp_path / "appendonlydir" / "x.aof").write_text("broken")
    set_log_aside(tmp_path)
    (kept_aside,) = tmp_path.glob("appendonlydir.broken-*")
    assert (kept_aside / "x.aof").read_text() == "broken"
    assert not (tmp_path / "appendonlydir").exists()
    set_log_aside(tmp_path)
