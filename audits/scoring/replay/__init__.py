"""Past answers replayed against other standards and another scheme: what each branch would have had, and why."""

from audits.scoring.replay.carrying import Carriage, carriage_between, comparable
from audits.scoring.replay.figures import STANDARD, Figures, figures_of
from audits.scoring.replay.lineage import Was, earlier_codes, through
from audits.scoring.replay.outcomes import Beat, BranchOutcome, RatingRules, outcomes_of
from audits.scoring.replay.undoing import Contribution, UndoableChange, contributions_of, undo, undoable_changes

__all__ = [
    "STANDARD",
    "Beat",
    "BranchOutcome",
    "Carriage",
    "Contribution",
    "Figures",
    "RatingRules",
    "UndoableChange",
    "Was",
    "carriage_between",
    "comparable",
    "contributions_of",
    "earlier_codes",
    "figures_of",
    "outcomes_of",
    "through",
    "undo",
    "undoable_changes",
]
