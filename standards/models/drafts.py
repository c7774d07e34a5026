"""A draft's rows read and written as a whole. Every change of a draft starts with `open_draft`.

`open_draft` is one conditional UPDATE inside the caller's transaction: it takes the row, so that publishing and editing
never interleave, and it finds nothing where the version has meanwhile been published. That holds on both databases.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.db import transaction
from django.db.models import F

from chains import problems as ground
from chains.problems import Problem
from standards import problems
from standards.models.checklists import ChecklistVersion, VersionState, may_write
from standards.models.content import Section, Standard
from standards.models.revisions import Revision
from standards.models.translations import SectionTranslation, StandardTranslation, VersionTranslation
from standards.models.values import classification_values, section_value, standard_fields, standard_value
from standards.spec import checklist as spec
from standards.spec.changes import changes_between
from standards.spec.translation import StandardText, Translation, translation_document

if TYPE_CHECKING:
    from chains.models import User


def open_draft(version_id: uuid.UUID, *, by: "User | None") -> ChecklistVersion:
    """Take a draft for this transaction and count its revision up.

    `by` None is the operator at the shell. Raises Problem: not-found, not-allowed (may not write for this chain),
    not-a-draft.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("open_draft belongs inside a transaction.")
    drafts = ChecklistVersion.objects.filter(pk=version_id, state=VersionState.DRAFT)
    taken = drafts.update(revision=F("revision") + 1)
    rows = ChecklistVersion.objects.select_related("checklist").filter(pk=version_id)
    version: ChecklistVersion | None = rows.first()
    if version is None:
        raise Problem(ground.NOT_FOUND)
    if not may_write(by, version.chain_id):
        raise Problem(ground.NOT_ALLOWED)
    if not taken:
        raise Problem(problems.NOT_A_DRAFT)
    return version


def checklist_of(version: ChecklistVersion) -> spec.Checklist:
    """What a version says, as values: of a draft its rows in order, of a published one its frozen content."""
    if version.state != VersionState.DRAFT:
        return version.content()
    sections = list(Section.objects.filter(version=version).order_by("position", "code"))
    codes = {section.pk: section.code for section in sections}
    rows = Standard.objects.filter(version=version).order_by("section__position", "section__code", "position", "code")
    return spec.Checklist(
        code=version.checklist.code,
        name=version.checklist.name,
        language=version.language,
        decimals=version.decimals,
        classifications=classification_values(version.classifications),
        sections=tuple(section_value(section, codes) for section in sections),
        standards=tuple(standard_value(row, codes[row.section_id]) for row in rows),
    )


def translations_of(version: ChecklistVersion) -> dict[str, Translation]:
    """The texts of a version in other languages, complete or not, by language."""
    parts: dict[str, dict[str, Any]] = {}

    def part(language: str) -> dict[str, Any]:
        empty: dict[str, Any] = {"name": "", "classifications": {}, "sections": {}, "standards": {}}
        return parts.setdefault(language, empty)

    for head in VersionTranslation.objects.filter(version=version):
        part(head.language).update(name=head.name, classifications=head.classifications)
    sections = SectionTranslation.objects.filter(section__version=version)
    for language, code, name in sections.values_list("language", "section__code", "name"):
        part(language)["sections"][code] = name
    texts = StandardTranslation.objects.filter(standard__version=version)
    for language, code, wording, guidance, options in texts.values_list(
        "language", "standard__code", "wording", "guidance", "options"
    ):
        part(language)["standards"][code] = StandardText(wording=wording, guidance=guidance, options=options)
    sha256 = version.sha256 or ""
    return {language: Translation(checklist=sha256, language=language, **parts[language]) for language in sorted(parts)}


def write_content(version: ChecklistVersion, checklist: spec.Checklist) -> None:
    """Replace a draft's sections and standards; row keys and translations stay with their codes."""
    translations = translations_of(version)
    keys = dict(Standard.objects.filter(version=version).values_list("code", "pk"))
    section_keys = dict(Section.objects.filter(version=version).values_list("code", "pk"))
    Standard.objects.filter(version=version).delete()
    Section.objects.filter(version=version).delete()
    sections = {
        one.code: Section(
            pk=section_keys.get(one.code) or uuid.uuid4(),
            version=version,
            position=place,
            code=one.code,
            name=one.name,
            repeats=one.repeats,
        )
        for place, one in enumerate(checklist.sections, 1)
    }
    for one in checklist.sections:
        sections[one.code].parent = sections.get(one.parent) if one.parent else None
    Section.objects.bulk_create(sections.values())
    places = dict.fromkeys(sections, 0)
    rows = []
    for standard in checklist.standards:
        places[standard.section] += 1
        rows.append(
            Standard(
                pk=keys.get(standard.code) or uuid.uuid4(),
                version=version,
                section=sections[standard.section],
                position=places[standard.section],
                **standard_fields(standard),
            )
        )
    Standard.objects.bulk_create(rows, batch_size=500)
    version.language, version.decimals = checklist.language, checklist.decimals
    version.classifications = [{"code": one.code, "name": one.name} for one in checklist.classifications]
    ChecklistVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(
        language=version.language, decimals=version.decimals, classifications=version.classifications
    )
    for translation in translations.values():
        write_translation(version, translation)


def write_translation(version: ChecklistVersion, translation: Translation) -> None:
    """Replace one language's texts of a version; texts for codes that the version does not have are left out."""
    language = translation.language
    sections = dict(Section.objects.filter(version=version).values_list("code", "pk"))
    standards = dict(Standard.objects.filter(version=version).values_list("code", "pk"))
    VersionTranslation.objects.filter(version=version, language=language).delete()
    SectionTranslation.objects.filter(section__version=version, language=language).delete()
    StandardTranslation.objects.filter(standard__version=version, language=language).delete()
    VersionTranslation.objects.create(
        version=version, language=language, name=translation.name, classifications=translation.classifications
    )
    SectionTranslation.objects.bulk_create(
        SectionTranslation(section_id=sections[code], language=language, name=name)
        for code, name in translation.sections.items()
        if code in sections and name
    )
    StandardTranslation.objects.bulk_create(
        (
            StandardTranslation(
                standard_id=standards[code],
                language=language,
                wording=text.wording,
                guidance=text.guidance,
                options=dict(text.options),
            )
            for code, text in translation.standards.items()
            if code in standards
        ),
        batch_size=500,
    )


class Before(NamedTuple):
    """What a draft said before a change, and which of its codes stood for which of its base."""

    checklist: spec.Checklist
    code_map: dict[str, str]


def before_change(version: ChecklistVersion) -> Before:
    """What an open draft says now, for `note_revision` after the change."""
    return Before(checklist_of(version), dict(version.code_map))


def map_codes(version: ChecklistVersion, renamed: Mapping[str, str]) -> None:
    """Keep `new code → code in the version before` for standards of an open draft that were given other codes.

    `renamed` maps new codes to those the draft had. A standard renamed back, or new in this draft, needs no entry.
    """
    base = version.based_on
    if base is None or not renamed:
        return
    known = {standard.code for standard in base.content().standards}
    originals = {new: version.code_map.get(old, old) for new, old in renamed.items()}
    kept = {new: old for new, old in version.code_map.items() if new not in renamed.values() or new in renamed}
    kept |= {new: original for new, original in originals.items() if original in known}
    _keep_map(version, {new: original for new, original in kept.items() if new != original})


def _keep_map(version: ChecklistVersion, code_map: dict[str, str]) -> None:
    if code_map != version.code_map:
        version.code_map = code_map
        ChecklistVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(code_map=code_map)


def _renamed(before: Before, after: spec.Checklist, code_map: Mapping[str, str]) -> dict[str, str]:
    """Code in the draft now → the code it had before the change, for standards that were in the draft before."""
    had = {before.code_map.get(one.code, one.code): one.code for one in before.checklist.standards}
    now = {one.code: code_map.get(one.code, one.code) for one in after.standards}
    return {code: had[original] for code, original in now.items() if original in had}


def draft_content(
    checklist: spec.Checklist, translations: Mapping[str, Translation], code_map: Mapping[str, str]
) -> dict[str, Any]:
    """Everything a draft says, as one JSON-like document: what a revision keeps."""
    return {
        "code_map": dict(code_map),
        "checklist": spec.document(checklist),
        "translations": {language: translation_document(one) for language, one in translations.items()},
    }


def read_draft_content(content: Mapping[str, Any]) -> tuple[spec.Checklist, dict[str, Translation]]:
    """The inverse of `draft_content`."""
    checklist = msgspec.convert(content["checklist"], spec.Checklist)
    return checklist, {name: msgspec.convert(one, Translation) for name, one in content["translations"].items()}


def note_revision(
    version: ChecklistVersion,
    *,
    before: Before | None,
    action: str,
    by: "User | None",
    now: datetime,
    lines: list[str] | None = None,
) -> Revision:
    """Write down a change just made to an open draft, with all the draft says now; `before` comes from
    `before_change`, None where there is nothing to compare with. Codes that went leave the map."""
    after = checklist_of(version)
    codes = {standard.code for standard in after.standards}
    _keep_map(version, {new: old for new, old in version.code_map.items() if new in codes})
    renamed = _renamed(before, after, version.code_map) if before else {}
    told = changes_between(before.checklist, after, code_map=renamed).lines() if before else []
    return Revision.objects.create(
        chain_id=version.chain_id,
        version=version,
        number=version.revision,
        made_at=now,
        made_by=by,
        action=action[:200],
        lines=told + (lines or []),
        body=Revision.packed(draft_content(after, translations_of(version), version.code_map)),
    )
