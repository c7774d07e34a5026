"""Reports over HTTP: a reviewer reads them in words and judges them."""

import uuid

import pytest
from django.utils import timezone

from audits.models import Audit, Evidence, RawSubmission, SharedComment, Submission
from chains.models import Membership
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.office.sending import sent
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db
FAILING = PERFECT | {"ARR-002": 75, "ARR-003": 4, "ROOM-001": "not_met", "ROOM-002": "na"}


@pytest.fixture
def assignment(cast, house):
    return planned(house.component, house.version, cast.vienna, cast.ada)


@pytest.fixture
def report(assignment):
    """A report with failures, a comment, an unknown member and an announced photo; scored."""
    submission = sent(
        assignment,
        FAILING,
        comments={"ROOM-001": "Hair on the pillow."},
        evidence=[{"id": "7d4f3e0a-0000-4000-8000-000000000001", "for": ["ROOM-001"], "type": "photo",
                   "sha256": "ab" * 32, "length": 1000}],
        mood="bad",
    )  # fmt: skip
    settle()
    return submission


def test_the_list_shows_what_waits(cast, house, report, ask):
    (row,) = ask(cast.rita, "get", "submissions", state="received").json()["results"]
    assert row == {
        "id": str(report.pk),
        "state": "received",
        "outcome": "completed",
        "received_at": "2026-06-15T12:00:00+00:00",
        "visited_on": "2026-06-15",
        "flags": ["unknown-member"],
        "auditor": {"id": cast.ada.pk, "username": "ada", "name": ""},
        "audit": str(report.assignment.audit_id),
        "audit_state": "delivered",
        "programme": {"id": str(house.programme.pk), "code": "p", "name": "Programme"},
        "component": {"id": str(house.component.pk), "code": "stay", "name": "Stay"},
        "location": {"id": str(cast.vienna.pk), "code": "VIE", "name": "Vienna"},
        "score": 28.0,
        "coverage": 100.0,
    }


def test_the_list_narrows(cast, house, foreign, report, ask):
    clean = sent(planned(house.component, house.version, cast.graz, cast.bea), PERFECT)
    north = sent(planned(foreign.component, foreign.version, cast.oslo, cast.ada), PERFECT)
    orphan = sent(planned(house.component, house.version, cast.linz, cast.ada), PERFECT, sender=cast.bea)

    def listed(**query):
        return {row["id"] for row in ask(cast.rita, "get", "submissions", **query).json()["results"]}

    everything = {str(s.pk) for s in (report, clean, north, orphan)}
    assert listed() == everything
    assert listed(flagged="true") == {str(report.pk), str(orphan.pk)}
    assert listed(flagged="false") == {str(clean.pk), str(north.pk)}
    assert listed(programme=str(foreign.programme.pk)) == {str(north.pk)}
    assert listed(location=str(cast.graz.pk)) == {str(clean.pk)}
    assert listed(auditor=cast.bea.pk) == {str(clean.pk), str(orphan.pk)}
    assert listed(audit=str(report.assignment.audit_id)) == {str(report.pk)}
    assert listed(unmatched="true") == {str(orphan.pk)}
    assert listed(outcome="recognised") == set()


def test_a_report_reads_in_words_by_section(cast, report, ask):
    shown = ask(cast.rita, "get", f"submissions/{report.pk}").json()
    arrival, room, bar = shown["sections"]
    assert (arrival["code"], arrival["score"], room["score"], bar["score"]) == ("ARR", 35.0, 0.0, None)
    assert [(a["code"], a["words"], a["state"], a["earned"], a["possible"]) for a in arrival["answers"]] == [
        ("ARR-001", "Met", "passed", "1", "1"),
        ("ARR-002", "75 s", "failed", "0", "2"),
        ("ARR-003", "4 of 10", "failed", "0.4", "1"),
    ]
    bed, spa = room["answers"]
    assert bed == {
        "key": "ROOM-001",
        "code": "ROOM-001",
        "outlet": "",
        "wording": "The bed was clean.",
        "guidance": "",
        "classification": "cleanliness",
        "severity": "critical",
        "kind": "met",
        "answer": "not_met",
        "words": "Not met",
        "state": "failed",
        "earned": "0",
        "possible": "1",
        "sent": "not_met",
        "comment": "Hair on the pillow.",
        "evidence": ["7d4f3e0a-0000-4000-8000-000000000001"],
    }
    assert (spa["words"], spa["state"], spa["earned"]) == ("Not applicable", "not_applicable", None)
    assert shown["classifications"] == [
        {"code": "courtesy", "name": "Courtesy", "score": 35.0},
        {"code": "cleanliness", "name": "Cleanliness", "score": 0.0},
    ]
    assert (shown["raw"], shown["rivals"], shown["replaces"]) == ("held", [], None)


def test_evidence_is_listed_whether_it_has_come_or_not(cast, report, ask):
    def files():
        return ask(cast.rita, "get", f"submissions/{report.pk}").json()["evidence"]

    (awaited,) = files()
    assert (awaited["state"], awaited["answers"], awaited["length"]) == ("awaited", ["ROOM-001"], 1000)
    common = {"submission_id": report.pk, "owner": cast.ada, "state": "held", "received_at": NOW, "length": 1000}
    announced = Evidence.objects.create(id=uuid.UUID(awaited["id"]), sha256=b"\xab" * 32, **common)
    Evidence.objects.create(id=uuid.uuid4(), sha256=b"\xcd" * 32, type="receipt", **common)
    Evidence.objects.create(id=uuid.uuid4(), sha256=b"\xee" * 32, **(common | {"owner": cast.bea}))
    assert [(f["type"], f["state"]) for f in files()] == [("photo", "held"), ("receipt", "held")]
    Evidence.objects.filter(pk=announced.pk).update(sha256=b"\x00" * 32)
    assert files()[0]["state"] == "awaited"


def test_a_repeated_section_names_its_outlet(cast, house, ask, client):
    cast.vienna.outlets.create(section_code="BAR", code="lobby", name="Lobby bar")
    audit = ask(cast.paul, "post", "audits", {"component": str(house.component.pk), "location": str(cast.vienna.pk),
                "window": {"first": "2026-06-01", "last": "2026-06-30"}}).json()["id"]  # fmt: skip
    ask(cast.paul, "post", f"audits/{audit}/assign", {"auditor": cast.ada.pk})
    submission = sent(Audit.objects.get(pk=audit).assignments.get(), {"BAR-001@lobby": "met"})
    shown = ask(cast.rita, "get", f"submissions/{submission.pk}").json()
    assert [(a["key"], a["outlet"], a["words"]) for a in shown["sections"][2]["answers"]] == [
        ("BAR-001@lobby", "Lobby bar", "Met")
    ]
    assert shown["sections"][0]["answers"][0]["words"] == "Not assessed"


def test_erased_bytes_take_the_comments_and_nothing_else(cast, report, ask):
    before = ask(cast.rita, "get", f"submissions/{report.pk}").json()
    RawSubmission.objects.all().delete()
    after = ask(cast.rita, "get", f"submissions/{report.pk}").json()
    assert after["raw"] == "erased"
    assert after["sections"][1]["answers"][0].pop("comment") == ""
    before["sections"][1]["answers"][0].pop("comment")
    assert after | {"raw": "held"} == before


def test_damaged_bytes_do_not_hide_the_report(cast, report, ask):
    RawSubmission.objects.update(body=b"\x00nonsense")
    shown = ask(cast.rita, "get", f"submissions/{report.pk}").json()
    assert (shown["raw"], shown["score"]) == ("damaged", 28.0)


def test_a_report_is_accepted_with_the_comments_a_branch_may_read(cast, report, ask):
    path = f"submissions/{report.pk}/accept"
    wrong = ask(cast.rita, "post", path, {"comments": {"NO-1": "?"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (409, "/comments/NO-1")
    answer = ask(cast.rita, "post", path, {"comments": {"ROOM-001": "A hair."}, "note": "Checked the photo."})
    assert answer.json() == {
        "id": str(report.pk),
        "state": "accepted",
        "audit": str(report.assignment.audit_id),
        "audit_state": "accepted",
    }
    assert SharedComment.objects.get().text == "A hair."
    shown = ask(cast.rita, "get", f"submissions/{report.pk}").json()
    assert [(r["decision"], r["reviewer"]["username"], r["note"]) for r in shown["reviews"]] == [
        ("accept", "rita", "Checked the photo.")
    ]
    again = ask(cast.olga, "post", path, {})
    assert (again.status_code, again.json()["type"]) == (409, "urn:problem:review-refused")


def test_a_report_is_returned_with_queries(cast, report, ask):
    path = f"submissions/{report.pk}/return"
    assert ask(cast.rita, "post", path, {"queries": []}).status_code == 400
    body = {"queries": [{"answer_key": "ARR-002", "text": "75?"}], "due_on": "2026-06-30"}
    answer = ask(cast.rita, "post", path, body)
    assert (answer.json()["state"], answer.json()["audit_state"]) == ("returned", "assigned")
    (query,) = ask(cast.rita, "get", f"submissions/{report.pk}").json()["queries"]
    assert (query["answer_key"], query["text"], query["due_on"], query["reply"]) == ("ARR-002", "75?", "2026-06-30", "")


def test_a_report_is_voided_with_a_reason(cast, report, ask):
    assert ask(cast.rita, "post", f"submissions/{report.pk}/void", {}).status_code == 400
    answer = ask(cast.rita, "post", f"submissions/{report.pk}/void", {"note": "Wrong hotel."})
    assert (answer.json()["state"], answer.json()["audit_state"]) == ("void", "void")


def test_corrections_stand_beside_what_was_sent(cast, report, ask):
    path = f"submissions/{report.pk}/amend"
    corrections = [{"answer_key": "ARR-002", "after": "45", "reason": "The receipt."}]
    answer = ask(cast.rita, "post", path, {"corrections": corrections})
    assert answer.status_code == 201
    assert [(a["before"], a["after"], a["source"], a["made_by"]["username"]) for a in answer.json()] == [
        ("75", "45", "review", "rita")
    ]
    settle(timezone.now())
    shown = ask(cast.rita, "get", f"submissions/{report.pk}").json()
    told = shown["sections"][0]["answers"][1]
    assert (told["sent"], told["answer"], told["words"], told["state"]) == (75, 45, "45 s", "passed")
    assert [(s["current"], s["earned"]) for s in shown["scores"]] == [(True, "3.4"), (False, "1.4")]
    wrong = ask(cast.rita, "post", path, {"corrections": [{"answer_key": "ARR-001", "after": "?", "reason": "r"}]})
    assert [(e["pointer"], e["code"]) for e in wrong.json()["errors"]] == [("/corrections/0/after", "bad-value")]


def test_a_score_is_followed_to_the_answers_it_came_from(cast, house, report, ask):
    ask(cast.rita, "post", f"submissions/{report.pk}/accept", {})
    settle()
    visit = Audit.objects.get().visit_id
    (row,) = ask(cast.rita, "get", "scores", visit=str(visit)).json()["results"]
    assert (row["submission"], row["visit_id"], row["score"]) == (str(report.pk), str(visit), 28.0)
    assert (row["earned"], row["possible"], row["failed"], row["critical_failed"]) == ("1.4", "5", 3, 1)
    assert row["digests"]["checklist"] == house.version.sha256
    assert row["digests"]["scope"] == report.assignment.audit.scope.sha256
    assert row["digests"]["observation"] == bytes(report.observation.digest).hex()
    assert row["parts"]["tag.service"] == 35.0
    assert ask(cast.rita, "get", f"scores/{row['id']}").json() == row
    assert ask(cast.rita, "get", "scores", submission=str(uuid.uuid4())).json()["results"] == []


def test_nobody_judges_their_own_report(cast, house, assignment, ask):
    Membership.objects.create(user=cast.ada, role="reviewer", office=cast.office)
    own = sent(assignment, PERFECT)
    settle()
    assert ask(cast.ada, "get", "submissions").json()["results"] == []
    assert ask(cast.ada, "get", "scores").json()["results"] == []
    assert ask(cast.ada, "get", f"submissions/{own.pk}").status_code == 404
    assert ask(cast.ada, "post", f"submissions/{own.pk}/accept", {}).status_code == 404
    assert Submission.objects.get().state == "received"


def test_an_unmatched_report_can_be_read_but_not_accepted(cast, assignment, ask):
    orphan = sent(assignment, PERFECT, sender=cast.bea)
    shown = ask(cast.rita, "get", f"submissions/{orphan.pk}").json()
    assert (shown["audit"], shown["sections"], shown["flags"]) == (None, [], ["unknown-assignment"])
    assert ask(cast.rita, "post", f"submissions/{orphan.pk}/accept", {}).status_code == 404


def test_accepted_visits_are_released_now_by_an_office_admin_only(cast, house, report, ask):
    house.programme.release_mode = "end_of_period"
    house.programme.save()
    ask(cast.rita, "post", f"submissions/{report.pk}/accept", {})
    audit = str(report.assignment.audit_id)
    assert ask(cast.rita, "post", "audits/release", {"audits": [audit]}).status_code == 403
    unknown = ask(cast.olga, "post", "audits/release", {"audits": [audit, str(uuid.uuid4())]})
    assert [e["pointer"] for e in unknown.json()["errors"]] == ["/audits/1"]
    assert Audit.objects.get().state == "accepted"
    assert ask(cast.olga, "post", "audits/release", {"audits": [audit, audit]}).json() == {"released": 1}
    assert Audit.objects.get().state == "released"
    assert ask(cast.olga, "post", "audits/release", {"audits": [audit]}).status_code == 409


def test_query_counts_do_not_grow_with_the_page(cast, house, report, ask, django_assert_num_queries):
    delivered(planned(house.component, house.version, cast.graz, cast.bea), PERFECT)
    settle()
    ask(cast.rita, "get", "auditors")
    with django_assert_num_queries(6):
        ask(cast.rita, "get", "submissions", page_size=1)
    with django_assert_num_queries(6):
        assert len(ask(cast.rita, "get", "submissions").json()["results"]) == 2
    with django_assert_num_queries(5):
        ask(cast.rita, "get", "scores")
    ask(cast.rita, "get", f"submissions/{report.pk}")
    with django_assert_num_queries(16):
        ask(cast.rita, "get", f"submissions/{report.pk}")
