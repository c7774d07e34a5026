"""The processes that tests rely on behave as tests/live.py says."""

import http.client
import json
import socket
import urllib.request
from urllib.parse import urlsplit

import pytest

from auditserver.celery import app
from chains.models import Office
from tests.live import Live, queue
from tests.network import NetworkRefused


def health(live: Live) -> dict[str, object]:
    with urllib.request.urlopen(f"{live.url}/healthz", timeout=10) as answer:
        return dict(json.load(answer))


def test_web_broker_and_database_answer(live: Live) -> None:
    found = health(live)
    assert (found["database"], found["broker"]) == ("ok", "ok")


def test_the_house_works_on_the_database_of_the_tests(live: Live) -> None:
    Office.objects.create(name="Here", slug="here")
    counted = live.manage(
        "shell", "--no-imports", "-c", "from chains.models import Office; print(Office.objects.get())"
    )
    assert counted.stdout.strip() == "Here", counted.stderr


def test_each_test_begins_with_empty_tables(live: Live) -> None:
    assert not Office.objects.exists()


def test_a_bell_is_answered_by_the_worker(live: Live) -> None:
    app.send_task("audits.tasks.settle")
    assert live.until(live.settled)


def test_a_bell_rung_while_the_worker_was_dead_is_answered_when_it_is_back(live: Live) -> None:
    live.worker.kill()
    app.send_task("audits.tasks.settle")
    assert not live.settled()
    live.worker.start()
    assert live.until(live.settled)


def test_the_worker_finds_a_broker_that_was_killed(live: Live) -> None:
    live.broker.kill()
    assert health(live)["broker"] == "down"
    live.broker.start()
    live.until(lambda: health(live)["broker"] == "ok")
    app.send_task("audits.tasks.settle")
    assert live.until(live.settled)


def test_a_killed_web_server_lets_callers_wait_until_it_is_back(live: Live) -> None:
    live.web.kill()
    address = urlsplit(live.url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as waiting:
        waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        live.web.start()
        answer = http.client.HTTPResponse(waiting)
        answer.begin()
        assert answer.status == 200


def test_a_shut_door_refuses_and_opens_on_the_same_port(live: Live) -> None:
    live.refuse_connections()
    address = urlsplit(live.url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=2).close()
    live.web.start()
    assert health(live)["database"] == "ok"


def test_the_queue_is_of_this_run_alone(live: Live) -> None:
    live.worker.kill()
    app.send_task("audits.tasks.settle")
    with queue() as client:
        assert client.llen(app.conf.task_default_queue) == 1
    assert app.conf.task_default_queue.startswith("tests-")


def test_tests_do_not_leave_this_machine() -> None:
    with pytest.raises(NetworkRefused):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(NetworkRefused):
        socket.getaddrinfo("somewhere.invalid", 80)
