"""The office's judgement: accept, return with queries, void, withdraw.

Every move is one conditional update; audits are moved before submissions, everywhere, so that nobody waits in a circle.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction

from audits.models import Assignment, Audit, Observation, Query, Review, Score, SharedComment, Submission
from audits.models.compiled import layout_of
from audits.models.marking import CountedVisit, mark_ratings
from audits.problems import REVIEW_REFUSED
from chains.models import User
from chains.models.dialects import held
from chains.problems import Fault, Problem
from standards.spec.parsing import escape_pointer

OPEN = (Submission.State.RECEIVED, Submission.State.RETURNED)
STANDING = (*OPEN, Submission.State.ACCEPTED)
SCORED = (Submission.Outcome.COMPLETED, Submission.Outcome.PARTIAL)


class Question(NamedTuple):
    """One question put to the auditor, about an answer or (empty key) the whole visit."""

    answer_key: str
    text: str


def accept(
    *,
    submission_id: uuid.UUID,
    reviewer: User | None,
    now: datetime,
    note: str = "",
    visited_on: date | None = None,
    daypart: str = "",
    comments: Mapping[str, str] | None = None,
) -> Review:
    """Accept one submission of a visit; without a reviewer it was automatic. Raises Problem (review-refused).

    `visited_on` confirms or corrects the day the visit counts on, `daypart` says when on that day; `comments` are the
    reviewed copies a branch may read.
    """
    with transaction.atomic():
        submission = _open_submission(submission_id)
        if submission.outcome not in SCORED:
            raise Problem(REVIEW_REFUSED, "A visit that did not take place cannot be accepted as one; void it instead.")
        scores = Score.objects.filter(observation__submission=submission, current=True)
        score = scores.select_related("observation").first()
        if score is None:
            raise Problem(REVIEW_REFUSED, "It is still being scored; try again in a moment.")
        _check_comments(score.observation, comments or {})
        audit = _audit_of(submission)
        day = visited_on or submission.visited_on
        if day > submission.received_at.astimezone(audit.location.zone()).date():
            fault = Fault("/visited_on", "too-late", "The report came before that day.")
            raise Problem(REVIEW_REFUSED, fault.detail, errors=[fault])
        moved = Audit.objects.filter(pk=audit.pk, state=Audit.State.DELIVERED).update(
            state=Audit.State.ACCEPTED, accepted_at=now, visited_on=day, daypart=daypart
        )
        if not moved:
            raise Problem(REVIEW_REFUSED, "This visit has been cancelled, voided or accepted before.")
        _move_submission(submission, Submission.State.ACCEPTED)
        if submission.replaces:
            corrected = Submission.objects.filter(
                pk=submission.replaces, assignment=submission.assignment, state__in=OPEN
            )
            corrected.update(state=Submission.State.REPLACED)
        SharedComment.objects.bulk_create(
            SharedComment(audit=audit, answer_key=key, text=text)
            for key, text in (comments or {}).items()
            if text.strip()
        )
        return _record(submission, Review.Decision.ACCEPT, reviewer, now, note)


def return_with_queries(
    *,
    submission_id: uuid.UUID,
    reviewer: User,
    questions: Sequence[Question],
    now: datetime,
    due_on: date | None = None,
    note: str = "",
) -> Review:
    """Send a submission back with questions; the auditor's corrected one will name it in `replaces`."""
    if not questions:
        fault = Fault("/queries", "empty", "Say what you want to know: a return needs at least one query.")
        raise Problem(REVIEW_REFUSED, fault.detail, errors=[fault])
    with transaction.atomic():
        submission = _open_submission(submission_id)
        Audit.objects.filter(pk=_audit_of(submission).pk, state=Audit.State.DELIVERED).update(
            state=Audit.State.ASSIGNED
        )
        _move_submission(submission, Submission.State.RETURNED)
        Query.objects.bulk_create(
            Query(submission=submission, answer_key=q.answer_key, text=q.text, due_on=due_on) for q in questions
        )
        Assignment.objects.filter(submissions=submission, state=Assignment.State.DELIVERED).update(
            state=Assignment.State.ACCEPTED
        )
        return _record(submission, Review.Decision.RETURN, reviewer, now, note)


def void(*, submission_id: uuid.UUID, reviewer: User, now: datetime, note: str) -> Review:
    """Declare a submission void, also after release: the ratings it counted for are recomputed. Raises Problem.

    Its visit is void with it; where another submission of that visit waits, that one can be judged in its stead.
    """
    if not note.strip():
        fault = Fault("/note", "empty", "Say why the visit is void; the reason stays on record.")
        raise Problem(REVIEW_REFUSED, fault.detail, errors=[fault])
    with transaction.atomic():
        audit = held(Audit.objects.filter(assignments__submissions=submission_id)).first()
        submission = _submission(submission_id)
        if not Submission.objects.filter(pk=submission_id, state__in=STANDING).update(state=Submission.State.VOID):
            raise Problem(REVIEW_REFUSED, f"It is {submission.get_state_display().lower()} already.")
        if audit and audit.state != Audit.State.CANCELLED:
            _take_back(audit, submission, now)
        return _record(submission, Review.Decision.VOID, reviewer, now, note)


def withdraw(*, submission_id: uuid.UUID, reviewer: User, now: datetime, note: str) -> Review:
    """Take back a report that should never have been delivered: its id is refused from now on, the bytes are kept.

    Its visit waits for another report of the same assignment, unless one waits already. What is accepted is voided
    instead. Raises Problem (review-refused).
    """
    if not note.strip():
        fault = Fault("/note", "empty", "Say why the report is withdrawn; the reason stays on record.")
        raise Problem(REVIEW_REFUSED, fault.detail, errors=[fault])
    with transaction.atomic():
        audit = held(Audit.objects.filter(assignments__submissions=submission_id)).first()
        submission = Submission.objects.filter(pk=submission_id).first()
        if submission is None or submission.state not in OPEN:
            raise Problem(REVIEW_REFUSED, "Only a report that waits to be judged, or was returned, can be withdrawn.")
        _move_submission(submission, Submission.State.WITHDRAWN)
        if audit and not Submission.objects.filter(assignment__audit=audit, state__in=STANDING).exists():
            Audit.objects.filter(pk=audit.pk, state=Audit.State.DELIVERED).update(state=Audit.State.ASSIGNED)
            assignments = Assignment.objects.filter(submissions=submission, state=Assignment.State.DELIVERED)
            assignments.update(state=Assignment.State.ACCEPTED)
        return _record(submission, Review.Decision.WITHDRAW, reviewer, now, note)


def _take_back(audit: Audit, voided: Submission, now: datetime) -> None:
    """What a visit is without one of its submissions: as it was, waiting for another judgement, or void."""
    others = Submission.objects.filter(assignment__audit=audit, state__in=STANDING)
    if voided.state != Submission.State.ACCEPTED and others.exists():
        return
    rows = Audit.objects.filter(pk=audit.pk)
    SharedComment.objects.filter(audit=audit).delete()
    if others.exists():
        rows.update(state=Audit.State.DELIVERED, accepted_at=None, released_at=None, visit_id=None)
    else:
        rows.update(state=Audit.State.VOID)
    if audit.state == Audit.State.RELEASED and audit.visited_on:
        mark_ratings([CountedVisit(audit.programme_id, audit.location_id, audit.visited_on)], now=now)


def _submission(submission_id: uuid.UUID) -> Submission:
    rows = Submission.objects.select_related("assignment__audit__location").filter(pk=submission_id)
    submission: Submission | None = rows.first()
    if submission is None or submission.assignment is None:
        raise Problem(REVIEW_REFUSED, "There is no such submission of a visit.")
    return submission


def _open_submission(submission_id: uuid.UUID) -> Submission:
    submission = _submission(submission_id)
    if submission.state not in OPEN:
        raise Problem(REVIEW_REFUSED, f"It is {submission.get_state_display().lower()} already.")
    return submission


def _check_comments(observation: Observation, comments: Mapping[str, str]) -> None:
    known = layout_of(observation.version_id, observation.scope_id).slots
    faults = [
        Fault(f"/comments/{escape_pointer(key)}", "unknown-standard", f"{key} is not asked on this visit.")
        for key in comments
        if key not in known
    ]
    if faults:
        raise Problem(REVIEW_REFUSED, faults[0].detail, errors=faults)


def _audit_of(submission: Submission) -> Audit:
    assert submission.assignment is not None
    return submission.assignment.audit


def _move_submission(submission: Submission, state: str) -> None:
    """Open → `state`, by whoever comes first; the database lets one submission of an assignment be accepted."""
    try:
        with transaction.atomic():
            moved = Submission.objects.filter(pk=submission.pk, state__in=OPEN).update(state=state)
    except IntegrityError:
        raise Problem(REVIEW_REFUSED, "Another submission of this assignment has been accepted before.") from None
    if not moved:
        raise Problem(REVIEW_REFUSED, "Somebody judged it in between; load it again.")


def _record(submission: Submission, decision: str, reviewer: User | None, now: datetime, note: str) -> Review:
    return Review.objects.create(submission=submission, decision=decision, reviewer=reviewer, note=note, decided_at=now)
