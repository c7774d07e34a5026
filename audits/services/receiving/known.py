"""What a submission refers to: its assignment as it stands, and the frozen content it names."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from audits.models import Assignment, RawSubmission, ScopeDocument
from audits.models.compiled import layout_of, scope_of
from audits.models.windows import WindowRules, is_within, last_day, read_rules
from audits.scoring.vector import Layout
from chains.models.dialects import number_ahead
from chains.models.statements import Lookup
from standards.models import ChecklistVersion


class Duty(NamedTuple):
    """An assignment of the sender, with what judging a delivery needs to know of its visit. One row of one query."""

    id: uuid.UUID
    state: str
    offered_at: datetime
    audit_id: uuid.UUID
    audit_state: str
    window_from: date
    window_until: date
    window_rules: Any
    version_id: uuid.UUID
    scope_id: uuid.UUID
    checklist_sha256: str
    scope_sha256: str
    checklist_id: uuid.UUID
    chain_id: uuid.UUID
    timezone: str
    number: int | None
    """For the row that will hold the bytes, where the database gives numbers ahead."""

    def local_day(self, moment: datetime) -> date:
        """The branch's date at a moment."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    def rules(self) -> WindowRules:
        """The rules of the window."""
        return read_rules(self.window_rules)

    def allows(self, day: date) -> bool:
        """Whether a visit on this day keeps to the window."""
        return is_within(day, self.window_from, self.window_until, self.rules())

    def is_late(self, moment: datetime) -> bool:
        """Whether a report at this moment comes after the last day it was awaited."""
        return self.local_day(moment) > last_day(self.window_until, self.rules())


_DUTY = Lookup(
    lambda assignment_id, sender_id: (
        Assignment.objects.filter(pk=assignment_id, auditor_id=sender_id)
        .annotate(number=number_ahead(RawSubmission))
        .values_list(
            "id",
            "state",
            "offered_at",
            "audit_id",
            "audit__state",
            "audit__window_from",
            "audit__window_until",
            "audit__window_rules",
            "audit__version_id",
            "audit__scope_id",
            "audit__version__sha256",
            "audit__scope__sha256",
            "audit__version__checklist_id",
            "audit__scope__chain_id",
            "audit__location__timezone",
            "number",
        )
    ),
    uuid.UUID,
    int,
)


def duty_of(assignment_id: uuid.UUID, sender_id: int) -> Duty | None:
    """The sender's own assignment; None where it is unknown or someone else's, which are one and the same here.

    Each call takes a new number for the row to come.
    """
    row = _DUTY.first(assignment_id, sender_id)
    return None if row is None else Duty(*row)


@dataclass(frozen=True)
class Frozen:
    """The version and scope a submission is scored with, as it names them."""

    version_id: uuid.UUID
    scope_id: uuid.UUID
    checklist_sha256: str
    scope_sha256: str

    @property
    def layout(self) -> Layout:
        """How its answers are laid out."""
        return layout_of(self.version_id, self.scope_id)


class Unknown(LookupError):
    """A sha256 that names nothing of this chain."""


def frozen_of(duty: Duty, checklist_sha256: str, scope_sha256: str) -> tuple[Frozen | None, bool, bool]:
    """What a submission names, and whether its checklist and its scope are known.

    Any published version of the visit's checklist will do, with any scope of that version. Where the planned version is
    named with a scope nobody knows, the planned scope serves.
    """
    if (checklist_sha256, scope_sha256) == (duty.checklist_sha256, duty.scope_sha256):
        return _planned(duty), True, True
    try:
        version_id, checklist_id = _version(duty.chain_id, checklist_sha256)
    except Unknown:
        return None, False, False
    if checklist_id != duty.checklist_id:
        return None, False, False
    try:
        scope_id = _scope(duty.chain_id, scope_sha256, checklist_sha256)
    except Unknown:
        return (_planned(duty) if version_id == duty.version_id else None), True, False
    return Frozen(version_id, scope_id, checklist_sha256, scope_sha256), True, True


def _planned(duty: Duty) -> Frozen:
    return Frozen(duty.version_id, duty.scope_id, duty.checklist_sha256, duty.scope_sha256)


@lru_cache(maxsize=1024)
def _version(chain_id: uuid.UUID, sha256: str) -> tuple[uuid.UUID, uuid.UUID]:
    """Version and checklist of a published sha256. Content is immutable, so that remembering it is always right."""
    rows = ChecklistVersion.objects.filter(chain_id=chain_id, sha256=sha256)
    row: tuple[uuid.UUID, uuid.UUID] | None = rows.values_list("id", "checklist_id").first()
    if row is None:
        raise Unknown(sha256)
    return row


@lru_cache(maxsize=1024)
def _scope(chain_id: uuid.UUID, sha256: str, checklist_sha256: str) -> uuid.UUID:
    """The scope of a sha256, if it belongs to that checklist version."""
    rows = ScopeDocument.objects.filter(chain_id=chain_id, sha256=sha256)
    scope_id: uuid.UUID | None = rows.values_list("id", flat=True).first()
    if scope_id is None or scope_of(scope_id).checklist != checklist_sha256:
        raise Unknown(sha256)
    return scope_id
