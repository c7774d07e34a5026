"""Store first, judge later: whatever is odd about a readable delivery is noted for the office and never refused."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from audits.models import Assignment, Audit, Dirty, Observation, Query, ScopeDocument, Submission, flags
from audits.models.compiled import layout_of
from audits.models.sent import sent_bytes
from audits.models.windows import WindowRules
from audits.scoring.packing import unpack
from audits.scoring.vector import decode
from audits.services import planning
from standards.models import ChecklistVersion
from standards.models.frozen import pressed
from standards.spec.digest import sha256_hex
from standards.spec.scope import make_scope, scope_bytes
from tests.audits.receiving.delivery import ANSWERS, NOTHING, ONE, content_of, deliver, rows, written
from tests.cast import NOW, publish_directly, small_checklist

pytestmark = pytest.mark.django_db


def sent(assignment, *, sender=None, now=NOW, **members):
    """Deliver, and return the submission as it is kept."""
    body = written(content_of(assignment, **members))
    delivery = deliver(body, sender or assignment.auditor, now=now)
    row = Submission.objects.get(pk=uuid.UUID(content_id(body)))
    assert delivery.outcome == "new"
    assert sent_bytes(row.pk) == body
    return row


def content_id(body):
    return body.decode().split('"id":"')[1][:36]


def observed(row):
    """The answers as scoring will read them."""
    observation = Observation.objects.get(submission=row)
    return decode(layout_of(observation.version_id, observation.scope_id), unpack(bytes(observation.answers)))


def test_a_plain_delivery_has_nothing_odd(assignment):
    row = sent(assignment)
    assert row.flags == []
    assert observed(row) == ANSWERS
    assert Dirty.objects.get().submission_id == row.pk


@pytest.mark.parametrize("somebody_elses", [True, False])
def test_somebody_elses_assignment_behaves_exactly_like_an_unknown_one(cast, assignment, somebody_elses):
    body = written(content_of(assignment, **({} if somebody_elses else {"assignment": str(uuid.uuid4())})))
    delivery = deliver(body, cast.bea)
    assert (delivery.outcome, delivery.status.state) == ("new", "received")
    assert list(delivery.status.flags) == [flags.UNKNOWN_ASSIGNMENT]
    row = Submission.objects.get()
    assert (row.assignment, row.flags, row.sender) == (None, [flags.UNKNOWN_ASSIGNMENT], cast.bea)
    assert rows() == NOTHING | {"Submission": 1, "RawSubmission": 1}
    assert sent_bytes(row.pk) == body
    assignment.refresh_from_db()
    assert (assignment.state, assignment.audit.state) == ("offered", "assigned")


def test_a_visit_called_off_stays_called_off(assignment):
    planning.cancel(audit_id=assignment.audit_id, now=NOW)
    row = sent(assignment)
    assert row.flags == [flags.ASSIGNMENT_ENDED, flags.AUDIT_CANCELLED]
    assert Audit.objects.get().state == "cancelled"
    assert Assignment.objects.get().state == "withdrawn"


def test_the_work_of_an_auditor_replaced_by_another_moves_nothing(cast, assignment):
    planning.withdraw(assignment_id=assignment.pk, now=NOW)
    planning.assign(audit_id=assignment.audit_id, auditor=cast.bea, now=NOW)
    row = sent(assignment)
    assert row.flags == [flags.ASSIGNMENT_ENDED]
    assert Audit.objects.get().state == "assigned"
    assert sorted(Assignment.objects.values_list("state", flat=True)) == ["offered", "withdrawn"]


def test_a_second_submission_of_one_visit_is_noted(assignment):
    assert sent(assignment).flags == []
    assert sent(assignment).flags == [flags.ANOTHER_SUBMISSION]
    assert rows() == {key: 2 * number for key, number in ONE.items()}


def test_a_report_after_its_last_day_is_late(assignment):
    # The window ends on 20 June; seven days more, then it is late at the branch, two hours ahead of UTC.
    last_moment = datetime(2026, 6, 27, 21, 59, tzinfo=UTC)
    assert sent(assignment, now=last_moment).flags == []
    assert sent(assignment, now=last_moment + timedelta(minutes=1)).flags == [flags.ANOTHER_SUBMISSION, flags.LATE]


def test_a_missed_visit_is_one_again_when_its_report_comes(assignment):
    after = NOW + timedelta(days=30)
    assert planning.mark_missed(now=after) == 1
    assert sent(assignment, now=after).flags == [flags.LATE]
    assert Audit.objects.get().state == "delivered"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-06-13", []),
        ("2026-06-15", []),
        ("2026-06-14", [flags.OUTSIDE_WINDOW]),
    ],
)
def test_a_visit_on_an_excluded_day_is_outside_its_window(cast, visit_of, day, expected):
    rules = WindowRules(excluded=(date(2026, 6, 14),))
    assignment = visit_of(cast.ada, cast.vienna, rules=rules)
    assert sent(assignment, visited_on=day).flags == expected


def test_unknown_standards_are_noted_and_the_others_count(assignment):
    row = sent(assignment, answers=ANSWERS | {"XYZ-001": "met", "BAR-001@bar-9": "met"})
    assert row.flags == [flags.UNKNOWN_STANDARD]
    assert observed(row) == ANSWERS


@pytest.mark.parametrize(
    ("key", "value"), [("ARR-001", "perhaps"), ("ARR-001", 1), ("ARR-003", 11), ("ARR-002", "met"), ("ARR-002", 10**12)]
)
def test_impossible_values_are_noted_and_count_as_not_assessed(assignment, key, value):
    row = sent(assignment, answers=ANSWERS | {key: value})
    assert row.flags == [flags.BAD_VALUE]
    assert observed(row) == {k: v for k, v in ANSWERS.items() if k != key}


@pytest.mark.parametrize(
    ("answer", "comment", "expected"),
    [
        ("not_met", None, [flags.COMMENT_MISSING]),
        ("not_met", "  ", [flags.COMMENT_MISSING]),
        ("not_met", "Stains.", []),
        ("met", None, []),
        ("na", None, []),
    ],
)
def test_a_failed_standard_that_needs_a_comment(assignment, answer, comment, expected):
    comments = {} if comment is None else {"ROOM-001": comment}
    assert sent(assignment, answers=ANSWERS | {"ROOM-001": answer}, comments=comments).flags == expected


def test_a_failed_standard_that_needs_a_photo(cast, running, visit_of):
    content = small_checklist()
    wanting = {"ARR-002": {"photo_on_fail": True}, "ARR-003": {"photo_on_fail": True, "pass_at": "0.6"}}
    standards = tuple(_changed(s, **wanting.get(s.code, {})) for s in content.standards)
    version = publish_directly(cast.aurora, small_checklist(code="photo", standards=standards))
    running.component.checklist = version.checklist
    running.component.save()
    photo = {"id": str(uuid.uuid4()), "type": "photo", "sha256": "0" * 64, "length": 1}
    for answers, shown, expected in (
        ({"ARR-002": 60, "ARR-003": 6}, [], []),
        ({"ARR-002": 61}, [], [flags.EVIDENCE_MISSING]),
        ({"ARR-003": 5}, [], [flags.EVIDENCE_MISSING]),
        ({"ARR-002": 61}, ["ARR-002"], []),
        ({"ARR-002": 61, "ARR-003": 5}, ["ARR-002"], [flags.EVIDENCE_MISSING]),
        ({"ARR-002": 61, "ARR-003": "na"}, ["ARR-002"], []),
    ):
        assignment = visit_of(cast.ada, cast.vienna)
        evidence = [photo | {"for": shown}] if shown else []
        assert sent(assignment, answers=answers, evidence=evidence).flags == expected


def _changed(standard, **fields):
    return type(standard)(**{f: getattr(standard, f) for f in standard.__struct_fields__} | fields)


@pytest.mark.parametrize("where", ["top", "evidence", "instances", "replaces"])
def test_members_nobody_knows_are_kept_and_noted(assignment, where):
    item = {"id": str(uuid.uuid4()), "type": "photo", "sha256": "0" * 64, "length": 1, "new": 1}
    members = {
        "top": {"mood": "sunny"},
        "evidence": {"evidence": [item]},
        "instances": {"instances": [{"id": "b", "section": "BAR", "new": 1}]},
        "replaces": {"replaces": {"id": str(uuid.uuid4()), "digest": "0" * 64, "new": 1}},
    }[where]
    assert flags.UNKNOWN_MEMBER in sent(assignment, **members).flags


def test_another_published_version_is_scored_with_the_one_that_was_named(cast, assignment):
    other = publish_directly(cast.aurora, small_checklist(name="Stay, old wording"), number=2)
    ChecklistVersion.objects.filter(pk=other.pk).update(state="retired")
    scope = scope_for(cast, other)
    row = sent(assignment, checklist=other.sha256, scope=scope.sha256)
    assert row.flags == [flags.CHECKLIST_DIFFERS]
    observation = Observation.objects.get(submission=row)
    assert (observation.version, observation.scope) == (other, scope)


def scope_for(cast, version):
    """A scope of this version, as planning would have frozen it for Vienna."""
    scope = make_scope(
        checklist=version.content(), checklist_sha256=version.sha256, facilities=cast.vienna.facilities, instances=()
    )
    body = scope_bytes(scope)
    return ScopeDocument.objects.create(chain=version.chain, sha256=sha256_hex(body), body=pressed(body))


def test_a_version_that_was_retired_meanwhile_is_as_good_as_before(assignment, running):
    ChecklistVersion.objects.filter(pk=running.version.pk).update(state="retired")
    assert sent(assignment).flags == []


def test_a_version_of_another_checklist_cannot_be_scored(cast, assignment):
    other = publish_directly(cast.aurora, small_checklist(code="call"))
    row = sent(assignment, checklist=other.sha256)
    assert row.flags == [flags.CHECKLIST_UNKNOWN]
    assert rows() == NOTHING | {"Submission": 1, "RawSubmission": 1}


def test_a_version_nobody_knows_cannot_be_scored(assignment):
    assert sent(assignment, checklist="0" * 64).flags == [flags.CHECKLIST_UNKNOWN]


def test_with_a_scope_nobody_knows_the_planned_one_serves(assignment):
    row = sent(assignment, scope="0" * 64)
    assert row.flags == [flags.SCOPE_UNKNOWN]
    assert observed(row) == ANSWERS


@pytest.mark.parametrize("outcome", ["not_possible", "recognised"])
def test_a_visit_that_did_not_take_place_is_delivered_and_not_scored(assignment, outcome):
    row = sent(assignment, outcome=outcome, reason="closed", answers={}, entered=None)
    assert (row.outcome, row.reason, row.flags) == (outcome, "closed", [])
    assert rows() == ONE | {"Dirty": 0}
    assert Audit.objects.get().state == "delivered"


def test_a_correction_names_what_it_replaces_and_brings_the_replies(assignment):
    first = sent(assignment)
    query = Query.objects.create(submission=first, text="Which desk?")
    Submission.objects.update(state="returned")
    replaces = {"id": str(first.pk), "digest": bytes(first.digest).hex()}
    reply = {"query": str(query.pk), "text": "The left one.", "evidence": []}
    second = sent(assignment, replaces=replaces, query_replies=[reply])
    query.refresh_from_db()
    assert (second.replaces, query.reply) == (first.pk, "The left one.")
    assert flags.REPLACES_UNKNOWN not in second.flags


def test_a_correction_of_something_else_answers_no_queries(cast, assignment, visit_of):
    other = sent(visit_of(cast.bea, cast.graz))
    query = Query.objects.create(submission=other, text="Which desk?")
    replaces = {"id": str(other.pk), "digest": bytes(other.digest).hex()}
    row = sent(assignment, replaces=replaces, query_replies=[{"query": str(query.pk), "text": "Mine!"}])
    query.refresh_from_db()
    assert (row.flags, query.reply) == ([flags.REPLACES_UNKNOWN], "")


@pytest.mark.parametrize(
    "clock",
    [
        {"segments": [{"run": "a", "wall": "2027-06-15T12:00:00Z", "mono_ms": 1}]},
        {"segments": [{"run": "a", "wall": "2025-06-15T12:00:00Z", "mono_ms": 1}]},
        {"segments": [{"run": "a", "wall": 1, "mono_ms": 1}]},
        {"segments": [{"run": "a", "wall": "yesterday", "mono_ms": 1}]},
        {"segments": [{"run": "a", "wall": 1e300, "mono_ms": 1}]},
    ],
)
def test_a_clock_that_is_off_is_noted_for_the_office_and_never_told(assignment, clock):
    body = written(content_of(assignment, clock=clock))
    delivery = deliver(body, assignment.auditor)
    assert Submission.objects.get().flags == [flags.CLOCK_SKEWED]
    assert list(delivery.status.flags) == []


@pytest.mark.parametrize("clock", [None, {}, {"segments": []}, {"segments": [{"wall": "2026-06-15T14:05:00+02:00"}]}])
def test_a_clock_within_ten_minutes_is_right(assignment, clock):
    assert sent(assignment, clock=clock).flags == []


@pytest.mark.parametrize("clock", [7, "noon", [], {"segments": 7}, {"segments": [7, None]}])
def test_a_clock_of_any_shape_is_kept(assignment, clock):
    assert sent(assignment, clock=clock).flags == []


@pytest.mark.parametrize("entered", [[1, 2], "soon", [1, 2, 3, 4, "5"], [1, 2, 3, 4, True], [1, 2, 3, 4, 5.5], {}])
def test_entry_times_of_any_shape_are_kept_and_noted(assignment, entered):
    assert sent(assignment, entered=entered).flags == [flags.ENTRY_TIMES_UNREADABLE]


@pytest.mark.parametrize("entered", [None, [0, None, 3, 2, 9], [0, -5, 2**40, None, 1]])
def test_entry_times_may_jump_and_be_absent(assignment, entered):
    assert sent(assignment, entered=entered).flags == []
