"""Accept, decline, abort: by the person it was offered to, harmless when repeated, and moving the visit with it."""

import uuid

import pytest

from audits.models import Assignment, Audit, Component
from audits.services import planning
from standards.models import Brief, BriefVersion
from standards.models.frozen import pressed
from tests.cast import NOW

pytestmark = pytest.mark.django_db
YES = {"no_conflict": True}


@pytest.fixture
def assignment(cast, visit_of):
    """Ada's visit of Vienna."""
    return visit_of(cast.ada, cast.vienna)


def states():
    """(assignment, audit)."""
    return Assignment.objects.get().state, Audit.objects.get().state


def answer(door, assignment, word, content=None):
    """Status and what was told."""
    response = door.post(f"assignments/{assignment.pk}/{word}", content or {})
    return response.status_code, response.json()


def test_accepting_declares_to_have_no_tie(door, assignment):
    for _ in range(2):
        assert answer(door, assignment, "accept", YES) == (200, {"id": str(assignment.pk), "state": "accepted"})
    assert states() == ("accepted", "assigned")
    assert Assignment.objects.get().no_conflict is True


@pytest.mark.parametrize(
    ("content", "pointers"),
    [
        ({}, ["/no_conflict"]),
        ({"no_conflict": False}, ["/no_conflict"]),
        (YES | {"brief": "7" * 64}, ["/brief"]),
        (YES | {"mood": "good"}, ["/mood"]),
    ],
)
def test_what_is_not_declared_is_not_accepted(door, assignment, content, pointers):
    status, told = answer(door, assignment, "accept", content)
    assert (status, [error["pointer"] for error in told["errors"]]) == (400, pointers)
    assert states() == ("offered", "assigned")


def test_the_brief_that_was_read_must_be_the_visits(cast, running, door, visit_of):
    brief = Brief.objects.create(chain=cast.aurora, code="b", name="B")
    BriefVersion.objects.create(
        brief=brief, chain=cast.aurora, number=1, text="x", sha256="7" * 64, body=pressed(b"x"), published_at=NOW
    )
    Component.objects.update(brief=brief)
    running.component.refresh_from_db()
    assignment = visit_of(cast.ada, cast.vienna)
    assert answer(door, assignment, "accept", YES)[0] == 400
    assert answer(door, assignment, "accept", YES | {"brief": "7" * 64})[0] == 200
    assert Assignment.objects.get().brief_sha256 == "7" * 64


def test_declining_gives_the_visit_back_to_the_planner(cast, door, assignment):
    for _ in range(2):
        assert answer(door, assignment, "decline", {"reason": "on holiday"})[0] == 200
    assert states() == ("declined", "planned")
    assert Assignment.objects.get().reason == "on holiday"
    planning.assign(audit_id=assignment.audit_id, auditor=cast.bea, now=NOW)
    # Repeated after the visit has gone to somebody else, it is still harmless.
    assert answer(door, assignment, "decline")[0] == 200
    assert Audit.objects.get().state == "assigned"


def test_aborting_gives_back_what_was_taken_on(door, assignment):
    answer(door, assignment, "accept", YES)
    for _ in range(2):
        assert answer(door, assignment, "abort", {"reason": "ill"}) == (
            200,
            {"id": str(assignment.pk), "state": "aborted"},
        )
    assert states() == ("aborted", "planned")


@pytest.mark.parametrize(
    ("before", "word", "state"),
    [
        ("accepted", "decline", "accepted"),
        ("offered", "abort", "offered"),
        ("withdrawn", "accept", "withdrawn"),
        ("delivered", "abort", "delivered"),
        ("declined", "accept", "declined"),
    ],
)
def test_what_does_not_follow_is_refused_and_changes_nothing(door, assignment, before, word, state):
    Assignment.objects.update(state=before)
    status, told = answer(door, assignment, word, YES if word == "accept" else {})
    assert (status, told["type"], told["state"]) == (409, "urn:problem:assignment-state", state)
    assert states() == (before, "assigned")


@pytest.mark.parametrize("word", ["accept", "decline", "abort"])
def test_somebody_elses_assignment_does_not_exist(cast, door, visit_of, word):
    foreign = visit_of(cast.bea, cast.vienna)
    path = f"/api/v1/assignments/{foreign.pk}/{word}"
    status, told = answer(door, foreign, word, YES if word == "accept" else {})
    absent = door.post(f"assignments/{uuid.UUID(int=1)}/{word}", YES if word == "accept" else {})
    assert (status, absent.status_code) == (404, 404)
    assert told | {"instance": ""} == absent.json() | {"instance": ""}
    assert told["instance"] == path
    assert states() == ("offered", "assigned")
