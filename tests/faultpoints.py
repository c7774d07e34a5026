"""Faults inside the server of the tests: a request says at which point of its own way something breaks.

Only tests/settings.py knows this middleware. A point is whatever must work for a delivery to be kept: every statement
and commit of the database, every change of the disk (flush, rename, link, new folder, removal), every word to the
broker, and the answer itself. They are not listed anywhere: a clean run names them, so that a new one is found.

`Fault: record`         → the answer names the points in `Fault-Points` (JSON): "COMMIT", "os.fsync", "os.fsync #2", …
`Fault: fail COMMIT`    → it does not happen: it raises what a broken database, disk or broker raises
`Fault: lose COMMIT`    → it happens, and raises all the same: the word that it happened was lost
`Fault: die os.fsync #2` → the process ends before it, as under `kill -9`; `die-after …` when it has just happened
"""

import errno
import json
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import kombu.exceptions
import redis
from celery import Task
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseServerError

FLUSHES_AND_MOVES = ("fsync", "fdatasync", "replace", "rename", "link", "unlink", "mkdir", "truncate", "ftruncate")
EXIT_CODE = 137


class Plan:
    """What one request is to suffer, and the points it has passed so far."""

    def __init__(self, text: str) -> None:
        self.how, _, self.which = text.partition(" ")
        self.points: list[str] = []

    def pass_by(self, name: str, fault: Callable[[], Exception], act: Callable[[], Any]) -> Any:
        """Do what belongs to a point, or have it break."""
        before = sum(point.partition(" #")[0] == name for point in self.points)
        point = f"{name} #{before + 1}" if before else name
        self.points.append(point)
        if point != self.which:
            return act()
        if self.how == "die":
            os._exit(EXIT_CODE)
        if self.how == "fail":
            raise fault()
        done = act()
        if self.how == "die-after":
            os._exit(EXIT_CODE)
        if self.how == "lose":
            raise fault()
        return done


_now = threading.local()


def _guarded(name: str, plain: Callable[..., Any], fault: Callable[[], Exception]) -> Callable[..., Any]:
    """A function that is a point of whatever plan this thread follows, and itself where there is none."""

    def call(*arguments: Any, **named: Any) -> Any:
        plan: Plan | None = getattr(_now, "plan", None)
        if plan is None:
            return plain(*arguments, **named)
        return plan.pass_by(name, fault, lambda: plain(*arguments, **named))

    return call


def _disk_is_full() -> Exception:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@lru_cache(maxsize=1)
def watch_disk_and_broker() -> None:
    """Make points of what this process does to the disk and says to the broker; from the first fault on."""
    for name in FLUSHES_AND_MOVES:
        setattr(os, name, _guarded(f"os.{name}", getattr(os, name), _disk_is_full))
    command = redis.Redis.execute_command
    redis.Redis.execute_command = _guarded("broker: command", command, redis.ConnectionError)  # type: ignore[method-assign]
    Task.apply_async = _guarded("broker: publish", Task.apply_async, kombu.exceptions.OperationalError)


def short(sql: str) -> str:
    """The name of a statement: its beginning and a mark of all of it, in characters that a header may carry."""
    text = " ".join(sql.split()).encode()
    return f"{text[:60].decode(errors='replace')} {zlib.crc32(text):08x}".encode("ascii", "replace").decode()


@contextmanager
def watched_database(plan: Plan) -> Iterator[None]:
    """Make points of this thread's statements and commits."""

    def broken() -> Exception:
        return OperationalError("the fault that was asked for")

    def statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        return plan.pass_by(short(sql), broken, lambda: execute(sql, params, many, context))

    def commit() -> None:
        plan.pass_by("COMMIT", broken, lambda: type(wrapper).commit(wrapper))

    wrapper = connections[DEFAULT_DB_ALIAS]
    with wrapper.execute_wrapper(statement):
        wrapper.commit = commit  # type: ignore[method-assign]
        try:
            yield
        finally:
            del wrapper.commit


class FaultMiddleware:
    """The outermost middleware of the tests' server: follows the plan that a request brings."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.headers.get("Fault")
        if wanted is None:
            return self.get_response(request)
        watch_disk_and_broker()
        plan = Plan(wanted)
        _now.plan = plan
        try:
            with watched_database(plan):
                response = self.get_response(request)
            plan.pass_by("the answer", ConnectionError, lambda: None)
        except ConnectionError:
            response = HttpResponseServerError()
        finally:
            _now.plan = None
        response["Fault-Points"] = json.dumps(plan.points)
        return response
