"""Changing the sections and standards of a draft: one, many at once, their order, their places."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from chains import problems as ground
from chains.models import User
from chains.problems import Fault, Problem
from standards.models import ChecklistVersion, Section, Standard, VersionState
from standards.models.drafts import map_codes
from standards.models.values import STANDARD_FIELDS
from standards.services.authoring import changing

SECTION_FIELDS = frozenset({"code", "name", "repeats", "parent_id"})
# What makes sense for many standards at once; wording and code never do.
BULK_FIELDS = frozenset({"classification", "channel", "weight", "severity", "objective", "na", "bonus", "tags"})


def save_section(
    *, version_id: uuid.UUID, section_id: uuid.UUID | None, fields: Mapping[str, Any], by: User | None, now: datetime
) -> Section:
    """Add a section at the end (`section_id` None) or change one. Raises Problem: not-found, not-allowed,
    not-a-draft, invalid (code taken, a parent that is itself inside another or elsewhere)."""
    check_names(fields, SECTION_FIELDS)
    action = f"section {fields.get('code', '')}".strip()
    with changing(version_id, action=action, by=by, now=now) as version:
        check_parent(version, section_id, fields.get("parent_id"))
        if section_id is None:
            last = _sections(version).aggregate(last=Max("position"))["last"] or 0
            return Section.objects.create(version=version, position=last + 1, **fields)
        if not _sections(version).filter(pk=section_id).update(**fields):
            raise Problem(ground.NOT_FOUND)
        return Section.objects.get(pk=section_id)


def check_parent(version: ChecklistVersion, section_id: uuid.UUID | None, parent_id: uuid.UUID | None) -> None:
    """Refuse a section above that is elsewhere, the section itself, or already inside another. Raises Problem."""
    if parent_id is None:
        return
    fault = ""
    parent = _sections(version).filter(pk=parent_id).first()
    if parent is None or parent_id == section_id:
        fault = "The section above must be another section of this version."
    elif parent.parent_id or (section_id and Section.objects.filter(parent_id=section_id).exists()):
        fault = "Sections have two levels at most."
    if fault:
        raise Problem(ground.INVALID, fault, errors=[Fault("/parent", "parent", fault)])


def delete_section(*, version_id: uuid.UUID, section_id: uuid.UUID, by: User | None, now: datetime) -> None:
    """Remove a section with its standards. Raises Problem: not-found, not-allowed, not-a-draft, invalid (it has
    sections below it)."""
    with changing(version_id, action="removed a section", by=by, now=now) as version:
        section = _sections(version).filter(pk=section_id).first()
        if section is None:
            raise Problem(ground.NOT_FOUND)
        if Section.objects.filter(parent=section).exists():
            detail = "Move or remove the sections below it first."
            raise Problem(ground.INVALID, detail, errors=[Fault("", "has-subsections", detail)])
        _standards(version).filter(section=section).delete()
        section.delete()


def save_standard(
    *,
    version_id: uuid.UUID,
    standard_id: uuid.UUID | None,
    section_id: uuid.UUID,
    fields: Mapping[str, Any],
    by: User | None,
    now: datetime,
) -> Standard:
    """Add a standard at the end of its section (`standard_id` None) or change one; a new code is mapped to the old.

    Raises Problem: not-found (also for a section of another version), not-allowed, not-a-draft, invalid (code taken).
    """
    check_names(fields, STANDARD_FIELDS)
    with changing(version_id, action=f"standard {fields.get('code', '')}".strip(), by=by, now=now) as version:
        if not _sections(version).filter(pk=section_id).exists():
            raise Problem(ground.NOT_FOUND)
        if standard_id is None:
            return Standard.objects.create(
                version=version, section_id=section_id, position=_end_of(version, section_id), **fields
            )
        row = _standards(version).filter(pk=standard_id).first()
        if row is None:
            raise Problem(ground.NOT_FOUND)
        place = {} if row.section_id == section_id else {"position": _end_of(version, section_id)}
        _standards(version).filter(pk=standard_id).update(section_id=section_id, **place, **fields)
        if fields.get("code", row.code) != row.code:
            map_codes(version, {fields["code"]: row.code})
        saved: Standard = Standard.objects.select_related("version__checklist").get(pk=standard_id)
        return saved


def duplicate_standards(
    *, version_id: uuid.UUID, standard_ids: Collection[uuid.UUID], by: User | None, now: datetime
) -> list[Standard]:
    """Copy standards to the end of their sections under the next free codes. Raises Problem: not-found, not-allowed,
    not-a-draft."""
    with changing(version_id, action=f"duplicated {len(standard_ids)}", by=by, now=now) as version:
        taken = set(_standards(version).values_list("code", flat=True))
        copies: list[Standard] = []
        for row in _exactly(version, standard_ids):
            row.pk, row._state.adding = uuid.uuid4(), True
            row.code, row.position = _free_code(row.code, taken), _end_of(version, row.section_id) + len(copies)
            taken.add(row.code)
            copies.append(row)
        return Standard.objects.bulk_create(copies)


def _free_code(code: str, taken: Collection[str]) -> str:
    """The next number after the highest of the same stem: ARR-004 → ARR-031 where ARR-030 is the last."""
    stem = code.rstrip("0123456789")
    width = len(code) - len(stem)
    numbers = [int(other[len(stem) :]) for other in taken if other.startswith(stem) and other[len(stem) :].isdigit()]
    return f"{stem}{max(numbers, default=0) + 1:0{width or 1}d}" if width else f"{code}-{max(numbers, default=1) + 1}"


def delete_standards(
    *, version_id: uuid.UUID, standard_ids: Collection[uuid.UUID], by: User | None, now: datetime
) -> None:
    """Remove standards. Raises Problem: not-found, not-allowed, not-a-draft."""
    with changing(version_id, action=f"removed {len(standard_ids)}", by=by, now=now) as version:
        rows = _exactly(version, standard_ids)
        Standard.objects.filter(pk__in=[row.pk for row in rows]).delete()


def change_standards(
    *,
    version_id: uuid.UUID,
    standard_ids: Collection[uuid.UUID],
    fields: Mapping[str, Any],
    by: User | None,
    now: datetime,
) -> int:
    """Set the same fields on many standards. Raises Problem: not-found, not-allowed, not-a-draft."""
    check_names(fields, BULK_FIELDS)
    action = f"set {', '.join(sorted(fields))} on {len(standard_ids)}"
    with changing(version_id, action=action, by=by, now=now) as version:
        keys = [row.pk for row in _exactly(version, standard_ids)]
        return _standards(version).filter(pk__in=keys).update(**fields)


def move_standards(
    *,
    version_id: uuid.UUID,
    standard_ids: Collection[uuid.UUID],
    section_id: uuid.UUID,
    by: User | None,
    now: datetime,
) -> None:
    """Move standards to the end of another section of the same version, in their present order.

    Raises Problem: not-found, not-allowed, not-a-draft.
    """
    with changing(version_id, action=f"moved {len(standard_ids)}", by=by, now=now) as version:
        if not _sections(version).filter(pk=section_id).exists():
            raise Problem(ground.NOT_FOUND)
        rows, place = _exactly(version, standard_ids), _end_of(version, section_id)
        for offset, row in enumerate(rows):
            row.section_id, row.position = section_id, place + offset
        Standard.objects.bulk_update(rows, ["section", "position"])


def order_standards(
    *, version_id: uuid.UUID, order: Sequence[tuple[uuid.UUID, int]], by: User | None, now: datetime
) -> int:
    """Give standards new positions, as dragged. Raises Problem: not-found, not-allowed, not-a-draft."""
    with changing(version_id, action="changed the order", by=by, now=now) as version:
        return _reorder(_exactly(version, [key for key, _ in order]), dict(order), Standard)


def order_sections(
    *, version_id: uuid.UUID, order: Sequence[tuple[uuid.UUID, int]], by: User | None, now: datetime
) -> int:
    """Give sections new positions, as dragged. Raises Problem: not-found, not-allowed, not-a-draft."""
    with changing(version_id, action="changed the order of sections", by=by, now=now) as version:
        rows = list(_sections(version).filter(pk__in=[key for key, _ in order]))
        if len(rows) != len(order):
            raise Problem(ground.NOT_FOUND)
        return _reorder(rows, dict(order), Section)


def _reorder(rows: Sequence[Any], places: Mapping[uuid.UUID, int], model: Any) -> int:
    moved = [row for row in rows if row.position != places[row.pk]]
    for row in moved:
        row.position = places[row.pk]
    model.objects.bulk_update(moved, ["position"], batch_size=200)
    return len(moved)


def _standards(version: ChecklistVersion) -> QuerySet[Standard]:
    return Standard.objects.filter(version=version, version__state=VersionState.DRAFT)


def _sections(version: ChecklistVersion) -> QuerySet[Section]:
    return Section.objects.filter(version=version, version__state=VersionState.DRAFT)


def _exactly(version: ChecklistVersion, keys: Collection[uuid.UUID]) -> list[Standard]:
    """The rows of these keys in order; one that is not in this draft makes all of them not found."""
    rows = list(_standards(version).filter(pk__in=set(keys)).order_by("section__position", "position", "code"))
    if len(rows) != len(set(keys)):
        raise Problem(ground.NOT_FOUND)
    return rows


def _end_of(version: ChecklistVersion, section_id: uuid.UUID) -> int:
    last = _standards(version).filter(section_id=section_id).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def check_names(fields: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse fields that a row does not have. Raises Problem (invalid)."""
    if unknown := set(fields) - set(known):
        raise Problem(
            ground.INVALID,
            errors=[Fault(f"/{name}", "unknown-field", "There is no such field.") for name in sorted(unknown)],
        )
