"""Matching: the office says which visit a report is of, where the phone named one that is unknown or had ended.

What was sent stays as it is. What follows from it (notes, answers, the states of visit and assignment) is derived anew,
as if the phone had named this assignment when it delivered.
"""

import uuid
from datetime import datetime

import msgspec
from django.db import transaction

from audits.models import Assignment, Dirty, Observation, RawSubmission, Score, Submission, flags
from audits.models.pressing import columns_text, press
from audits.models.sent import Damaged, sent_bytes
from audits.problems import REVIEW_REFUSED
from audits.scoring.answers import digest
from audits.scoring.packing import pack
from audits.services.receiving import noting
from audits.services.receiving.arrival import Arrival
from audits.services.receiving.body import read_body
from audits.services.receiving.keeping import TRIES, Derived, derive, moves_of, settle_replaced
from chains.models.dialects import NothingChanged, run_together
from chains.problems import BUSY, Fault, Problem

ENDED = (Assignment.State.DECLINED, Assignment.State.ABORTED, Assignment.State.WITHDRAWN)


def match(*, submission_id: uuid.UUID, assignment_id: uuid.UUID, now: datetime) -> None:
    """Take a report as one of this assignment of its sender, and have it scored. Raises Problem (review-refused).

    Only a report that waits and has no visit, or one of an assignment that ended, can be matched.
    """
    for _ in range(TRIES):
        submission = _to_match(submission_id)
        arrival, derived = _derived(submission, assignment_id)
        try:
            with transaction.atomic():
                _move(submission, arrival, derived, now)
        except NothingChanged:
            continue
        return
    raise Problem(BUSY)


def _to_match(submission_id: uuid.UUID) -> Submission:
    rows = Submission.objects.select_related("sender", "device", "assignment").filter(pk=submission_id)
    submission: Submission | None = rows.first()
    if submission is None or submission.state != Submission.State.RECEIVED:
        raise Problem(REVIEW_REFUSED, "Only a report that waits to be judged can be matched.")
    if submission.assignment is not None and submission.assignment.state not in ENDED:
        raise Problem(REVIEW_REFUSED, "It belongs to a visit already.")
    if submission.sender is None:
        raise Problem(REVIEW_REFUSED, "Its sender has been forgotten; nobody can have made the visit.")
    return submission


def _derived(submission: Submission, assignment_id: uuid.UUID) -> tuple[Arrival, Derived]:
    try:
        body = sent_bytes(submission.pk)
    except (RawSubmission.DoesNotExist, Damaged):
        raise Problem(REVIEW_REFUSED, "What was sent is not held any more.") from None
    assert submission.sender is not None
    arrival = Arrival(
        submission_id=submission.pk,
        body=body,
        digest=bytes(submission.digest),
        sender=submission.sender,
        device=submission.device,
        now=submission.received_at,
        notes=frozenset(submission.flags) & flags.OF_THE_DOOR | {flags.MATCHED},
    )
    sent, unknown_member = read_body(body, submission.pk)
    derived = derive(arrival, msgspec.structs.replace(sent, assignment=assignment_id), unknown_member)
    if derived.duty is None:
        fault = Fault("/assignment", "foreign", "This is no assignment of the person who sent the report.")
        raise Problem(REVIEW_REFUSED, fault.detail, errors=[fault])
    return arrival, derived


def _move(submission: Submission, arrival: Arrival, derived: Derived, now: datetime) -> None:
    """All rows of one match. Raises NothingChanged where states changed between reading and writing."""
    duty, frozen, answers = derived.duty, derived.frozen, derived.answers
    assert duty is not None
    moves = moves_of(duty)
    notes, replies = settle_replaced(derived.flags | arrival.notes, derived.sent, duty, arrival)
    run_together([*moves, *replies], must_change=len(moves))
    rows = Submission.objects.filter(pk=submission.pk, state=submission.state, assignment=submission.assignment)
    if not rows.update(assignment_id=duty.id, flags=sorted(notes), visited_on=derived.day):
        raise NothingChanged
    if frozen is None or answers is None:
        return
    observed = Observation.objects.filter(submission=submission).first()
    if observed is None:
        Observation.objects.create(
            submission=submission,
            version_id=frozen.version_id,
            scope_id=frozen.scope_id,
            answers=pack(answers),
            digest=digest(answers),
        )
        known = columns_text(
            submission_id=str(submission.pk),
            assignment=str(submission.claimed_assignment),
            checklist=frozen.checklist_sha256,
            scope=frozen.scope_sha256,
        )
        # How the bytes are stored leans on the observation: it is there only now.
        stored = press(arrival.body, known=known, layout=frozen.layout, answers=answers, entered=derived.sent.entered)
        RawSubmission.objects.filter(submission=submission).update(body=stored)
    elif (observed.version_id, observed.scope_id) != (frozen.version_id, frozen.scope_id):
        raise Problem(REVIEW_REFUSED, "This visit was planned with other standards than the report was taken with.")
    else:
        Score.objects.filter(observation=observed).update(audit_id=duty.audit_id)
    if derived.sent.outcome in noting.VISITED:
        Dirty.objects.mark([Dirty.score(submission_id=submission.pk, now=now)])
