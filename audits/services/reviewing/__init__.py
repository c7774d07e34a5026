"""Reviewing: what was sent is scored, and judged by the office or, where the programme allows, automatically."""

from audits.services.reviewing.amending import Correction, amend
from audits.services.reviewing.judging import Question, accept, return_with_queries, void, withdraw
from audits.services.reviewing.scoring import score_due

__all__ = ["Correction", "Question", "accept", "amend", "return_with_queries", "score_due", "void", "withdraw"]
