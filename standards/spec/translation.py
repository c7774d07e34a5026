"""A checklist's texts in another language, as a frozen document, and what is still missing from one."""

from collections.abc import Iterator
from typing import Any

import msgspec

from standards.spec.checklist import Checklist, Standard
from standards.spec.digest import canonical_bytes
from standards.spec.parsing import escape_pointer
from standards.spec.plain import as_document


class StandardText(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One standard in another language; `options` maps option codes to labels."""

    wording: str = ""
    guidance: str = ""
    options: dict[str, str] = {}


class Translation(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One language of one published checklist, which it names by its sha256."""

    checklist: str
    language: str
    name: str = ""
    sections: dict[str, str] = {}
    classifications: dict[str, str] = {}
    standards: dict[str, StandardText] = {}
    format: int = 1


def translation_document(translation: Translation) -> dict[str, Any]:
    """The translation as a JSON-like document; `format` is always written."""
    content: dict[str, Any] = as_document(translation)
    return content | {"format": translation.format}


def translation_bytes(translation: Translation) -> bytes:
    """The canonical bytes whose sha256 names this translation."""
    return canonical_bytes(translation_document(translation))


def read_translation(body: bytes) -> Translation:
    """The translation of canonical bytes. Raises msgspec.ValidationError where they are not one."""
    return msgspec.json.decode(body, type=Translation)


def texts_needed(checklist: Checklist) -> Iterator[tuple[str, str]]:
    """Every text of a checklist that a translation must have, as (pointer, original text), in order."""
    yield "/name", checklist.name
    for named in checklist.classifications:
        yield f"/classifications/{escape_pointer(named.code)}", named.name
    for section in checklist.sections:
        yield f"/sections/{escape_pointer(section.code)}", section.name
    for standard in checklist.standards:
        yield from _texts_of(standard)


def _texts_of(standard: Standard) -> Iterator[tuple[str, str]]:
    at = f"/standards/{escape_pointer(standard.code)}"
    yield f"{at}/wording", standard.wording
    if standard.guidance:
        yield f"{at}/guidance", standard.guidance
    for option in standard.options:
        yield f"{at}/options/{escape_pointer(option.code)}", option.label


def texts_given(translation: Translation) -> dict[str, str]:
    """Every text that a translation has, by the pointers of `texts_needed`; empty ones left out."""
    given = {"/name": translation.name}
    given |= {f"/classifications/{escape_pointer(code)}": name for code, name in translation.classifications.items()}
    given |= {f"/sections/{escape_pointer(code)}": name for code, name in translation.sections.items()}
    for code, text in translation.standards.items():
        at = f"/standards/{escape_pointer(code)}"
        given |= {f"{at}/wording": text.wording, f"{at}/guidance": text.guidance}
        given |= {f"{at}/options/{escape_pointer(option)}": label for option, label in text.options.items()}
    return {pointer: text for pointer, text in given.items() if text.strip()}


def gaps(checklist: Checklist, translation: Translation) -> list[str]:
    """Pointers of the texts that are still to be translated, in the order of the checklist."""
    given = texts_given(translation)
    return [pointer for pointer, _ in texts_needed(checklist) if pointer not in given]


def share(checklist: Checklist, translation: Translation) -> tuple[int, int]:
    """How many of the needed texts are translated, and how many are needed."""
    needed = sum(1 for _ in texts_needed(checklist))
    return needed - len(gaps(checklist, translation)), needed


def only_needed(checklist: Checklist, translation: Translation) -> Translation:
    """The translation without texts that the checklist does not ask for (leftovers of standards since removed)."""
    codes = {standard.code: standard for standard in checklist.standards}
    sections = {section.code for section in checklist.sections}
    classes = {named.code for named in checklist.classifications}
    return msgspec.structs.replace(
        translation,
        sections={code: name for code, name in translation.sections.items() if code in sections},
        classifications={code: name for code, name in translation.classifications.items() if code in classes},
        standards={c: _only_its_own(codes[c], text) for c, text in translation.standards.items() if c in codes},
    )


def _only_its_own(standard: Standard, text: StandardText) -> StandardText:
    known = {option.code for option in standard.options}
    options = {code: label for code, label in text.options.items() if code in known}
    return StandardText(wording=text.wording, guidance=text.guidance if standard.guidance else "", options=options)


def translation_from_texts(language: str, texts: dict[str, str]) -> Translation:
    """The inverse of `texts_given`: a translation from texts by pointer; other pointers are left out."""
    name = ""
    sections: dict[str, str] = {}
    classifications: dict[str, str] = {}
    standards: dict[str, dict[str, Any]] = {}
    for pointer, text in texts.items():
        path = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
        if path == ["name"]:
            name = text
        elif len(path) == 2 and path[0] in ("sections", "classifications"):
            (sections if path[0] == "sections" else classifications)[path[1]] = text
        elif len(path) == 3 and path[0] == "standards" and path[2] in ("wording", "guidance"):
            standards.setdefault(path[1], {})[path[2]] = text
        elif len(path) == 4 and path[0] == "standards" and path[2] == "options":
            standards.setdefault(path[1], {}).setdefault("options", {})[path[3]] = text
    return Translation(
        checklist="",
        language=language,
        name=name,
        sections=sections,
        classifications=classifications,
        standards={code: StandardText(**parts) for code, parts in standards.items()},
    )
