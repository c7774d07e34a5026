"""How results are said: points, the day of a visit as far as it is revealed, trends, and parts by their names."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from audits.models import Audit, Component, Series
from audits.models.compiled import checklist_of, part_names_of
from chains.models import User
from standards.models import ChecklistVersion
from standards.models.checklists import VersionState

TREND = {1: "rising", -1: "falling", 0: "no clear direction", None: "too few visits"}
STANDS_OUT = {1: "above the others", -1: "below the others", 0: "no verdict", None: "too few visits"}
# Parts that every checklist has.
KNOWN = {
    "whole": "Whole visit",
    "critical_failed": "Critical standards not met",
    "coverage": "Share of standards looked at",
    "findings": "Points deducted by findings",
    "kind": "Kind of visit",
    "tag.service": "Service",
    "tag.facility": "Facility",
}


def points(tenths: int | None) -> float | None:
    """Tenths as a number of points: 932 → 93.2 (exact to the digit shown)."""
    return None if tenths is None else tenths / 10


def when_shown(audit: Audit) -> str:
    """When the visit took place, as far as its programme reveals it."""
    if audit.visited_on is None:
        return ""
    return audit.visited_on.strftime("%Y-%m") if audit.programme.reveal == "month" else audit.visited_on.isoformat()


def part_names(series: Series, user: User) -> dict[str, str]:
    """Part → name for people ("section.ARR" → "Arrival"), in the order of the checklists; the newest wording counts.

    Sections first, then classifications, tags and what every checklist has.
    """
    sections: dict[str, str] = {}
    classes: dict[str, str] = {}
    used: set[str] = set()
    for version in _newest_first(series, user):
        checklist = checklist_of(version)
        used.update(part_names_of(version))
        for section in checklist.sections:
            sections.setdefault(f"section.{section.code}", section.name)
        for one in checklist.classifications:
            classes.setdefault(f"class.{one.code}", one.name)
    return sections | classes | {part: name for part, name in KNOWN.items() if part in used or "." not in part}


def name_of(part: str, names: Mapping[str, str]) -> str:
    """The name of a part, or its code where no checklist in force knows it any more."""
    return names.get(part) or part.partition(".")[2] or part


def _newest_first(series: Series, user: User) -> list[uuid.UUID]:
    checklists = Component.objects.filter(programme_id=series.programme_id).values("checklist_id")
    versions = ChecklistVersion.objects.visible_to(user).filter(checklist_id__in=checklists)
    ordered = versions.exclude(state=VersionState.DRAFT).order_by("checklist_id", "-number")
    return list(ordered.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Wording:
    """What a standard asks for, the name of its section, and whether it is critical."""

    text: str
    section: str
    critical: bool


def wordings_of(series: Series, user: User) -> dict[str, Wording]:
    """Code → what the standard asks for; the newest wording counts."""
    found: dict[str, Wording] = {}
    for version in _newest_first(series, user):
        checklist = checklist_of(version)
        sections = {section.code: section.name for section in checklist.sections}
        for one in checklist.standards:
            told = Wording(one.wording, sections.get(one.section, one.section), one.severity == "critical")
            found.setdefault(one.code, told)
    return found
