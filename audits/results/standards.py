"""Which standards fail most, which fell most since the period before, and which nobody fails any more: from counts."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

import numpy as np

from audits.models import GroupTally, Tally
from audits.models.compiled import checklist_of, origins_of
from audits.results.asking import Asked
from audits.scoring.comparison import changed_shares
from audits.scoring.tally import MET, NOT_MET
from chains.models import User
from chains.models.people import OFFICE_STAFF, WHOLE_CHAIN

Question = Literal["most-failed", "biggest-fall", "no-longer-failed"]
QUESTIONS: tuple[Question, ...] = ("most-failed", "biggest-fall", "no-longer-failed")
# A share of fewer answers says little: neither falls nor recoveries are told of it.
LEAST_ANSWERS = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """How a standard did in one period: times not met, of the times it applied, and in how many branches."""

    failed: int
    applied: int
    branches: int

    @property
    def met_tenths(self) -> int | None:
        """The share of answers that met it, in tenths of a per cent, rounded half up; None where it never applied."""
        if not self.applied:
            return None
        return (2000 * (self.applied - self.failed) + self.applied) // (2 * self.applied)


NONE = Counts(0, 0, 0)


@dataclass(frozen=True, slots=True)
class StandardLine:
    """One standard now and in the period before, in the newest wording; `is_clear`: the change is more than chance."""

    code: str
    wording: str
    section: str
    classification: str
    critical: bool
    now: Counts
    before: Counts
    is_clear: bool

    @property
    def change_tenths(self) -> int | None:
        """How the share that met it changed, in tenths of a point."""
        if self.now.met_tenths is None or self.before.met_tenths is None:
            return None
        return self.now.met_tenths - self.before.met_tenths


@dataclass(frozen=True, slots=True)
class Standards:
    """The answer to one question, with how much was looked at in both periods."""

    lines: Sequence[StandardLine]
    visits: int
    visits_before: int
    branches: int


def standards_of(user: User, asked: Asked, *, question: Question, limit: int) -> Standards:
    """The standards that answer a question, at most `limit`, over the branches of a group or all `user` may see.

    Counted are the visits made in the period itself. `most-failed`: by times not met, then by the share, then by code.
    `biggest-fall`: the share that met it fell most against the period before, where both periods have at least
    LEAST_ANSWERS answers. `no-longer-failed`: not met somewhere in the period before, nowhere now; most failed first.
    """
    now, visits, branches = _counted(user, asked, asked.period.start)
    start_before = asked.series.days_of(asked.period.start - timedelta(days=1)).start
    before, visits_before, _ = _counted(user, asked, start_before)
    pairs = [_pair(now.get(origin), before.get(origin)) for origin in {*now, *before}]
    clear = _clear(pairs)
    lines = [_line(pair, pair in clear) for pair in _ANSWERS[question](pairs)[:limit]]
    return Standards(lines, visits, visits_before, branches)


class Counted(NamedTuple):
    """One standard in one period: its counts, and the newest version that has it with its code there."""

    counts: Counts
    version: uuid.UUID
    code: str


class Pair(NamedTuple):
    """One standard in two periods, under its newest code."""

    code: str
    version: uuid.UUID
    now: Counts
    before: Counts


def _pair(now: Counted | None, before: Counted | None) -> Pair:
    newest = now or before
    assert newest is not None
    return Pair(newest.code, newest.version, now.counts if now else NONE, before.counts if before else NONE)


def _most_failed(pairs: Iterable[Pair]) -> list[Pair]:
    failing = [pair for pair in pairs if pair.now.failed]
    return sorted(failing, key=lambda pair: (-pair.now.failed, -pair.now.failed / pair.now.applied, pair.code))


def _biggest_fall(pairs: Iterable[Pair]) -> list[Pair]:
    told = [pair for pair in pairs if min(pair.now.applied, pair.before.applied) >= LEAST_ANSWERS]

    def change(pair: Pair) -> float:
        return pair.before.failed / pair.before.applied - pair.now.failed / pair.now.applied

    return sorted((pair for pair in told if change(pair) < 0), key=lambda pair: (change(pair), pair.code))


def _no_longer_failed(pairs: Iterable[Pair]) -> list[Pair]:
    told = [pair for pair in pairs if pair.before.failed and not pair.now.failed and pair.now.applied >= LEAST_ANSWERS]
    return sorted(told, key=lambda pair: (-pair.before.failed, pair.code))


_ANSWERS = {"most-failed": _most_failed, "biggest-fall": _biggest_fall, "no-longer-failed": _no_longer_failed}


def _clear(pairs: Sequence[Pair]) -> set[Pair]:
    """The standards whose change is more than chance, among all that were looked at."""
    verdicts = changed_shares(
        [pair.now.failed for pair in pairs],
        [pair.now.applied for pair in pairs],
        [pair.before.failed for pair in pairs],
        [pair.before.applied for pair in pairs],
    ).verdict
    return {pair for pair, verdict in zip(pairs, verdicts.tolist(), strict=True) if verdict}


def _line(pair: Pair, is_clear: bool) -> StandardLine:
    code, version, now, before = pair
    checklist = checklist_of(version)
    standard = next(one for one in checklist.standards if one.code == code)
    section = next((one.name for one in checklist.sections if one.code == standard.section), standard.section)
    classes = {one.code: one.name for one in checklist.classifications}
    named = classes.get(standard.classification, standard.classification)
    return StandardLine(code, standard.wording, section, named, standard.severity == "critical", now, before, is_clear)


Origin = tuple[uuid.UUID, str]


def _counted(user: User, asked: Asked, start: date) -> tuple[dict[Origin, Counted], int, int]:
    """What was counted by standard, followed through versions that gave it another code; the visits and branches."""
    rows = _kept_sums(user, asked, start)
    if rows is None:
        rows = _own_sums(user, asked, start)
    found: dict[Origin, Counted] = {}
    for version, _, _, counts in rows:
        checklist_id, origins = origins_of(version)
        for standard, origin, met, failed, branches in zip(
            checklist_of(version).standards,
            origins,
            counts[MET].tolist(),
            counts[NOT_MET].tolist(),
            counts[3].tolist(),
            strict=True,
        ):
            earlier = found.get((checklist_id, origin))
            had = earlier.counts if earlier else NONE
            # A branch asked by two versions in one period may count twice here: the greater number is certain.
            counted = Counts(had.failed + failed, had.applied + met + failed, max(had.branches, branches))
            found[checklist_id, origin] = Counted(counted, version, standard.code)
    return found, sum(visits for _, visits, _, _ in rows), max((branches for _, _, branches, _ in rows), default=0)


_Sums = list[tuple[uuid.UUID, int, int, np.ndarray]]


def _kept_sums(user: User, asked: Asked, start: date) -> _Sums | None:
    """The sums kept for the group, or for the chain where `user` sees all of it; None where they are not to be seen."""
    sees_all = user.is_superuser or asked.series.programme.chain_id in user.chain_ids(*WHOLE_CHAIN, *OFFICE_STAFF)
    if asked.group is None and not sees_all:
        return None
    rows = GroupTally.objects.visible_to(user).filter(series=asked.series, period_start=start, group=asked.group)
    return [
        (version, visits, branches, np.frombuffer(bytes(counts), dtype="<u4").reshape(4, -1).astype(np.int64))
        for version, visits, branches, counts in rows.order_by("version__number").values_list(
            "version_id", "visits", "branches", "counts"
        )
    ]


def _own_sums(user: User, asked: Asked, start: date) -> _Sums:
    """The sums over the branches that `user` may see."""
    rows = Tally.objects.visible_to(user).filter(series=asked.series, period_start=start)
    sums: dict[uuid.UUID, tuple[uuid.UUID, int, int, np.ndarray]] = {}
    for version, visits, packed in rows.order_by("version__number").values_list("version_id", "visits", "counts"):
        counts = np.frombuffer(bytes(packed), dtype="<u2").reshape(3, -1).astype(np.int64)
        own = np.concatenate([counts, (counts[NOT_MET] > 0).astype(np.int64)[None]])
        _, visits_so_far, branches, total = sums.get(version, (version, 0, 0, np.zeros_like(own)))
        sums[version] = (version, visits_so_far + visits, branches + 1, total + own)
    return list(sums.values())
