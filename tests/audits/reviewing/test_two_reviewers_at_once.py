"""Two people judging at the same moment: one judgement stands, the other person is told, nothing is half done."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from audits.models import Amendment, Assignment, Audit, Dirty, Quarantine, Review, Submission
from audits.services import quarantining, releasing, reviewing
from chains.problems import Problem
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import NOW, build_cast, programme_of, publish_directly, scheme_in_force, small_checklist

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


@pytest.fixture
def cast(transactional_db):
    return build_cast()


@pytest.fixture
def visit(cast):
    """`visit()`: another visit of Vienna given to Ada."""
    version = publish_directly(cast.aurora, small_checklist())
    _, component, _ = programme_of(
        version, scheme_in_force(cast.aurora), automatic_acceptance=False, release_mode="end_of_period"
    )
    return lambda: planned(component, version, cast.vienna, cast.ada)


def at_once(*calls):
    """What each call returned or raised, all begun at the same moment, each on a connection of its own."""
    start = threading.Barrier(len(calls))

    def run(call):
        try:
            start.wait(10)
            return call()
        except Problem as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def problems(results):
    return [result.kind.code for result in results if isinstance(result, Problem)]


def test_of_two_rivals_accepted_at_once_one_is(cast, visit):
    for _ in range(ROUNDS):
        assignment = visit()
        rivals = [delivered(assignment, PERFECT), delivered(assignment, PERFECT | {"ARR-001": "not_met"})]
        settle()
        calls = [
            lambda s=s, who=who: reviewing.accept(submission_id=s.pk, reviewer=who, now=NOW)
            for s, who in zip(rivals, (cast.rita, cast.olga), strict=True)
        ]
        assert problems(at_once(*calls)) == ["review-refused"]
        accepted = Submission.objects.get(assignment=assignment, state="accepted")
        assert Review.objects.get(submission__assignment=assignment).submission == accepted
        assert Audit.objects.get(pk=assignment.audit_id).state == "accepted"


def test_accepted_by_one_and_returned_by_the_other(cast, visit):
    for _ in range(ROUNDS):
        submission = delivered(visit(), PERFECT)
        settle()
        results = at_once(
            lambda s=submission: reviewing.accept(submission_id=s.pk, reviewer=cast.rita, now=NOW),
            lambda s=submission: reviewing.return_with_queries(
                submission_id=s.pk, reviewer=cast.olga, questions=[reviewing.Question("", "?")], now=NOW
            ),
        )
        assert problems(results) == ["review-refused"]
        review = Review.objects.get(submission=submission)
        assignment = Assignment.objects.get(submissions=submission)
        together = (review.decision, assignment.audit.state, assignment.state, submission.queries.count())
        assert together in {("accept", "accepted", "delivered", 0), ("return", "assigned", "accepted", 1)}


def test_corrections_at_once_follow_each_other(cast, visit):
    for _ in range(ROUNDS):
        submission = delivered(visit(), PERFECT | {"ARR-002": 10})
        calls = [
            lambda after=after, s=submission: reviewing.amend(
                submission_id=s.pk,
                made_by=cast.rita,
                corrections=[reviewing.Correction("ARR-002", after, "r")],
                source="review",
                now=NOW,
            )
            for after in ("20", "30")
        ]
        assert problems(at_once(*calls)) == []
        first, second = Amendment.objects.filter(submission=submission)
        assert (first.before, second.before) == ("10", first.after)


def test_released_by_two_it_is_released_once(cast, visit):
    for _ in range(ROUNDS):
        submission = delivered(visit(), PERFECT)
        settle()
        reviewing.accept(submission_id=submission.pk, reviewer=cast.rita, now=NOW)
        audit = Audit.objects.get(assignments__submissions=submission)
        calls = [lambda a=audit: releasing.release_now(audit_ids=[a.pk], now=NOW)] * 2
        assert problems(at_once(*calls)) == ["audit-state"]
        assert Audit.objects.get(pk=audit.pk).state == "released"
        assert Dirty.objects.filter(kind="rate", location_id=cast.vienna.pk).exists()


def test_a_quarantined_delivery_is_settled_by_one(cast):
    for number in range(ROUNDS):
        row = Quarantine.objects.create(
            office=cast.office,
            sender=cast.ada,
            submission_id="6b1a3e8e-8f0e-4b5c-9d5c-111111111111",
            digest=bytes([number]) * 32,
            length=2,
            body=b"x\x9c\xab\xae\x05\x00\x01u\x00\xf9",
            problem="submission-unreadable",
            received_at=NOW,
        )
        delivered_now = []
        results = at_once(
            lambda r=row, d=delivered_now: quarantining.release(
                row_id=r.pk, by=cast.rita, now=NOW, note="", deliver=lambda *a: d.append(a)
            ),
            lambda r=row: quarantining.dismiss(row_id=r.pk, by=cast.olga, now=NOW, note="n"),
        )
        assert problems(results) == ["quarantine-state"]
        row.refresh_from_db()
        assert (row.state, len(delivered_now)) in {("released", 1), ("dismissed", 0)}
