"""Leads past audits from a file through planning and receiving, as if a phone had delivered each of them.

Lines are refused, never audits in silence: an audit with a refused line is held back whole, because a score of what is
left would be a wrong score, unless gaps are allowed by name. Importing the same file again changes nothing.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from django.db import transaction

from audits.models import Assignment, Component, flags
from audits.models.windows import WindowRules
from audits.services import importing, planning, receiving
from audits.services.importing import PastAudit, PastAudits, Refusal, Translated
from chains.models import Location, User
from chains.problems import Problem

BATCH = 200
_VISIT_POINTER = re.compile(r"/visits/(\d+)")


@dataclass(frozen=True)
class Rules:
    """How to import: into which component, in whose name, what to do with unknown branches and refused lines."""

    component: Component
    auditor: User
    now: datetime
    create_locations: bool = False
    timezone: str = "UTC"
    allow_gaps: bool = False


@dataclass
class Summary:
    """What an import came to; `states` counts what became of the visits, `missing` names unknown branches."""

    rows: int = 0
    audits: int = 0
    new: int = 0
    unchanged: int = 0
    for_review: int = 0
    missing: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every line was imported."""
        return not self.refused


@dataclass(frozen=True)
class _Ready:
    """A past audit whose every line is understood, and its visit where an earlier import planned it."""

    translated: Translated
    location: Location
    assignment: Assignment | None

    @property
    def past(self) -> PastAudit:
        return self.translated.past


def import_past_audits(file: PastAudits, rules: Rules, advance: Callable[[int], object]) -> Summary:
    """Import a file that was read. `advance` is told how many audits are done.

    Raises Problem where nothing at all can be imported (no published checklist, for example).
    """
    summary = Summary(rows=file.rows, audits=len(file.audits), refused=list(file.refused))
    broken = {refusal.audit for refusal in file.refused if refusal.audit}
    branches = _branches(file, rules, summary)
    ready = list(_prepare(file.audits, branches, rules, summary, broken))
    advance(len(file.audits) - len(ready))
    for start in range(0, len(ready), BATCH):
        batch = ready[start : start + BATCH]
        for one, assignment in _planned(batch, rules, summary):
            _deliver(one, assignment, rules, summary)
        advance(len(batch))
    summary.refused.sort(key=lambda refusal: refusal.line)
    return summary


def _branches(file: PastAudits, rules: Rules, summary: Summary) -> dict[str, Location]:
    chain = rules.component.programme.chain
    names = [audit.location for audit in file.audits]
    branches = importing.find_branches(chain, names)
    if branches.missing and rules.create_locations:
        importing.create_branches(chain, branches.missing, timezone=rules.timezone)
        summary.created = branches.missing
        branches = importing.find_branches(chain, names)
    summary.missing = branches.missing
    return branches.found


def _prepare(
    audits: Sequence[PastAudit], branches: dict[str, Location], rules: Rules, summary: Summary, broken: set[str]
) -> Iterator[_Ready]:
    """The audits that can be imported, oldest first; what cannot is refused line by line."""
    layouts = importing.Layouts(rules.component, branches.values())
    known = importing.planned_before(rules.component, [audit.name for audit in audits])
    for past in sorted(audits, key=lambda audit: (audit.day, audit.line)):
        location, assignment = branches.get(past.location), known.get(past.name)
        if location is None:
            _refuse(past, f"There is no branch {past.location}.", summary)
            continue
        if assignment and (reason := importing.disagreement(assignment, past, location)):
            _refuse(past, reason, summary)
            continue
        layout = importing.layout_planned(assignment) if assignment else layouts.at(location, past.day)
        translated = importing.translate(past, layout)
        summary.refused += translated.refused
        if (translated.refused or past.name in broken) and not rules.allow_gaps:
            lost = {refusal.line for refusal in translated.refused}
            _refuse(past, f"Held back: other lines of audit {past.name} were refused.", summary, besides=lost)
        elif not translated.answers:
            _refuse(past, "Nothing was answered in this audit.", summary)
        else:
            yield _Ready(translated, location, assignment)


def _refuse(past: PastAudit, reason: str, summary: Summary, *, besides: set[int] | None = None) -> None:
    lines = (answer.line for answer in past.answers)
    summary.refused += [Refusal(line, past.name, reason) for line in lines if line not in (besides or ())]


def _planned(batch: Sequence[_Ready], rules: Rules, summary: Summary) -> Iterator[tuple[_Ready, Assignment]]:
    """Each audit with its visit: the one planned before, or one planned now as of the eve of the batch's first day."""
    waiting = [one for one in batch if one.assignment is None]
    while waiting:
        eve = datetime.combine(min(one.past.day for one in waiting), time(0), UTC) - timedelta(days=1)
        try:
            with transaction.atomic():
                visits = [_visit(one, rules) for one in waiting]
                audits = planning.plan_many(component=rules.component, visits=visits, now=eve)
                planning.assign_many(duties=[planning.Duty(audit.pk, rules.auditor) for audit in audits], now=eve)
            break
        except Problem as problem:
            waiting = _without_the_refused(waiting, problem, summary)
    planned = importing.planned_before(rules.component, [one.past.name for one in waiting]) if waiting else {}
    for one in batch:
        assignment = one.assignment or planned.get(one.past.name)
        if assignment is not None:
            yield one, assignment


def _visit(one: _Ready, rules: Rules) -> planning.Visit:
    """The window is the day itself; the report is in time today, for nobody asked for it before."""
    deliver_by = max(rules.now.date() + timedelta(days=1), one.past.day)
    return planning.Visit(
        location=one.location,
        window_from=one.past.day,
        window_until=one.past.day,
        rules=WindowRules(deliver_by=deliver_by),
        reference=one.past.name,
    )


def _without_the_refused(waiting: Sequence[_Ready], problem: Problem, summary: Summary) -> list[_Ready]:
    """Refuse the audits that planning named and return the others. Raises the problem where it named none."""
    reasons: dict[int, str] = {}
    for fault in problem.errors:
        if match := _VISIT_POINTER.match(fault.pointer):
            reasons.setdefault(int(match[1]), fault.detail)
    if not reasons:
        raise problem
    for index, reason in reasons.items():
        _refuse(waiting[index].past, reason, summary)
    return [one for index, one in enumerate(waiting) if index not in reasons]


def _deliver(one: _Ready, assignment: Assignment, rules: Rules, summary: Summary) -> None:
    programme = rules.component.programme
    body = importing.submission_bytes(one.translated, assignment, programme)
    try:
        delivery = receiving.receive(
            receiving.Arrival(
                submission_id=importing.submission_id(programme, one.past.name),
                body=body,
                digest=hashlib.sha256(body).digest(),
                sender=assignment.auditor,
                device=None,
                now=rules.now,
                notes=frozenset({flags.IMPORTED}),
            )
        )
    except Problem as problem:
        _refuse(one.past, f"{problem.kind.title} [{problem.kind.code}]", summary)
        return
    if delivery.outcome == "new":
        summary.new += 1
        summary.for_review += bool(flags.BLOCKING & set(delivery.status.flags))
    else:
        summary.unchanged += 1
