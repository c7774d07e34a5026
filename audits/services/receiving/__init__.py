"""Receiving: what a phone delivers is kept exactly once, whatever it is; judging comes later."""

from audits.services.receiving.arrival import Arrival, Delivery, Status
from audits.services.receiving.keeping import receive
from audits.services.receiving.matching import match
from audits.services.receiving.quarantine import keep_unread
from audits.services.receiving.receipts import published_keys
from audits.services.receiving.status import delivered

__all__ = ["Arrival", "Delivery", "Status", "delivered", "keep_unread", "match", "published_keys", "receive"]
