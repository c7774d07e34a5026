"""PHONE_PROTOCOL §4: an unfinished report is saved by one phone and gone on with by another; none is lost unseen."""

import json
import threading
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audits.models import Assignment, Draft, Submission
from audits.problems import DRAFT_CHANGED
from audits.services import drafting
from audits.tasks import turn_the_day
from chains.problems import Problem
from chains.services import devices
from standards.models import ChecklistVersion
from tests.audits.receiving.delivery import Door, content_of, digest_header, written

pytestmark = pytest.mark.django_db
MINE = {"submission": str(uuid.uuid4()), "answers": {"ARR-001": "met"}, "page": 3}
LATER = MINE | {"answers": {"ARR-001": "not_met"}, "page": 4}


@pytest.fixture
def visit(cast, door, visit_of):
    """Ada's visit of Vienna, with two phones in her hands."""
    other = devices.sign_in(person=cast.ada, phone=devices.Phone("b"), now=timezone.now())
    return SimpleNamespace(assignment=visit_of(cast.ada, cast.vienna), phone=door, other=Door(door.client, other.token))


def save(phone, assignment, content, **conditions):
    body = content if isinstance(content, bytes) else written(content)
    headers = {"authorization": f"Bearer {phone.token}"} | {k.replace("_", "-"): v for k, v in conditions.items()}
    path = f"/api/v1/assignments/{assignment.pk}/draft"
    return phone.client.generic("PUT", path, body, content_type="application/json", headers=headers)


def first(phone, assignment, content=MINE):
    return save(phone, assignment, content, if_none_match="*")


def a_minute_passes():
    Draft.objects.update(saved_at=timezone.now() - timedelta(seconds=60))


def kind(answer):
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("urn:problem:"), answer.json()["retryable"]


def test_the_other_phone_goes_on_with_the_same_submission(visit):
    saved = first(visit.phone, visit.assignment)
    assert (saved.status_code, saved.json()["etag"]) == (201, saved["ETag"])
    taken = visit.other.get(f"assignments/{visit.assignment.pk}/draft")
    assert (taken.status_code, taken.content, taken["ETag"]) == (200, written(MINE), saved["ETag"])
    a_minute_passes()
    went_on = save(visit.other, visit.assignment, LATER, if_match=taken["ETag"])
    assert (went_on.status_code, Draft.objects.count()) == (200, 1)
    assert visit.phone.get(f"assignments/{visit.assignment.pk}/draft").json() == LATER


def test_a_phone_that_has_the_draft_is_not_sent_it_again(visit):
    tag = first(visit.phone, visit.assignment)["ETag"]
    again = visit.phone.get(f"assignments/{visit.assignment.pk}/draft", **{"if-none-match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)


def test_the_first_phone_is_shown_what_the_second_saved_and_chooses(visit):
    tag = first(visit.phone, visit.assignment)["ETag"]
    a_minute_passes()
    theirs = save(visit.other, visit.assignment, LATER, if_match=tag)["ETag"]
    mine = MINE | {"page": 9}
    refused = save(visit.phone, visit.assignment, mine, if_match=tag)
    assert kind(refused) == (412, "draft-changed", False)
    told = refused.json()
    assert (told["etag"], json.loads(told["draft"]), told["stored"]) == (theirs, LATER, False)
    a_minute_passes()
    assert save(visit.phone, visit.assignment, mine, if_match=told["etag"]).status_code == 200
    assert visit.other.get(f"assignments/{visit.assignment.pk}/draft").json() == mine


def test_two_first_drafts_do_not_overwrite_each_other(visit):
    first(visit.phone, visit.assignment)
    refused = first(visit.other, visit.assignment, LATER)
    assert kind(refused) == (412, "draft-changed", False)
    assert json.loads(refused.json()["draft"]) == MINE


@pytest.mark.parametrize("conditions", [{"if_none_match": "*"}, {"if_match": '"of a draft before"'}, {}])
def test_the_same_bytes_again_are_taken_whatever_was_lost_on_the_way(visit, conditions):
    tag = first(visit.phone, visit.assignment)["ETag"]
    again = save(visit.phone, visit.assignment, MINE, **conditions)
    assert (again.status_code, again["ETag"], Draft.objects.count()) == (200, tag, 1)


def test_a_draft_that_is_not_there_cannot_be_replaced(visit):
    refused = save(visit.phone, visit.assignment, MINE, if_match='"00"')
    assert kind(refused) == (412, "draft-changed", False)
    assert (refused.json()["draft"], refused.json()["etag"]) == (None, None)
    assert visit.phone.get(f"assignments/{visit.assignment.pk}/draft").status_code == 404


def test_who_does_not_say_what_is_replaced_is_refused(visit):
    assert kind(save(visit.phone, visit.assignment, MINE)) == (428, "draft-unconditional", False)
    assert not Draft.objects.exists()


def test_a_draft_is_saved_once_a_minute(visit):
    tag = first(visit.phone, visit.assignment)["ETag"]
    refused = save(visit.phone, visit.assignment, LATER, if_match=tag)
    assert kind(refused) == (429, "draft-too-often", True)
    assert 55 <= int(refused["Retry-After"]) == refused.json()["retry_after"] <= 61
    assert visit.phone.get(f"assignments/{visit.assignment.pk}/draft").json() == MINE


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"{", ""),
        (b"[]", "/submission"),
        (b"{}", "/submission"),
        (b'{"submission": 7}', "/submission"),
        (b'{"submission": "seven"}', "/submission"),
        (written({"submission": "09f6a108-afbd-4fae-9052-e36fae8569d4", "note": "\0"}), "/note"),
        (b"[" * 40 + b"]" * 40, ""),
    ],
)
def test_what_is_no_draft_is_refused_by_its_pointer(visit, body, pointer):
    refused = first(visit.phone, visit.assignment, body)
    assert kind(refused) == (422, "draft-unreadable", False)
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert not Draft.objects.exists()


def test_a_draft_has_a_limit_and_may_come_with_a_digest(visit, settings):
    body = written(MINE)
    settings.MAX_DRAFT_BYTES = len(body)
    wrong = save(visit.phone, visit.assignment, body, if_none_match="*", content_digest=digest_header(b"other"))
    assert kind(wrong) == (400, "body-incomplete", True)
    right = save(visit.phone, visit.assignment, body, if_none_match="*", content_digest=digest_header(body))
    assert right.status_code == 201
    settings.MAX_DRAFT_BYTES = len(body) - 1
    assert kind(first(visit.phone, visit.assignment)) == (413, "draft-too-large", False)


def test_a_draft_outlives_the_closing_of_its_version(visit):
    first(visit.phone, visit.assignment)
    ChecklistVersion.objects.update(state="closing")
    assert visit.other.get(f"assignments/{visit.assignment.pk}/draft").json() == MINE


def test_a_delivered_draft_is_gone_and_does_not_come_back(visit):
    content = content_of(visit.assignment)
    tag = first(visit.phone, visit.assignment, {"submission": content["id"]})["ETag"]
    assert visit.phone.put(content["id"], written(content)).status_code == 201
    assert visit.other.get(f"assignments/{visit.assignment.pk}/draft").status_code == 404
    a_minute_passes()
    stale = save(visit.other, visit.assignment, {"submission": content["id"], "page": 1}, if_match=tag)
    assert kind(stale) == (409, "draft-delivered", False)
    turn_the_day()
    assert not Draft.objects.exists()


def test_a_correction_begins_with_a_draft_of_its_own(visit):
    content = content_of(visit.assignment)
    first(visit.phone, visit.assignment, {"submission": content["id"]})
    visit.phone.put(content["id"], written(content))
    assert first(visit.phone, visit.assignment).status_code == 201
    assert visit.other.get(f"assignments/{visit.assignment.pk}/draft").json() == MINE


def test_nobody_else_reads_or_writes_a_draft(client, cast, visit):
    first(visit.phone, visit.assignment)
    bea = Door(client, devices.sign_in(person=cast.bea, phone=devices.Phone("c"), now=timezone.now()).token)
    assert bea.get(f"assignments/{visit.assignment.pk}/draft").status_code == 404
    assert first(bea, visit.assignment, LATER).status_code == 404
    for person in (cast.rita, cast.olga, cast.paul, cast.mia):
        client.force_login(person)
        assert client.get(f"/api/v1/assignments/{visit.assignment.pk}/draft").status_code == 403
    assert Draft.objects.get().text() == written(MINE)


def test_a_signed_out_phone_saves_and_reads_no_draft(cast, visit):
    first(visit.phone, visit.assignment)
    row = visit.assignment.auditor.devices.get(install_id="a")
    devices.revoke(person=cast.ada, device_id=row.pk, now=timezone.now())
    assert visit.phone.get(f"assignments/{visit.assignment.pk}/draft").status_code == 401
    assert first(visit.phone, visit.assignment, LATER).status_code == 401
    assert visit.other.get(f"assignments/{visit.assignment.pk}/draft").json() == MINE


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_a_draft_of_a_visit_that_was_taken_away_is_kept_for_thirty_days(visit, days, left):
    first(visit.phone, visit.assignment)
    Assignment.objects.update(state="withdrawn")
    Draft.objects.update(saved_at=timezone.now() - timedelta(days=days))
    turn_the_day()
    assert Draft.objects.count() == left


def test_the_number_of_statements(visit):
    tag = first(visit.phone, visit.assignment)["ETag"]
    a_minute_passes()
    with CaptureQueriesContext(connection) as queries:
        save(visit.phone, visit.assignment, LATER, if_match=tag)
    # Whose phone and roles; which assignment, the same bytes?, delivered?, the update.
    assert len(queries) == 5
    with CaptureQueriesContext(connection) as queries:
        visit.phone.get(f"assignments/{visit.assignment.pk}/draft")
    assert len(queries) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begun", [True, False])
def test_of_phones_that_save_at_once_one_is_kept_and_the_others_are_told(cast, visit_of, begun):
    assignment = visit_of(cast.ada, cast.vienna)
    now = timezone.now()
    tag = ""
    if begun:
        tag, _ = drafting.save(assignment=assignment, body=written(MINE), replaces="", now=now - timedelta(minutes=2))
    ready, outcomes = threading.Barrier(4), []

    def one(number):
        try:
            ready.wait()
            drafting.save(assignment=assignment, body=written(MINE | {"page": number}), replaces=tag, now=now)
            outcomes.append(number)
        except Problem as problem:
            outcomes.append(problem.kind)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=one, args=(100 + number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (kept,) = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert outcomes.count(DRAFT_CHANGED) == 3
    assert json.loads(Draft.objects.get().text())["page"] == kept
    assert not Submission.objects.exists()
