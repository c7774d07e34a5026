"""What a manager learns of a visit: what was not met, and when only as near as the programme reveals. Nothing else."""

import uuid
from datetime import UTC, datetime

import pytest

from audits.models import Audit, Query
from audits.services import reviewing
from tests.audits.delivering import PERFECT, planned
from tests.audits.office.sending import sent
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db
VISITS = "/api/v1/visits"
FAILING = PERFECT | {"ARR-002": 75, "ROOM-001": "not_met"}


@pytest.fixture
def released(cast, house):
    """`released(place, **acceptance)`: a visit by Ada with failures and comments, accepted by Rita and released."""

    def make(place, *, house=house, now=NOW, day="2026-06-15", **acceptance):
        assignment = planned(house.component, house.version, place, cast.ada, reference=f"SECRET-{uuid.uuid4()}")
        submission = sent(
            assignment,
            FAILING,
            now=now,
            visited_on=day,
            comments={"ROOM-001": "SECRET own words"},
            clock={
                "segments": [{"run": "1", "wall": "2026-06-15T10:00:00Z", "mono_ms": 1}],
                "position": {"latitude": 48.2},
            },
        )
        settle(now)
        reviewing.accept(submission_id=submission.pk, reviewer=cast.rita, now=now, note="SECRET note", **acceptance)
        settle(now)
        return Audit.objects.get(pk=assignment.audit_id)

    return make


def test_a_visit_tells_what_was_not_met_and_the_month(cast, house, released, client):
    audit = released(cast.vienna, comments={"ROOM-001": "A hair on the pillow."}, daypart="evening")
    client.force_login(cast.mia)
    row = {
        "visit_id": str(audit.visit_id),
        "location": {"id": str(cast.vienna.pk), "code": "VIE", "name": "Vienna"},
        "programme": {"id": str(house.programme.pk), "code": "p", "name": "Programme"},
        "component": {"id": str(house.component.pk), "code": "stay", "name": "Stay"},
        "kind": "mystery",
        "month": "2026-06",
        "date": None,
        "daypart": None,
        "released": "2026-06",
        "score": 50.0,
        "sections": [
            {"code": "ARR", "name": "Arrival", "parent": None, "score": 50.0},
            {"code": "ROOM", "name": "Room", "parent": None, "score": 50.0},
            {"code": "BAR", "name": "Bar", "parent": None, "score": None},
        ],
    }
    assert client.get(VISITS).json()["results"] == [row]
    assert client.get(f"{VISITS}/{audit.visit_id}").json() == row | {
        "classifications": [
            {"code": "courtesy", "name": "Courtesy", "score": 50.0},
            {"code": "cleanliness", "name": "Cleanliness", "score": 50.0},
        ],
        "assessed": 5,
        "assessable": 5,
        "failed": [
            {"key": "ARR-002", "code": "ARR-002", "section": "ARR", "outlet": "", "classification": "courtesy",
             "severity": "normal", "wording": "The greeting came within 60 s.", "answer": "75 s", "earned": "0",
             "possible": "2"},
            {"key": "ROOM-001", "code": "ROOM-001", "section": "ROOM", "outlet": "", "classification": "cleanliness",
             "severity": "critical", "wording": "The bed was clean.", "answer": "Not met", "earned": "0",
             "possible": "1"},
        ],
        "comments": [],
        "evidence": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reveal", "date", "daypart"),
    [("month", None, None), ("date", "2026-06-15", None), ("daypart", "2026-06-15", "evening")],
)
def test_the_programme_says_how_near_in_time(cast, house, released, client, reveal, date, daypart):
    house.programme.reveal = reveal
    house.programme.save()
    released(cast.vienna, daypart="evening")
    client.force_login(cast.mia)
    (row,) = client.get(VISITS).json()["results"]
    assert (row["month"], row["date"], row["daypart"]) == ("2026-06", date, daypart)


def test_only_reviewed_comments_and_only_where_the_programme_shares_them(cast, house, released, client):
    house.programme.shares_comments = True
    house.programme.save()
    audit = released(cast.vienna, comments={"ROOM-001": "A hair on the pillow."})
    client.force_login(cast.mia)
    shown = client.get(f"{VISITS}/{audit.visit_id}")
    assert shown.json()["comments"] == [{"key": "ROOM-001", "text": "A hair on the pillow."}]
    assert b"SECRET" not in shown.content


def test_answers_stand_as_corrected(cast, released, client):
    audit = released(cast.vienna)
    submission = audit.assignments.get().submissions.get()
    reviewing.amend(
        submission_id=submission.pk,
        made_by=cast.rita,
        corrections=[reviewing.Correction("ROOM-001", "met", "SECRET reason")],
        source="appeal",
        now=NOW,
    )
    settle()
    client.force_login(cast.mia)
    shown = client.get(f"{VISITS}/{audit.visit_id}").json()
    assert ([failed["code"] for failed in shown["failed"]], shown["score"]) == (["ARR-002"], 66.7)


def test_nothing_leaks_about_who_when_or_how(cast, house, released, client):
    audit = released(cast.vienna, comments={"ROOM-001": "SECRET copy"}, daypart="evening")
    assignment = audit.assignments.get()
    submission = assignment.submissions.get()
    Query.objects.create(submission=submission, text="SECRET question")
    hidden = [
        b"SECRET", b"ada", b"rita", b"evening", b"2026-06-1", b"48.2", b"flags", b"10:00",
        str(audit.pk).encode(), str(assignment.pk).encode(), str(submission.pk).encode(),
        bytes(submission.digest).hex().encode(), bytes(submission.observation.digest).hex().encode(),
        audit.scope.sha256.encode(), submission.receipt.encode(),
    ]  # fmt: skip
    for person in (cast.mia, cast.cora):
        client.force_login(person)
        for path in (VISITS, f"{VISITS}/{audit.visit_id}", f"{VISITS}?page_size=1"):
            answer = client.get(path)
            assert answer.status_code == 200
            told = answer.content + str(sorted(answer.headers.items())).encode()
            assert [marker for marker in hidden if marker in told] == []


def test_visits_that_are_not_released_do_not_exist(cast, house, released, client):
    house.programme.release_mode = "end_of_period"
    house.programme.save()
    audit = released(cast.vienna)
    assert (audit.state, audit.visit_id) == ("accepted", None)
    client.force_login(cast.mia)
    assert client.get(VISITS).json()["results"] == []
    for name in (audit.pk, audit.assignments.get().pk, uuid.uuid4()):
        assert client.get(f"{VISITS}/{name}").status_code == 404


def test_a_void_visit_is_gone(cast, released, client):
    audit = released(cast.vienna)
    submission = audit.assignments.get().submissions.get()
    reviewing.void(submission_id=submission.pk, reviewer=cast.rita, now=NOW, note="n")
    client.force_login(cast.mia)
    assert client.get(VISITS).json()["results"] == []
    assert client.get(f"{VISITS}/{audit.visit_id}").status_code == 404


def test_everyone_sees_the_visits_of_their_branches(cast, foreign, released, client):
    names = {}
    for place in (cast.vienna, cast.graz, cast.linz):
        names[str(released(place).visit_id)] = place.code
    names[str(released(cast.oslo, house=foreign).visit_id)] = "OSL"
    expected = {
        "mia": {"VIE", "GRA"}, "max": {"LIN"}, "mona": {"GRA"}, "cora": {"VIE", "GRA", "LIN"}, "bob": {"OSL"},
        "eda": set(), "paul": {"VIE", "GRA", "LIN", "OSL"}, "rita": {"VIE", "GRA", "LIN", "OSL"},
    }  # fmt: skip
    for person, codes in expected.items():
        client.force_login(getattr(cast, person))
        rows = client.get(VISITS).json()["results"]
        assert {row["location"]["code"] for row in rows} == codes, person
        for name, code in names.items():
            assert client.get(f"{VISITS}/{name}").status_code == (200 if code in codes else 404), (person, code)
    for person in ("ada", "stan"):
        client.force_login(getattr(cast, person))
        assert client.get(VISITS).status_code == 403


def test_the_list_narrows_by_branch_and_by_whole_periods_only(cast, released, client):
    vienna, graz = released(cast.vienna), released(cast.graz)
    Audit.objects.filter(pk=graz.pk).update(visited_on="2026-03-31")
    client.force_login(cast.cora)

    def listed(**query):
        return [row["location"]["code"] for row in client.get(VISITS, query).json()["results"]]

    assert listed(location=str(cast.vienna.pk)) == ["VIE"]
    assert listed(location=str(cast.oslo.pk)) == []
    assert listed(period="2026-Q1") == ["GRA"]
    assert listed(period="2026-06") == ["VIE"]
    assert sorted(listed(period="2026")) == ["GRA", "VIE"]
    assert listed(kind="follow_up") == []
    for wrong in ({"period": "2026-06-15"}, {"period": "soon"}, {"visited_on": "2026-06-15"}, {"auditor": "1"}):
        assert client.get(VISITS, wrong).status_code == 400
    assert vienna.visit_id != graz.visit_id


def test_the_order_tells_the_month_of_release_and_no_more(cast, released, client):
    may = [released(cast.vienna, now=datetime(2026, 7, 5 + n, tzinfo=UTC)) for n in range(3)]
    june = [released(cast.graz) for _ in range(3)]
    client.force_login(cast.mia)
    expected = [str(name) for group in (may, june) for name in sorted(audit.visit_id for audit in group)]
    assert [row["visit_id"] for row in client.get(VISITS).json()["results"]] == expected
    page, seen = client.get(f"{VISITS}?page_size=2").json(), []
    seen += [row["visit_id"] for row in page["results"]]
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += [row["visit_id"] for row in page["results"]]
    assert seen == expected


def test_query_counts_do_not_grow_with_the_page(cast, released, client, django_assert_num_queries):
    audit = released(cast.vienna)
    released(cast.graz)
    client.force_login(cast.mia)
    client.get(VISITS)
    with django_assert_num_queries(8):
        client.get(f"{VISITS}?page_size=1")
    with django_assert_num_queries(8):
        assert len(client.get(VISITS).json()["results"]) == 2
    with django_assert_num_queries(10):
        client.get(f"{VISITS}/{audit.visit_id}")
