"""Evidence: photos, receipts, documents, recordings; kept as they were sent, shown to others only as clean copies."""

from audits.services.evidence.audience import decide_audience
from audits.services.evidence.copying import make_copies_due
from audits.services.evidence.derivatives import Derived, derive_photo
from audits.services.evidence.holding import Incoming, check_number, declare_lost, hold, is_held, keep
from audits.services.evidence.kinds import kind_of

__all__ = [
    "Derived",
    "Incoming",
    "check_number",
    "decide_audience",
    "declare_lost",
    "derive_photo",
    "hold",
    "is_held",
    "keep",
    "kind_of",
    "make_copies_due",
]
