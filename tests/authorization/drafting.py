"""Rows for a route that the table does not list yet, as the server answers now: to be checked, not to be believed."""

from collections.abc import Iterable

from tests.authorization.asking import Asker
from tests.authorization.pointing import pointed_at, points_at_a_row
from tests.authorization.routes import PARAMETER, address
from tests.authorization.table import METHODS, OBJECTS, Route
from tests.authorization.world import COLUMNS, World

# What a parameter of this name most likely points at.
MEANT = {
    "assignment_id": "assignment",
    "audit_id": "audit",
    "brief_id": "brief",
    "checklist_id": "checklist",
    "component_id": "component",
    "evidence_id": "evidence.id",
    "language": "=de",
    "programme_id": "programme",
    "override_id": "override",
    "row_id": "quarantine",
    "revision_id": "revision",
    "scheme_id": "scheme",
    "score_id": "score",
    "series_id": "series",
    "shown_id": "evidence.shown_id",
    "submission_id": "submission",
    "version_id": "checklist_version",
    "visit_id": "audit.visit_id",
}
# And one called `pk` or `object_id`, by the word of the address before it; also whom an act of the admin is tried on.
NAMED = {
    "audit": "audit_to_come",
    "assignment": "assignment_to_come",
    "checklistversion": "checklist_draft",
    "ratings": "rating",
    "schemeversion": "scheme_draft",
    "briefversion": "brief_version",
}
WIDTHS = [max(len(name), 3) for name in COLUMNS]


def header() -> str:
    """The line that names the columns."""
    return f"{'who':24}{_spaced(COLUMNS)}"


def draft(pattern: str, world: World, asker: Asker) -> str:
    """A block of the table for one route; `location` stands where nobody can guess what is pointed at."""
    route = Route(pattern, _meant(pattern, world), "draft")
    lines = [f"route {route}"]
    for method in METHODS:
        rows = _rows(route, method, world, asker)
        if any(status != route.expected(method, side, name) for side in rows for name, status in rows[side].items()):
            for number, (side, statuses) in enumerate(rows.items()):
                lines.append(f"    {'' if number else method:8}{side:12}{_spaced(statuses.values())}")
    return "\n".join(lines)


def _meant(pattern: str, world: World) -> str:
    parts = pattern.split("/")
    if "act" in parts:
        row = _named(parts[parts.index("act") - 1], world)
        return "" if parts[-2] in ("plan", "record") else f"?ids={{{row}}}"
    words = []
    for place, part in enumerate(parts):
        if PARAMETER.fullmatch(part):
            name = part.strip("<>").split(":")[-1]
            words.append(MEANT.get(name) or _named(parts[place - 1], world))
    return " ".join(words)


def _named(word: str, world: World) -> str:
    known = world.rows["aurora"]
    return next((name for name in (NAMED.get(word, ""), word, word.removesuffix("s")) if name in known), "location")


def _rows(route: Route, method: str, world: World, asker: Asker) -> dict[str, dict[str, int]]:
    rows = {}
    for side in OBJECTS if points_at_a_row(route.points_at) else ("",):
        at = pointed_at(world, route.points_at, side)
        path = address(route.pattern, at.parameters) + at.query
        rows[side] = {name: asker.ask(name, method, path).status_code for name in COLUMNS}
    return rows


def _spaced(words: Iterable[object]) -> str:
    return " ".join(f"{word:{width}}" for word, width in zip(map(str, words), WIDTHS, strict=True)).rstrip()
