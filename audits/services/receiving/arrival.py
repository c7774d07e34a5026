"""What arrives and what is answered: the values that the doors hand in and get back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from chains.models import Device, User


@dataclass(frozen=True)
class Arrival:
    """The bytes of one delivery, checked to be whole; `digest` is their sha256. `now` is when they had arrived.

    `notes` are flags that the door itself sets: that it was no phone, for example.
    """

    submission_id: uuid.UUID
    body: bytes
    digest: bytes
    sender: User
    device: Device | None
    now: datetime
    notes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Status:
    """What a phone may know of its submission; unsigned, and never what could speak against the auditor."""

    state: str
    missing_evidence: Sequence[uuid.UUID] = ()
    flags: Sequence[str] = ()


@dataclass(frozen=True)
class Delivery:
    """The answer to a delivery: new, known already with the same bytes, or kept for the office to look at."""

    outcome: Literal["new", "same", "quarantined"]
    receipt: str
    status: Status = field(default_factory=lambda: Status("received"))
