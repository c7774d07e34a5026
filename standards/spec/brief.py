"""The scenario an auditor must play, as a frozen document."""

from typing import Any

import msgspec

from standards.spec.digest import canonical_bytes
from standards.spec.plain import as_document


class Brief(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who the auditor is for this visit, what to do, and what never to do."""

    code: str
    title: str
    language: str
    text: str
    format: int = 1


def brief_bytes(brief: Brief) -> bytes:
    """The canonical bytes whose sha256 names this brief."""
    content: dict[str, Any] = as_document(brief)
    return canonical_bytes(content | {"format": brief.format})
