"""Evidence: photos, receipts, documents, recordings. Originals are kept as sent, private; others see derivatives."""

from audits.services.evidence.derivatives import Derivative, NoDerivative, derive
from audits.services.evidence.files import Incoming
from audits.services.evidence.keeping import Kept, Parcel, declare_lost, held, keep
from audits.services.evidence.kinds import sniff

__all__ = [
    "Derivative",
    "Incoming",
    "Kept",
    "NoDerivative",
    "Parcel",
    "declare_lost",
    "derive",
    "held",
    "keep",
    "sniff",
]
