"""The office's judgement: accept, return with queries, void, amend.

Every move is one conditional update; audits are moved before submissions, everywhere, so that nobody waits in a circle.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction

from audits.models import Amendment, Assignment, Audit, Dirty, Query, Review, Score, SharedComment, Submission
from audits.models.marking import CountedVisit, mark_ratings
from audits.problems import REVIEW_REFUSED
from chains.models import User
from chains.models.dialects import held
from chains.problems import Fault, Problem

OPEN = (Submission.State.RECEIVED, Submission.State.RETURNED)
SCORED = (Submission.Outcome.COMPLETED, Submission.Outcome.PARTIAL)


class Correction(NamedTuple):
    """One answer corrected: its key, the new answer as the phone would send it ("" for not assessed), and why."""

    answer_key: str
    after: str
    reason: str


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
    comments: Mapping[str, str] | None = None,
) -> Review:
    """Accept one submission of a visit; without a reviewer it was automatic. Raises Problem (review-refused).

    `visited_on` confirms or corrects the day the visit counts on; `comments` are the reviewed copies a branch may read.
    """
    with transaction.atomic():
        submission = _open_submission(submission_id)
        if submission.outcome not in SCORED:
            raise Problem(REVIEW_REFUSED, "A visit that did not take place cannot be accepted as one; void it instead.")
        if not Score.objects.filter(observation__submission=submission, current=True).exists():
            raise Problem(REVIEW_REFUSED, "It is still being scored; try again in a moment.")
        day = visited_on or submission.visited_on
        audit = _audit_of(submission)
        moved = Audit.objects.filter(pk=audit.pk, state=Audit.State.DELIVERED).update(
            state=Audit.State.ACCEPTED, accepted_at=now, visited_on=day
        )
        if not moved:
            raise Problem(REVIEW_REFUSED, "This visit has been cancelled, voided or accepted before.")
        _move_submission(submission, Submission.State.ACCEPTED)
        if submission.replaces:
            Submission.objects.filter(
                pk=submission.replaces, assignment_id=submission.assignment_id, state__in=OPEN
            ).update(state=Submission.State.REPLACED)
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
        Assignment.objects.filter(pk=submission.assignment_id, state=Assignment.State.DELIVERED).update(
            state=Assignment.State.ACCEPTED
        )
        return _record(submission, Review.Decision.RETURN, reviewer, now, note)


def void(*, submission_id: uuid.UUID, reviewer: User, now: datetime, note: str) -> Review:
    """Declare a submission and its visit void, also after release: the ratings it counted for are recomputed."""
    if not note.strip():
        fault = Fault("/note", "empty", "Say why the visit is void; the reason stays on record.")
        raise Problem(REVIEW_REFUSED, fault.detail, errors=[fault])
    with transaction.atomic():
        submission = Submission.objects.select_related("assignment__audit").filter(pk=submission_id).first()
        if submission is None or submission.assignment is None:
            raise Problem(REVIEW_REFUSED, "There is no such submission of a visit.")
        audit = held(Audit.objects.filter(pk=submission.assignment.audit_id)).get()
        Audit.objects.filter(pk=audit.pk).exclude(state=Audit.State.CANCELLED).update(state=Audit.State.VOID)
        if not Submission.objects.filter(pk=submission_id, state__in=(*OPEN, Submission.State.ACCEPTED)).update(
            state=Submission.State.VOID
        ):
            raise Problem(REVIEW_REFUSED, f"It is {submission.get_state_display().lower()} already.")
        if audit.state == Audit.State.RELEASED and audit.visited_on:
            mark_ratings([CountedVisit(audit.programme_id, audit.location_id, audit.visited_on)], now=now)
        return _record(submission, Review.Decision.VOID, reviewer, now, note)


def amend(
    *,
    submission_id: uuid.UUID,
    made_by: User,
    corrections: Iterable[Correction],
    before: Mapping[str, str],
    source: str,
    now: datetime,
) -> list[Amendment]:
    """Correct answers, append-only; the score is made anew and, for a released visit, the ratings after it.

    `before` maps answer keys to the answers as they stand. Raises Problem where a correction has no reason.
    """
    wanted = list(corrections)
    faults = [
        Fault(f"/corrections/{index}/reason", "empty", "Give the reason for this correction.")
        for index, correction in enumerate(wanted)
        if not correction.reason.strip()
    ]
    if faults or not wanted:
        raise Problem(REVIEW_REFUSED, "Every correction needs a reason.", errors=faults)
    with transaction.atomic():
        rows = Amendment.objects.bulk_create(
            Amendment(
                submission_id=submission_id,
                answer_key=c.answer_key,
                before=before.get(c.answer_key, ""),
                after=c.after,
                reason=c.reason,
                source=source,
                made_by=made_by,
                made_at=now,
            )
            for c in wanted
        )
        Dirty.objects.mark([Dirty.score(submission_id=submission_id, now=now)])
    return rows


def _open_submission(submission_id: uuid.UUID) -> Submission:
    rows = Submission.objects.select_related("assignment__audit").filter(pk=submission_id)
    submission = rows.first()
    if submission is None or submission.assignment is None:
        raise Problem(REVIEW_REFUSED, "There is no such submission of a visit.")
    if submission.state not in OPEN:
        raise Problem(REVIEW_REFUSED, f"It is {submission.get_state_display().lower()} already.")
    return submission


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
