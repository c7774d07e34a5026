"""Erasing: files whose time is over, files that belong to nothing, and everything that tells who a person was."""

from audits.services.erasing.forgetting import KIND, Plan, ask_to_forget, forget, plan_of, run
from audits.services.erasing.retention import erase_overdue, overdue
from audits.services.erasing.sweeping import REPORT_GRACE, Found, clear, look, unfinished

__all__ = [
    "KIND",
    "REPORT_GRACE",
    "Found",
    "Plan",
    "ask_to_forget",
    "clear",
    "erase_overdue",
    "forget",
    "look",
    "overdue",
    "plan_of",
    "run",
    "unfinished",
]
