"""What auditserver.env reads from the surroundings, and keeps in the folder."""

import os
import stat
import threading
from pathlib import Path

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st
from kombu.connection import Connection

from auditserver.env import (
    LONGEST_SOCKET_PATH,
    UnsafeFolder,
    broker_socket,
    kept_secret,
    private_folder,
    socket_url,
    text_or_file,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_private_folder_is_made_closed_to_others(tmp_path: Path) -> None:
    assert mode(private_folder(tmp_path / "a" / "b")) == 0o700


def test_an_open_folder_of_ours_is_closed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o755)
    assert mode(private_folder(tmp_path / "a")) == 0o700


def test_a_link_in_the_place_of_a_private_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafeFolder):
        private_folder(tmp_path / "a")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    os.chown(tmp_path / "a", 12345, 12345)
    with pytest.raises(UnsafeFolder):
        private_folder(tmp_path / "a")


def test_the_broker_listens_in_the_folder_where_its_path_is_short() -> None:
    assert broker_socket(Path("/srv/audits")) == Path("/srv/audits/broker/valkey.sock")


@given(st.text(alphabet=st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1, max_size=250))
def test_the_path_of_the_broker_is_never_too_long_and_belongs_to_its_folder_alone(name: str) -> None:
    here, there = broker_socket(Path("/srv") / name), broker_socket(Path("/srv") / f"{name}x")
    assert len(os.fsencode(here)) <= LONGEST_SOCKET_PATH
    assert here != there
    assert here == broker_socket(Path("/srv") / name)


@given(st.text(alphabet=st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_the_address_of_the_broker_survives_every_name(name: str) -> None:
    path = f"/srv/{name}/valkey.sock"
    with Connection(socket_url(Path(path))) as connection:  # type: ignore[no-untyped-call]
        channel = connection.transport.Channel
        assert channel is not None
        asked = connection.transport.client.hostname
    found = redis.connection.parse_url("unix://" + asked.removeprefix("socket://"))["path"]
    assert found == path


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    first = kept_secret("key")
    assert len(first) > 50
    assert kept_secret("key") == first
    assert mode(tmp_path / "key") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_processes_that_start_together_agree_on_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    together, found = threading.Barrier(8), []

    def start() -> None:
        together.wait()
        found.append(kept_secret("key"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_value_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("SOME_KEY_FILE", str(tmp_path / "secret"))
    assert text_or_file("SOME_KEY") == "from the file"
    monkeypatch.setenv("SOME_KEY", "given")
    assert text_or_file("SOME_KEY") == "given"
