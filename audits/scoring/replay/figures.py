"""The figures of many visits that a scheme reads, in arrays, so that they can be taken apart and put together again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from audits.scoring.outcome import Visit
from audits.scoring.parts import parts_for_scheme
from audits.scoring.plan import WHOLE
from audits.scoring.visit import PASSED
from audits.scoring.visits import VisitScores

STANDARD = "standard."
Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """(earned, possible) of the parts that a scheme reads, one number a visit, in points of 10^-decimals.

    The whole is not capped here, so that a standard's share can be taken out; `visit` caps it. Findings stand as
    (deducted, 0).
    """

    decimals: int
    pairs: Mapping[str, Pair]
    assessed: np.ndarray
    assessable: np.ndarray
    critical_failed: np.ndarray

    def visit(self, line: int, *, visited_on: date, kind: str, label: str) -> Visit:
        """One of the visits as a scheme reads it."""
        pairs = {name: (int(earned[line]), int(possible[line])) for name, (earned, possible) in self.pairs.items()}
        if WHOLE in pairs:
            pairs[WHOLE] = (min(pairs[WHOLE]), pairs[WHOLE][1])
        parts = parts_for_scheme(
            pairs,
            decimals=self.decimals,
            assessed=int(self.assessed[line]),
            assessable=int(self.assessable[line]),
            critical_failed=int(self.critical_failed[line]),
            kind=kind,
        )
        return Visit(visited_on=visited_on, parts=parts, kind=kind, pairs=pairs, label=label)


def figures_of(scores: VisitScores, names: Sequence[str]) -> Figures:
    """The figures called `names` of many visits. Parts of single standards need scores with their detail."""
    place = {name: index for index, name in enumerate(scores.plan.parts)}
    pairs = {name: (scores.earned[:, place[name]], scores.possible[:, place[name]]) for name in names if name in place}
    if scores.points is not None and scores.states is not None:
        counted = np.where(scores.states >= PASSED, scores.points, 0)
        earning = [index for index, item in enumerate(scores.plan.items) if item.shape != "deduct"]
        if WHOLE in pairs:
            pairs[WHOLE] = (counted[:, earning].sum(axis=1), pairs[WHOLE][1])
        for name in names:
            if name.startswith(STANDARD):
                pairs[name] = _standard_pair(scores, counted, name.removeprefix(STANDARD))
    return Figures(scores.plan.decimals, pairs, scores.assessed, scores.assessable, scores.critical_failed)


def _standard_pair(scores: VisitScores, counted: np.ndarray, code: str) -> Pair:
    assert scores.states is not None
    items = scores.plan.items
    at = [index for index, item in enumerate(items) if item.standard.code == code and item.shape != "deduct"]
    possible = np.array([items[index].possible for index in at], dtype=np.int64)
    return counted[:, at].sum(axis=1), ((scores.states[:, at] >= PASSED) * possible).sum(axis=1)


def is_read(name: str, names: Sequence[str]) -> bool:
    """Whether a scheme that asks for `names` ("section.*" among them) reads a part."""
    return any(name == one or (one.endswith("*") and name.startswith(one[:-1])) for one in names)
