"""In which language a text is shown: the one asked for, else the nearest that there is, at last the checklist's own."""

from collections.abc import Collection, Mapping

import msgspec

from standards.spec.checklist import Checklist, Standard
from standards.spec.parsing import escape_pointer
from standards.spec.translation import Translation, texts_given


def fallback_order(wanted: str, there: Collection[str]) -> list[str]:
    """The languages of `there` in the order in which a text in `wanted` is looked for.

    The language itself, then ever shorter forms of its tag (RFC 4647, lookup: `zh-Hant-TW`, `zh-Hant`, `zh`), then
    other forms of the same language by name (`pt-PT` for `pt-BR`). What none of them has is shown in the checklist's
    own.
    """
    known = {language.lower(): language for language in sorted(there)}
    parts = wanted.lower().split("-")
    shorter = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    kin = [tag for tag in known if tag.split("-")[0] == parts[0]]
    return [known[tag] for tag in dict.fromkeys([*shorter, *kin]) if tag in known]


def in_language(checklist: Checklist, translations: Mapping[str, Translation], wanted: str) -> Checklist:
    """A checklist as it reads in a language, text by text by `fallback_order`; unfinished translations have gaps."""
    if wanted.lower() == checklist.language.lower():
        return checklist
    texts: dict[str, str] = {}
    for language in reversed(fallback_order(wanted, translations)):
        texts |= texts_given(translations[language])
    return msgspec.structs.replace(
        checklist,
        name=texts.get("/name", checklist.name),
        classifications=tuple(
            msgspec.structs.replace(one, name=texts.get(f"/classifications/{escape_pointer(one.code)}", one.name))
            for one in checklist.classifications
        ),
        sections=tuple(
            msgspec.structs.replace(one, name=texts.get(f"/sections/{escape_pointer(one.code)}", one.name))
            for one in checklist.sections
        ),
        standards=tuple(_standard(one, texts) for one in checklist.standards),
    )


def _standard(standard: Standard, texts: Mapping[str, str]) -> Standard:
    at = f"/standards/{escape_pointer(standard.code)}"
    return msgspec.structs.replace(
        standard,
        wording=texts.get(f"{at}/wording", standard.wording),
        guidance=texts.get(f"{at}/guidance", standard.guidance) if standard.guidance else "",
        options=tuple(
            msgspec.structs.replace(one, label=texts.get(f"{at}/options/{escape_pointer(one.code)}", one.label))
            for one in standard.options
        ),
    )
