"""The exact number of statements per delivery: the budget of CPU depends on it."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.audits.receiving.delivery import content_of, written

# Outside any transaction, as in production: what a delivery begins and ends by itself is counted too.
pytestmark = pytest.mark.django_db(transaction=True)
POSTGRES = connection.vendor == "postgresql"
# PostgreSQL: whose phone and roles, which assignment (and a number), all rows. SQLite: the same, but begin, number,
# each row by itself (visit, assignment, bytes, submission, observation, dirty), commit.
NEW = 3 if POSTGRES else 11


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


def test_files_that_came_before_are_named_by_the_same_statement(warm, door, cast, visit_of):
    files = [
        {"id": str(uuid.uuid4()), "for": ["ARR-001"], "type": kind, "sha256": "0" * 64, "length": 1}
        for kind in ("photo", "receipt")
    ]
    # And one more asks which of them are held already.
    expected = NEW + 1 if POSTGRES else NEW + 1 + len(files)
    assert statements(door, content_of(visit_of(cast.ada, cast.graz), evidence=files)) == (201, expected)


def test_the_same_again(warm, door, assignment):
    content = content_of(assignment)
    door.put(content["id"], written(content))
    # The insert fails, nothing is kept, and the row that was there is read.
    assert statements(door, content) == (200, 4 if POSTGRES else 7)


def test_an_unknown_assignment(warm, door, assignment):
    content = content_of(assignment) | {"assignment": str(uuid.uuid4())}
    # The number is not taken with the assignment.
    assert statements(door, content) == (201, 4 if POSTGRES else 7)


def test_a_status(warm, door, assignment):
    content = content_of(assignment)
    door.put(content["id"], written(content))
    with CaptureQueriesContext(connection) as queries:
        assert door.get(f"submissions/{content['id']}").status_code == 200
    assert len(queries) == 2
