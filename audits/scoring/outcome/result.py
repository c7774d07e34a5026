"""What comes out of a scheme for one subject: the outcome, every figure, and the steps that led there."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import msgspec

from standards.spec.scheme.document import Condition

Part = Fraction | int | str | date | tuple[str, ...] | None
Figure = Fraction | int | str | date | tuple[str, ...] | None


class Input(msgspec.Struct, frozen=True):
    """One part or value that went into a figure, with its weight if it had one."""

    name: str
    figure: Figure
    weight: Fraction | None = None


class ValueStep(msgspec.Struct, frozen=True, tag=True):
    """A value was worked out: `raw` before start, times, floor, cap and rounding, `figure` after."""

    name: str
    operator: str
    inputs: tuple[Input, ...]
    raw: Figure
    figure: Figure
    unknown_codes: tuple[str, ...] = ()


class RowStep(msgspec.Struct, frozen=True, tag=True):
    """A row of `unless` or `decide` held; `inputs` are the figures its condition looked at."""

    piece: str
    position: int
    give: str
    when: Condition | None
    inputs: tuple[Input, ...]


class GridStep(msgspec.Struct, frozen=True, tag=True):
    """The grid gave `give`. `limits` are those kept (None for else); `missed` what stood in the way of `better`."""

    give: str | None
    compare: str
    inputs: tuple[Input, ...]
    limits: tuple[Figure, ...] | None
    better: str | None = None
    missed: tuple[tuple[str, Figure], ...] = ()


class DirectStep(msgspec.Struct, frozen=True, tag=True):
    """A figure was taken as the level itself."""

    name: str
    figure: Figure
    give: str | None


class MoveStep(msgspec.Struct, frozen=True, tag=True):
    """A move of `adjust` was looked at; `applied` says whether its condition held."""

    position: int
    kind: str
    amount: str
    before: str
    after: str
    applied: bool
    when: Condition | None
    inputs: tuple[Input, ...]


class PeerStep(msgspec.Struct, frozen=True, tag=True):
    """The level came from the rank within a peer group of `members`; `how` is group, wider, bands, outcome or none."""

    value: str
    figure: Figure
    group: str
    how: str
    members: int
    give: str | None
    limit: Figure = None


class MinimumStep(msgspec.Struct, frozen=True, tag=True):
    """Too few visits counted, so the outcome is the one for that; `instead_of` is what it would have been."""

    counted: int
    minimum: int
    give: str | None
    instead_of: str | None


Step = ValueStep | RowStep | GridStep | DirectStep | MoveStep | PeerStep | MinimumStep


class Outcome(msgspec.Struct, frozen=True):
    """The result for one subject.

    `text` is the level or outcome given, None when the rules lead nowhere; `reason` then says why in words.
    `level` is `text` where that is a level. `values` are exact. `missing` names the absent parts that were asked for.
    `waits_for_rank` is true for a scheme with peers as long as no cut points were given.
    """

    text: str | None
    level: str | None
    values: Mapping[str, Figure]
    steps: tuple[Step, ...]
    missing: tuple[str, ...] = ()
    reason: str = ""
    waits_for_rank: bool = False
