"""Reviewing: what was sent is scored, and judged by the office or, where the programme allows, automatically."""

from audits.services.reviewing.judging import accept, amend, return_with_queries, void
from audits.services.reviewing.scoring import score_due

__all__ = ["accept", "amend", "return_with_queries", "score_due", "void"]
