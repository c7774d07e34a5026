"""The smallest set of standards that together bring several figures up to what each still needs.

A covering problem with costs of one: exact where one figure is left, or where the sections do not overlap; otherwise
branch and bound, with a limit on its steps and an honest lower bound when it stops.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

Row = tuple[int, ...]
# Decisions on one path; beyond them the search gives up on the path, and says so.
DEEPEST = 400


@dataclass(frozen=True, slots=True)
class Cover:
    """Positions of the chosen candidates (None: there is no such set of the size allowed), and what is proven.

    No set with fewer than `at_least` members covers the needs. `finished` says that the search left nothing out.
    """

    chosen: tuple[int, ...] | None
    at_least: int
    finished: bool


@dataclass(slots=True)
class Budget:
    """Steps that may still be taken by all searches together."""

    steps: int


@dataclass(slots=True)
class _Search:
    gains: Sequence[Row]
    budget: Budget
    best: tuple[int, ...] | None = None
    limit: int = 0
    finished: bool = True
    open_bounds: list[int] = field(default_factory=list)


def smallest_cover(gains: Sequence[Row], needs: Row, *, budget: Budget, at_most: int | None = None) -> Cover:
    """The smallest set of candidates whose gains (candidates × figures, none negative) reach every need.

    Candidates stand in the order of preference: among equally small sets the earlier ones are taken. `at_most` is the
    size beyond which nobody cares.
    """
    limit = len(gains) if at_most is None else min(at_most, len(gains))
    everybody = tuple(range(len(gains)))
    bound = _bound(gains, everybody, needs)
    if bound is None or bound > limit:
        return Cover(None, limit + 1, finished=True)
    search = _Search(gains, budget, limit=limit + 1)
    _branch(search, (), everybody, needs)
    if search.best is None:
        return Cover(None, bound if not search.finished else limit + 1, search.finished)
    lowest = len(search.best) if search.finished else min([len(search.best), *search.open_bounds])
    return Cover(tuple(sorted(search.best)), max(lowest, bound), search.finished or lowest >= len(search.best))


def _branch(search: _Search, taken: tuple[int, ...], left: tuple[int, ...], needs: Row) -> None:
    """Take or leave the most useful candidate; `search.limit` is the size that must be undercut."""
    taken, left, needs = _with_forced(search.gains, taken, left, needs)
    if max(needs, default=0) <= 0:
        if len(taken) < search.limit:
            search.best, search.limit = taken, len(taken)
        return
    bound = _bound(search.gains, left, needs)
    if bound is None or len(taken) + bound >= search.limit:
        return
    if search.budget.steps <= 0 or len(taken) + (len(search.gains) - len(taken) - len(left)) > DEEPEST:
        search.finished = False
        search.open_bounds.append(len(taken) + bound)
        return
    search.budget.steps -= 1
    figure = _hardest(search.gains, left, needs)
    open_needs = [j for j, need in enumerate(needs) if need > 0]
    if len(open_needs) == 1:
        chosen = _largest(search.gains, left, figure, needs[figure])
        if len(taken) + len(chosen) < search.limit:
            search.best, search.limit = (*taken, *chosen), len(taken) + len(chosen)
        return
    pick = max(left, key=lambda i: (search.gains[i][figure], _usefulness(search.gains[i], needs), -i))
    after = tuple(need - gain for need, gain in zip(needs, search.gains[pick], strict=True))
    _branch(search, (*taken, pick), tuple(i for i in left if i != pick), after)
    # Whoever is left out takes along all who are no better in anything: exchanging them would lose nothing.
    worse = tuple(i for i in left if i != pick and not _covers(search.gains[pick], search.gains[i], open_needs))
    _branch(search, taken, worse, needs)


def _covers(one: Row, other: Row, figures: Sequence[int]) -> bool:
    return all(one[j] >= other[j] for j in figures)


def _usefulness(row: Row, needs: Row) -> float:
    """How much of all open needs a candidate meets."""
    return sum(min(gain, need) / need for gain, need in zip(row, needs, strict=True) if need > 0)


def _with_forced(
    gains: Sequence[Row], taken: tuple[int, ...], left: tuple[int, ...], needs: Row
) -> tuple[tuple[int, ...], tuple[int, ...], Row]:
    """Take whoever cannot be done without, until nobody is left of that kind."""
    while True:
        slack = [sum(gains[i][j] for i in left) - need for j, need in enumerate(needs)]
        forced = [i for i in left if any(need > 0 and gains[i][j] > slack[j] for j, need in enumerate(needs))]
        if not forced or min(slack, default=0) < 0:
            return taken, left, needs
        taken = (*taken, *forced)
        needs = tuple(need - sum(gains[i][j] for i in forced) for j, need in enumerate(needs))
        left = tuple(i for i in left if i not in forced)


def _hardest(gains: Sequence[Row], left: Sequence[int], needs: Row) -> int:
    """The figure that needs the largest share of what is left."""
    open_needs = [j for j, need in enumerate(needs) if need > 0]
    return max(open_needs, key=lambda j: (needs[j] / max(sum(gains[i][j] for i in left), 1), -j))


def _largest(gains: Sequence[Row], left: Sequence[int], figure: int, need: int) -> list[int]:
    """The fewest candidates that reach one need: the largest gains first, equal ones in the order of preference."""
    chosen: list[int] = []
    for i in sorted(left, key=lambda i: (-gains[i][figure], i)):
        if need <= 0:
            break
        chosen.append(i)
        need -= gains[i][figure]
    return chosen


def _bound(gains: Sequence[Row], left: Sequence[int], needs: Row) -> int | None:
    """A number of candidates below which no set can reach the needs; None where all of them together do not.

    Figures that share no candidate need their own each, and these add up. Any other figure is then given, besides the
    best of those it must take, the best of the rest.
    """
    least: dict[int, int] = {}
    for j, need in enumerate(needs):
        if need > 0:
            count = _fewest(sorted((gains[i][j] for i in left), reverse=True), need)
            if count is None:
                return None
            least[j] = count
    apart: list[int] = []
    members: dict[int, set[int]] = {j: {i for i in left if gains[i][j] > 0} for j in least}
    for j in sorted(least, key=lambda j: (len(members[j]), -least[j], j)):
        if all(members[j].isdisjoint(members[other]) for other in apart):
            apart.append(j)
    total = sum(least[j] for j in apart)
    result = max([total, *least.values()], default=0)
    for j in least:
        if j not in apart:
            result = max(result, _bound_with_quotas(gains, left, needs, j, [(members[p], least[p]) for p in apart]))
    return result


def _bound_with_quotas(
    gains: Sequence[Row], left: Sequence[int], needs: Row, figure: int, quotas: Sequence[tuple[set[int], int]]
) -> int:
    """How many are needed for a figure by a set that must take so many members of each of these separate groups."""
    rest: list[int] = []
    reached, count = 0, 0
    grouped: set[int] = set()
    for group, quota in quotas:
        values = sorted((gains[i][figure] for i in group), reverse=True)
        reached, count = reached + sum(values[:quota]), count + quota
        rest += values[quota:]
        grouped |= group
    rest += [gains[i][figure] for i in left if i not in grouped]
    more = _fewest(sorted(rest, reverse=True), needs[figure] - reached)
    return count + (more or 0)


def _fewest(values: Sequence[int], need: int) -> int | None:
    """How many of the largest values reach a need; None where all do not."""
    for count, value in enumerate(values):
        if need <= 0:
            return count
        need -= value
    return len(values) if need <= 0 else None
