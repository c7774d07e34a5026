"""Checklists out of the house as files that read back to exactly the same."""

from standards.models import ChecklistVersion
from standards.models.drafts import checklist_of
from standards.services.exchange.documents import document_of
from standards.services.exchange.files import CONTENT_TYPES, File
from standards.services.exchange.sheets import write_csv, write_xlsx
from standards.services.exchange.tables import table_of
from standards.spec import checklist as spec


def export_version(version: ChecklistVersion, kind: str) -> File:
    """A version as `csv`, `xlsx` or `yaml`; importing it again changes nothing."""
    body = write_checklist(checklist_of(version), kind)
    return File(f"{version.checklist.code}-v{version.number}.{kind}", CONTENT_TYPES[kind], body)


def write_checklist(checklist: spec.Checklist, kind: str) -> bytes:
    """A checklist's values as the bytes of a file. Raises KeyError for a kind that there is not."""
    writers = {
        "csv": lambda: write_csv(table_of(checklist)),
        "xlsx": lambda: write_xlsx(table_of(checklist)),
        "yaml": lambda: document_of(checklist),
    }
    return writers[kind]()


def template(kind: str) -> File:
    """A small file to start from: every column, and one standard of most kinds as an example."""
    return File(f"checklist-template.{kind}", CONTENT_TYPES[kind], write_checklist(EXAMPLE, kind))


EXAMPLE = spec.Checklist(
    code="my-checklist",
    name="My checklist",
    language="en",
    decimals=2,
    classifications=(spec.Named("courtesy", "Courtesy"), spec.Named("efficiency", "Efficiency")),
    sections=(spec.Section("ARR", "Arrival"), spec.Section("BAR", "Bar", repeats=True)),
    standards=(
        spec.Standard("ARR-001", "ARR", "Someone greeted the guest.", classification="courtesy", tags=("service",)),
        spec.Standard(
            "ARR-002", "ARR", "The greeting came within 60 seconds.", kind="measure", classification="efficiency",
            unit="s", at_most="60", weight="2", comment_on_fail=True,
        ),
        spec.Standard(
            "ARR-003", "ARR", "The queue was short.", kind="measure", classification="efficiency", unit="min",
            ladder=(spec.Step("2", at_most="5"), spec.Step("1", at_most="10")),
        ),
        spec.Standard(
            "ARR-004", "ARR", "The greeting was warm.", kind="choice", classification="courtesy", objective=False,
            guidance="Go by the first half minute.",
            only_if=spec.OnlyIf("ARR-001", "met"),
            options=(
                spec.Option("warm", "Warm and personal", "2"),
                spec.Option("correct", "Correct", "1"),
                spec.Option("none", "Cold", "0"),
            ),
        ),
        spec.Standard(
            "BAR-001", "BAR", "The menu was brought.", classification="efficiency", severity="critical",
            facilities=("bar",),
        ),
        spec.Standard("BAR-002", "BAR", "How well was the drink explained?", kind="scale", classification="courtesy"),
    ),
)  # fmt: skip
