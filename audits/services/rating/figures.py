"""Every intermediate figure of a rating, as it is stored with it: enough to follow the number, nothing about people."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import msgspec

from audits.scoring.outcome import CombinedVisits, Outcome, explain_lines
from audits.services.rating.gathering import ScoredVisit


def figures_of(
    combined: CombinedVisits, outcome: Outcome, counted: Sequence[tuple[Fraction, ScoredVisit]]
) -> dict[str, Any]:
    """A JSON-like account: the average used, each visit with its weight, the combined parts, the values, the steps."""
    return {
        "combine": combined.combine,
        "visits": [
            {
                "visit_id": str(visit.visit_id),
                "score": visit.score_id,
                "weight": str(weight),
            }
            for weight, visit in counted
        ],
        "parts": {name: text_of(part) for name, part in combined.parts.items() if part is not None},
        "values": {name: text_of(value) for name, value in outcome.values.items() if value is not None},
        "steps": msgspec.to_builtins(outcome.steps, enc_hook=text_of),
        "lines": explain_lines(outcome),
        "reason": outcome.reason,
    }


def text_of(value: Any) -> Any:
    """An exact figure as text ("275/3"), lists of them item by item, other things as they are."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, tuple | list):
        return [text_of(item) for item in value]
    return value
