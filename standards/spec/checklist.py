"""The frozen document of a checklist, as values.

`Checklist` is what a published version is: its canonical bytes (`standards.spec.digest`) are made from
`document(checklist)` and read back by `read_checklist`. Defaults are left out: a new optional field never changes
the bytes of an old version. Decimals are text ("1.5"), never binary floats.
"""

from typing import Any, Literal

import msgspec

from standards.spec.digest import canonical_bytes
from standards.spec.plain import as_document

FORMAT = 1
CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"

Kind = Literal["met", "scale", "measure", "choice", "count", "points", "finding"]
Channel = Literal["in_person", "phone", "email", "chat", "social", "online"]
Severity = Literal["minor", "normal", "major", "critical"]
KINDS: tuple[str, ...] = ("met", "scale", "measure", "choice", "count", "points", "finding")
CHANNELS: tuple[str, ...] = ("in_person", "phone", "email", "chat", "social", "online")
SEVERITIES: tuple[str, ...] = ("minor", "normal", "major", "critical")
TAGS: tuple[str, ...] = ("service", "facility")


class Named(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A classification: the cut across sections ("courtesy")."""

    code: str
    name: str


class Section(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where in the journey; `parent` is the code of the section it lies in (two levels at most)."""

    code: str
    name: str
    parent: str = ""
    repeats: bool = False


class Option(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One choice and the points it gives (decimal text, not negative)."""

    code: str
    label: str
    points: str


class Step(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of a ladder: within `at_most` (or from `at_least`) it gives `points`; the first fitting step counts."""

    points: str
    at_most: str = ""
    at_least: str = ""


class OnlyIf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Asked only if an earlier standard was answered so: `answer` is the phone's token ("met", "3", "warm")."""

    code: str
    answer: str = msgspec.field(name="is")


class Standard(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing to check.

    Worth `weight` × its best points: 1 for met, single-limit measure and scale (value / 10); best step, option, `cap`
    or `max` for ladder, choice, count and points; findings deduct and have no possible points. Graded kinds count as
    failed below `pass_at` points (where empty: below half of the best). Limits and measured values are in `unit`;
    the phone sends integers scaled by 10^unit_decimals.
    """

    code: str
    section: str
    wording: str
    kind: Kind = "met"
    guidance: str = ""
    classification: str = ""
    channel: Channel = "in_person"
    weight: str = "1"
    severity: Severity = "normal"
    objective: bool = True
    na: bool = True
    comment_on_fail: bool = False
    photo_on_fail: bool = False
    bonus: bool = False
    tags: tuple[str, ...] = ()
    facilities: tuple[str, ...] = ()
    only_if: OnlyIf | None = None
    unit: str = ""
    unit_decimals: int = 0
    at_most: str = ""
    at_least: str = ""
    ladder: tuple[Step, ...] = ()
    options: tuple[Option, ...] = ()
    per_unit: str = ""
    cap: str = ""
    max: str = ""
    pass_at: str = ""


class Checklist(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A whole checklist in order. Scores are integers of 10^-decimals points."""

    code: str
    name: str
    language: str
    decimals: int
    sections: tuple[Section, ...]
    standards: tuple[Standard, ...]
    classifications: tuple[Named, ...] = ()
    format: int = FORMAT

    def section_codes_of(self, standard: Standard) -> tuple[str, ...]:
        """The section of a standard and the one above it, inner first."""
        for section in self.sections:
            if section.code == standard.section:
                return (section.code, section.parent) if section.parent else (section.code,)
        return (standard.section,)


def document(checklist: Checklist) -> dict[str, Any]:
    """The checklist as a JSON-like document; `format` is always written."""
    content: dict[str, Any] = as_document(checklist)
    return content | {"format": checklist.format}


def frozen_bytes(checklist: Checklist) -> bytes:
    """The canonical bytes whose sha256 names this content for ever."""
    return canonical_bytes(document(checklist))


def read_checklist(body: bytes) -> Checklist:
    """The checklist of canonical bytes. Raises msgspec.ValidationError where they are not one."""
    return msgspec.json.decode(body, type=Checklist)
