"""Saving a whole page of a draft as one change: a version with its sections, a section with its standards."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from chains import problems as ground
from chains.models import User
from chains.problems import Problem
from standards.models import ChecklistVersion, Section, Standard, VersionState
from standards.models.drafts import map_codes
from standards.services.authoring import changing
from standards.services.editing import check_names, check_parent

SECTION_ROW = frozenset({"code", "name", "repeats", "parent_id", "position"})
STANDARD_ROW = frozenset({"code", "wording", "classification", "weight", "severity", "position"})


@dataclass(frozen=True)
class RowEdit:
    """What one row of a page says: its id (None for a new one) and the fields that are to hold."""

    id: uuid.UUID | None
    fields: Mapping[str, Any]


def save_version_page(
    *,
    version_id: uuid.UUID,
    head: Mapping[str, Any],
    sections: Sequence[RowEdit] = (),
    by: User | None,
    now: datetime,
) -> None:
    """Save a version's head, its changed and its new sections.

    Raises Problem: not-found, not-allowed, not-a-draft, invalid.
    """
    check_names(head, {"language", "decimals", "classifications", "note"})
    with changing(version_id, action="changed the version", by=by, now=now) as version:
        if head:
            ChecklistVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(**head)
            for name, value in head.items():
                setattr(version, name, value)
        rows = Section.objects.filter(version=version, version__state=VersionState.DRAFT)
        for edit in sections:
            check_names(edit.fields, SECTION_ROW)
            check_parent(version, edit.id, edit.fields.get("parent_id"))
        _save(rows, sections, version=version)


def save_section_page(
    *,
    version_id: uuid.UUID,
    section_id: uuid.UUID,
    fields: Mapping[str, Any],
    standards: Sequence[RowEdit] = (),
    removed: Collection[uuid.UUID] = (),
    by: User | None,
    now: datetime,
) -> None:
    """Save a section, its changed and new standards, and remove others.

    Raises Problem: not-found, not-allowed, not-a-draft, invalid.
    """
    check_names(fields, SECTION_ROW)
    with changing(version_id, action=f"section {fields.get('code', '')}".strip(), by=by, now=now) as version:
        check_parent(version, section_id, fields.get("parent_id"))
        sections = Section.objects.filter(version=version, version__state=VersionState.DRAFT)
        _save(sections, [RowEdit(section_id, fields)], version=version)
        rows = Standard.objects.filter(version=version, version__state=VersionState.DRAFT, section_id=section_id)
        codes = dict(rows.values_list("pk", "code"))
        for edit in standards:
            check_names(edit.fields, STANDARD_ROW)
        _save(rows, standards, version=version, section_id=section_id)
        if removed:
            rows.filter(pk__in=removed).delete()
        given = {edit.id: edit.fields["code"] for edit in standards if edit.id is not None and "code" in edit.fields}
        map_codes(version, {code: codes[key] for key, code in given.items() if code != codes[key]})


def _save(rows: QuerySet[Any], edits: Sequence[RowEdit], **owner: Any) -> None:
    """Write the changed and the new rows, each kind in one statement. Raises Problem (not-found): a row elsewhere."""
    changed = {edit.id: edit.fields for edit in edits if edit.id is not None and edit.fields}
    if changed:
        there = list(rows.filter(pk__in=list(changed)))
        if len(there) != len(changed):
            raise Problem(ground.NOT_FOUND)
        for row in there:
            for name, value in changed[row.pk].items():
                setattr(row, name, value)
        names = sorted({name for fields in changed.values() for name in fields})
        rows.model.objects.bulk_update(there, names, batch_size=200)
    rows.model.objects.bulk_create(rows.model(**owner, **edit.fields) for edit in edits if edit.id is None)
