"""A request that rings the bell never waits long for a broker that is gone or hangs."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from celery import Celery
from kombu.exceptions import OperationalError
from pytest_django import Settings

from auditserver.celery import app as ringer
from auditserver.env import ROOT, socket_url
from auditserver.health import broker_answers
from tests.live import Live

SECONDS = 1.5


@pytest.fixture(params=["gone from its socket", "gone from its port", "hung on its socket", "hung on its port"])
def dead_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a broker that never answers: nobody listens, or somebody listens and says nothing."""
    if "socket" in request.param:
        listener, address = socket.socket(socket.AF_UNIX), tmp_path / "broker.sock"
        listener.bind(str(address))
        url = socket_url(address)
    else:
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    with closing(listener):
        if "hung" in request.param:
            listener.listen(16)
        else:
            listener.close()
        yield url


@pytest.mark.parametrize("retry", [True, False])
def test_ringing_fails_fast(dead_broker: str, retry: bool) -> None:
    app = Celery("ringer", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = dead_broker
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(OperationalError):
            app.send_task("audits.tasks.settle", retry=retry)
        assert time.monotonic() - began < SECONDS


RING = """
import sys, time
import django
django.setup()
from django.conf import settings
from audits import tasks
began = time.monotonic()
tasks.ring()
print(time.monotonic() - began)
"""


@pytest.mark.parametrize("broker", ["embedded", "given"])
def test_a_request_that_rings_goes_on_soon(broker: str, tmp_path: Path) -> None:
    """`ring` never raises; the embedded broker is one whose socket is not there at all."""
    environment = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")}
    environment |= {"DJANGO_SETTINGS_MODULE": "auditserver.settings", "VAR_DIR": str(tmp_path)}
    if broker == "given":
        environment["REDIS_URL"] = "redis://127.0.0.1:1/0"
    asked = subprocess.run(
        [sys.executable, "-c", RING], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert float(asked.stdout) < SECONDS, asked.stderr


def test_asking_whether_it_is_well_answers_no_fast(dead_broker: str, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = dead_broker
    began = time.monotonic()
    assert not broker_answers()
    assert time.monotonic() - began < SECONDS


def test_the_worker_goes_on_when_a_hung_broker_wakes_up(live: Live) -> None:
    live.broker.hang()
    asked = live.manage("shell", "--no-imports", "-c", ASK)
    live.broker.resume()
    assert asked.stdout == "False\n"
    live.until(lambda: live.manage("shell", "--no-imports", "-c", ASK).stdout == "True\n")
    ringer.send_task("audits.tasks.settle")
    assert live.until(live.settled)


ASK = "from auditserver.health import broker_answers; print(broker_answers())"
