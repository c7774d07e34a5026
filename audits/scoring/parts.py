"""The parts of a score: how a row keeps them, and as what a rating scheme reads them.

A row keeps (earned, possible) of every part as two arrays of integers, of the smallest width that holds them all:
40 parts take 161 bytes at 2 bytes each, and nothing is gained by compressing that.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from audits.scoring.plan import FINDINGS, WHOLE
from audits.scoring.visit import VisitScore
from standards.spec.scheme.document import Scheme

CRITICAL_FAILED = "critical_failed"
COVERAGE = "coverage"
KIND = "kind"
_WIDTHS = {2: "<u2", 4: "<u4", 8: "<i8"}


def pack_parts(visit: VisitScore) -> bytes:
    """(earned, possible) of every part as a row keeps them: a byte with the width, all earned, all possible."""
    earned, possible = (np.array([side], dtype=np.int64) for side in zip(*visit.parts.values(), strict=True))
    return pack_many_parts(earned, possible)[0]


def pack_many_parts(earned: np.ndarray, possible: np.ndarray) -> list[bytes]:
    """The same for int64 arrays (visits × parts), as `score_many` gives them."""
    both = np.concatenate([earned, possible], axis=1)
    largest = both.max(axis=1, initial=0)
    packed: list[bytes] = [b""] * len(both)
    for width, kind in _WIDTHS.items():
        lines = np.flatnonzero(_width_of(largest) == width)
        size, mark, body = both.shape[1] * width, bytes([width]), both[lines].astype(kind).tobytes()
        for place, line in enumerate(lines.tolist()):
            packed[line] = mark + body[place * size : (place + 1) * size]
    return packed


def unpack_parts(names: Sequence[str], stored: bytes) -> dict[str, tuple[int, int]]:
    """(earned, possible) by name, from what `pack_parts` made. Raises ValueError for other names or broken bytes."""
    values = _unpacked(stored, len(names)).tolist()
    return dict(zip(names, zip(values[: len(names)], values[len(names) :], strict=True), strict=True))


def unpack_many_parts(count: int, stored: Iterable[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Earned and possible of many scores with `count` parts, int64 (scores × parts). Raises ValueError as above."""
    lines = [_unpacked(one, count) for one in stored]
    both = np.array(lines, dtype=np.int64).reshape(len(lines), 2 * count)
    return both[:, :count], both[:, count:]


def parts_for_scheme(
    parts: Mapping[str, tuple[int, int]],
    *,
    decimals: int,
    assessed: int,
    assessable: int,
    critical_failed: int,
    kind: str,
    only: Collection[str] | None = None,
) -> dict[str, Fraction | int | str]:
    """What a scheme may name, of one score: percentages 0–100 as exact fractions, and the visit's own facts.

    A part with nothing possible is absent, and so is coverage with nothing to assess. Findings are points. `parts` are
    those of the score, to which `standard.CODE` pairs (`visit.standard_part`) may be added; `only` are the names the
    scheme reads, so that no time goes into the others.
    """
    wanted = parts.keys() if only is None else only
    values: dict[str, Fraction | int | str] = {}
    for name in wanted:
        earned, possible = parts.get(name, (0, 0))
        if name == FINDINGS:
            values[name] = Fraction(earned, 10**decimals)
        elif possible > 0:
            values[name] = Fraction(100 * earned, possible)
    values[CRITICAL_FAILED] = critical_failed
    values[KIND] = kind
    if assessable > 0:
        values[COVERAGE] = Fraction(100 * assessed, assessable)
    return values


def names_read(scheme: Scheme, offered: Sequence[str]) -> list[str]:
    """The parts of a score that a scheme reads: those it names, and for a prefix those that are offered."""
    wanted: dict[str, None] = {}
    for name in (*scheme.part_names(), "whole"):
        if name.endswith("*"):
            wanted |= dict.fromkeys(part for part in offered if part.startswith(name[:-1]))
        elif name in offered or name.startswith("standard."):
            wanted[name] = None
    wanted.pop(CRITICAL_FAILED, None)
    return list(wanted)


def percentage(visit: VisitScore, part: str = WHOLE) -> Fraction | None:
    """The exact percentage of a part; None where nothing was possible."""
    earned, possible = visit.parts[part]
    return Fraction(100 * earned, possible) if possible > 0 else None


def _width_of(largest: np.ndarray) -> np.ndarray:
    """How many bytes each number of a row needs."""
    return np.where(largest < 1 << 16, 2, np.where(largest < 1 << 32, 4, 8))


def _unpacked(stored: bytes, count: int) -> np.ndarray:
    width = stored[0] if stored else 0
    if width not in _WIDTHS or len(stored) != 1 + 2 * count * width:
        raise ValueError(f"These are no stored figures of {count} parts.")
    return np.frombuffer(stored, dtype=_WIDTHS[width], offset=1)
