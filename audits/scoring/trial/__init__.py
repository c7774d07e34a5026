"""Trying a scheme on a table of published results (`manage.py try_scheme`), as pure functions."""

from audits.scoring.trial.options import TrialOptions, TrialReport
from audits.scoring.trial.report import exit_code, report_lines, report_table
from audits.scoring.trial.table import Table, TrialProblem, read_table
from audits.scoring.trial.trying import try_scheme

__all__ = [
    "Table",
    "TrialOptions",
    "TrialProblem",
    "TrialReport",
    "exit_code",
    "read_table",
    "report_lines",
    "report_table",
    "try_scheme",
]
