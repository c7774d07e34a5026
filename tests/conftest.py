"""Fixtures that every test may use: the cast, and the house with its real processes."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.cast import Cast, build_cast
from tests.live import Live, live_house


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for the house is a test of the running house: `-m "not worker"` leaves them out.

    Tests that commit without asking for the house come first: once it runs, a late bell would let its worker compute
    on their rows, by the real clock.
    """
    committing, asking = set(), set()
    for item in items:
        if _asks_for_house(item):
            item.add_marker(pytest.mark.worker)
            asking.add(item.path)
        elif _commits(item):
            committing.add(item.path)
    # A file's tests stay together (pytest-xdist hands out whole files). Of the others the files with most tests come
    # first; of those that ask for the house the ones with fewest, whose tests are the longest.
    size = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[bool, bool, int, str, bool]:
        asks = item.path in asking
        tests = size[item.path] if asks else -size[item.path]
        return item.path not in committing, asks, tests, str(item.path), _asks_for_house(item)

    items.sort(key=place)


def _asks_for_house(item: pytest.Item) -> bool:
    return "live" in getattr(item, "fixturenames", ())


def _commits(item: pytest.Item) -> bool:
    marks = item.iter_markers("django_db")
    return "transactional_db" in getattr(item, "fixturenames", ()) or any(m.kwargs.get("transaction") for m in marks)


def pytest_unconfigure() -> None:
    """Remove the folder of the run, once, at its end."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ["TESTS_FOLDER"], ignore_errors=True)


@pytest.fixture
def cast(db: None) -> Cast:
    """The fixed cast of tests/cast.py."""
    return build_cast()


@pytest.fixture(scope="session")
def house(django_db_setup: None) -> Iterator[Live]:
    """The processes of the run; tests take `live`."""
    yield from live_house(Path(settings.VAR_DIR))


@pytest.fixture
def live(transactional_db: None, house: Live) -> Iterator[Live]:
    """Real web server, broker and worker on the test database (tests/live.py). The database is emptied afterwards."""
    yield house
    house.tidy()
