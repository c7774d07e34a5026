"""`manage.py up`: starts everything, keeps it alive, leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditserver.env import ROOT
from benchmarks.processes import group_of, members, processes_in
from tests.live import until

# Longer than a unix socket's path may be, and with characters that a URL and a shell read in their own way.
FOLDER = (
    "a folder of somebody who likes long names & 100% of the odd characters, much longer than a socket's path may be"
)


class House:
    """One `manage.py up` in a folder of its own, and all processes that carry the folder in their environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = folder.parent / "said"
        self.port = free_port()
        self.runner: subprocess.Popen[bytes] | None = None

    def command(self, **environment: str) -> tuple[list[str], dict[str, str]]:
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        own = {"VAR_DIR": str(self.folder), "PORT": str(self.port), "DEMO": "0"}
        own["DJANGO_SETTINGS_MODULE"] = "auditserver.settings"
        return [sys.executable, "manage.py", "up"], kept | own | environment

    def open(self) -> None:
        arguments, environment = self.command()
        with self.said.open("wb") as output:
            self.runner = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=output, stderr=output)
        until(lambda: "Ctrl-C" in self.said.read_text() or self.ended(), seconds=60)
        assert self.runner.poll() is None, self.said.read_text()

    def ended(self) -> bool:
        assert self.runner is not None
        return self.runner.poll() is not None

    def tell(self, number: int) -> int:
        assert self.runner is not None
        self.runner.send_signal(number)
        return self.runner.wait(timeout=60)

    def refused(self, **environment: str) -> str:
        arguments, environment = self.command(**environment)
        second = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert second.returncode == 1
        return second.stderr

    def processes(self) -> dict[int, str]:
        """Everything that lives in this folder."""
        return processes_in(self.folder)

    def first_of(self, name: str) -> int:
        """The master of a member: it leads its group; 0 where there is none."""
        first, *_ = [*members(self.folder, name), 0]
        return first if group_of(first) == first else 0

    def healthy(self) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=20) as answer:
            return b'"database": "ok", "broker": "ok"' in answer.read()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def listening_ports(pids: set[int]) -> set[int]:
    """TCP ports on which any of these processes listens."""
    listening = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                listening[f"socket:[{fields[9]}]"] = int(fields[1].rpartition(":")[2], 16)
    ports = set()
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
            ports.add(listening.get(str(descriptor.readlink())))
    return ports - {None}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("up") / FOLDER)
    house.open()
    yield house
    if not house.ended():
        house.tell(signal.SIGKILL)


def test_it_says_where_it_is_and_how_to_come_in(house: House) -> None:
    said = house.said.read_text()
    assert f"http://127.0.0.1:{house.port}" in said
    assert "manage.py createsuperuser" in said
    assert "Three things to try" in said


def test_database_and_broker_answer_though_the_folder_has_a_long_and_odd_name(house: House) -> None:
    assert house.healthy()


def test_nothing_listens_on_the_network_but_the_web_server(house: House) -> None:
    assert listening_ports(set(house.processes())) == {house.port}


def test_secrets_and_broker_are_for_this_user_alone(house: House) -> None:
    assert house.folder.stat().st_mode & 0o777 == 0o700
    assert (house.folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (house.folder / "broker").stat().st_mode & 0o777 == 0o700


def test_a_second_one_on_the_same_folder_is_refused(house: House) -> None:
    assert house.runner is not None
    said = house.refused(PORT="0")
    assert "in use by another `up`" in said
    assert str(house.runner.pid) in said


def test_a_port_that_is_taken_is_named_with_a_way_out(house: House, tmp_path: Path) -> None:
    said = house.refused(VAR_DIR=str(tmp_path / "other"))
    assert f"Port {house.port}" in said
    assert f"PORT={house.port + 1}" in said


def test_the_demo_is_not_shown_to_other_machines(house: House, tmp_path: Path) -> None:
    assert "this machine only" in house.refused(VAR_DIR=str(tmp_path / "other"), DEMO="1", HOST="0.0.0.0", PORT="0")


@pytest.mark.parametrize("name", ["web", "worker", "beat", "broker"])
def test_a_killed_member_comes_back_and_nothing_of_the_old_one_stays(house: House, name: str) -> None:
    old = until(lambda: house.first_of(name))
    family = {pid for pid in house.processes() if group_of(pid) == old}
    os.kill(old, signal.SIGKILL)
    until(lambda: house.first_of(name) not in (0, old), seconds=20)
    assert not family & set(house.processes())
    until(house.healthy, seconds=20)


def test_after_kill_9_of_the_runner_no_process_is_left(house: House) -> None:
    assert house.tell(signal.SIGKILL) == -signal.SIGKILL
    until(lambda: not house.processes(), seconds=10)


def test_it_starts_again_after_being_killed_and_asks_nothing(house: House) -> None:
    house.open()
    assert house.healthy()
    assert "Bringing the database up to date" not in house.said.read_text()


def test_ctrl_c_stops_everything_in_order(house: House) -> None:
    assert house.tell(signal.SIGINT) == 0
    assert house.processes() == {}
    assert house.said.read_text().rstrip().endswith("Stopped.")
