"""Many deliveries at the same moment: one row each, whoever comes first, and no visit in two states."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audits.models import (
    Assignment,
    Audit,
    Dirty,
    Observation,
    Quarantine,
    Rating,
    RawSubmission,
    Score,
    Submission,
    flags,
)
from audits.services import planning
from chains.problems import Problem
from chains.services import devices
from tests.audits.receiving.delivery import content_of, deliver, written
from tests.phone import Link
from tests.phone.link import digest_header

# SQLite lets one writer in at a time: the same truth with fewer of them.
THREADS, ROUNDS = (20, 50) if connection.vendor == "postgresql" else (4, 5)


@pytest.fixture
def crowd(live, cast):
    """Threads, each with a connection of its own, all signed in as Ada's phone."""
    token = devices.sign_in(person=cast.ada, phone=devices.Phone("a"), now=timezone.now()).token
    links = [Link(live.url, token) for _ in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        yield lambda work: list(pool.map(work, links))
    for link in links:
        link.close()


def put(link, body, name):
    """PUT until it is not 503 (SQLite's one writer is busy)."""
    while True:
        headers = {"Content-Type": "application/json", "Content-Digest": digest_header(body)}
        answer = link.ask("PUT", f"submissions/{name}", body, headers)
        if answer.status != 503:
            return answer


def test_the_same_put_at_once_makes_one_row_one_receipt_and_one_rating(live, cast, visit_of, crowd):
    today = timezone.now().date()
    window = {"window_from": today - timedelta(days=1), "window_until": today + timedelta(days=1)}
    for _ in range(ROUNDS):
        visit = visit_of(cast.ada, cast.vienna, now=timezone.now(), **window)
        content = content_of(visit, visited_on=today.isoformat())
        body = written(content)
        gate = threading.Barrier(THREADS)

        def at_once(link, body=body, name=content["id"], gate=gate):
            gate.wait()
            return put(link, body, name)

        answers = crowd(at_once)
        assert Counter(answer.status for answer in answers) == {201: 1, 200: THREADS - 1}
        assert len({answer.json()["receipt"] for answer in answers}) == 1
    live.until(lambda: not Dirty.objects.exists() and not Audit.objects.exclude(state="released").exists(), seconds=30)
    for kind in (Submission, RawSubmission, Observation, Score):
        assert kind.objects.count() == ROUNDS
    assert not Quarantine.objects.exists()
    rating = Rating.objects.get(current=True)
    assert (rating.location, rating.visits, len(set(rating.score_ids))) == (cast.vienna, ROUNDS, ROUNDS)


def test_different_reports_of_one_visit_at_once_are_all_kept_and_one_is_the_first(cast, visit_of, crowd):
    assignment = visit_of(cast.ada, cast.vienna, now=timezone.now())
    waiting = [content_of(assignment) for _ in range(THREADS)]
    gate = threading.Barrier(THREADS)

    def at_once(link):
        content = waiting.pop()
        gate.wait()
        return put(link, written(content), content["id"])

    assert Counter(answer.status for answer in crowd(at_once)) == {201: THREADS}
    noted = Counter(flags.ANOTHER_SUBMISSION in row for row in Submission.objects.values_list("flags", flat=True))
    assert noted == {False: 1, True: THREADS - 1}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.parametrize("ending", ["cancel", "withdraw"])
def test_a_visit_ended_while_its_report_arrives_is_either_delivered_or_ended(cast, visit_of, ending):
    outcomes = Counter()
    for _ in range(30):
        assignment = visit_of(cast.ada, cast.vienna)
        gate = threading.Barrier(2)

        def arrives(assignment=assignment, gate=gate):
            body = written(content_of(assignment))
            gate.wait()
            deliver(body, cast.ada)
            connection.close()

        def ends(assignment=assignment, gate=gate):
            gate.wait()
            try:
                if ending == "cancel":
                    planning.cancel(audit_id=assignment.audit_id, now=timezone.now())
                else:
                    planning.withdraw(assignment_id=assignment.pk, now=timezone.now())
                return True
            except Problem:
                return False
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            first, second = pool.submit(arrives), pool.submit(ends)
            first.result()
            ended = second.result()
        row = Submission.objects.get(assignment=assignment)
        audit, duty = Audit.objects.get(pk=assignment.audit_id), Assignment.objects.get(pk=assignment.pk)
        state = (ended, audit.state, duty.state, flags.ASSIGNMENT_ENDED in row.flags)
        after = "cancelled" if ending == "cancel" else "planned"
        assert state in [(True, after, "withdrawn", True), (False, "delivered", "delivered", False)]
        outcomes[ended] += 1
    assert sum(outcomes.values()) == 30
