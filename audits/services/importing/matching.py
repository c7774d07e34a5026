"""Which branches, visits and layouts past audits belong to; nothing is made here but missing branches."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from audits.models import Assignment, Component
from audits.models.askable import Parts, latest_version
from audits.models.compiled import layout_of
from audits.scoring.vector import Layout, make_layout
from audits.services.importing.reading import PastAudit
from chains.models import Chain, Location
from standards.spec.scope import make_scope

BATCH = 500
LONGEST_CODE = 40
LONGEST_NAME = 200


@dataclass(frozen=True)
class Branches:
    """The branches that a file names, by the text that names them, and the texts that name none."""

    found: dict[str, Location]
    missing: list[str]


def find_branches(chain: Chain, names: Iterable[str]) -> Branches:
    """Branches of a chain by code, or by name where exactly one has it (capitals do not matter)."""
    wanted = dict.fromkeys(names)
    by_code: dict[str, Location] = {}
    by_name: dict[str, list[Location]] = defaultdict(list)
    for location in Location.objects.filter(chain=chain):
        by_code[location.code.lower()] = location
        by_name[location.name.strip().lower()].append(location)
    found: dict[str, Location] = {}
    for name in wanted:
        named = by_name.get(name.lower(), [])
        location = by_code.get(name.lower()) or (named[0] if len(named) == 1 else None)
        if location is not None:
            found[name] = location
    return Branches(found, [name for name in wanted if name not in found])


def create_branches(chain: Chain, names: Sequence[str], *, timezone: str) -> None:
    """Branches for texts that name none, with the text as code and name; a code that is too long is cut and hashed."""
    rows = [Location(chain=chain, code=_code(name), name=name[:LONGEST_NAME], timezone=timezone) for name in names]
    Location.objects.bulk_create(rows, batch_size=BATCH)


def _code(name: str) -> str:
    if len(name) <= LONGEST_CODE:
        return name
    return f"{name[: LONGEST_CODE - 9].rstrip()}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def planned_before(component: Component, names: Sequence[str]) -> dict[str, Assignment]:
    """The assignments of visits that an earlier import planned, by audit id (the visit's reference)."""
    found: dict[str, Assignment] = {}
    for start in range(0, len(names), BATCH):
        rows = Assignment.objects.filter(
            ~Q(state__in=[Assignment.State.DECLINED, Assignment.State.WITHDRAWN, Assignment.State.ABORTED]),
            audit__programme_id=component.programme_id,
            audit__reference__in=names[start : start + BATCH],
        ).select_related("audit__version", "audit__scope", "auditor")
        for row in rows.defer("audit__version__body", "audit__scope__body"):
            found[row.audit.reference] = row
    return found


class Layouts:
    """How answers are laid out at each branch: what planning would freeze, worked out before anything is planned."""

    def __init__(self, component: Component, branches: Iterable[Location]) -> None:
        version = latest_version(component)
        self._sha256 = str(version.sha256)
        self._checklist = version.content()
        self._parts = Parts(branches)
        self._made: dict[tuple[object, ...], Layout] = {}

    def at(self, location: Location, day: date) -> Layout:
        """The layout of a visit to a branch on a day."""
        instances = self._parts.open_at(location, day)
        kind = (tuple(sorted(location.facilities)), instances)
        if kind not in self._made:
            scope = make_scope(
                checklist=self._checklist,
                checklist_sha256=self._sha256,
                facilities=location.facilities,
                instances=instances,
            )
            self._made[kind] = make_layout(self._checklist, scope)
        return self._made[kind]


def layout_planned(assignment: Assignment) -> Layout:
    """The layout of a visit that was planned before."""
    return layout_of(assignment.audit.version_id, assignment.audit.scope_id)


def disagreement(assignment: Assignment, past: PastAudit, location: Location) -> str:
    """Why a visit that has this reference already is not this past audit; empty where it is."""
    audit = assignment.audit
    if audit.location_id != location.pk or not audit.window_from <= past.day <= audit.window_until:
        return f"Another visit of this programme has the reference {past.name} already."
    return ""
