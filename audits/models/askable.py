"""What a visit planned now would ask: the version in use, and the parts of a branch that sections repeat for."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from audits.models.programmes import Component
from audits.problems import PLANNING_REFUSED
from chains.models import Location, Outlet
from chains.problems import Problem
from standards.models import ChecklistVersion, VersionState
from standards.spec.scope import Instance

BATCH = 500


def latest_version(component: Component) -> ChecklistVersion:
    """The version that new visits of a component are planned with. Raises Problem (planning-refused)."""
    rows = ChecklistVersion.objects.filter(checklist_id=component.checklist_id, state=VersionState.PUBLISHED)
    version: ChecklistVersion | None = rows.order_by("-number").first()
    if version is None:
        raise Problem(PLANNING_REFUSED, f"No version of {component.checklist} is published.")
    return version


class Parts:
    """The outlets of branches, read once, as the section instances that are open on a day."""

    def __init__(self, locations: Iterable[Location]) -> None:
        self._outlets: dict[uuid.UUID, list[Outlet]] = defaultdict(list)
        ids = list({location.pk for location in locations})
        for start in range(0, len(ids), BATCH):
            rows = Outlet.objects.filter(location_id__in=ids[start : start + BATCH]).order_by("section_code", "code")
            for outlet in rows:
                self._outlets[outlet.location_id].append(outlet)

    def open_at(self, location: Location, day: date) -> tuple[Instance, ...]:
        """The instances of a branch on a day, in the order of sections and codes."""
        return tuple(
            Instance(id=outlet.code, section=outlet.section_code, name=outlet.name, outlet=str(outlet.pk))
            for outlet in self._outlets.get(location.pk, ())
            if not outlet.closed_on or outlet.closed_on > day
        )
