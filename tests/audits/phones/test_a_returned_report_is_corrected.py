"""From a return with questions to the corrected report: manifest, `replaces`, replies with their files, acceptance."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from audits.models import Evidence, Query, Submission
from audits.services import reviewing
from tests.audits.receiving.delivery import content_of, written
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned(cast, door, visit_of, running):
    """Ada's report of Vienna, sent back with two questions."""
    running.programme.automatic_acceptance = False
    running.programme.save()
    content = content_of(visit_of(cast.ada, cast.vienna))
    assert door.put(content["id"], written(content)).status_code == 201
    questions = [reviewing.Question("ARR-001", "By whom?"), reviewing.Question("ROOM-001", "Is there a photo?")]
    reviewing.return_with_queries(
        submission_id=uuid.UUID(content["id"]), reviewer=cast.rita, questions=questions, now=NOW
    )
    return content


def correction(returned, told, **members):
    """The corrected report as a phone makes it from what the manifest told."""
    first, second = told["queries"]
    photo = {"id": str(uuid.uuid4()), "for": ["ROOM-001"], "type": "photo", "sha256": "ab" * 32, "length": 10}
    replies = [
        {"query": first["id"], "text": "By the porter.", "evidence": []},
        {"query": second["id"], "text": "Here it is.", "evidence": [photo["id"]]},
    ]
    return (
        returned
        | {
            "id": str(uuid.uuid4()),
            "answers": returned["answers"] | {"ARR-003": 9},
            "replaces": {"id": told["submission"], "digest": told["digest"]},
            "evidence": [photo],
            "query_replies": replies,
        }
        | members
    )


def test_questions_come_with_the_manifest_and_replies_reach_the_reviewer(client, cast, door, returned):
    (entry,) = door.get("manifest").json()["assignments"]
    told = entry["returned"]
    assert [query["text"] for query in told["queries"]] == ["By whom?", "Is there a photo?"]
    corrected = correction(returned, told)
    photo = uuid.UUID(corrected["evidence"][0]["id"])
    answer = door.put(corrected["id"], written(corrected))
    assert (answer.status_code, answer.json()["status"]["flags"]) == (201, [])
    assert door.get("manifest").json()["assignments"][0]["returned"] is None
    Evidence.objects.create(
        id=photo, submission_id=corrected["id"], owner=cast.ada, state="held", sha256=b"\xab" * 32, received_at=NOW
    )
    client.force_login(cast.rita)
    before = client.get(f"/api/v1/office/submissions/{returned['id']}").json()
    assert [(q["reply"], q["reply_evidence"]) for q in before["queries"]] == [
        ("By the porter.", []),
        ("Here it is.", [str(photo)]),
    ]
    assert before["replaced_by"] == [corrected["id"]]
    page = client.get(f"/admin/audits/submission/{returned['id']}/change/").content.decode()
    assert f'href="#file-{photo}"' in page
    settle(timezone.now())
    accepted = client.post(f"/api/v1/office/submissions/{corrected['id']}/accept", {}, content_type="application/json")
    assert accepted.status_code == 200
    assert dict(Submission.objects.values_list("pk", "state")) == {
        uuid.UUID(returned["id"]): "replaced",
        uuid.UUID(corrected["id"]): "accepted",
    }
    assert door.get(f"submissions/{returned['id']}").json()["status"]["state"] == "replaced"


@pytest.mark.parametrize(("days", "flags"), [(None, []), (1, []), (-2, ["late"])])
def test_a_correction_is_late_by_the_day_it_was_awaited_until(door, returned, days, flags):
    """The window of the visit itself was over long ago."""
    Query.objects.update(due_on=days and timezone.now().date() + timedelta(days=days))
    corrected = correction(returned, door.get("manifest").json()["assignments"][0]["returned"])
    assert door.put(corrected["id"], written(corrected)).json()["status"]["flags"] == flags


def test_a_correction_of_other_bytes_is_kept_flagged_and_answers_no_question(door, returned):
    told = door.get("manifest").json()["assignments"][0]["returned"]
    wrong = correction(returned, told, replaces={"id": told["submission"], "digest": "00" * 32})
    answer = door.put(wrong["id"], written(wrong))
    assert (answer.status_code, answer.json()["status"]["flags"]) == (201, ["late", "replaces-unknown"])
    assert set(Query.objects.values_list("reply", flat=True)) == {""}


def test_a_reply_stands_as_it_was_given_first(door, returned):
    told = door.get("manifest").json()["assignments"][0]["returned"]
    first = correction(returned, told)
    door.put(first["id"], written(first))
    again = correction(returned, told)
    again["query_replies"][0]["text"] = "By nobody."
    assert door.put(again["id"], written(again)).status_code == 201
    assert set(Query.objects.values_list("reply", flat=True)) == {"By the porter.", "Here it is."}


def test_the_report_that_was_returned_stays_as_it_was_sent(door, returned):
    told = door.get("manifest").json()["assignments"][0]["returned"]
    corrected = correction(returned, told)
    door.put(corrected["id"], written(corrected))
    again = door.put(returned["id"], written(returned))
    assert (again.status_code, again.json()["status"]["state"]) == (200, "returned")
