"""What each failed standard alone would have done for a branch: whether it lifts the outcome, and what it adds."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from audits.scoring.next_star.window import Rules, Window, WindowVisit
from audits.scoring.outcome.deciding import deciding_value, lower_is_better


@dataclass(frozen=True, slots=True)
class Single:
    """One standard that failed in `visits` visits of the window.

    Had it been met in each, the outcome would (`lifts`) have been better by a level or more, and the figure that
    decides by `stake`, in its own points; below 0 where meeting it would do harm.
    """

    code: str
    visits: int
    lifts: bool
    stake: Fraction


def single_standards(rules: Rules, visits: Sequence[WindowVisit]) -> list[Single]:
    """Every standard that failed, the most often failed first, then by code. Each is run through the engine."""
    window = Window(rules, visits)
    candidates = window.candidates
    if not candidates:
        return []
    name = deciding_value(rules.scheme)
    sign = -1 if lower_is_better(rules.scheme) else 1
    before = window.figure(name)
    found = []
    for one, (outcome, after) in zip(candidates, window.figures([(c.code,) for c in candidates], name), strict=True):
        stake = Fraction(0)
        if isinstance(before, int | Fraction) and isinstance(after, int | Fraction):
            stake = Fraction(sign * (after - before))
        found.append(Single(one.code, one.visits, window.level_of(outcome) > window.level, stake))
    return found
