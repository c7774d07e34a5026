"""Comparing: the order of branches in a period, with how sure one can be of it."""

from audits.services.comparing.moving import mark_moved
from audits.services.comparing.ordering import rank_due

__all__ = ["mark_moved", "rank_due"]
