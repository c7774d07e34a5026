"""Keeping a delivery: store first, judge later, exactly once.

The insert decides: no look before it. Whoever comes second with the same id meets the first one's row and is answered
from it. Everything a submission changes is in one transaction: its rows, the visit's and the assignment's next state,
and the dirty row that gets it scored.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import msgspec
from django.db import IntegrityError
from django.db.models import Max

from audits import problems
from audits.models import Assignment, Audit, Dirty, Evidence, Observation, Query, RawSubmission, Submission, flags
from audits.models.pressing import columns_text, press
from audits.models.receipts import pack_receipt
from audits.scoring.answers import Answers, digest
from audits.scoring.packing import pack
from audits.scoring.vector import encode
from audits.services.receiving import noting, quarantine
from audits.services.receiving.arrival import Arrival, Delivery
from audits.services.receiving.body import Sent, UnreadableBody, read_body
from audits.services.receiving.known import Duty, Frozen, duty_of, frozen_of
from audits.services.receiving.receipts import sign_receipt
from audits.services.receiving.status import status_of
from chains.models.dialects import NothingChanged, Statement, number_for, one_write, run_together
from chains.models.statements import change, insertion, move
from chains.problems import BUSY, Problem

TRIES = 5


@dataclass(frozen=True)
class Derived:
    """What was made of a readable body before the transaction begins."""

    sent: Sent
    duty: Duty | None
    day: date
    flags: frozenset[str]
    pressed: bytes
    frozen: Frozen | None = None
    answers: Answers | None = None


def receive(arrival: Arrival) -> Delivery:
    """Keep one delivery and say how it was taken. What is returned is durable; so is what is raised with `stored`.

    Raises Problem: submission-conflict, submission-withdrawn, submission-unreadable (all kept), quarantine-full.
    """
    if getattr(arrival.device, "ended", False):
        return _known(arrival, Submission.objects.filter(pk=arrival.submission_id, digest=arrival.digest).first()) or (
            quarantine.take_from_ended_phone(arrival)
        )
    try:
        sent, unknown_member = read_body(arrival.body, arrival.submission_id)
    except UnreadableBody as unreadable:
        raise _refusal(arrival, unreadable) from None
    for _ in range(TRIES):
        derived = derive(arrival, sent, unknown_member)
        try:
            with one_write():
                submission = _insert(arrival, derived)
        except IntegrityError:
            known = Submission.objects.filter(pk=arrival.submission_id).first()
            if known is None:
                raise
            return _answer_known(arrival, known)
        except NothingChanged:
            # The visit or assignment moved on between reading and writing: nothing was kept, read again.
            continue
        return Delivery("new", submission.receipt, status_of(submission))
    raise Problem(BUSY)


def derive(arrival: Arrival, sent: Sent, unknown_member: bool) -> Derived:
    """Everything that follows from the bytes and the assignment as it stands."""
    duty = duty_of(sent.assignment, arrival.sender.pk)
    day = noting.believed_day(sent.visited_on, duty, arrival.now)
    notes = set(noting.notes_on_visit(sent, duty, day, arrival.now))
    if unknown_member:
        notes.add(flags.UNKNOWN_MEMBER)
    frozen: Frozen | None = None
    answers: Answers | None = None
    if duty is not None:
        frozen, checklist_known, scope_known = frozen_of(duty, sent.checklist, sent.scope)
        notes |= set(noting.notes_on_content(duty, frozen, checklist_known, scope_known))
    if frozen is not None:
        answers, faults = encode(frozen.layout, sent.answers)
        notes |= set(noting.notes_on_answers(sent, frozen, answers, faults))
    notes |= set(noting.notes_on_phone(sent, duty, day, arrival.now, frozen, answers))
    return Derived(sent, duty, day, frozenset(notes), _pressed(arrival, sent, frozen, answers), frozen, answers)


def _pressed(arrival: Arrival, sent: Sent, frozen: Frozen | None, answers: Answers | None) -> bytes:
    shas = {"checklist": frozen.checklist_sha256, "scope": frozen.scope_sha256} if frozen else {}
    return press(
        arrival.body,
        known=columns_text(submission_id=str(sent.id), assignment=str(sent.assignment), **shas),
        layout=frozen.layout if frozen else None,
        answers=answers,
        entered=sent.entered,
    )


def _insert(arrival: Arrival, derived: Derived) -> Submission:
    """All that one submission changes, as one write.

    Raises IntegrityError where the id is there already, NothingChanged where states changed since they were read.
    """
    sent, duty, frozen, answers = derived.sent, derived.duty, derived.frozen, derived.answers
    moves = moves_of(duty) if duty else []
    notes, replies = settle_replaced(derived.flags | arrival.notes, sent, duty, arrival)
    seq = number_for(RawSubmission, duty.number if duty else None)
    submission = Submission(
        id=sent.id,
        sender_id=arrival.sender.pk,
        device_id=arrival.device.pk if arrival.device else None,
        assignment_id=duty.id if duty else None,
        claimed_assignment=sent.assignment,
        digest=arrival.digest,
        length=len(arrival.body),
        seq=seq,
        received_at=arrival.now,
        proof=pack_receipt(
            sign_receipt(submission_id=sent.id, digest=arrival.digest, received_at=arrival.now, seq=seq)
        ),
        outcome=sent.outcome,
        reason=sent.reason or "",
        visited_on=derived.day,
        replaces=sent.replaces.id if sent.replaces else None,
        flags=sorted(notes),
        expected_evidence=[msgspec.to_builtins(item) for item in sent.evidence],
    )
    rows = [insertion(RawSubmission(id=seq, submission_id=sent.id, body=derived.pressed)), insertion(submission)]
    if frozen and answers:
        observation = Observation(
            submission_id=sent.id,
            version_id=frozen.version_id,
            scope_id=frozen.scope_id,
            answers=pack(answers),
            digest=digest(answers),
        )
        rows.append(insertion(observation))
        if sent.outcome in noting.VISITED:
            rows.append(insertion(Dirty.score(submission_id=sent.id, now=arrival.now)))
    run_together([*moves, *rows, *_names_of_evidence(sent, arrival), *replies], must_change=len(moves))
    return submission


def _names_of_evidence(sent: Sent, arrival: Arrival) -> list[Statement]:
    """Files that came before their submission learn from it what they are."""
    if not sent.evidence:
        return []
    by_type: dict[str, list[uuid.UUID]] = defaultdict(list)
    for item in sent.evidence:
        by_type[item.type].append(item.id)
    files = Evidence.objects.filter(submission_id=sent.id, owner_id=arrival.sender.pk)
    return [change(files.filter(id__in=ids).exclude(type=kind), type=kind) for kind, ids in by_type.items()]


def moves_of(duty: Duty) -> list[Statement]:
    """The visit and its assignment become delivered; visits first, as everywhere. Nothing where they are past that."""
    if duty.state not in noting.LIVING or duty.audit_state not in noting.AWAITED:
        return []
    return [
        move(Audit, duty.audit_id, frm=noting.AWAITED, to=Audit.State.DELIVERED),
        move(Assignment, duty.id, frm=noting.LIVING, to=Assignment.State.DELIVERED),
    ]


def settle_replaced(
    notes: frozenset[str], sent: Sent, duty: Duty | None, arrival: Arrival
) -> tuple[frozenset[str], list[Statement]]:
    """What a correction changes about what it corrects: the notes as they are then, and the replies to be kept.

    A correction of what was returned is late by the day until which the office awaits it, not by the visit's window.
    """
    if sent.replaces is None:
        return notes, []
    mine = Submission.objects.filter(pk=sent.replaces.id, sender_id=arrival.sender.pk)
    same = mine.filter(digest=bytes.fromhex(sent.replaces.digest), assignment_id=duty.id if duty else None)
    found = same.annotate(due=Max("queries__due_on")).values_list("state", "due").first()
    if duty is None or found is None:
        return notes | {flags.REPLACES_UNKNOWN}, []
    asked = Query.objects.filter(submission_id=sent.replaces.id, reply="", reply_evidence=[])
    replies = [
        change(asked.filter(pk=reply.query), reply=reply.text, reply_evidence=[str(name) for name in reply.evidence])
        for reply in sent.query_replies
    ]
    state, due = found
    if state != Submission.State.RETURNED:
        return notes, replies
    late = due is not None and duty.local_day(arrival.now) > due
    return notes | {flags.LATE} if late else notes - {flags.LATE}, replies


def _refusal(arrival: Arrival, unreadable: UnreadableBody) -> Problem:
    """Keep what cannot be read, and say why; where the id is taken, that comes first."""
    known = Submission.objects.filter(pk=arrival.submission_id).first()
    if known is not None:
        _answer_known(arrival, known)
    quarantine.hold(arrival, problem=problems.SUBMISSION_UNREADABLE.code, faults=unreadable.faults)
    return Problem(problems.SUBMISSION_UNREADABLE, errors=unreadable.faults, stored=True)


def _answer_known(arrival: Arrival, known: Submission) -> Delivery:
    """Same bytes of the same person: the same receipt. Anything else is kept beside it. Raises Problem."""
    mine = known.sender_id == arrival.sender.pk
    if mine and known.state != Submission.State.WITHDRAWN and (same := _known(arrival, known)):
        return same
    if not mine or bytes(known.digest) != arrival.digest:
        quarantine.hold(arrival, problem=problems.SUBMISSION_CONFLICT.code)
    if mine and known.state == Submission.State.WITHDRAWN:
        raise Problem(problems.SUBMISSION_WITHDRAWN, stored=True)
    raise Problem(problems.SUBMISSION_CONFLICT, stored=True)


def _known(arrival: Arrival, known: Submission | None) -> Delivery | None:
    """The same answer as the first time, where it is the same person's same bytes."""
    if known is None or known.sender_id != arrival.sender.pk or bytes(known.digest) != arrival.digest:
        return None
    return Delivery("same", known.receipt, status_of(known))
