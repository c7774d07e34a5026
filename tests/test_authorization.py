"""Who is answered what, on every route, by every method: the table of tests/authorization/table/, asked line by line.

Every answer is searched for what the person asking must not know (tests/authorization/world.py), and what is someone
else's must be absent byte for byte.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.authorization import admin_pages
from tests.authorization.asking import Asker, seen, text_of, undone, without
from tests.authorization.drafting import draft, header
from tests.authorization.pointing import pointed_at, points_at_a_row
from tests.authorization.routes import address, admin_page, walk
from tests.authorization.table import METHODS, OBJECTS, Route, read_table
from tests.authorization.world import COLUMNS, PEOPLE, World, build_world

pytestmark = pytest.mark.django_db
TABLE = read_table(Path(__file__).parent / "authorization" / "table")
LISTED = {route.pattern for route in TABLE.routes}
WALKED = sorted(set(walk()))
# Nothing is changed by these; a failed sign-in (401) is counted.
REFUSED = (403, 404, 405)
ADMIN = sorted({page.model for page in map(admin_page, WALKED) if page})
OTHERS = [route for route in WALKED if admin_page(route) is None]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once for the whole table; every request is taken back."""
    with django_db_blocker.unblock(), undone():
        yield build_world()


@pytest.fixture(scope="module")
def asker(world: World) -> Asker:
    """Everybody, signed in."""
    return Asker(world)


def test_every_route_is_in_the_table(world: World, asker: Asker):
    missing = [draft(route, world, asker) for route in OTHERS if route not in LISTED]
    missing += [f"admin {model} : …" for model in ADMIN if model not in TABLE.admin]
    wanted = "Say who may: check each of these, as answered now, and put it into tests/authorization/table/."
    assert not missing, "\n\n".join([wanted, header(), *missing])


def test_the_table_lists_nothing_that_is_gone():
    gone = [route for route in LISTED if route not in WALKED]
    gone += [f"admin {model}" for model in TABLE.admin if model not in ADMIN]
    assert not gone


@pytest.mark.parametrize("route", TABLE.routes, ids=str)
def test_a_route_answers_as_the_table_says(route: Route, world: World, asker: Asker):
    found = Findings()
    for method in METHODS:
        for side in _sides(route, method):
            at = pointed_at(world, route.points_at, side)
            path = address(route.pattern, at.parameters) + at.query
            for name in COLUMNS:
                if wanted := route.expected(method, side, name):
                    answer = asker.ask(name, method, path, route.bodies.get(method), refused=wanted in REFUSED)
                    found.note(world, name, method, side, answer, wanted, at.values)
    found.must_be_none(route.source)


@pytest.mark.parametrize("model", [model for model in ADMIN if model in TABLE.admin])
def test_the_pages_of_a_model_answer_as_the_table_says(model: str, world: World, asker: Asker):
    pages = TABLE.admin[model]
    found = Findings()
    for pattern in WALKED:
        page = admin_page(pattern)
        if page is None or page.model != model or pattern in LISTED:
            continue
        for method in METHODS:
            for side in admin_pages.sides(page.page, method):
                at = pointed_at(world, pages.points_at, side)
                for name in PEOPLE:
                    wanted = admin_pages.expected(pages, page.page, method, side, name)
                    answer = asker.ask(name, method, address(pattern, at.parameters), refused=wanted in REFUSED)
                    found.note(world, name, f"{page.page or 'list'} {method}", side, answer, wanted, at.values)
    found.must_be_none(pages.source)


def _sides(route: Route, method: str) -> tuple[str, ...]:
    if not points_at_a_row(route.points_at):
        return ("",)
    return OBJECTS if route.opens(method) else ("aurora",)


class Findings:
    """What is not as it should be on one route."""

    def __init__(self) -> None:
        self.leaks: list[str] = []
        self.answered: dict[str, dict[str, int]] = {}
        self.wanted: dict[str, dict[str, int]] = {}
        self.absences: dict[tuple[str, str], dict[str, tuple[int, str]]] = {}

    def note(
        self, world: World, name: str, method: str, side: str, answer: Any, wanted: int, own: tuple[Any, ...]
    ) -> None:
        """Look at one answer: its status, what it tells, and for rows that are not theirs all of it."""
        line = f"{method:7} {side:9}"
        self.answered.setdefault(line, {})[name] = answer.status_code
        self.wanted.setdefault(line, {})[name] = wanted
        text = without(text_of(answer), own)
        self.leaks += [f"{line}: {name} learns {leak}" for leak in sorted(world.leaks(name, text))]
        if answer.status_code in (302, 404):
            self.absences.setdefault((method, name), {})[side] = seen(answer, *own)

    def must_be_none(self, source: str) -> None:
        """Fail with everything found, and with the rows as they were answered."""
        faults = self.leaks + self._tellable()
        for line, answered in self.answered.items():
            if answered != self.wanted[line]:
                faults += [f"{line} " + " ".join(map(str, answered.values())) + "  is answered"]
                faults += [" " * len(line) + " " + " ".join(map(str, self.wanted[line].values())) + "  says the table"]
        assert not faults, "\n".join([source, " ".join(COLUMNS), *faults])

    def _tellable(self) -> list[str]:
        found = []
        for (method, name), answers in self.absences.items():
            absent = answers.pop("absent", None)
            for side, answer in answers.items():
                if absent is not None and answer[0] == absent[0] and answer != absent:
                    found.append(f"{method}: {name} can tell {side} from absent:\n  {answer}\n  {absent}")
        return found
