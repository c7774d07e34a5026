"""Many visits of one scope scored at once: the same arithmetic as `audits.scoring.visit`, on whole blocks of answers.

Integers only. The two paths share the compiled plan but no code of the sums; tests hold them against each other.
"""

from dataclasses import dataclass

import numpy as np

from audits.scoring.answers import NOT_APPLICABLE, NOT_ASSESSED, WIDE
from audits.scoring.columns import Columns
from audits.scoring.packing import Batch
from audits.scoring.plan import Plan
from audits.scoring.visit import FAILED, VisitScore

# Visits scored together: their answers and points fit the processor's second cache, so that each pass finds them there.
_BLOCK = 256


@dataclass(frozen=True, slots=True, eq=False)
class VisitScores:
    """Scores of many visits, one line each. `earned` and `possible` are int64 (visits × parts) as in `plan.parts`.

    `points` and `states` are (visits × keys) as in `VisitScore` (points are 0 where an answer does not count), or None
    where the detail was not asked for.
    """

    plan: Plan
    earned: np.ndarray
    possible: np.ndarray
    assessed: np.ndarray
    assessable: np.ndarray
    failed: np.ndarray
    critical_failed: np.ndarray
    points: np.ndarray | None
    states: np.ndarray | None

    def __len__(self) -> int:
        return len(self.earned)

    def visit(self, line: int) -> VisitScore:
        """One of them as `score` gives it. Raises ValueError where the detail was not asked for."""
        if self.points is None or self.states is None:
            raise ValueError("Ask for the detail to see single visits.")
        states = self.states[line].tolist()
        pairs = zip(self.earned[line].tolist(), self.possible[line].tolist(), strict=True)
        return VisitScore(
            decimals=self.plan.decimals,
            parts=dict(zip(self.plan.parts, pairs, strict=True)),
            points=tuple(p if s > 1 else None for p, s in zip(self.points[line].tolist(), states, strict=True)),
            states=bytes(states),
            assessed=int(self.assessed[line]),
            assessable=int(self.assessable[line]),
            critical_failed=int(self.critical_failed[line]),
            failed=tuple(i.key for i, state in zip(self.plan.items, states, strict=True) if state == FAILED),
        )


def score_many(plan: Plan, batch: Batch, *, detail: bool = False) -> VisitScores:
    """The scores of many visits with this plan. Raises ValueError where the answers were given to another scope."""
    visits, keys = batch.matrix.shape
    if visits and keys != len(plan.items):
        raise ValueError(f"{keys} answers were given to a scope of {len(plan.items)} keys.")
    scores = VisitScores(
        plan=plan,
        earned=np.zeros((visits, len(plan.parts)), dtype=np.int64),
        possible=np.zeros((visits, len(plan.parts)), dtype=np.int64),
        assessed=np.zeros(visits, dtype=np.int64),
        assessable=np.zeros(visits, dtype=np.int64),
        failed=np.zeros(visits, dtype=np.int64),
        critical_failed=np.zeros(visits, dtype=np.int64),
        points=np.zeros((visits, keys), dtype=np.int64) if detail else None,
        states=np.zeros((visits, keys), dtype=np.uint8) if detail else None,
    )
    wide = sorted(batch.wide)
    desk = _Desk(keys, min(visits, _BLOCK), plan.columns.best.dtype)
    for start in range(0, visits, _BLOCK):
        end = min(start + _BLOCK, visits)
        here = [(line - start, position, number) for line, position, number in wide if start <= line < end]
        _score_block(scores, slice(start, end), batch.matrix[start:end], here, desk)
    return scores


class _Desk:
    """Room for one block, taken once: memory that is given back and taken anew for every block costs more than sums."""

    def __init__(self, keys: int, visits: int, number: np.dtype) -> None:
        self._codes = np.empty(keys * visits, dtype=np.int16)
        self._points = np.empty(keys * visits, dtype=number)
        self._flags = np.empty((3, keys * visits), dtype=bool)

    def codes(self, keys: int, visits: int) -> np.ndarray:
        """The effective codes."""
        return self._codes[: keys * visits].reshape(keys, visits)

    def points(self, keys: int, visits: int) -> np.ndarray:
        """The points of the keys without findings."""
        return self._points[: keys * visits].reshape(keys, visits)

    def flags(self, which: int, keys: int, visits: int) -> np.ndarray:
        """One of three sets of flags."""
        return self._flags[which, : keys * visits].reshape(keys, visits)


def _score_block(
    scores: VisitScores, lines: slice, matrix: np.ndarray, wide: list[tuple[int, int, int]], desk: _Desk
) -> None:
    plan, columns = scores.plan, scores.plan.columns
    limits, scored = columns.ends[0], columns.ends[3]
    keys, visits = matrix.shape[1], matrix.shape[0]
    codes = np.take(matrix.T, columns.order, axis=0, out=desk.codes(keys, visits), mode="clip")
    _close_gates(columns, codes)
    counts = np.greater(codes, NOT_APPLICABLE, out=desk.flags(0, keys, visits))
    points = _points(columns, codes, desk)
    deducted = np.maximum(codes[scored:], 0) * columns.unit[columns.ends[1] - limits :]
    for line, position, number in wide:
        row, item = columns.row_of[position], plan.items[position]
        if codes[row, line] == WIDE and row >= scored:
            deducted[row - scored, line] = item.points(number)
        elif codes[row, line] == WIDE:
            points[row, line] = item.points(number) if row >= limits else item.low <= number <= item.high
    failed = desk.flags(1, keys, visits)
    np.less(points, columns.pass_mark, out=failed[:scored])
    np.greater(deducted, 0, out=failed[scored:])
    failed &= counts
    scores.failed[lines] = _count(failed)
    scores.critical_failed[lines] = _count(failed[columns.critical])
    scores.assessed[lines] = _count(counts[:scored])
    unassessed = np.equal(codes[:scored], NOT_ASSESSED, out=desk.flags(2, scored, visits))
    scores.assessable[lines] = scores.assessed[lines] + _count(unassessed)
    if scores.points is not None and scores.states is not None:
        states = (codes > NOT_ASSESSED).view(np.uint8) + counts.view(np.uint8) + failed.view(np.uint8)
        scores.points[lines] = np.concatenate([_weighed(columns, points), deducted])[columns.row_of].T
        scores.states[lines] = states[columns.row_of].T
    scores.earned[lines] = (columns.earns @ points).T
    np.copyto(points, counts[:scored])
    scores.possible[lines] = (columns.offers @ points).T
    np.minimum(scores.earned[lines, 0], scores.possible[lines, 0], out=scores.earned[lines, 0])
    scores.earned[lines, -1] = deducted.sum(axis=0)


def _weighed(columns: Columns, points: np.ndarray) -> np.ndarray:
    """The points with the limits' best points put in."""
    limits = columns.ends[0]
    return np.concatenate([points[:limits] * columns.best[:limits], points[limits:]])


def _close_gates(columns: Columns, codes: np.ndarray) -> None:
    """Write into `codes` what the conditions make of them, as `visit.effective_codes` does."""
    codes[columns.never] = NOT_APPLICABLE
    for gates in columns.gates:
        on = codes[gates.on]
        closed = np.where(on == NOT_ASSESSED, np.int16(NOT_ASSESSED), np.int16(NOT_APPLICABLE))
        codes[gates.rows] = np.where(on == gates.codes, codes[gates.rows], closed)


def _count(flags: np.ndarray) -> np.ndarray:
    """How many of each column (keys × visits) are true: bytes add up fastest, as long as they cannot overflow."""
    total = np.zeros(flags.shape[1], dtype=np.int64)
    for start in range(0, len(flags), 255):
        total += np.add.reduce(flags[start : start + 255].view(np.uint8), axis=0, dtype=np.uint8)
    return total


def _points(columns: Columns, codes: np.ndarray, desk: _Desk) -> np.ndarray:
    """What each answer earns (keys without findings × visits); for limits 1 where met. 0 where it is none, or wide."""
    limits, linear, tables, ladders = columns.ends
    points = desk.points(ladders, codes.shape[1])
    within, below = (desk.flags(which, limits, codes.shape[1]) for which in (1, 2))
    np.greater_equal(codes[:limits], columns.low, out=within)
    within &= np.less_equal(codes[:limits], columns.high, out=below)
    points[:limits] = within
    if linear > limits:
        units = np.clip(codes[limits:linear], 0, columns.most[: linear - limits])
        products = units * columns.unit[: linear - limits].astype(points.dtype)
        np.minimum(products, columns.best[limits:linear], out=points[limits:linear])
    if tables > linear:
        chosen = np.clip(codes[linear:tables], 0, columns.table.shape[1] - 1)
        points[linear:tables] = np.take_along_axis(columns.table, chosen.astype(np.intp), axis=1)
        points[linear:tables] *= codes[linear:tables] >= 0
    for row, ladder in enumerate(columns.ladders, start=tables):
        points[row] = ladder.points[np.searchsorted(ladder.ends, codes[row])]
        points[row] *= codes[row] > WIDE
    return points
