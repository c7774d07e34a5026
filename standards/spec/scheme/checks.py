"""The faults of meaning: a well-formed scheme that contradicts itself is refused before anybody is rated by it."""

from collections.abc import Collection, Sequence
from fractions import Fraction

from standards.spec.scheme.document import Condition, Grid, Peers, Rows, Scheme
from standards.spec.scheme.draft import Draft
from standards.spec.scheme.faults import pointer
from standards.spec.scheme.ordering import rank
from standards.spec.scheme.outcomes import RawGrid
from standards.spec.scheme.reach import reachable_outcomes, unreachable
from standards.spec.scheme.shape import ShapeReader

WEIGHED = ("sum", "mean", "count")
STARRED = ("sum", "mean", "max", "min", "count")


class Checker:
    """Checks one draft and the scheme built from it; pieces with a fault of form are left alone."""

    def __init__(self, draft: Draft, scheme: Scheme, reader: ShapeReader):
        self.draft, self.scheme, self.reader = draft, scheme, reader

    def check(self, known: Collection[str] | None, first_use: dict[str, str], complete: bool) -> None:
        """Note every fault.

        `known` are the parts there are (a trailing star stands for many); None: any part. `complete` is false
        for a base whose versions bring the way to a level.
        """
        self._check_lists()
        self._check_one_meaning(first_use)
        if known is not None:
            self._check_known(known, first_use)
        self._check_values()
        self._check_visits()
        if not self.draft.broken & {"levels", "outcomes"}:
            self._check_given()
            self._check_grid()
            self._check_shares()
        if complete and not self.reader.faults:
            self._check_reach()

    def _fault(self, path: str, code: str, message: str) -> None:
        self.reader.fault(path, code, message)

    # -- names -------------------------------------------------------------------------------------

    def _check_lists(self) -> None:
        draft = self.draft
        for piece, names in (("levels", draft.levels), ("outcomes", draft.outcomes or ())):
            for position, name in enumerate(names):
                if name and name in names[:position]:
                    self._fault(draft.path(piece, position), "duplicate-name", f"'{name}' stands twice in this list.")
        for position, name in enumerate(draft.outcomes or ()):
            if name and name in draft.levels:
                message = f"'{name}' is a level already; an outcome needs a name of its own."
                self._fault(draft.path("outcomes", position), "duplicate-name", message)

    def _check_one_meaning(self, first_use: dict[str, str]) -> None:
        draft = self.draft
        results = {*draft.levels, *(draft.outcomes or ())}
        for name in draft.values:
            path = draft.path("values", name)
            if name in draft.declared:
                message = f"'{name}' is a part under read already; give the value another name."
                self._fault(path, "duplicate-name", message)
            if name in results:
                message = f"'{name}' is a level or outcome already; give the value another name."
                self._fault(path, "duplicate-name", message)
        for name in {**first_use, **{name: draft.path("read", name) for name in draft.declared}}:
            if name in results and name not in draft.values:
                path = draft.path("read", name) if name in draft.declared else first_use[name]
                message = f"'{name}' is a level or outcome and cannot be a part as well; rename one of them."
                self._fault(path, "duplicate-name", message)

    def _check_known(self, known: Collection[str], first_use: dict[str, str]) -> None:
        draft = self.draft
        exact = {name for name in known if not name.endswith("*")}
        prefixes = tuple(name[:-1] for name in known if name.endswith("*"))
        for name, path in {**{key: draft.path("read", key) for key in draft.declared}, **first_use}.items():
            if name in draft.values or name in exact or (prefixes and name.startswith(prefixes)):
                continue
            if name.endswith("*") and any(part.startswith(name[:-1]) for part in exact):
                continue
            listed = ", ".join(sorted(known)[:12]) or "none"
            message = f"There is no part or value called '{name}'; mend the spelling. Known parts: {listed}."
            self._fault(path, "unknown-name", message)

    def _check_given(self) -> None:
        """Every level and outcome that is given must exist, else a slip of the pen becomes a new outcome."""
        draft, decide = self.draft, self.draft.decide
        for piece, rows in (("unless", draft.unless), ("decide", decide if isinstance(decide, list) else [])):
            for position, row in enumerate(rows):
                if row:
                    self._known_result(row.give, draft.path(piece, position, "give"))
        for position, move in enumerate(draft.adjust):
            if move and move.kind != "by" and move.level not in draft.levels:
                message = f"'{move.level}' is no level; use one of {', '.join(draft.levels)}."
                self._fault(draft.path("adjust", position, move.kind), "unknown-level", message)
        if isinstance(decide, RawGrid):
            self._known_result(decide.otherwise, draft.path("decide", "else"))
        missing = getattr(decide, "missing", None)
        if missing:
            self._known_result(missing, draft.path("decide", "missing"), free=True)
        if draft.visits and draft.visits.below_minimum:
            self._known_result(draft.visits.below_minimum, draft.path("visits", "below_minimum"), free=True)
        if draft.peers and draft.peers.small not in ("wider", "bands"):
            self._small_is_known(draft.peers)

    def _small_is_known(self, peers: Peers) -> None:
        path = self.draft.path("peers", "small")
        if peers.small == "outcome" and not self.draft.outcomes:
            self._fault(path, "unknown-level", "The word outcome needs an entry in outcomes; or name the outcome here.")
        elif peers.small != "outcome":
            self._known_result(peers.small, path, free=True)

    def _known_result(self, name: str, path: str, free: bool = False) -> None:
        """`free`: here a new outcome may be named in passing, as long as the document lists no outcomes."""
        known = (*self.draft.levels, *(self.draft.outcomes or ()))
        if name and name not in known and not (free and self.draft.outcomes is None):
            message = f"'{name}' is neither a level nor an outcome; mend the spelling or add it to outcomes."
            self._fault(path, "unknown-level", message)

    # -- values and visits -------------------------------------------------------------------------

    def _check_values(self) -> None:
        for name, value in self.draft.values.items():
            if value is None:
                continue
            path = self.draft.path("values", name)
            for picked in value.picks:
                if picked.weight is not None and picked.weight <= 0:
                    message = "A weight must be more than 0; leave the part out if it does not count."
                    self._fault(picked.path, "weight-not-positive", message)
                if picked.weight is not None and value.operator not in WEIGHED:
                    self._fault(picked.path, "weight-not-used", f"A {value.operator} takes no weights; remove it.")
                if picked.is_pattern and value.operator not in STARRED:
                    self._fault(picked.path, "star-not-used", f"A {value.operator} takes one name, not a prefix.")
            if value.floor is not None and value.cap is not None and value.floor > value.cap:
                self._fault(path, "floor-above-cap", "The floor is above the cap; swap them.")
            if value.places and value.round == "none":
                self._fault(path, "places-not-used", "Say how to round as well: add round: nearest, up or down.")
            for position, case in enumerate(value.cases):
                if case.when is None and position < len(value.cases) - 1:
                    place = f"{path}/pick/{position}"
                    self._fault(place, "unreachable", "Lines after this one are never reached: give it a `when`.")

    def _check_visits(self) -> None:
        visits = self.draft.visits
        if visits is None:
            return
        path = self.draft.path("visits")
        for position, weight in enumerate(visits.weights):
            if weight <= 0:
                place = f"{path}/weights/{position}"
                self._fault(place, "weight-not-positive", "A weight must be more than 0; shorten the list instead.")
        if visits.weights and visits.half_life:
            self._fault(path, "two-weightings", "Give weights or half_life, not both.")
        if (visits.weights or visits.half_life) and visits.combine not in ("mean", "pooled"):
            message = f"With combine: {visits.combine} no weights are used; write mean or pooled, or remove them."
            self._fault(path, "weight-not-used", message)
        if visits.weights and visits.last and visits.last != len(visits.weights):
            message = f"There are {len(visits.weights)} weights for the last {visits.last} visits; give one for each."
            self._fault(f"{path}/weights", "weights-not-last", message)
        most = visits.last or len(visits.weights) or None
        if visits.minimum and most and visits.minimum > most:
            message = f"Only {most} visits are looked at, so {visits.minimum} are never reached."
            self._fault(f"{path}/minimum", "minimum-out-of-reach", message)
        if visits.below_minimum and not visits.minimum:
            self._fault(f"{path}/below_minimum", "minimum-missing", "Say how few visits that is: add minimum: N.")

    # -- decide and peers --------------------------------------------------------------------------

    def _check_grid(self) -> None:
        raw, grid = self.draft.decide, self.scheme.decide
        if not isinstance(raw, RawGrid) or not isinstance(grid, Grid):
            return
        path = self.draft.path("decide", raw.compare)
        for level, limits in raw.limits.items():
            if level not in self.draft.levels:
                message = f"'{level}' is no level; use one of {', '.join(self.draft.levels)}."
                self._fault(pointer(path, level), "unknown-level", message)
            elif len(limits) != len(raw.columns):
                message = f"Here are {len(limits)} limits for {len(raw.columns)} columns; give one each (null: none)."
                self._fault(pointer(path, level), "limits-not-columns", message)
        if not any(fault.path.startswith(self.draft.path("decide")) for fault in self.reader.faults):
            self._check_limits_rise(grid, path)

    def _check_limits_rise(self, grid: Grid, path: str) -> None:
        """Limits run from the best level to the worst: none may become harder on the way down."""
        for (better, above), (worse, below) in zip(grid.limits, grid.limits[1:], strict=False):
            for position, column in enumerate(grid.columns):
                if self._is_easier(grid, column, above[position], below[position]):
                    message = (
                        f"'{better}' is better than '{worse}' but has the easier limit for '{column}'; "
                        "check the two limits and the order of levels (worst first)."
                    )
                    self._fault(pointer(path, better), "easier-limit", message)
        worst = grid.limits[-1][0] if grid.limits else None
        levels = self.draft.levels
        if worst and grid.otherwise in levels and levels.index(grid.otherwise) > levels.index(worst):
            message = f"The level under else has no limits at all, so it must not be better than '{worst}'."
            self._fault(self.draft.path("decide", "else"), "easier-limit", message)

    def _is_easier(self, grid: Grid, column: str, limit: object, other: object) -> bool:
        if limit is None or other is None:
            return limit is None and other is not None
        kind = self.scheme.type_of(column)
        left, right = rank(limit, kind), rank(other, kind)
        return bool(left < right) if grid.compare == "at_least" else bool(left > right)

    def _check_shares(self) -> None:
        peers = self.draft.peers
        if peers is None:
            return
        path = self.draft.path("peers", "shares")
        for level, share in peers.shares:
            if level not in self.draft.levels:
                self._fault(pointer(path, level), "unknown-level", f"'{level}' is no level.")
            if share <= 0:
                message = "A share must be more than 0; leave the level out of levels instead."
                self._fault(pointer(path, level), "share-not-positive", message)
        total = sum((share for _, share in peers.shares), Fraction(0))
        if total != 100:
            self._fault(path, "shares-not-100", f"The shares add up to {float(total):g}, not to 100.")

    # -- what can be reached -----------------------------------------------------------------------

    def _check_reach(self) -> None:
        """Only for schemes without other faults: it needs every piece."""
        draft, scheme = self.draft, self.scheme
        decide = scheme.decide
        if isinstance(decide, Rows) and decide.rows[-1].when is not None:
            message = "The last row must hold always: add a row {give: LEVEL} without `when`."
            self._fault(draft.path("decide", len(decide.rows) - 1), "last-row-missing", message)
        for position, row in enumerate(scheme.unless):
            if row.when is None:
                message = "A row of unless needs a `when`; what always holds belongs in decide."
                self._fault(draft.path("unless", position), "unless-always", message)
        self._check_rows(decide)
        for value in scheme.values:
            conditions = [case.when for case in value.cases]
            for position in self._never(conditions):
                self._never_reached(draft.path("values", value.name, "pick", position))
        for position, move in enumerate(scheme.adjust):
            if move.when is not None and unreachable([move.when], scheme):
                self._never_reached(draft.path("adjust", position))
        found = reachable_outcomes(scheme)
        for position, level in enumerate(scheme.levels):
            if level not in found:
                message = f"Nobody can get '{level}': no row, limit or move leads there. Remove it or add the way."
                self._fault(draft.path("levels", position), "level-nobody-gets", message)

    def _check_rows(self, decide: object) -> None:
        first = [row.when for row in self.scheme.unless]
        rows = [row.when for row in decide.rows] if isinstance(decide, Rows) else []
        for position in self._never(first):
            self._never_reached(self.draft.path("unless", position))
        if not rows:
            return
        for position in self._never(first + rows, taken=len(first)):
            # The last row is asked for by the grammar even where the rows before leave nothing over.
            if position - len(first) < len(rows) - 1 or None in rows[:-1]:
                self._never_reached(self.draft.path("decide", position - len(first)))

    def _never(self, conditions: Sequence[Condition | None], taken: int = 0) -> list[int]:
        return unreachable(conditions, self.scheme, taken) if conditions else []

    def _never_reached(self, path: str) -> None:
        message = "This can never be reached: rows before it always decide first, or its tests contradict each other."
        self._fault(path, "unreachable", message)
