"""Pages of checklists, translations, briefs and schemes."""

from standards.admin import (
    briefs,
    checklists,
    history,
    schemes,
    sections,
    standards,
    translations,
    versions,
)

__all__ = ["briefs", "checklists", "history", "schemes", "sections", "standards", "translations", "versions"]
