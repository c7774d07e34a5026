"""The authorization table: who is answered what, on every route, by every method.

A file of the folder `table/` reads like this; `#` begins a comment:

    who            anonymous ada bea …            whose columns the rows have
    route api/v1/locations/<uuid:location_id> : location     an address, and the row of the world that it points at
        GET   aurora    401 403 403 …             the answers for Aurora's row …
              borealis  401 403 403 …             … and for that of Borealis
        POST            …                         where the address points at nothing, or each row gives the same answer
        send POST {"outcome": "met"}              the body that a method is asked with (else an empty object)
        POST            401 . 403 …               a dot: not asked, where asking costs and all get the same
        closed          …                         the methods that the route does not have; see CLOSED
    admin chains.location : location              the pages of one model; the letters are those of admin_pages.py
        may   - - r w d …

A route that answers differently for different rows has a block for each. A row that does not exist is always asked for
too: it answers 404 to everyone who passes the gate, unless a row `absent` says otherwise, and wherever someone else's
row answers alike, both answers must be the same byte for byte.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OBJECTS = ("aurora", "borealis", "absent")
# What a method that a route does not have answers: behind the gate of the API nobody learns which methods there are.
CLOSED = {"api": {"anonymous": 401, "ended": 401}, "page": {}, "admin": {}}
CLOSED_ELSE = {"api": 403, "page": 403, "admin": 405}


@dataclass
class Route:
    """One route: the answer for each (method, object) by person; the object is empty where the address has none."""

    pattern: str
    points_at: str
    source: str
    answers: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    closed: dict[str, int] | None = None
    bodies: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.pattern} : {self.points_at}" if self.points_at else self.pattern or "(front)"

    def expected(self, method: str, side: str, name: str) -> int:
        """What a person is answered; 0 where the table does not ask."""
        for key in ((method, side), (method, "")):
            if key in self.answers:
                return self.answers[key][name]
        if side == "absent" and (method, "aurora") in self.answers:
            known = self.answers[method, "aurora"][name]
            return known if known in (302, 401, 403, 405) else 404
        return self._closed(name)

    def opens(self, method: str) -> bool:
        """Whether the route has this method."""
        return any(known == method for known, _ in self.answers)

    def _closed(self, name: str) -> int:
        if self.closed is not None:
            return self.closed[name]
        door = self.pattern.split("/")[0]
        door = door if door in CLOSED else "page"
        return CLOSED[door].get(name, CLOSED_ELSE[door])


@dataclass
class AdminPages:
    """The pages of one model: for each person one of the letters of admin_pages.py."""

    model: str
    points_at: str
    source: str
    may: dict[str, str] = field(default_factory=dict)


@dataclass
class Table:
    """All rows of all files."""

    routes: list[Route] = field(default_factory=list)
    admin: dict[str, AdminPages] = field(default_factory=dict)


def read_table(folder: Path) -> Table:
    """The table of a folder. Raises ValueError naming file and line."""
    table = Table()
    for path in sorted(folder.glob("*.txt")):
        _Reader(table, path).read()
    return table


class _Reader:
    def __init__(self, table: Table, path: Path) -> None:
        self.table, self.path = table, path
        self.who: list[str] = []
        self.method = ""
        self.block: Route | AdminPages | None = None

    def read(self) -> None:
        for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            words = line.split("#")[0].split()
            self.source = f"{self.path.name}:{number}"
            if words:
                try:
                    self._line(words)
                except (KeyError, ValueError) as fault:
                    raise ValueError(f"{self.source}: {fault}") from None

    def _line(self, words: list[str]) -> None:
        if words[0] == "who":
            self.who = words[1:]
        elif words[0] == "send":
            assert isinstance(self.block, Route), "a body before any route"
            self.block.bodies[words[1]] = json.loads(" ".join(words[2:]))
        elif words[0] in ("route", "admin"):
            pattern, _, points_at = " ".join(words[1:]).partition(" : ")
            self._open(words[0], "" if pattern == "(front)" else pattern, points_at)
        elif isinstance(self.block, AdminPages):
            self.block.may = self._columns(words[1:])
        else:
            self._answers(words)

    def _open(self, kind: str, pattern: str, points_at: str) -> None:
        if kind == "admin":
            if pattern in self.table.admin:
                raise ValueError(f"{pattern} is here twice")
            self.block = self.table.admin[pattern] = AdminPages(pattern, points_at, self.source)
        else:
            self.block = Route(pattern, points_at, self.source)
            self.table.routes.append(self.block)

    def _answers(self, words: list[str]) -> None:
        assert isinstance(self.block, Route), "a row before any route"
        if words[0] == "closed":
            self.block.closed = self._statuses(words[1:])
            return
        if words[0] in METHODS:
            self.method = words.pop(0)
        side = words.pop(0) if words[0] in OBJECTS else ""
        self.block.answers[self.method, side] = self._statuses(words)

    def _statuses(self, words: list[str]) -> dict[str, int]:
        return {name: 0 if text == "." else int(text) for name, text in self._columns(words).items()}

    def _columns(self, words: list[str]) -> dict[str, str]:
        if len(words) != len(self.who):
            raise ValueError(f"{len(words)} columns for {len(self.who)} people")
        return dict(zip(self.who, words, strict=True))
