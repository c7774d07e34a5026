"""Comparing: the order of branches in a period, with how sure one can be of it."""

from audits.services.comparing.ordering import rank_due

__all__ = ["rank_due"]
