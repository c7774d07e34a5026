"""Schemathesis over the whole OpenAPI document, as five people: no 5xx, and no answer that the document does not tell.

Requests go straight into the handler and are taken back. Addresses point at real rows of the authorization table's
world most of the time, so that more than 404 is tried. SCHEMA_CASES tries more for each operation.
"""

import json
import logging
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks

from auditserver.env import ROOT
from chains.models import User
from tests.authorization.asking import read, undone
from tests.authorization.pointing import pointed_at
from tests.authorization.routes import PARAMETER
from tests.authorization.table import Route, read_table
from tests.authorization.world import TOKENS, World, build_world

pytestmark = pytest.mark.django_db
PEOPLE = ("anonymous", "phone", "mia", "cora", "olga")
# PostgreSQL refuses more (a NUL in a text): most cases are for it.
CASES = int(os.environ.get("SCHEMA_CASES", "6" if connection.vendor == "postgresql" else "3"))
DOCUMENT = json.loads((ROOT / "docs/openapi.json").read_text())
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]

load_all_checks()
SET_ASIDE = {
    "ignored_auth": "asked of every route as everybody by tests/test_authorization.py",
    "object_level_authorization": "the same",
    "positive_data_acceptance": "a body of the right shape may still name a branch or a day that there is not",
}
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
CHECKED = [check for check in CHECKS.get_all() if check.__name__ not in SET_ASIDE]


class Door:
    """The server as one person finds it, as a WSGI application: signed in, and whatever is changed is taken back."""

    def __init__(self, user: User | None, token: str) -> None:
        logging.getLogger("django.request").setLevel(logging.ERROR)
        self.handler = BaseHandler()
        self.handler.load_middleware()
        self.user, self.token = user, token

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        request: Any = WSGIRequest(environ | {"HTTP_ACCEPT_ENCODING": "identity"})
        request._dont_enforce_csrf_checks = True
        if self.user is not None:
            request._cached_user = self.user
        if self.token:
            request.META["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        with undone():
            answer = self.handler.get_response(request)
            body = read(answer)
        start_response(f"{answer.status_code} {answer.reason_phrase}", list(answer.items()))
        return [body]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once; every request is taken back."""
    with django_db_blocker.unblock(), undone():
        yield build_world()


@pytest.fixture(scope="module")
def doors(world: World) -> dict[str, Door]:
    """Everybody's door."""
    signed_in = {name: getattr(world.cast, name) for name in PEOPLE if name not in ("anonymous", *TOKENS)}
    return {
        name: Door(User.objects.get(pk=signed_in[name].pk) if name in signed_in else None, TOKENS.get(name, ""))
        for name in PEOPLE
    }


def template(route: Route) -> str:
    """A route as the document writes addresses."""
    return "/" + PARAMETER.sub(lambda found: "{" + found[0].strip("<>").rpartition(":")[2] + "}", route.pattern)


ROUTES: dict[str, list[Route]] = {}
for row in read_table(Path(__file__).parent / "authorization" / "table").routes:
    ROUTES.setdefault(template(row), []).append(row)


def point(case: Any, world: World, dice: random.Random) -> None:
    """Let the address of a case point at real rows, and its body be one that is known to mean something, at times."""
    known = ROUTES.get(case.operation.path)
    if not known or dice.random() < 0.3:
        return
    route = dice.choice(known)
    names = list(case.path_parameters or {})
    if names and route.points_at:
        side = dice.choice(["aurora", "aurora", "borealis"])
        found = pointed_at(world, route.points_at, side)
        case.path_parameters = dict(zip(names, map(str, found.parameters), strict=True))
    if case.operation.method.upper() in route.bodies and dice.random() < 0.5:
        case.body = route.bodies[case.operation.method.upper()]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method.upper()} {one.path}")
def test_every_answer_is_one_that_the_document_tells(operation, world, doors):
    @given(case=operation.as_strategy(), seed=st.integers(0, 2**20))
    @settings(
        max_examples=CASES, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def ask(case: Any, seed: int) -> None:
        point(case, world, random.Random(seed))
        for name in PEOPLE:
            response = case.call(app=doors[name])
            case.validate_response(response, checks=CHECKED)

    ask()
