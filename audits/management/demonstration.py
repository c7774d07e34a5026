"""Leads the demo's world through the product's own services: load packs, plan, assign, receive, settle.

The past is lived through month by month: every service is told the time at which it would have worked, so that ratings
have a history. All of it belongs into one transaction of the caller: a demo that was interrupted leaves nothing behind.
"""

import hashlib
import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from audits.management.staging import Cast, Stage, gather, house_of, paired, set_stage
from audits.models import Assignment, Audit
from audits.models.compiled import checklist_of, scope_of
from audits.models.windows import NO_RULES, WindowRules
from audits.services import comparing, planning, rating, receiving, releasing, reviewing
from audits.services.demonstrating import delivering
from audits.services.demonstrating.answering import Report, answer_all
from audits.services.demonstrating.delivering import Envelope, body_of, is_odd, without_a_compulsory_comment
from audits.services.demonstrating.programmes import PLANS
from audits.services.demonstrating.schedule import MONTH, Outing, outings
from audits.services.demonstrating.temper import chance_on_visit
from audits.services.reviewing.judging import Question
from chains.models import User

LEAD = timedelta(days=10)
SETTLE_EVERY = timedelta(days=MONTH)
# Work for the person who signs in as the auditor, in both chains: (chain, branch), the first half accepted already.
OPEN_WORK = (("linden-quay", "VIE"), ("linden-quay", "GRZ"), ("copper-spoon", "LNZ"), ("linden-quay", "PRG"))
# Branches whose next visit nobody has been given yet.
UNASSIGNED = ("LON", "EDI", "DUB", "ROM", "FLR", "ATH")

Advance = Callable[[str, int], object]


@dataclass(frozen=True)
class Wanted:
    """What to load: from which seed, how many visits per branch at most, and the time it is now."""

    seed: int
    visits: int
    now: datetime

    @property
    def last_day(self) -> date:
        """The demo's last day; visits took place before it."""
        return self.now.date()


@dataclass(frozen=True)
class Act:
    """One past visit: planned, given to somebody, delivered at a moment."""

    stage: Stage
    outing: Outing
    audit: Audit
    assignment: Assignment
    at: datetime


def steps(visits: int) -> int:
    """How much `load` will report in all (renovations and young branches may make it a little less)."""
    places = sum(min(visits, plan.months) * len(house_of(plan).places) for plan in PLANS)
    return places + len(PLANS) + 1


def load(wanted: Wanted, passwords: dict[str, str], advance: Advance) -> None:
    """Make the whole demo, inside the caller's transaction. `advance` is told what is being done and how much is."""
    founded_at = wanted.now - timedelta(days=MONTH * (wanted.visits + 1)) - LEAD
    cast = gather(passwords, last_day=wanted.last_day, now=founded_at)
    stages = []
    for plan in PLANS:
        stages.append(set_stage(plan, seed=wanted.seed, now=founded_at, by=cast.people["admin"]))
        advance("standards", 1)
    _live(stages, cast, wanted, advance)
    paired(cast.auditors, wanted.now)
    _plan_ahead(stages, cast, wanted)
    advance("visits to come", 1)


def _live(stages: Sequence[Stage], cast: Cast, wanted: Wanted, advance: Advance) -> None:
    """The past in order: visits as they were delivered, and what follows from them at the end of every month."""
    acts = sorted((act for stage in stages for act in _planned(stage, cast, wanted)), key=lambda act: act.at)
    settling = acts[0].at + SETTLE_EVERY
    for act in acts:
        while act.at >= settling:
            _settle(settling)
            settling += SETTLE_EVERY
        _perform(act, cast, wanted)
        advance("visits", 1)
    _settle(wanted.now)


def _settle(now: datetime) -> None:
    """What worker and scheduler would have done until then."""
    rating.turn_periods(now=now)
    stages = (reviewing.score_due, releasing.release_due, rating.rate_due, comparing.rank_due)
    while sum(stage(now=now) for stage in stages):
        pass


def _planned(stage: Stage, cast: Cast, wanted: Wanted) -> Iterator[Act]:
    """All past visits of a chain, planned and given out a month at a time."""
    months: dict[date, list[Outing]] = defaultdict(list)
    visits = min(wanted.visits, stage.plan.months)
    for outing in outings(stage.house.places, last_day=wanted.last_day, visits=visits, seed=wanted.seed):
        months[outing.window_from].append(outing)
    draw = random.Random(f"{wanted.seed}:{stage.plan.chain}:rota")
    for begin, group in sorted(months.items()):
        now = datetime.combine(begin, time(9), wanted.now.tzinfo) - LEAD
        visited = [
            planning.Visit(
                location=stage.locations[outing.place.code],
                window_from=outing.window_from,
                window_until=outing.window_until,
                rules=_rules(outing),
            )
            for outing in group
        ]
        audits = planning.plan_many(component=stage.component, visits=visited, now=now)
        # Nobody goes to a second branch of a month before everybody has been to one.
        rota = list(cast.auditors)
        draw.shuffle(rota)
        duties = [
            planning.Duty(audit.pk, _shopper(outing, rota[turn % len(rota)], cast))
            for turn, (outing, audit) in enumerate(zip(group, audits, strict=True))
        ]
        assignments = planning.assign_many(duties=duties, now=now)
        for outing, audit, assignment in zip(group, audits, assignments, strict=True):
            answered = now + timedelta(hours=draw.randint(2, 60))
            planning.accept(assignment=assignment, brief_sha256=stage.brief_sha256, now=answered)
            yield Act(stage, outing, audit, assignment, _moment(outing, wanted, draw))


def _shopper(outing: Outing, next_one: User, cast: Cast) -> User:
    """Whoever's turn it is; the visit that came back with a question is that of the person who signs in."""
    return cast.people["auditor"] if is_odd(outing, delivering.RETURNED) else next_one


def _rules(outing: Outing) -> WindowRules:
    return WindowRules(excluded=(outing.visited_on,)) if is_odd(outing, delivering.DAY_EXCLUDED) else NO_RULES


def _moment(outing: Outing, wanted: Wanted, draw: random.Random) -> datetime:
    """When the report came: in the evening of the day it came on, and before now."""
    day = outing.visited_on + timedelta(days=outing.delivered_after)
    return datetime.combine(day, time(19, draw.randrange(60), draw.randrange(60)), wanted.now.tzinfo)


def _perform(act: Act, cast: Cast, wanted: Wanted) -> None:
    """The visit takes place and the phone delivers it."""
    draw = random.Random(f"{wanted.seed}:{act.stage.plan.chain}:{act.outing.place.code}:{act.outing.turn}")
    envelope = Envelope(
        assignment=act.assignment.pk,
        checklist=checklist_of(act.audit.version_id),
        checklist_sha256=act.audit.version.sha256 or "",
        scope=scope_of(act.audit.scope_id),
        scope_sha256=act.audit.scope.sha256,
    )
    report = None if is_odd(act.outing, delivering.NOT_POSSIBLE) else _report(act, envelope, draw)
    submission_id, body = body_of(
        envelope, report, visited_on=act.outing.visited_on, sealed_at=act.at - timedelta(minutes=20), draw=draw
    )
    sender = act.assignment.auditor
    receiving.receive(
        receiving.Arrival(
            submission_id=submission_id,
            body=body,
            digest=hashlib.sha256(body).digest(),
            sender=sender,
            device=cast.phones[sender.pk],
            now=act.at,
        )
    )
    if is_odd(act.outing, delivering.RETURNED):
        _return(submission_id, cast, wanted)


def _report(act: Act, envelope: Envelope, draw: random.Random) -> Report:
    temper = act.stage.tempers[act.outing.place.code]
    chance = chance_on_visit(temper, months_ago=act.outing.months_ago, month=act.outing.visited_on.month, draw=draw)
    report = answer_all(
        envelope.checklist,
        envelope.scope,
        temper=temper,
        chance=chance,
        draw=draw,
        misses_critical=act.outing.turn in temper.critical_miss,
    )
    if is_odd(act.outing, delivering.COMMENT_LEFT_OUT):
        return without_a_compulsory_comment(report, envelope.checklist)
    return report


def _return(submission_id: uuid.UUID, cast: Cast, wanted: Wanted) -> None:
    reviewing.return_with_queries(
        submission_id=submission_id,
        reviewer=cast.people["reviewer"],
        questions=[Question("", "Some failures have no comment. Please tell what you saw.")],
        due_on=wanted.last_day + timedelta(days=5),
        now=wanted.now - timedelta(hours=3),
    )


def _plan_ahead(stages: Sequence[Stage], cast: Cast, wanted: Wanted) -> None:
    """Visits of the weeks to come: some for the person who signs in as the auditor, some not yet given to anybody."""
    begin = wanted.last_day - timedelta(days=2)
    until = wanted.last_day + timedelta(days=MONTH - 9)
    for stage in stages:
        slug = stage.plan.chain
        mine = [code for chain, code in OPEN_WORK if chain == slug]
        nobodys = [code for code in UNASSIGNED if code in stage.locations]
        planned = wanted.now - timedelta(days=4)
        audits = planning.plan_many(
            component=stage.component,
            visits=[planning.Visit(stage.locations[code], begin, until) for code in (*mine, *nobodys)],
            now=planned,
        )
        duties = [planning.Duty(audit.pk, cast.people["auditor"]) for audit in audits[: len(mine)]]
        assignments = planning.assign_many(duties=duties, now=planned + timedelta(hours=1))
        for assignment in assignments[: (len(mine) + 1) // 2]:
            planning.accept(assignment=assignment, brief_sha256=stage.brief_sha256, now=planned + timedelta(hours=8))
