"""Visit time apart from entry time, pauses, rows of one answer, position: the reviewer reads it, the auditor never."""

import json

import pytest

from audits.models import RawSubmission, Submission
from standards.spec import checklist as spec
from tests.audits.receiving.delivery import content_of, deliver, written
from tests.audits.settling import settle
from tests.cast import publish_directly, small_checklist

pytestmark = pytest.mark.django_db
HERE = {"latitude": 48.2, "longitude": 16.37, "accuracy": 12}
SECRET = ("entered-late", "same-answers-in-a-row", "clock-skewed", "entry-times-unreadable", "visited-on-unbelievable")


def begun(wall, *more, position=None):
    """A clock whose first segment begins at a moment."""
    runs = [{"run": str(n), "wall": moment, "mono_ms": 0} for n, moment in enumerate((wall, *more))]
    return {"segments": runs, "position": position}


def sent(assignment, /, **members):
    content = content_of(assignment, **members)
    deliver(written(content), assignment.auditor)
    return Submission.objects.get(pk=content["id"])


@pytest.mark.parametrize(
    ("wall", "flags"),
    [
        ("2026-06-14T09:00:00+02:00", []),
        ("2026-06-15T13:59:00+02:00", ["entered-late"]),
        ("2026-06-14T23:59:00+02:00", []),
        ("2026-06-15T00:01:00+02:00", ["entered-late"]),
    ],
)
def test_a_form_begun_more_than_a_day_after_the_visit_is_noted(assignment, wall, flags):
    """The visit was on the 13th; at the branch that day ended with the midnight before the 14th."""
    assert sent(assignment, visited_on="2026-06-13", clock=begun(wall)).flags == flags


@pytest.mark.parametrize("claimed", ["9999-12-31", "0001-01-01"])
def test_a_day_beyond_every_calendar_is_taken_as_the_nearest_that_can_be(assignment, claimed):
    row = sent(assignment, visited_on=claimed, clock=begun("2026-06-15T13:59:00+02:00"))
    assert "visited-on-unbelievable" in row.flags


def test_the_day_of_the_visit_is_not_the_day_of_entry(assignment):
    row = sent(assignment, visited_on="2026-06-13", clock=begun("2026-06-14T09:00:00+02:00"))
    assert str(row.visited_on) == "2026-06-13"


@pytest.fixture
def long_visit(cast, visit_of, running):
    """A visit of forty plain standards."""
    one = spec.Standard
    standards = tuple(one(f"ARR-{n:03}", "ARR", f"Standard {n}.", classification="courtesy") for n in range(40))
    publish_directly(cast.aurora, small_checklist(standards=standards), number=2)
    return visit_of(cast.ada, cast.vienna)


def hurried(assignment, seconds):
    return sent(assignment, answers={f"ARR-{n:03}": "met" for n in range(40)}, entered=[n * seconds for n in range(40)])


@pytest.mark.parametrize(("seconds", "flags"), [(1, ["same-answers-in-a-row"]), (2, [])])
def test_many_same_answers_a_second_apart_are_noted(long_visit, seconds, flags):
    assert hurried(long_visit, seconds).flags == flags


def test_it_blocks_nothing_the_visit_is_accepted_all_the_same(long_visit):
    row = hurried(long_visit, 1)
    settle()
    row.refresh_from_db()
    assert (row.state, row.flags) == ("accepted", ["same-answers-in-a-row"])


def test_nothing_of_it_reaches_the_phone(door, cast, long_visit):
    content = content_of(
        long_visit,
        answers={f"ARR-{n:03}": "met" for n in range(40)},
        entered=[0] * 40,
        visited_on="2026-06-13",
        clock=begun("2026-06-15T13:00:00+02:00", position=HERE),
    )
    answers = [door.put(content["id"], written(content)) for _ in range(2)]
    answers += [door.get(f"submissions/{content['id']}"), door.get("manifest"), door.get("devices")]
    assert set(Submission.objects.get().flags) >= {"entered-late", "same-answers-in-a-row"}
    for answer in answers:
        assert not any(word in answer.content.decode() for word in SECRET)
        assert "timing" not in answer.content.decode()


@pytest.fixture
def report(client, cast):
    """`report(submission)` → the report as Rita reads it over the API."""

    def read(submission):
        client.force_login(cast.rita)
        return client.get(f"/api/v1/office/submissions/{submission.pk}").json()

    return read


def test_the_reviewer_reads_when_and_how_it_was_entered(assignment, report):
    clock = begun("2026-06-15T07:30:00Z", "2026-06-15T08:00:00Z", position=HERE)
    row = sent(assignment, visited_on="2026-06-14", entered=[0, 20, 2000, 2060, None], clock=clock)
    assert report(row)["timing"] == {
        "entered_from": "2026-06-15T09:30:00+02:00",
        "entered_until": "2026-06-15T10:04:20+02:00",
        "hours_after_visit": 9.5,
        "restarts": 1,
        "entering": {
            "answers": 4,
            "span_seconds": 2060,
            "active_seconds": 80,
            "pauses": [{"after": "ARR-002", "seconds": 1980}],
            "sections": [
                {"section": "ARR", "name": "Arrival", "answers": 3, "seconds": 20},
                {"section": "ROOM", "name": "Room", "answers": 1, "seconds": 60},
            ],
            "same_row": None,
        },
        "position": {"latitude": 48.2, "longitude": 16.37, "accuracy": 12.0},
    }


def test_the_page_says_it_in_words(client, cast, assignment):
    clock = begun("2026-06-15T07:30:00Z", position=HERE)
    row = sent(assignment, visited_on="2026-06-14", entered=[0, 20, 2000, 2060, None], clock=clock)
    client.force_login(cast.rita)
    page = " ".join(client.get(f"/admin/audits/submission/{row.pk}/change/").content.decode().split())
    assert "15 June 2026, 09:30 (CEST) to 15 June 2026, 10:04 (CEST)" in page
    assert "9.5 hours after its end" in page
    assert "1 min on 4 answers" in page
    assert "33 min after ARR-002" in page
    assert "Arrival 20 s (3) · Room 1 min (1)" in page
    assert "48.2, 16.37 (to 12.0 m)" in page


@pytest.mark.parametrize(
    "clock",
    [
        None,
        7,
        {"position": "here"},
        {"position": {"latitude": "48"}},
        {"position": {"latitude": 91, "longitude": 0}},
        {"position": {"latitude": True, "longitude": 0}},
        {"position": {"latitude": 10**400, "longitude": 0}},
    ],
)
def test_a_position_is_optional_and_whatever_is_none_is_not_shown(assignment, report, clock):
    assert report(sent(assignment, clock=clock))["timing"]["position"] is None


@pytest.mark.parametrize("entered", [None, "soon", [1, 2], [0, 1, 2, 3, 2**70]])
def test_times_of_any_shape_are_kept_and_told_as_unknown(assignment, report, entered):
    row = sent(assignment, entered=entered)
    assert report(row)["timing"]["entering"] is None
    assert json.loads(written(content_of(assignment, entered=entered)))["entered"] == entered


@pytest.mark.parametrize("wall", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-06-15T07:30:00Z"])
def test_moments_beyond_every_calendar_are_told_as_unknown(assignment, report, wall):
    row = sent(assignment, entered=[0, -5, 2**49, None, 1], clock=begun(wall))
    assert report(row)["timing"]["entered_until"] is None


def test_what_was_erased_tells_nothing_any_more(assignment, report):
    row = sent(assignment, clock=begun("2026-06-15T07:30:00Z", position=HERE))
    RawSubmission.objects.all().delete()
    timing = report(row)["timing"]
    assert (timing["entered_from"], timing["entering"], timing["position"]) == (None, None, None)


def test_neither_planners_nor_managers_read_it(client, cast, assignment):
    row = sent(assignment, visited_on="2026-06-13", clock=begun("2026-06-15T13:00:00+02:00", position=HERE))
    for person in (cast.paul, cast.mia, cast.cora, cast.ada):
        client.force_login(person)
        assert client.get(f"/api/v1/office/submissions/{row.pk}").status_code == 403
    client.force_login(cast.paul)
    told = client.get(f"/api/v1/office/audits/{assignment.audit_id}").content.decode()
    assert not any(word in told for word in SECRET)
