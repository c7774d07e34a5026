"""A scheme whose form has been read but whose names have no types yet."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from standards.spec.scheme.conditions import MAX_ROWS, read_moves, read_rows
from standards.spec.scheme.document import PIECES, Condition, Direct, Move, PartType, Peers, Row, Value, Visits
from standards.spec.scheme.faults import pointer
from standards.spec.scheme.figures import MAX_LEVELS, read_types, read_values
from standards.spec.scheme.outcomes import RawGrid, read_decision, read_peers, read_visits
from standards.spec.scheme.shape import ShapeReader


class Draft:
    """The pieces as read. `broken` names the pieces with a fault of form; `where` gives each piece its path."""

    def __init__(self, where: Mapping[str, str]):
        self.where = where
        self.broken: set[str] = set()
        self.levels: tuple[str, ...] = ()
        self.outcomes: tuple[str, ...] | None = None
        self.declared: dict[str, PartType] = {}
        self.values: dict[str, Value | None] = {}
        self.unless: list[Row | None] = []
        self.decide: RawGrid | Direct | list[Row | None] | None = None
        self.adjust: list[Move | None] = []
        self.peers: Peers | None = None
        self.visits: Visits | None = None

    def path(self, piece: str, *steps: str | int) -> str:
        """Return where a piece stands in the document, extended by steps."""
        return pointer(self.where.get(piece, ""), piece, *steps)

    def conditions(self) -> Iterator[tuple[Condition, bool]]:
        """Yield every condition; the flag is true for the one about visits."""
        rows = [row for row in self.unless if row]
        if isinstance(self.decide, list):
            rows += [row for row in self.decide if row]
        conditions = [row.when for row in rows] + [move.when for move in self.adjust if move]
        for value in self.values.values():
            conditions += [case.when for case in value.cases] if value else []
        for condition in conditions:
            if condition:
                yield condition, False
        if self.visits and self.visits.only:
            yield self.visits.only, True


def read_draft(reader: ShapeReader, tree: Mapping[str, Any], where: Mapping[str, str]) -> Draft:
    """Read every piece that is there; unknown keys have been refused by the caller."""
    draft = Draft(where)
    names = _declared_names(tree)
    readers: dict[str, Callable[[Any, str], Any]] = {
        "levels": lambda part, path: _read_levels(reader, part, path, most=MAX_LEVELS),
        "outcomes": lambda part, path: _read_levels(reader, part, path, most=MAX_LEVELS),
        "read": lambda part, path: read_types(reader, part, path),
        "values": lambda part, path: read_values(reader, part, path, names),
        "unless": lambda part, path: read_rows(reader, part, path),
        "decide": lambda part, path: read_decision(reader, part, path),
        "adjust": lambda part, path: read_moves(reader, part, path),
        "peers": lambda part, path: read_peers(reader, part, path),
        "visits": lambda part, path: read_visits(reader, part, path),
    }
    for piece in (piece for piece in PIECES if piece in tree):
        before = len(reader.faults)
        setattr(draft, "declared" if piece == "read" else piece, readers[piece](tree[piece], draft.path(piece)))
        if len(reader.faults) > before:
            draft.broken.add(piece)
    _count_rows(reader, draft)
    return draft


def _read_levels(reader: ShapeReader, tree: Any, path: str, most: int) -> tuple[str, ...]:
    items = reader.sequence(tree, path, most, hint=", worst first") or []
    return tuple(reader.text(item, pointer(path, position)) or "" for position, item in enumerate(items))


def _declared_names(tree: Mapping[str, Any]) -> frozenset[str]:
    """Return the names `read` and `values` declare, whatever else is wrong with them."""
    pieces = [tree.get("read"), tree.get("values")]
    return frozenset(str(name) for piece in pieces if isinstance(piece, dict) for name in piece)


def _count_rows(reader: ShapeReader, draft: Draft) -> None:
    rows = len(draft.unless) + (len(draft.decide) if isinstance(draft.decide, list) else 0)
    rows += sum(len(value.cases) for value in draft.values.values() if value)
    if rows > MAX_ROWS:
        reader.fault(draft.path("decide"), "too-many-rows", f"A scheme may have {MAX_ROWS} rows in all; it has {rows}.")
    codes = sum(len(value.table) for value in draft.values.values() if value)
    if codes > 2000:
        reader.fault(draft.path("values"), "too-many-codes", f"A scheme may name 2,000 codes; it names {codes}.")
