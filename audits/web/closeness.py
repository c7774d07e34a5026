"""Who is too close to call, drawn as brackets beside the rows of one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_LANES = 16


class Ranked(Protocol):
    """A line of any league: its rank, and the numbers of its too-close-to-call groups."""

    @property
    def rank(self) -> int | None:
        """The rank, if it has one."""

    @property
    def ties(self) -> Sequence[int]:
        """The groups it belongs to."""


@dataclass(frozen=True, slots=True)
class Close:
    """For one row: the ranks on this page it cannot be told from, and one mark per bracket of the page.

    A mark is "", or "in" with " first" and " last" where the bracket begins and ends. Without marks there are too many
    brackets to be drawn.
    """

    ranks: str
    marks: tuple[str, ...] = ()


def closeness_of(lines: Sequence[Ranked]) -> list[Close]:
    """The brackets of a page: two branches share one where their intervals overlap."""
    members: dict[int, list[int]] = {}
    for row, line in enumerate(lines):
        for group in line.ties:
            members.setdefault(group, []).append(row)
    # The bracket that begins highest on the page stands furthest left.
    lanes = sorted((rows for rows in members.values() if len(rows) > 1), key=lambda rows: (rows[0], rows[-1]))
    shown = lanes if len(lanes) <= MOST_LANES else []
    found = []
    for row, line in enumerate(lines):
        others = {lines[other].rank for group in line.ties for other in members[group] if other != row}
        marks = tuple(_mark(rows, row) for rows in shown)
        found.append(Close(ranges_of(sorted(rank for rank in others if rank is not None)), marks))
    return found


def _mark(rows: Sequence[int], row: int) -> str:
    if row not in rows:
        return "through" if rows[0] < row < rows[-1] else ""
    return "in" + (" first" if row == rows[0] else "") + (" last" if row == rows[-1] else "")


def ranges_of(ranks: Sequence[int]) -> str:
    """Sorted numbers with runs drawn together: 4, 5, 6, 8 is "4–6, 8"."""
    runs: list[list[int]] = []
    for rank in ranks:
        if runs and rank <= runs[-1][1] + 1:
            runs[-1][1] = rank
        else:
            runs.append([rank, rank])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)
