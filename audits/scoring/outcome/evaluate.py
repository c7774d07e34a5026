"""From the parts of one subject to its outcome: values, then unless or decide, then adjust, then peers."""

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from audits.scoring.outcome.figures import History, work_out
from audits.scoring.outcome.lookup import Lookup
from audits.scoring.outcome.peers import CutPoints, peer_level
from audits.scoring.outcome.result import (
    DirectStep,
    Figure,
    GridStep,
    Input,
    MoveStep,
    Outcome,
    Part,
    RowStep,
    Step,
)
from standards.spec.scheme.document import Direct, Grid, Move, Row, Rows, Scheme
from standards.spec.scheme.numbers import exact_number, is_number
from standards.spec.scheme.ordering import compare, rank


def evaluate(
    scheme: Scheme,
    parts: Mapping[str, Part],
    *,
    history: History | None = None,
    cut_points: CutPoints | None = None,
) -> Outcome:
    """Return the outcome of one subject with every figure and step.

    `parts` maps names to exact numbers, text, dates or tuples of codes; a name that is not there, or is None, is
    absent. `history` is what each visit gave, newest first, for streaks. A scheme with peers needs `cut_points`;
    without them the outcome only says that it waits. Raises TypeError or ValueError for a part of the wrong kind.
    """
    lookup = Lookup(scheme, parts)
    steps: list[Step] = []
    for value in scheme.values:
        step = work_out(value, lookup, history)
        lookup.values[value.name] = step.figure
        steps.append(step)
    text, is_exempt = _decide(scheme, lookup, steps)
    if text in scheme.levels:
        text = _adjust(scheme, lookup, text, steps)
    waits = False
    if scheme.peers and not is_exempt and (text is None or text in scheme.levels):
        waits = cut_points is None
        text = None if cut_points is None else _rank(scheme, lookup, text, cut_points, steps)
    return Outcome(
        text=text,
        level=text if text in scheme.levels else None,
        values=lookup.values,
        steps=tuple(steps),
        missing=tuple(name for name in lookup.missed if name not in lookup.values),
        reason=_why_nothing(lookup, steps, waits) if text is None else "",
        waits_for_rank=waits,
    )


def _decide(scheme: Scheme, lookup: Lookup, steps: list[Step]) -> tuple[str | None, bool]:
    """Return what unless or decide gives, and whether a row of unless did (those are never ranked among peers)."""
    given = _first_row(scheme.unless, "unless", lookup, steps)
    if given is not None:
        return given, True
    decide = scheme.decide
    if isinstance(decide, Rows):
        return _first_row(decide.rows, "decide", lookup, steps), False
    if isinstance(decide, Grid):
        return _grid(decide, lookup, steps), False
    if isinstance(decide, Direct):
        return _direct(decide, scheme, lookup, steps), False
    return None, False


def _first_row(rows: tuple[Row, ...], piece: str, lookup: Lookup, steps: list[Step]) -> str | None:
    for position, row in enumerate(rows):
        if lookup.holds(row.when):
            steps.append(RowStep(piece, position, row.give, row.when, lookup.inputs(row.when)))
            return row.give
    return None


def _grid(grid: Grid, lookup: Lookup, steps: list[Step]) -> str | None:
    inputs = tuple(Input(column, lookup.find(column)) for column in grid.columns)
    better: str | None = None
    missed: tuple[tuple[str, Figure], ...] = ()
    give: str | None = grid.otherwise
    limits: tuple[Figure, ...] | None = None
    for level, row in grid.limits:
        broken = _broken(grid, inputs, row, lookup)
        unknown = [item for item, limit in zip(inputs, row, strict=True) if limit is not None and item.figure is None]
        if not broken and unknown:
            give = grid.missing  # this level may or may not have been reached: nobody can say
            break
        if not broken:
            give, limits = level, row
            break
        better, missed = level, broken
    if grid.missing is not None and _lacks_column(grid, inputs):
        give, limits = grid.missing, None
    steps.append(GridStep(give, grid.compare, inputs, limits, better, missed))
    return give


def _broken(grid: Grid, inputs: tuple[Input, ...], row: tuple, lookup: Lookup) -> tuple[tuple[str, Figure], ...]:
    """Return the columns whose figure is known to miss its limit."""
    found = []
    for item, limit in zip(inputs, row, strict=True):
        if limit is None or item.figure is None:
            continue
        kind = lookup.scheme.type_of(item.name)
        if not compare(grid.compare, rank(item.figure, kind), rank(limit, kind)):
            found.append((item.name, limit))
    return tuple(found)


def _lacks_column(grid: Grid, inputs: tuple[Input, ...]) -> bool:
    """Say whether a column that has any limit at all is absent."""
    return any(
        item.figure is None and any(row[position] is not None for _, row in grid.limits)
        for position, item in enumerate(inputs)
    )


def _direct(decide: Direct, scheme: Scheme, lookup: Lookup, steps: list[Step]) -> str | None:
    figure = lookup.find(decide.name)
    give = decide.missing if figure is None else level_named(scheme, figure)
    steps.append(DirectStep(decide.name, figure, give))
    return give


def level_named(scheme: Scheme, figure: Any) -> str | None:
    """Return the level a figure names: a number by its size, text as written; None when it names none."""
    if isinstance(figure, str):
        return figure if figure in scheme.levels or figure in scheme.outcomes else None
    return _levels_by_number(scheme.levels).get(Fraction(figure))


@lru_cache(maxsize=256)
def _levels_by_number(levels: tuple[str, ...]) -> dict[Fraction, str]:
    return {exact_number(level): level for level in levels if is_number(level)}


def _adjust(scheme: Scheme, lookup: Lookup, text: str, steps: list[Step]) -> str:
    for position, move in enumerate(scheme.adjust):
        applied = lookup.holds(move.when)
        after = moved(scheme.levels, text, move) if applied else text
        amount = f"{move.steps:+d}" if move.kind == "by" else move.level
        inputs = lookup.inputs(move.when)
        steps.append(MoveStep(position, move.kind, amount, text, after, applied, move.when, inputs))
        text = after
    return text


def moved(levels: tuple[str, ...], level: str, move: Move) -> str:
    """Return the level after one move, never beyond the levels."""
    position = levels.index(level)
    if move.kind == "by":
        position = min(max(position + move.steps, 0), len(levels) - 1)
    elif move.kind == "at_most":
        position = min(position, levels.index(move.level))
    else:
        position = max(position, levels.index(move.level))
    return levels[position]


def _rank(scheme: Scheme, lookup: Lookup, text: str | None, cut_points: CutPoints, steps: list[Step]) -> str | None:
    assert scheme.peers is not None
    figure: Any = lookup.find(scheme.peers.value)
    group = lookup.find(scheme.peers.group) if scheme.peers.group else ""
    step = peer_level(scheme, cut_points, group="" if group is None else group_key(group), value=figure, bands=text)
    steps.append(step)
    return step.give


def group_key(group: Any) -> str:
    """Return a peer group as text: groups may be named by text, ordinals or numbers."""
    return group if isinstance(group, str) else str(group)


def _why_nothing(lookup: Lookup, steps: list[Step], waits: bool) -> str:
    if waits:
        return "waits for the cut points of its peer group"
    last = steps[-1] if steps else None
    if isinstance(last, DirectStep) and last.figure is not None:
        return f"'{last.name}' is {last.figure}, which is no level"
    absent = [name for name, figure in lookup.values.items() if figure is None]
    missed = [name for name in lookup.missed if name not in lookup.values]
    if missed:
        return "without the parts it needs: " + ", ".join(f"'{name}' is absent" for name in missed)
    return "without the figures it needs: " + ", ".join(f"'{name}' is absent" for name in absent)
