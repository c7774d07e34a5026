"""The packs read once, as plain rows, and the words and numbers of a sentence in either language."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[3] / "standards" / "packs"
# ruff: noqa: SIM905 - a line of words is read more easily than a list of strings
# Words that carry no matter of their own: two wordings are compared without them.
FILLING = frozenset(
    "a an the and or of to in on at by for with without from as than that was were is are be been had has have it its "
    "not no any every each all".split()
)
ENGLISH = {
    word: float(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
    )
} | {
    "twenty": 20.0,
    "thirty": 30.0,
    "forty": 40.0,
    "sixty": 60.0,
    "ninety": 90.0,
    "half": 0.5,
    "once": 1.0,
    "twice": 2.0,
}
GERMAN = {
    word: float(number)
    for number, word in enumerate(
        "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn".split()
    )
} | {
    "zwanzig": 20.0, "dreißig": 30.0, "vierzig": 40.0, "sechzig": 60.0, "neunzig": 90.0, "zweimal": 2.0, "dreimal": 3.0,
    "zweistündigen": 2.0, "halb": 0.5, "halbe": 0.5, "halben": 0.5, "hälfte": 0.5,
}  # fmt: skip
# "One" and "ein" are articles as often as numbers; "unter vier Augen" is no number at all.
ARTICLES = {"one", "once", "ein"}


@dataclass(frozen=True)
class Read:
    """One pack: its head, its standards in order, and its other languages by code."""

    name: str
    head: dict[str, Any]
    standards: tuple[dict[str, Any], ...]
    translations: dict[str, dict[str, dict[str, Any]]]
    translated_heads: dict[str, dict[str, Any]]

    def __str__(self) -> str:
        return self.name


@functools.cache
def packs() -> tuple[Read, ...]:
    """All packs."""
    return tuple(_read(path.parent) for path in sorted(FOLDER.glob("*/pack.yaml")))


def _read(home: Path) -> Read:
    head = _yaml(home / "pack.yaml")
    rows = [
        row | {"section": section["code"]}
        for section in head["sections"]
        for row in _yaml(home / head["language"] / f"{section['code']}.yaml")
    ]
    others = [path for path in home.iterdir() if path.is_dir() and path.name != head["language"]]
    texts = {
        other.name: {
            code: text
            for path in sorted(other.glob("*.yaml"))
            if path.name != "pack.yaml"
            for code, text in _yaml(path).items()
        }
        for other in others
    }
    return Read(home.name, head, tuple(rows), texts, {other.name: _yaml(other / "pack.yaml") for other in others})


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506 - safe, and in C


def matter(wording: str) -> frozenset[str]:
    """The words of a wording that carry its matter."""
    return frozenset(re.findall(r"[a-z0-9]+", wording.lower())) - FILLING


def numbers(text: str, language: str = "en") -> list[float]:
    """All numbers of a sentence, in figures and in words, hours as of 24; articles left out."""
    text = text.lower().replace("unter vier augen", "")
    text = re.sub(r"(\d+) ([ap])\.m\.", lambda hour: f"{int(hour[1]) % 12 + 12 * (hour[2] == 'p')}", text)
    text = re.sub(r"(\d+)[:.]00\b", r"\1", text)
    words, thousands, point = (ENGLISH, ",", ".") if language == "en" else (GERMAN, ".", ",")
    pattern = rf"\d+(?:\{thousands}\d{{3}})*(?:\{point}\d+)?"
    found = [float(one.replace(thousands, "").replace(point, ".")) for one in re.findall(pattern, text)]
    spelt = (word for word in re.findall(r"[a-zäöüß]+", text) if word not in ARTICLES)
    return sorted(found + [words[word] for word in spelt if word in words])


def limits(standard: dict[str, Any]) -> Iterator[float]:
    """The limits of a measure within which it is met: its own, or of a ladder the last that does not fail."""
    steps = standard.get("ladder")
    if not steps:
        yield from (float(standard[name]) for name in ("at_most", "at_least") if name in standard)
        return
    mark = float(standard.get("pass_at", max(float(step["points"]) for step in steps) / 2))
    passing = [step for step in steps if float(step["points"]) >= mark]
    yield float(passing[-1].get("at_most", passing[-1].get("at_least", 0)))
