"""Whoever rings goes on at once; a crowd of ringers is heard once; no ring is lost in a process that ends in order."""

import os
import threading

import pytest
from django.conf import settings

from audits.bell import Bellringer
from tests.live import Live, queue, until


class Bell:
    """A bell that counts its pulls, each held up until it is let go."""

    def __init__(self) -> None:
        self.pulls = 0
        self.gate = threading.Event()

    def pull(self) -> None:
        self.pulls += 1
        assert self.gate.wait(10)


@pytest.fixture
def bell() -> Bell:
    return Bell()


def test_ringing_returns_while_the_bell_hangs(bell: Bell) -> None:
    ringer = Bellringer(bell.pull, pause=0)
    ringer.ring()
    until(lambda: bell.pulls == 1)
    ringer.ring()
    assert bell.pulls == 1
    bell.gate.set()


def test_all_that_is_rung_during_a_pull_is_one_more_pull(bell: Bell) -> None:
    ringer = Bellringer(bell.pull, pause=0)
    ringer.ring()
    until(lambda: bell.pulls == 1)
    crowd = [threading.Thread(target=ringer.ring) for _ in range(20)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    bell.gate.set()
    until(lambda: bell.pulls == 2)
    ringer.ring()
    until(lambda: bell.pulls == 3)


def test_a_forked_process_rings_by_itself() -> None:
    heard, told = os.pipe()

    def tell() -> None:
        os.write(told, b"x")

    ringer = Bellringer(tell, pause=0)
    ringer.ring()
    assert os.read(heard, 1) == b"x"
    child = os.fork()
    if child == 0:
        ringer.ring()
        threading.Event().wait(10)
    assert os.read(heard, 1) == b"x"
    os.kill(child, 9)
    os.waitpid(child, 0)


def test_a_process_that_rings_and_ends_is_heard(live: Live) -> None:
    live.worker.kill()
    ended = live.manage("shell", "--no-imports", "-c", "from audits import tasks; tasks.ring(); tasks.ring()")
    assert ended.returncode == 0, ended.stderr
    with queue() as client:
        assert client.llen(settings.CELERY_TASK_DEFAULT_QUEUE) == 1
    live.worker.start()
    assert live.until(live.settled)
