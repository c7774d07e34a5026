"""The standards of one chain for the authorization table: a row of everything that standards can hold."""

from dataclasses import dataclass
from typing import Any

from chains.models import Chain
from standards.models import (
    Brief,
    BriefVersion,
    ChecklistVersion,
    Revision,
    SchemeVersion,
    Section,
    SectionTranslation,
    Standard,
    StandardTranslation,
    TranslationDocument,
    VersionTranslation,
)
from standards.models.drafts import note_revision, write_content
from standards.models.frozen import pressed
from standards.spec.digest import canonical_bytes, sha256_hex
from tests.cast import NOW, publish_directly, scheme_in_force, small_checklist


@dataclass
class Content:
    """What visits are planned with, and every row by name."""

    version: ChecklistVersion
    scheme: SchemeVersion
    brief: Brief
    brief_version: BriefVersion
    rows: dict[str, Any]


def write_standards(chain: Chain, mark: str) -> Content:
    """A published and a draft version, a published brief and scheme, translations and a revision."""
    version = publish_directly(chain, small_checklist(name=f"Stay {mark}"))
    document = canonical_bytes({"language": "de", "name": f"Aufenthalt {mark}"})
    translation = TranslationDocument.objects.create(
        version=version, chain=chain, language="de", sha256=sha256_hex(document), body=pressed(document)
    )
    draft = ChecklistVersion.objects.create(checklist=version.checklist, chain=chain, number=2, created_at=NOW)
    write_content(draft, small_checklist(name=f"Draft {mark}"))
    note_revision(draft, before=None, action=f"written {mark}", by=None, now=NOW, lines=[])
    section, standard = Section.objects.filter(version=draft)[0], Standard.objects.filter(version=draft)[0]
    texts = {"language": "de"}
    brief = Brief.objects.create(chain=chain, code="couple", name=f"A couple {mark}")
    told = canonical_bytes({"text": f"You travel for pleasure. {mark}"})
    brief_version = BriefVersion.objects.create(
        brief=brief,
        chain=chain,
        number=1,
        text=f"You travel for pleasure. {mark}",
        sha256=sha256_hex(told),
        body=pressed(told),
        published_at=NOW,
    )
    scheme = scheme_in_force(chain)
    scheme_draft = SchemeVersion.objects.create(
        scheme=scheme.scheme, number=2, effective_from=NOW.date(), document=f'{{"note": "{mark}"}}'
    )
    rows = {
        "checklist": version.checklist,
        "checklist_version": version,
        "checklist_draft": draft,
        "section": section,
        "standard": standard,
        "version_translation": VersionTranslation.objects.create(version=draft, name=f"Entwurf {mark}", **texts),
        "section_translation": SectionTranslation.objects.create(section=section, name=f"Ankunft {mark}", **texts),
        "standard_translation": StandardTranslation.objects.create(standard=standard, wording=f"Gast {mark}", **texts),
        "translation_document": translation,
        "brief": brief,
        "brief_version": brief_version,
        "scheme": scheme.scheme,
        "scheme_version": scheme,
        "scheme_draft": scheme_draft,
        "revision": Revision.objects.get(version=draft),
    }
    return Content(version, scheme, brief, brief_version, rows)
