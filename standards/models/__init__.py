"""What is expected: checklists and their versions, translations, briefs, rating schemes."""

from standards.models.briefs import Brief, BriefVersion
from standards.models.checklists import Checklist, ChecklistVersion, VersionState
from standards.models.content import Section, Standard
from standards.models.revisions import Revision
from standards.models.schemes import RatingScheme, SchemeVersion
from standards.models.translations import (
    SectionTranslation,
    StandardTranslation,
    TranslationDocument,
    VersionTranslation,
)

__all__ = [
    "Brief",
    "BriefVersion",
    "Checklist",
    "ChecklistVersion",
    "RatingScheme",
    "Revision",
    "SchemeVersion",
    "Section",
    "SectionTranslation",
    "Standard",
    "StandardTranslation",
    "TranslationDocument",
    "VersionState",
    "VersionTranslation",
]
