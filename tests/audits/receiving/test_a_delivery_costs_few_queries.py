"""The exact number of statements per delivery: the budget of CPU depends on it."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.audits.receiving.delivery import content_of, written

pytestmark = pytest.mark.django_db
POSTGRES = connection.vendor == "postgresql"
# Whose phone, which roles, which assignment; begin, number, rows, end. PostgreSQL takes all rows as one statement.
NEW = 7 if POSTGRES else 12


def statements(door, content):
    """The answer's status and how many statements it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = door.put(content["id"], written(content))
    return answer.status_code, len(queries)


@pytest.fixture
def warm(door, cast, visit_of):
    """Frozen content is read once per process; that is done."""
    content = content_of(visit_of(cast.ada, cast.graz))
    assert door.put(content["id"], written(content)).status_code == 201


def test_a_new_submission(warm, door, assignment):
    assert statements(door, content_of(assignment)) == (201, NEW)


def test_the_number_does_not_grow_with_answers_or_comments(warm, door, assignment):
    comments = {f"ARR-{n:03}": "x" for n in range(300)}
    assert statements(door, content_of(assignment, comments=comments)) == (201, NEW)


def test_the_same_again(warm, door, assignment):
    content = content_of(assignment)
    door.put(content["id"], written(content))
    # The insert fails, is rolled back, and the row that was there is read.
    assert statements(door, content) == (200, 9)


def test_an_unknown_assignment(warm, door, assignment):
    content = content_of(assignment) | {"assignment": str(uuid.uuid4())}
    assert statements(door, content) == (201, 7 if POSTGRES else 8)


def test_a_status(warm, door, assignment):
    content = content_of(assignment)
    door.put(content["id"], written(content))
    with CaptureQueriesContext(connection) as queries:
        assert door.get(f"submissions/{content['id']}").status_code == 200
    assert len(queries) == 3
