"""Importing past audits: files are read, matched and translated here; planning and receiving take them from there."""

from audits.services.importing.importers import importer_of
from audits.services.importing.matching import (
    Layouts,
    create_branches,
    disagreement,
    find_branches,
    layout_planned,
    planned_before,
)
from audits.services.importing.past_submissions import submission_bytes, submission_id
from audits.services.importing.reading import (
    MAX_BYTES,
    MAX_ROWS,
    Columns,
    PastAudit,
    PastAudits,
    Refusal,
    read_past_audits,
)
from audits.services.importing.translating import Translated, translate

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "Columns",
    "Layouts",
    "PastAudit",
    "PastAudits",
    "Refusal",
    "Translated",
    "create_branches",
    "disagreement",
    "find_branches",
    "importer_of",
    "layout_planned",
    "planned_before",
    "read_past_audits",
    "submission_bytes",
    "submission_id",
    "translate",
]
