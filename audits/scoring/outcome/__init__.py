"""From the parts of a subject to its outcome under a rating scheme: exact, explained, one by one or many at once.

`evaluate` for one set of parts, `rate` for visits up to a period's end, `evaluate_many` for a table,
`cut_points` and `peer_level` for rank bands, `explain_lines` for people.
"""

from audits.scoring.outcome.bands import band_columns, by_bands
from audits.scoring.outcome.columns import Column, column_of, column_of_ratios
from audits.scoring.outcome.components import combine_components, merge_components
from audits.scoring.outcome.evaluate import evaluate
from audits.scoring.outcome.explain import explain_lines, explain_visits
from audits.scoring.outcome.many import OutcomeTable, evaluate_many
from audits.scoring.outcome.peers import CutPoints, cut_points, peer_level
from audits.scoring.outcome.result import Outcome
from audits.scoring.outcome.visits import CombinedVisits, Visit, combine_visits, conclude, rate

__all__ = [
    "Column",
    "CombinedVisits",
    "CutPoints",
    "Outcome",
    "OutcomeTable",
    "Visit",
    "band_columns",
    "by_bands",
    "column_of",
    "column_of_ratios",
    "combine_components",
    "combine_visits",
    "conclude",
    "cut_points",
    "evaluate",
    "evaluate_many",
    "explain_lines",
    "explain_visits",
    "merge_components",
    "peer_level",
    "rate",
]
