"""Files and packs into drafts: everything that is wrong is listed by its row, and then nothing is imported."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath

from django.db import IntegrityError, transaction

from chains import problems as ground
from chains.models import User
from chains.problems import Fault, Problem
from standards import problems
from standards.models import Checklist, ChecklistVersion, VersionState
from standards.models.checklists import may_write
from standards.models.drafts import checklist_of, write_translation
from standards.services.authoring import changing, new_draft, replace_content
from standards.services.exchange import sheets
from standards.services.exchange.assembly import Assembler, Raw
from standards.services.exchange.documents import raw_of_document, read_yaml
from standards.services.exchange.packs import read_pack
from standards.services.exchange.tables import raw_of_table
from standards.spec import checklist as spec
from standards.spec.changes import Changes, Comparison, compared, same_words
from standards.spec.translation import Translation

_ROW = re.compile(r"/rows/(\d+)")
# An old Excel file and an encrypted one both begin like this; neither can be read safely.
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Reading:
    """What a file says: a checklist, its other languages, a rating scheme's text, and everything wrong with it."""

    checklist: spec.Checklist
    faults: list[Fault]
    translations: Mapping[str, Translation] = field(default_factory=dict)
    scheme: str = ""

    def checked(self) -> "Reading":
        """Itself where nothing is wrong. Raises Problem (import-refused) with every fault."""
        if self.faults:
            detail = f"{len(self.faults)} faults; nothing was imported."
            raise Problem(problems.IMPORT_REFUSED, detail, errors=self.faults)
        return self


def read_file(name: str, body: bytes, *, head: Mapping[str, str] | None = None) -> Reading:
    """A CSV, XLSX or YAML file as a checklist. `head` (checklist, name, language, decimals) goes before the file's own.

    Raises Problem (file-refused) for a file that cannot be read at all; faults of its content are in the reading.
    """
    return _read(_raw_of(name, body), head)


def read_pack_named(name: str) -> Reading:
    """A pack that comes with the product. Raises Problem: not-found, file-refused."""
    pack = read_pack(name)
    return replace(_read(pack.raw, None), translations=pack.translations, scheme=pack.scheme)


def _raw_of(name: str, body: bytes) -> Raw:
    suffix = PurePath(name).suffix.lower()
    if body.startswith(_OLD_EXCEL) or suffix in (".xls", ".xlsm", ".xlsb", ".xltm"):
        raise sheets.refuse("old-or-macros", "Save it as .xlsx, without macros and without a password.")
    if body.startswith(b"PK"):
        lines, faults = sheets.read_xlsx(body)
        raw = raw_of_table(lines)
        raw.faults[:0] = faults
        return raw
    if suffix in (".yaml", ".yml"):
        return raw_of_document(read_yaml(body))
    if suffix in (".csv", ".tsv", ".txt"):
        return raw_of_table(sheets.read_csv(body))
    raise sheets.refuse("unknown-kind", "Send a file that ends in .csv, .xlsx, .yaml or .yml.")


def _read(raw: Raw, head: Mapping[str, str] | None) -> Reading:
    given = {key: text for key, text in (head or {}).items() if text}
    raw.head = replace(raw.head, values={**raw.head.values, **given})
    assembler = Assembler(raw)
    checklist = assembler.checklist()
    # A file without a usable header has no rows to speak of; judging what is not there would bury the one real fault.
    faults = raw.faults if raw.faults and not raw.standards else assembler.faults
    return Reading(checklist, sorted(faults, key=_row_number))


def _row_number(fault: Fault) -> int:
    """Faults of a table are told from the top down; others stay in the order of the document."""
    row = _ROW.match(fault.pointer)
    return int(row[1]) if row else 0


def preview(*, version: ChecklistVersion, reading: Reading) -> Comparison:
    """What importing would add, change and remove in a version."""
    before, after = checklist_of(version), _in_place(version, reading.checklist)
    return compared(before, after, code_map=same_words(before, after))


def _in_place(version: ChecklistVersion, checklist: spec.Checklist) -> spec.Checklist:
    """Code and name are the lasting checklist's; a file never changes them."""
    known = version.checklist
    return spec.Checklist(
        code=known.code,
        name=known.name,
        language=checklist.language,
        decimals=checklist.decimals,
        sections=checklist.sections,
        standards=checklist.standards,
        classifications=checklist.classifications,
    )


def base_of_import(*, chain_id: uuid.UUID, code: str) -> ChecklistVersion | None:
    """The published version that a new draft of this checklist would be made from; None where there is none."""
    rows = ChecklistVersion.objects.filter(checklist__chain_id=chain_id, checklist__code=code)
    frozen = rows.exclude(state=VersionState.DRAFT).select_related("checklist__chain")
    base: ChecklistVersion | None = frozen.order_by("-number").first()
    return base


def import_into(*, version_id: uuid.UUID, reading: Reading, source: str, by: User | None, now: datetime) -> Changes:
    """Make a draft say what a file says, all or nothing.

    Raises Problem: import-refused with every fault, not-found, not-allowed, not-a-draft.
    """
    reading.checked()
    with transaction.atomic():
        changes = replace_content(
            version_id=version_id, checklist=reading.checklist, action=f"imported {source}", by=by, now=now
        )
        _write_translations(version_id, reading, source=source, by=by, now=now)
    return changes


def import_new(
    *, chain_id: uuid.UUID, reading: Reading, source: str, by: User | None, now: datetime
) -> ChecklistVersion:
    """A new draft that says what a file says: of the chain's checklist with that code, made where there is none.

    Raises Problem: import-refused with every fault, not-allowed.
    """
    reading.checked()
    if not may_write(by, chain_id):
        raise Problem(ground.NOT_ALLOWED)
    content = reading.checklist
    try:
        with transaction.atomic():
            checklist, _ = Checklist.objects.get_or_create(
                chain_id=chain_id, code=content.code, defaults={"name": content.name or content.code}
            )
            version = new_draft(
                checklist_id=checklist.pk, by=by, now=now, language=content.language, decimals=content.decimals
            )
            import_into(version_id=version.pk, reading=reading, source=source, by=by, now=now)
    except IntegrityError:
        raise Problem(ground.BUSY, "Somebody imported the same checklist at the same moment.") from None
    made: ChecklistVersion = ChecklistVersion.objects.select_related("checklist").get(pk=version.pk)
    return made


def _write_translations(
    version_id: uuid.UUID, reading: Reading, *, source: str, by: User | None, now: datetime
) -> None:
    if not reading.translations:
        return
    action = f"imported {', '.join(reading.translations)} of {source}"
    with changing(version_id, action=action, by=by, now=now) as version:
        for translation in reading.translations.values():
            write_translation(version, translation)
