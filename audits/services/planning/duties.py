"""Duties: visits given to auditors, taken on, declined, given back, taken away."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from audits.models import Assignment, Audit, Submission
from audits.problems import ASSIGNMENT_STATE, AUDIT_STATE, PLANNING_REFUSED
from chains.models import Membership, Role, User
from chains.models.people import CHAIN_ROLES
from chains.problems import Fault, Problem

AUDIT, ASSIGNMENT = Audit.State, Assignment.State
LIVING = (ASSIGNMENT.OFFERED, ASSIGNMENT.ACCEPTED)
BATCH = 500


@dataclass(frozen=True)
class Duty:
    """One visit to be given to one auditor."""

    audit_id: uuid.UUID
    auditor: User


def assign(*, audit_id: uuid.UUID, auditor: User, now: datetime) -> Assignment:
    """Offer one visit to one auditor. Raises Problem (audit-state, planning-refused)."""
    return assign_many(duties=[Duty(audit_id, auditor)], now=now)[0]


def assign_many(*, duties: Sequence[Duty], now: datetime) -> list[Assignment]:
    """Offer planned visits to auditors, all or none.

    Refused: visits that are not planned (any more); people who are not auditors of the office that serves the chain,
    who work for the chain itself (but for self-assessments), or who were once recognised at the branch.
    """
    audits = _audits_of(duties)
    faults = _auditor_faults(duties, audits)
    if faults:
        raise Problem(PLANNING_REFUSED, faults[0].detail, errors=faults)
    with transaction.atomic():
        moved = 0
        ids = sorted({duty.audit_id for duty in duties})
        for start in range(0, len(ids), BATCH):
            batch = Audit.objects.filter(pk__in=ids[start : start + BATCH], state=AUDIT.PLANNED)
            moved += batch.update(state=AUDIT.ASSIGNED)
        if moved != len(duties):
            raise Problem(AUDIT_STATE, "Only a visit that is planned and given to nobody can be assigned.")
        return Assignment.objects.bulk_create(
            [Assignment(audit_id=d.audit_id, auditor=d.auditor, offered_at=now) for d in duties], batch_size=BATCH
        )


def withdraw(*, assignment_id: uuid.UUID, now: datetime, reason: str = "") -> None:
    """Take a visit away from its auditor, so that it can be given to another. Raises Problem (assignment-state)."""
    _end(assignment_id, frm=LIVING, to=ASSIGNMENT.WITHDRAWN, now=now, reason=reason)


def accept(*, assignment: Assignment, brief_sha256: str, now: datetime) -> None:
    """The auditor takes the visit on, declaring to have no tie to the branch and naming the brief that was read.

    Harmless when repeated. Raises Problem (assignment-state).
    """
    rows = Assignment.objects.filter(pk=assignment.pk, state=ASSIGNMENT.OFFERED)
    if not rows.update(state=ASSIGNMENT.ACCEPTED, answered_at=now, no_conflict=True, brief_sha256=brief_sha256):
        _already(assignment.pk, ASSIGNMENT.ACCEPTED)


def decline(*, assignment: Assignment, now: datetime, reason: str = "") -> None:
    """The auditor does not take the visit on. Harmless when repeated. Raises Problem (assignment-state)."""
    _end(assignment.pk, frm=(ASSIGNMENT.OFFERED,), to=ASSIGNMENT.DECLINED, now=now, reason=reason)


def abort(*, assignment: Assignment, now: datetime, reason: str = "") -> None:
    """The auditor gives back a visit taken on before. Harmless when repeated. Raises Problem (assignment-state)."""
    _end(assignment.pk, frm=(ASSIGNMENT.ACCEPTED,), to=ASSIGNMENT.ABORTED, now=now, reason=reason)


def recognised_pairs(people: Iterable[Any]) -> set[tuple[int, uuid.UUID]]:
    """(person id, branch id) of everyone of these who was once recognised somewhere: they never go there again.

    A report of it that the office declared void counts all the same: void is how a visit that did not come off is
    closed. One that should never have been sent is withdrawn, and does not count.
    """
    rows = Submission.objects.filter(
        assignment__auditor_id__in=list(people), outcome=Submission.Outcome.RECOGNISED
    ).exclude(state=Submission.State.WITHDRAWN)
    return set(rows.values_list("assignment__auditor_id", "assignment__audit__location_id"))


def _audits_of(duties: Sequence[Duty]) -> dict[uuid.UUID, Audit]:
    ids = [duty.audit_id for duty in duties]
    found: dict[uuid.UUID, Audit] = {}
    for start in range(0, len(ids), BATCH):
        rows = Audit.objects.filter(pk__in=ids[start : start + BATCH]).select_related("programme__chain")
        found |= {audit.pk: audit for audit in rows}
    return found


def _auditor_faults(duties: Sequence[Duty], audits: dict[uuid.UUID, Audit]) -> list[Fault]:
    people = {duty.auditor.pk for duty in duties}
    held = set(Membership.objects.filter(user_id__in=people).values_list("user_id", "role", "office_id", "chain_id"))
    offices = {(user, office) for user, role, office, _ in held if role == Role.AUDITOR}
    insiders = {(user, chain) for user, role, _, chain in held if role in CHAIN_ROLES}
    blocked = recognised_pairs(people)
    faults = []
    for index, duty in enumerate(duties):
        audit, person = audits.get(duty.audit_id), duty.auditor
        where = f"/duties/{index}"
        if audit is None:
            faults.append(Fault(f"{where}/audit", "unknown", "There is no such visit."))
            continue
        chain = audit.programme.chain
        if not person.is_active or (person.pk, chain.office_id) not in offices:
            faults.append(Fault(f"{where}/auditor", "no-auditor", f"{person} is no auditor of {chain}'s office."))
        if (person.pk, chain.pk) in insiders and audit.kind != Audit.Kind.SELF_ASSESSMENT:
            faults.append(Fault(f"{where}/auditor", "insider", f"{person} works for {chain}."))
        if (person.pk, audit.location_id) in blocked:
            text = f"{person} was recognised at this branch and cannot go there again."
            faults.append(Fault(f"{where}/auditor", "recognised", text))
    return faults


def _end(assignment_id: uuid.UUID, *, frm: tuple[str, ...], to: str, now: datetime, reason: str) -> None:
    """Living → ended, and the visit back to planned; nothing where it has ended so before."""
    with transaction.atomic():
        living = Q(assignments__pk=assignment_id, assignments__state__in=frm)
        Audit.objects.filter(living, state=AUDIT.ASSIGNED).update(state=AUDIT.PLANNED)
        stamp = {"answered_at": now} if to == ASSIGNMENT.DECLINED else {}
        rows = Assignment.objects.filter(pk=assignment_id, state__in=frm)
        if rows.update(state=to, ended_at=now, reason=reason[:200], **stamp):
            return
        # The visit may have been given to somebody else while we waited for it: then it is not ours to move.
        transaction.set_rollback(True)
    _already(assignment_id, to)


def _already(assignment_id: uuid.UUID, state: str) -> None:
    """Pass where the assignment is in that state; raise where it is in another one."""
    current = Assignment.objects.filter(pk=assignment_id).values_list("state", flat=True).first()
    if current != state:
        label = ASSIGNMENT(current).label.lower() if current else "unknown"
        raise Problem(ASSIGNMENT_STATE, f"This assignment is {label}.", extra={"state": current})
