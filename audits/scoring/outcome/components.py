"""Several components of one programme ("stay" 70, "reservation call" 30) as one set of parts."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

import msgspec

from audits.scoring.outcome.evaluate import evaluate
from audits.scoring.outcome.peers import CutPoints
from audits.scoring.outcome.result import MinimumStep, Outcome, Part
from audits.scoring.outcome.visits import CombinedVisits, Visit, combine_visits
from standards.spec.scheme.document import Scheme, Visits


def merge_components(combined: Sequence[tuple[int, CombinedVisits]]) -> CombinedVisits:
    """The visits of several components as one: numbers by the weights of the components that have them.

    What is no number comes from the first component that has it. Every component must be enough by itself.
    """
    names = sorted({name for _, one in combined for name in one.parts})
    counted = sorted(
        (item for _, one in combined for item in one.counted),
        key=lambda item: (item.visit.visited_on, item.visit.label),
        reverse=True,
    )
    return CombinedVisits(
        parts={name: _merged(name, combined) for name in names},
        combine=combined[0][1].combine,
        counted=tuple(counted),
        left_out=tuple(item for _, one in combined for item in one.left_out),
        is_enough=all(one.is_enough and one.counted for _, one in combined),
        may_rank=all(one.may_rank and one.counted for _, one in combined),
    )


def _merged(name: str, combined: Sequence[tuple[int, CombinedVisits]]) -> Part:
    having = [(weight, one.parts[name]) for weight, one in combined if one.parts.get(name) is not None]
    if not having:
        return None
    numbers = [(weight, part) for weight, part in having if isinstance(part, int | Fraction)]
    if len(numbers) < len(having):
        return having[0][1]
    total = sum((weight * part for weight, part in numbers), Fraction(0))
    return total / sum(weight for weight, _ in numbers)


def rate(
    scheme: Scheme, visits: Iterable[Visit], period_end: date, *, cut_points: CutPoints | None = None
) -> tuple[Outcome, CombinedVisits]:
    """Return the outcome of a subject from its visits, and what the visits amounted to."""
    combined = combine_visits(scheme, visits, period_end)
    return conclude(scheme, combined, cut_points=cut_points), combined


def conclude(scheme: Scheme, combined: CombinedVisits, *, cut_points: CutPoints | None = None) -> Outcome:
    """The outcome of combined visits: below the minimum the figures stand, the outcome is the one for that."""
    outcome = evaluate(scheme, combined.parts, history=combined.history(), cut_points=cut_points)
    if combined.is_enough:
        return outcome
    rules = scheme.visits or Visits()
    counted, minimum, text = len(combined.counted), rules.minimum or 0, rules.below_minimum
    return msgspec.structs.replace(
        outcome,
        text=text,
        level=text if text in scheme.levels else None,
        steps=(*outcome.steps, MinimumStep(counted, minimum, text, outcome.text)),
        reason="" if text else f"{counted} of at least {minimum} visits",
        waits_for_rank=False,
    )
