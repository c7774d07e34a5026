"""Packs: checklists that come with the product, a folder each, with translations and a rating scheme."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chains import problems as ground
from chains.problems import Fault, Problem
from standards.services.exchange.assembly import Raw, Row
from standards.services.exchange.documents import items_of, read_yaml
from standards.services.exchange.sheets import refuse
from standards.spec.parsing import escape_pointer
from standards.spec.translation import StandardText, Translation

FOLDER = Path(__file__).resolve().parents[2] / "packs"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Pack:
    """A pack as read: its checklist as keyed rows, its other languages, and the text of its rating scheme."""

    raw: Raw
    translations: dict[str, Translation]
    scheme: str


def pack_names(folder: Path = FOLDER) -> list[str]:
    """The packs there are, by name."""
    return sorted(path.parent.name for path in folder.glob("*/pack.yaml"))


def read_pack(name: str, folder: Path = FOLDER) -> Pack:
    """A pack by its name. Raises Problem: not-found, file-refused."""
    home = folder / name
    if not _NAME.fullmatch(name) or not (home / "pack.yaml").is_file():
        raise Problem(ground.NOT_FOUND, f"There is no pack {name}; there are {', '.join(pack_names(folder))}.")
    head = _mapping(home / "pack.yaml")
    sections = items_of(head.get("sections"), "sections")
    language = str(head.get("language") or "en")
    raw = Raw(
        head=Row(
            "/pack.yaml", "pack.yaml", {k: v for k, v in head.items() if k not in ("sections", "classifications")}
        ),
        classifications=[
            Row(f"/pack.yaml/classifications/{place}", f"pack.yaml line {item.line}", item)
            for place, item in enumerate(items_of(head.get("classifications"), "classifications"))
        ],
        sections=[
            Row(f"/pack.yaml/sections/{place}", f"pack.yaml line {item.line}", item)
            for place, item in enumerate(sections)
        ],
    )
    codes = [str(section.get("code")) for section in sections]
    for code in codes:
        _take_standards(raw, home / language / f"{code}.yaml", code)
    _refuse_leftovers(raw, home / language, codes)
    others = sorted(path.name for path in home.iterdir() if path.is_dir() and path.name != language)
    translations = {other: _read_language(raw, home / other, other) for other in others}
    scheme = home / "scheme.yaml"
    return Pack(raw, translations, scheme.read_text(encoding="utf-8") if scheme.is_file() else "")


def _mapping(path: Path) -> Mapping[str, Any]:
    name = f"{path.parent.name}/{path.name}"
    tree = read_yaml(path.read_bytes(), name=name)
    if not isinstance(tree, Mapping):
        raise refuse("shape", f"{name} should be a mapping.")
    return tree


def _take_standards(raw: Raw, path: Path, section: str) -> None:
    name = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        raw.faults.append(Fault(f"/{name}", "missing-file", f"{name}: this section has no file."))
        return
    for place, item in enumerate(items_of(read_yaml(path.read_bytes(), name=name), name)):
        code = item.get("code")
        at = f"/{name}/{escape_pointer(code) if isinstance(code, str) else place}"
        raw.standards.append(Row(at, f"{name} line {item.line}", {**item, "section": section}))


def _refuse_leftovers(raw: Raw, folder: Path, codes: list[str]) -> None:
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in codes:
            name = f"{folder.name}/{path.name}"
            raw.faults.append(Fault(f"/{name}", "unknown-section", f"{name}: pack.yaml names no such section."))


def _read_language(raw: Raw, folder: Path, language: str) -> Translation:
    head = _mapping(folder / "pack.yaml") if (folder / "pack.yaml").is_file() else {}
    known = {row.values.get("code") for row in raw.standards}
    standards: dict[str, StandardText] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name == "pack.yaml":
            continue
        for code, texts in _mapping(path).items():
            at = f"/{language}/{path.name}/{escape_pointer(code)}"
            if code not in known or code in standards:
                detail = f"{language}/{path.name}: {code} is no standard of this pack, or there twice."
                raw.faults.append(Fault(at, "unknown-standard", detail))
            elif (text := _text_of(texts)) is None:
                detail = f"{language}/{path.name}: {code} should have wording, guidance and options only."
                raw.faults.append(Fault(at, "shape", detail))
            else:
                standards[code] = text
    return Translation(
        checklist="",
        language=language,
        name=str(head.get("name") or ""),
        sections=_names(head.get("sections")),
        classifications=_names(head.get("classifications")),
        standards=standards,
    )


def _text_of(texts: Any) -> StandardText | None:
    if not isinstance(texts, Mapping) or set(texts) - {"wording", "guidance", "options"}:
        return None
    return StandardText(
        wording=str(texts.get("wording") or ""),
        guidance=str(texts.get("guidance") or ""),
        options=_names(texts.get("options")),
    )


def _names(node: Any) -> dict[str, str]:
    return {key: str(value or "") for key, value in node.items()} if isinstance(node, Mapping) else {}
