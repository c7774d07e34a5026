"""How a report was typed in: time per section, pauses, and long rows of one answer without a moment's thought.

Evidence for a reviewer, never a verdict: shoppers fill in the form away from the premises, many answers at a sitting.
Times are whole seconds since the first entry, in the order of the scope, as the phone counted them.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from audits.scoring.answers import NOT_APPLICABLE, NOT_ASSESSED

# Nobody thinks about one standard for half an hour: a gap so long is a pause and counts as no section's time.
PAUSE_SECONDS: Final = 30 * 60
# So many same answers in a row, none more than a second after the one before.
ROW_ANSWERS: Final = 30
ROW_GAP_SECONDS: Final = 1
# What sums of eight bytes hold; no clock counts so far.
MAX_SECONDS: Final = 2**50


class Pause(NamedTuple):
    """A gap of PAUSE_SECONDS or more: after which answer, and for how many seconds."""

    after: str
    seconds: int


class SectionTime(NamedTuple):
    """How many answers of a section carry a time, and how many seconds led up to them, pauses left out."""

    section: str
    answers: int
    seconds: int


class SameRow(NamedTuple):
    """The longest row of one and the same answer: its first and last key in the order of entering, length, seconds."""

    first: str
    last: str
    answers: int
    seconds: int


class Entering(NamedTuple):
    """How the answers of one report were entered; `active_seconds` is the span without its pauses."""

    answers: int
    span_seconds: int
    active_seconds: int
    pauses: tuple[Pause, ...]
    sections: tuple[SectionTime, ...]
    same_row: SameRow | None


def are_entry_times(entered: Any, keys: int | None) -> bool:
    """Whether this is a list of whole seconds or nothing, one for each key (None: however many)."""
    if not isinstance(entered, list) or (keys is not None and len(entered) != keys):
        return False
    if not {type(seconds) for seconds in entered} <= {int, type(None)}:
        return False
    given = [seconds for seconds in entered if seconds is not None]
    return not given or (min(given) > -MAX_SECONDS and max(given) < MAX_SECONDS)


def same_row(entered: Sequence[int | None], codes: np.ndarray) -> tuple[int, int, int] | None:
    """The longest row as (first position, last position, length), where it has ROW_ANSWERS or more.

    What does not apply leaves no thought to be had: a whole section may be ticked so.
    """
    order = _in_order(entered, codes)
    if len(order) < ROW_ANSWERS:
        return None
    seconds = np.array([entered[position] for position in order.tolist()], dtype=np.int64)
    given = codes[order]
    goes_on = (np.diff(seconds) <= ROW_GAP_SECONDS) & (given[1:] == given[:-1])
    ends = np.flatnonzero(~np.append(goes_on, False))
    lengths = np.diff(ends, prepend=-1)
    best = int(lengths.argmax())
    if lengths[best] < ROW_ANSWERS:
        return None
    last, length = int(ends[best]), int(lengths[best])
    return int(order[last - length + 1]), int(order[last]), length


def read_entering(
    keys: Sequence[str], sections: Sequence[str], entered: Sequence[int | None], codes: np.ndarray
) -> Entering | None:
    """How the answers were entered; None where none carries a time. `sections` names the section of each key."""
    timed = [(seconds, position) for position, seconds in enumerate(entered) if seconds is not None]
    if not timed:
        return None
    timed.sort()
    spent: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    pauses = []
    before: tuple[int, int] | None = None
    for seconds, position in timed:
        gap = 0 if before is None else seconds - before[0]
        if before is not None and gap >= PAUSE_SECONDS:
            pauses.append(Pause(keys[before[1]], gap))
            gap = 0
        spent[sections[position]] += gap
        count[sections[position]] += 1
        before = seconds, position
    span = timed[-1][0] - timed[0][0]
    row = same_row(entered, codes)
    return Entering(
        answers=len(timed),
        span_seconds=span,
        active_seconds=span - sum(pause.seconds for pause in pauses),
        pauses=tuple(pauses),
        sections=tuple(SectionTime(section, count[section], spent[section]) for section in count),
        same_row=None if row is None else _told(keys, entered, row),
    )


def _in_order(entered: Sequence[int | None], codes: np.ndarray) -> np.ndarray:
    """Positions of the answers that carry a time and were thought about, in the order of entering."""
    answered = (codes != NOT_ASSESSED) & (codes != NOT_APPLICABLE)
    positions = [p for p, seconds in enumerate(entered) if seconds is not None and answered[p]]
    return np.array(sorted(positions, key=lambda p: (entered[p], p)), dtype=np.intp)


def _told(keys: Sequence[str], entered: Sequence[int | None], row: tuple[int, int, int]) -> SameRow:
    first, last, length = row
    return SameRow(keys[first], keys[last], length, (entered[last] or 0) - (entered[first] or 0))
