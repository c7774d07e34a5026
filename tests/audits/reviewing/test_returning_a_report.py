"""Return: a report goes back with questions; the corrected one names it and takes its place."""

import pytest

from audits.models import Assignment, Audit, Query, Review, Submission
from audits.services import reviewing
from chains.problems import Problem
from tests.audits.delivering import PERFECT
from tests.audits.office.sending import sent
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def send_back(submission, cast, *questions):
    return reviewing.return_with_queries(
        submission_id=submission.pk,
        reviewer=cast.rita,
        questions=[reviewing.Question(*question) for question in questions],
        now=NOW,
    )


def test_a_return_needs_a_question(cast, assignment):
    submission = sent(assignment, PERFECT)
    with pytest.raises(Problem) as caught:
        send_back(submission, cast)
    assert [f.pointer for f in caught.value.errors] == ["/queries"]
    assert Submission.objects.get().state == "received"


def test_a_returned_report_is_corrected_and_the_correction_accepted(cast, assignment):
    first = sent(assignment, PERFECT | {"ARR-002": 300})
    settle()
    send_back(first, cast, ("ARR-002", "Really five minutes?"), ("", "Which room?"))
    assert (Audit.objects.get().state, Assignment.objects.get().state) == ("assigned", "accepted")
    assert Submission.objects.get().state == "returned"
    query = Query.objects.get(answer_key="ARR-002")
    second = sent(
        assignment,
        PERFECT,
        replaces={"id": str(first.pk), "digest": bytes(first.digest).hex()},
        query_replies=[{"query": str(query.pk), "text": "Thirty seconds, sorry."}],
    )
    assert second.flags == []
    assert Audit.objects.get().state == "delivered"
    settle()
    reviewing.accept(submission_id=second.pk, reviewer=cast.rita, now=NOW)
    first.refresh_from_db()
    query.refresh_from_db()
    assert (first.state, query.reply) == ("replaced", "Thirty seconds, sorry.")
    assert list(Review.objects.order_by("pk").values_list("decision", flat=True)) == ["return", "accept"]
    with pytest.raises(Problem):
        reviewing.accept(submission_id=first.pk, reviewer=cast.rita, now=NOW)


def test_what_was_accepted_cannot_be_returned(cast, assignment):
    submission = sent(assignment, PERFECT)
    settle()
    reviewing.accept(submission_id=submission.pk, reviewer=cast.rita, now=NOW)
    with pytest.raises(Problem):
        send_back(submission, cast, ("", "?"))
    assert not Query.objects.exists()
    assert Audit.objects.get().state == "accepted"


def test_a_correction_is_never_accepted_automatically(cast, house, assignment):
    house.programme.automatic_acceptance = True
    house.programme.save()
    first = sent(assignment, PERFECT, visited_on="2026-06-20")
    settle()
    assert first.flags == ["visited-on-unbelievable"]
    send_back(first, cast, ("", "On which day?"))
    sent(assignment, PERFECT, replaces={"id": str(first.pk), "digest": bytes(first.digest).hex()})
    settle()
    assert Audit.objects.get().state == "delivered"
