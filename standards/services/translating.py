"""One language of a version as a table: out with the original beside each text, and back in, all or nothing."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from chains import problems as ground
from chains.models import User
from chains.problems import Fault, Problem
from standards import problems
from standards.models import ChecklistVersion, TranslationDocument, VersionState
from standards.models.checklists import may_write
from standards.models.drafts import checklist_of, note_revision, open_draft, translations_of, write_translation
from standards.services.exchange import cells, sheets
from standards.services.exchange.assembly import fitting_text
from standards.services.exchange.files import CONTENT_TYPES, File
from standards.spec.checklist import Checklist
from standards.spec.translation import Translation, texts_given, texts_needed, translation_from_texts

COLUMNS = ("key", "original", "translation")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def export_language(version: ChecklistVersion, language: str, kind: str = "csv") -> File:
    """Every text that a translation needs, beside the original; `kind` is csv or xlsx. Raises Problem (not-found) for
    what cannot be a language."""
    _check_language(language)
    translation = translations_of(version).get(language, Translation(checklist="", language=language))
    name = f"{version.checklist.code}-v{version.number}-{language}.{kind}"
    return File(name, CONTENT_TYPES[kind], write_language(checklist_of(version), translation, kind))


def write_language(checklist: Checklist, translation: Translation, kind: str) -> bytes:
    """The table of one language as the bytes of a csv or xlsx file; `read_language` reads it back to the same texts."""
    given = texts_given(translation)
    rows = [[pointer, text, given.get(pointer, "")] for pointer, text in texts_needed(checklist)]
    table = [list(COLUMNS), *([cells.guarded(text) for text in row] for row in rows)]
    return sheets.write_csv(table) if kind == "csv" else sheets.write_xlsx(table, title="Translation")


def _check_language(language: str) -> None:
    if len(language) > 20 or not LANGUAGE.fullmatch(language):
        raise Problem(ground.NOT_FOUND, f"“{language}” is no language; write one like de or pt-BR.")


def read_language(checklist: Checklist, language: str, body: bytes) -> Translation:
    """A table that `export_language` wrote, filled in. Empty texts are not translated yet.

    Raises Problem: not-found (no language), file-refused, import-refused with every fault by its row.
    """
    _check_language(language)
    faults: list[Fault] = []
    if body.startswith(b"PK"):
        lines, faults = sheets.read_xlsx(body)
    else:
        lines = sheets.read_csv(body)
    if not lines or tuple(name.strip().lower() for name in lines[0][1]) != COLUMNS:
        raise sheets.refuse("columns", f"The columns should be {', '.join(COLUMNS)}.", "/rows/1")
    texts = _texts(lines[1:], {pointer for pointer, _ in texts_needed(checklist)}, faults)
    if faults:
        raise Problem(problems.IMPORT_REFUSED, f"{len(faults)} faults; nothing was imported.", errors=faults)
    return translation_from_texts(language, texts)


def _texts(lines: sheets.Lines, known: set[str], faults: list[Fault]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for number, row in lines:
        key, _, text = (cells.unguarded(cell) for cell in (*row, "", "", "")[:3])
        if key not in known:
            faults.append(Fault(f"/rows/{number}/key", "unknown-text", f"Row {number}: nothing here is called {key}."))
        elif key in texts:
            faults.append(Fault(f"/rows/{number}/key", "duplicate", f"Row {number}: {key} is there twice."))
        else:
            try:
                texts[key] = fitting_text(text, _kind_of(key))
            except cells.CellFault as error:
                faults.append(Fault(f"/rows/{number}/translation", "invalid", f"Row {number}: {error}"))
    return {key: text for key, text in texts.items() if text.strip()}


def _kind_of(pointer: str) -> str:
    last = pointer.rsplit("/", 1)[-1]
    return last if last in ("wording", "guidance") and pointer.startswith("/standards/") else "name"


def save_language(
    *, version_id: uuid.UUID, translation: Translation, source: str, by: User | None, now: datetime
) -> tuple[int, int]:
    """Replace one language of a draft, or of a published version that is not published in it yet.

    Returns how many texts are translated and how many there are. Raises Problem: not-found, not-allowed,
    not-a-draft (this language is published), invalid (the checklist's own language).
    """
    with transaction.atomic():
        version = ChecklistVersion.objects.select_related("checklist").filter(pk=version_id).first()
        if version is None:
            raise Problem(ground.NOT_FOUND)
        if not may_write(by, version.chain_id):
            raise Problem(ground.NOT_ALLOWED)
        if translation.language == version.language:
            detail = "This is the language of the checklist itself."
            raise Problem(ground.INVALID, detail, errors=[Fault("/language", "original-language", detail)])
        if version.state == VersionState.DRAFT:
            version = open_draft(version_id, by=by)
        elif TranslationDocument.objects.filter(version=version, language=translation.language).exists():
            raise Problem(problems.NOT_A_DRAFT, f"{translation.language} of this version is published.")
        before = translations_of(version).get(translation.language)
        write_translation(version, translation)
        if version.state == VersionState.DRAFT:
            action = f"translated into {translation.language} ({source})"
            lines = _changed_texts(before, translation)
            note_revision(version, before=None, action=action, by=by, now=now, lines=lines)
    needed = [pointer for pointer, _ in texts_needed(checklist_of(version))]
    given = texts_given(translation)
    return sum(1 for pointer in needed if pointer in given), len(needed)


def save_texts(
    *, version_id: uuid.UUID, language: str, texts: Mapping[str, str], by: User | None, now: datetime
) -> tuple[int, int]:
    """Set some texts of one language and leave the others; an empty text takes one away. Like `save_language`."""
    _check_language(language)
    version = ChecklistVersion.objects.select_related("checklist").filter(pk=version_id).first()
    if version is None:
        raise Problem(ground.NOT_FOUND)
    known = translations_of(version).get(language)
    needed = {pointer for pointer, _ in texts_needed(checklist_of(version))}
    merged = (texts_given(known) if known else {}) | {key: text for key, text in texts.items() if key in needed}
    translation = translation_from_texts(language, {key: text for key, text in merged.items() if text.strip()})
    return save_language(version_id=version_id, translation=translation, source="a page", by=by, now=now)


def _changed_texts(before: Translation | None, after: Translation) -> list[str]:
    old, new = texts_given(before) if before else {}, texts_given(after)
    keys: Sequence[str] = [*old, *(key for key in new if key not in old)]
    return [
        f"{after.language}{key}: {old.get(key, '')} → {new.get(key, '')}"
        for key in keys
        if old.get(key) != new.get(key)
    ]
