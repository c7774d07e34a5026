"""Finds rows that can never be reached and levels nobody can get, by trying every cell of the conditions."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from standards.spec.scheme.cells import Axis, Domain, axes_of, cells, count_cells, holds
from standards.spec.scheme.document import Condition, Direct, Grid, Rows, Scheme, Value
from standards.spec.scheme.numbers import is_number

# Conditions tried per list of rows. Past it only pairs of rows are tried, then nothing: a row may be
# called reachable that is not, never the other way round.
BUDGET = 200_000
PAIR_CELLS = 500


def domains_of(values: Iterable[Value]) -> dict[str, Domain]:
    """Return what is known beforehand of each value: counts are whole and not negative, floors and caps bind."""
    return {value.name: _domain(value) for value in values}


def _domain(value: Value) -> Domain:
    low, high, whole = value.floor, value.cap, False
    plain = value.start is None and value.times is None
    if value.operator in ("count", "streak") and plain and not any(picked.weight for picked in value.picks):
        whole = value.round == "none" and all(bound is None or bound.denominator == 1 for bound in (low, high))
        low = max(Fraction(0), low) if low is not None else Fraction(0)
    if value.round != "none" and not whole:
        return Domain()  # rounding comes after floor and cap and may pass them
    return Domain(low, high, whole)


def unreachable(conditions: Sequence[Condition | None], scheme: Scheme, taken: int = 0) -> list[int]:
    """Return the positions of conditions that never decide, because an earlier one always does or they cannot hold.

    None is a row without a condition. `taken` is the number of rows at the front that belong to another list.
    """
    domains = domains_of(scheme.values)
    given = [condition for condition in conditions if condition is not None]
    axes = axes_of(given, scheme.types, domains)
    everything = count_cells(axes)
    if everything * len(conditions) <= BUDGET:
        return sorted(set(range(taken, len(conditions))) - _first_matches(conditions, axes, scheme))
    return _unreachable_by_pairs(conditions, scheme, domains, taken)


def _first_matches(conditions: Sequence[Condition | None], axes: list[Axis], scheme: Scheme) -> set[int]:
    found: set[int] = set()
    for cell in cells(axes):
        for position, condition in enumerate(conditions):
            if holds(condition, cell, scheme.types):
                found.add(position)
                break
    return found


def _unreachable_by_pairs(
    conditions: Sequence[Condition | None], scheme: Scheme, domains: Mapping[str, Domain], taken: int
) -> list[int]:
    spent, found = 0, []
    for position in range(taken, len(conditions)):
        later = conditions[position]
        if any(earlier is None for earlier in conditions[:position]):
            found.append(position)
            continue
        for earlier in conditions[:position]:
            if later is None or earlier is None:
                continue
            axes = axes_of([earlier, later], scheme.types, domains)
            size = count_cells(axes)
            spent += min(size, PAIR_CELLS)
            if size > PAIR_CELLS or spent > BUDGET:
                continue
            if 1 not in _first_matches([earlier, later], axes, scheme):
                found.append(position)
                break
    return found


def reachable_outcomes(scheme: Scheme) -> set[str]:
    """Return every level and outcome the rules can lead to, as far as their form shows."""
    # In the order of the rules: unless or decide, then the moves, then peers.
    decided = {row.give for row in scheme.unless} | decided_outcomes(scheme)
    for move in scheme.adjust:
        levels = {name for name in decided if name in scheme.levels}
        moved = {_moved(scheme, name, move.kind, move.steps, move.level) for name in levels}
        decided = (decided - levels if move.when is None else decided) | moved
    if scheme.peers is None:
        return decided
    ranked = {level for level, share in scheme.peers.shares if share > 0}
    kept = {row.give for row in scheme.unless} | {name for name in decided if name not in scheme.levels}
    return ranked | kept | (decided if scheme.peers.small == "bands" else {scheme.peers.small})


def decided_outcomes(scheme: Scheme) -> set[str]:
    """Return what `decide` alone can give."""
    decide = scheme.decide
    if isinstance(decide, Rows):
        return {row.give for row in decide.rows}
    if isinstance(decide, Grid):
        given = [level for level, _ in decide.limits if level not in beaten_levels(decide)]
        return {*given, decide.otherwise} | ({decide.missing} if decide.missing else set())
    if isinstance(decide, Direct):
        kind = scheme.type_of(decide.name)
        found = set(kind.names) if kind.kind == "ordinal" else set(scheme.levels)
        if kind.kind == "number":
            found = {level for level in scheme.levels if is_number(level)}
        return found | ({decide.missing} if decide.missing else set())
    return set()


def beaten_levels(grid: Grid) -> set[str]:
    """Return the levels of a grid whose limits are those of a better level, so that nobody gets them."""
    found = set()
    for position, (level, limits) in enumerate(grid.limits):
        if any(limits == better for _, better in grid.limits[:position]):
            found.add(level)
    return found


def _moved(scheme: Scheme, level: str, kind: str, steps: int, bound: str) -> str:
    position = scheme.levels.index(level)
    if kind == "by":
        position = min(max(position + steps, 0), len(scheme.levels) - 1)
    elif bound in scheme.levels:
        other = scheme.levels.index(bound)
        position = min(position, other) if kind == "at_most" else max(position, other)
    return scheme.levels[position]
