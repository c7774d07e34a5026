"""PHONE_PROTOCOL §2: the manifest says all that is mine to do, and nothing else."""

import gzip
import hashlib
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.models import Assignment, Audit, Component, Query, Submission
from audits.models.windows import WindowRules
from audits.services import planning
from chains.models import Outlet
from standards.models import Brief, BriefVersion, TranslationDocument
from standards.models.frozen import pressed
from tests.audits.delivering import PERFECT, delivered
from tests.cast import NOW, programme_of, publish_directly, scheme_in_force, small_checklist

pytestmark = pytest.mark.django_db


def listed(door):
    """The ids in the manifest, in its order."""
    return [entry["id"] for entry in door.get("manifest").json()["assignments"]]


def test_one_assignment_with_everything_that_is_needed_to_work_offline(cast, running, door, visit_of):
    outlet = Outlet.objects.create(location=cast.vienna, section_code="BAR", code="lobby", name="Lobby bar")
    brief = Brief.objects.create(chain=cast.aurora, code="couple", name="A couple")
    text = b'{"text":"You are a couple."}'
    BriefVersion.objects.create(
        brief=brief, chain=cast.aurora, number=1, text="You are a couple.",
        sha256=hashlib.sha256(text).hexdigest(), body=pressed(text), published_at=NOW,
    )  # fmt: skip
    Component.objects.update(brief=brief)
    running.component.refresh_from_db()
    TranslationDocument.objects.create(
        version=running.version, chain=cast.aurora, language="de", sha256="7" * 64, body=pressed(b"{}")
    )
    rules = WindowRules(
        weekdays=(5, 6), times=(("12:00", "14:00"),), excluded=(date(2026, 6, 14),), deliver_by=date(2026, 6, 22)
    )
    assignment = visit_of(cast.ada, cast.vienna, rules=rules)
    answer = door.get("manifest")
    told = answer.json()
    assert told["server_time"]
    assert told["minimum_app_version"] == "1.0.0"
    assert told["assignments"] == [
        {
            "id": str(assignment.pk),
            "state": "offered",
            "kind": "mystery",
            "component": {"code": "stay", "name": "Stay", "channel": "in_person"},
            "chain": {"id": str(cast.aurora.pk), "name": "Aurora Hotels"},
            "location": {
                "id": str(cast.vienna.pk), "code": "VIE", "name": "Vienna", "town": "Vienna", "country": "",
            },
            "window": {
                "tz": "Europe/Vienna",
                "from": "2026-06-10",
                "to": "2026-06-20",
                "weekdays": [5, 6],
                "times": [["12:00", "14:00"]],
                "excluded": ["2026-06-14"],
                "deliver_by": "2026-06-22",
            },
            "checklist": running.version.sha256,
            "brief": hashlib.sha256(text).hexdigest(),
            "scope": assignment.audit.scope.sha256,
            "translations": {"de": "7" * 64},
            "instances": [{"id": "lobby", "section": "BAR", "name": "Lobby bar", "outlet": str(outlet.pk)}],
            "evidence": {"types": ["photo"], "max_bytes": 12 * 1024 * 1024, "max_files": 400},
            "returned": None,
        }
    ]  # fmt: skip


def test_nobody_elses_work_is_listed(cast, door, visit_of):
    mine = visit_of(cast.ada, cast.vienna)
    visit_of(cast.bea, cast.vienna)
    assert listed(door) == [str(mine.pk)]


def test_work_of_all_chains_is_listed_on_one_phone(cast, door, visit_of):
    north = publish_directly(cast.borealis, small_checklist())
    _, component, _ = programme_of(north, scheme_in_force(cast.borealis))
    first = visit_of(cast.ada, cast.vienna)
    second = visit_of(cast.ada, cast.oslo, component=component, window_from=date(2026, 6, 12))
    assert listed(door) == [str(first.pk), str(second.pk)]


ENDINGS = {
    "declined": lambda a: planning.decline(assignment=a, now=NOW),
    "withdrawn": lambda a: planning.withdraw(assignment_id=a.pk, now=NOW),
    "called off": lambda a: planning.cancel(audit_id=a.audit_id, now=NOW),
    "missed": lambda a: planning.mark_missed(now=NOW + timedelta(days=60)),
    "accepted by the office": lambda a: Audit.objects.update(state="accepted", visited_on=date(2026, 6, 15)),
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS.keys())
def test_what_is_over_is_no_longer_listed(cast, door, visit_of, end):
    end(visit_of(cast.ada, cast.vienna))
    assert listed(door) == []


def test_what_is_delivered_stays_listed_until_it_is_judged(cast, door, visit_of):
    assignment = visit_of(cast.ada, cast.vienna)
    delivered(assignment, PERFECT)
    assert door.get("manifest").json()["assignments"][0]["state"] == "delivered"


def test_a_returned_report_comes_with_its_questions_until_it_is_corrected(cast, door, visit_of):
    assignment = visit_of(cast.ada, cast.vienna)
    report = delivered(assignment, PERFECT)
    Submission.objects.update(state="returned")
    Audit.objects.update(state="assigned")
    Assignment.objects.update(state="accepted")
    due = date(2026, 6, 18)
    later = Query.objects.create(submission=report, answer_key="ROOM-001", text="Which bed?", due_on=due)
    sooner = Query.objects.create(submission=report, answer_key="ARR-001", text="By whom?", due_on=date(2026, 6, 17))
    assert door.get("manifest").json()["assignments"][0]["returned"] == {
        "submission": str(report.pk),
        "digest": "0" * 64,
        "due": "2026-06-17",
        "queries": [
            {"id": str(sooner.pk), "answer_key": "ARR-001", "text": "By whom?"},
            {"id": str(later.pk), "answer_key": "ROOM-001", "text": "Which bed?"},
        ],
    }
    delivered(assignment, PERFECT, replaces=report.pk)
    assert door.get("manifest").json()["assignments"][0]["returned"] is None


def test_an_unchanged_manifest_is_not_sent_again(cast, door, visit_of):
    visit_of(cast.ada, cast.vienna)
    first = door.get("manifest")
    again = door.get("manifest", **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert first["Vary"] == again["Vary"] == "Authorization"
    visit_of(cast.ada, cast.graz)
    changed = door.get("manifest", **{"if-none-match": f'"other", {first["ETag"]}'})
    assert (changed.status_code, len(changed.json()["assignments"])) == (200, 2)


def test_a_new_language_or_a_question_changes_the_tag_too(cast, door, visit_of):
    assignment = visit_of(cast.ada, cast.vienna)
    version, tags = assignment.audit.version, {door.get("manifest")["ETag"].partition("-")[0]}
    TranslationDocument.objects.create(version=version, chain=version.chain, language="de", sha256="a" * 64, body=b"-")
    tags.add(door.get("manifest")["ETag"].partition("-")[0])
    delivered(assignment, PERFECT)
    Submission.objects.update(state="returned")
    Audit.objects.update(state="assigned")
    Assignment.objects.update(state="accepted")
    tags.add(door.get("manifest")["ETag"].partition("-")[0])
    Query.objects.create(submission=Submission.objects.get(), text="Which bed?")
    tags.add(door.get("manifest")["ETag"].partition("-")[0])
    assert len(tags) == 4


def test_the_tag_is_strong_other_bytes_have_another_tag(cast, door):
    answers = [door.get("manifest") for _ in range(2)]
    assert all(not answer["ETag"].startswith("W/") for answer in answers)
    assert len({answer["ETag"] for answer in answers}) == len({answer.content for answer in answers})


def test_the_number_of_queries_does_not_grow_with_the_work(cast, door, visit_of):
    for _ in range(3):
        visit_of(cast.ada, cast.vienna)
    door.get("manifest")
    for _ in range(3):
        visit_of(cast.ada, cast.graz)
    with CaptureQueriesContext(connection) as queries:
        assert len(listed(door)) == 6
    # Whose phone and roles; assignments, translations, returned reports.
    assert len(queries) == 4


ENCODINGS = {"gzip": gzip.decompress, "deflate": bytes, "": bytes, "br, gzip": gzip.decompress, "gzip;q=0, br": bytes}


@pytest.mark.parametrize("accepted", ENCODINGS)
def test_a_scope_is_sent_as_the_phone_can_take_it_and_never_changes(cast, door, visit_of, accepted):
    sha256 = visit_of(cast.ada, cast.vienna).audit.scope.sha256
    answer = door.get(f"scopes/{sha256}", **{"accept-encoding": accepted})
    assert answer.status_code == 200
    body = ENCODINGS[accepted](answer.content)
    assert hashlib.sha256(body).hexdigest() == sha256
    assert answer["Cache-Control"] == "private, immutable, max-age=31536000"
    again = door.get(f"scopes/{sha256}", **{"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_scope_is_for_the_person_sent_and_the_office(client, cast, door, visit_of):
    sha256 = visit_of(cast.bea, cast.vienna).audit.scope.sha256
    foreign, absent = door.get(f"scopes/{sha256}"), door.get(f"scopes/{'0' * 64}")
    assert foreign.status_code == absent.status_code == 404
    for person, status in ((cast.bea, 200), (cast.paul, 200), (cast.rita, 200), (cast.mia, 403), (cast.cora, 403)):
        client.force_login(person)
        assert client.get(f"/api/v1/scopes/{sha256}").status_code == status
    assert uuid.UUID(int=0)
