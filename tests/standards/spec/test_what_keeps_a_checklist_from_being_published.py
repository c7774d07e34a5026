"""Every rule of a publishable checklist, broken one at a time; each fault names its place and says what to do."""

from typing import Any

import pytest

from standards.spec.checklist import Checklist, Named, OnlyIf, Option, Section, Standard, Step
from standards.spec.checklist_faults import checklist_faults

SOUND: dict[str, Any] = {
    "code": "stay",
    "name": "Stay",
    "language": "de-AT",
    "decimals": 1,
    "sections": (Section("A", "Arrival"), Section("A1", "Desk", parent="A"), Section("BAR", "Bar", repeats=True)),
    "classifications": (Named("polite", "Polite"),),
}
FIRST = Standard("FIRST", "A", "Seen.")
CHOICE = (Option("a", "A", "1"), Option("b", "B", "0"))


def faults(*standards: Standard, **changes: Any) -> list[tuple[str, str]]:
    content = SOUND | {"standards": standards or (FIRST,)} | changes
    found = checklist_faults(Checklist(**content))
    assert all(fault.detail.endswith(".") and len(fault.detail) > 20 for fault in found)
    return [(fault.pointer, fault.code) for fault in found]


def test_a_sound_checklist_has_no_faults() -> None:
    every_kind = (
        FIRST,
        Standard("S", "A1", "w", kind="scale", classification="polite", pass_at="0.7", tags=("service", "facility")),
        Standard("M", "A", "w", kind="measure", unit="s", at_most="60", facilities=("spa", "bar")),
        Standard(
            "L", "A", "w", kind="measure", unit="°C", unit_decimals=1, ladder=(Step("2", at_least="65"), Step("1"))
        ),
        Standard("C", "A", "w", kind="choice", options=CHOICE, only_if=OnlyIf("FIRST", "na")),
        Standard("N", "BAR", "w", kind="count", per_unit="1", cap="5", only_if=OnlyIf("C", "b")),
        Standard("P", "BAR", "w", kind="points", max="7.5", unit_decimals=1, only_if=OnlyIf("N", "3"), bonus=True),
        Standard("F", "A", "w", kind="finding", severity="critical"),
    )
    assert faults(*every_kind) == []


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"code": "with space"}, "/code", "bad-code"),
        ({"name": " "}, "/name", "missing"),
        ({"name": "n" * 201}, "/name", "missing"),
        ({"language": "english!"}, "/language", "bad-language"),
        ({"decimals": 7}, "/decimals", "out-of-range"),
        ({"decimals": -1}, "/decimals", "out-of-range"),
        ({"format": 2}, "/format", "unknown-format"),
        ({"classifications": (Named("x", "X"), Named("x", "Y"))}, "/classifications/1/code", "duplicate"),
        ({"classifications": (Named("x", ""),)}, "/classifications/0/name", "missing"),
        ({"sections": (Section("A", "A"), Section("A", "B"))}, "/sections/1/code", "duplicate"),
        ({"sections": (Section("A", "A"), Section("-", "B"))}, "/sections/1/code", "bad-code"),
        ({"sections": (Section("A", ""),)}, "/sections/0/name", "missing"),
        ({"sections": (Section("A", "A", parent="Z"),)}, "/sections/0/parent", "unknown-section"),
        ({"sections": (Section("A", "A", parent="A"),)}, "/sections/0/parent", "too-deep"),
        (
            {"sections": (Section("A", "A"), Section("B", "B", parent="A"), Section("C", "C", parent="B"))},
            "/sections/2/parent",
            "too-deep",
        ),
        ({"standards": ()}, "/standards", "out-of-range"),
        ({"name": "half a \ud83d face"}, "/name", "unwritable"),
    ],
)
def test_the_head_and_the_sections(changes: dict[str, Any], pointer: str, code: str) -> None:
    assert faults(**changes) == [(pointer, code)]


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"code": "a@b"}, "code", "bad-code"),
        ({"code": "x" * 41}, "code", "bad-code"),
        ({"code": "FIRST"}, "code", "duplicate"),
        ({"section": "NOPE"}, "section", "unknown-section"),
        ({"classification": "nope"}, "classification", "unknown-classification"),
        ({"kind": "guess"}, "kind", "unknown-kind"),
        ({"channel": "pigeon"}, "channel", "unknown-channel"),
        ({"severity": "fatal"}, "severity", "unknown-severity"),
        ({"wording": "  "}, "wording", "missing"),
        ({"wording": "w" * 2_001}, "wording", "missing"),
        ({"wording": "a\0b"}, "wording", "unwritable"),
        ({"guidance": "g" * 10_001}, "guidance", "too-long"),
        ({"tags": ("service", "food")}, "tags/1", "unknown-tag"),
        ({"tags": ("service", "service")}, "tags/1", "duplicate"),
        ({"facilities": ("",)}, "facilities/0", "missing"),
        ({"facilities": ("spa", "spa")}, "facilities/1", "duplicate"),
        ({"weight": "0"}, "weight", "bad-amount"),
        ({"weight": "-1"}, "weight", "bad-amount"),
        ({"weight": "1e3"}, "weight", "bad-amount"),
        ({"weight": ""}, "weight", "bad-amount"),
        ({"weight": "1.25"}, "weight", "not-whole"),
        ({"kind": "scale", "weight": "0.5"}, "weight", "not-whole"),
        ({"kind": "finding", "bonus": True}, "bonus", "foreign-field"),
        ({"severity": "critical", "bonus": True}, "bonus", "critical-bonus"),
        ({"unit": "s"}, "unit", "foreign-field"),
        ({"at_most": "5"}, "at_most", "foreign-field"),
        ({"pass_at": "1"}, "pass_at", "foreign-field"),
        ({"max": "1"}, "max", "foreign-field"),
        ({"options": CHOICE}, "options", "foreign-field"),
        ({"kind": "scale", "pass_at": "7"}, "pass_at", "unreachable"),
        ({"kind": "scale", "pass_at": "0"}, "pass_at", "bad-amount"),
        ({"kind": "measure", "unit": "", "at_most": "5"}, "unit", "missing"),
        ({"kind": "measure", "unit": "u" * 21, "at_most": "5"}, "unit", "too-long"),
        ({"kind": "measure", "unit": "s"}, "at_most", "missing"),
        ({"kind": "measure", "unit": "s", "at_most": "x"}, "at_most", "bad-amount"),
        ({"kind": "measure", "unit": "s", "at_most": "1.5"}, "at_most", "too-fine"),
        ({"kind": "measure", "unit": "s", "unit_decimals": 3, "at_most": "9999999"}, "at_most", "too-large"),
        ({"kind": "measure", "unit": "s", "unit_decimals": 7, "at_most": "1"}, "unit_decimals", "out-of-range"),
        ({"kind": "measure", "unit": "s", "at_most": "5", "at_least": "6"}, "at_least", "empty-range"),
        ({"kind": "measure", "unit": "s", "at_most": "5", "pass_at": "1"}, "pass_at", "foreign-field"),
        ({"kind": "measure", "unit": "s", "at_most": "5", "ladder": (Step("1", "5"),)}, "ladder", "two-measures"),
        ({"kind": "choice", "options": CHOICE[:1]}, "options", "out-of-range"),
        ({"kind": "choice", "options": (*CHOICE, Option("b", "C", "0"))}, "options/2/code", "duplicate"),
        ({"kind": "choice", "options": (*CHOICE, Option("na", "C", "0"))}, "options/2/code", "reserved"),
        ({"kind": "choice", "options": (*CHOICE, Option("a b", "C", "0"))}, "options/2/code", "bad-code"),
        ({"kind": "choice", "options": (*CHOICE, Option("c", "", "0"))}, "options/2/label", "missing"),
        ({"kind": "choice", "options": (*CHOICE, Option("c", "C", "-1"))}, "options/2/points", "bad-amount"),
        ({"kind": "choice", "options": (*CHOICE, Option("c", "C", "0.25"))}, "options/2/points", "not-whole"),
        ({"kind": "choice", "options": CHOICE, "pass_at": "1.5"}, "pass_at", "unreachable"),
        ({"kind": "count", "cap": "5"}, "per_unit", "missing"),
        ({"kind": "count", "per_unit": "0", "cap": "5"}, "per_unit", "bad-amount"),
        ({"kind": "count", "per_unit": "1"}, "cap", "missing"),
        ({"kind": "count", "per_unit": "0.05", "cap": "5"}, "per_unit", "not-whole"),
        ({"kind": "points"}, "max", "missing"),
        ({"kind": "points", "max": "0"}, "max", "bad-amount"),
        ({"kind": "points", "max": "1.5"}, "max", "too-fine"),
        ({"kind": "points", "max": "1.5", "unit_decimals": 2}, "unit_decimals", "not-whole"),
        ({"kind": "finding", "max": "-1"}, "max", "bad-amount"),
    ],
)
def test_a_standard(fields: dict[str, Any], field: str, code: str) -> None:
    standard = Standard(**({"code": "X", "section": "A", "wording": "Seen."} | fields))
    assert faults(FIRST, standard) == [(f"/standards/1/{field}", code)]


@pytest.mark.parametrize(
    ("steps", "place", "code"),
    [
        ((Step("2", at_most="5"), Step("3", at_most="9")), "1/points", "not-monotone"),
        ((Step("2", at_most="9"), Step("1", at_most="5")), "1/at_most", "unreachable"),
        ((Step("2", at_least="5"), Step("1", at_least="9")), "1/at_least", "unreachable"),
        ((Step("2", at_most="5"), Step("1", at_least="9")), "1", "mixed-ladder"),
        ((Step("2", at_most="5", at_least="1"),), "0", "two-limits"),
        ((Step("2"),), "0", "missing"),
        ((Step("2", at_most="5"), Step("1"), Step("0", at_most="9")), "1", "missing"),
        ((Step("2", at_most="5"), Step("3")), "1/points", "not-monotone"),
        ((Step("x", at_most="5"),), "0/points", "bad-amount"),
        ((Step("2", at_most="five"),), "0", "bad-amount"),
        ((Step("0.25", at_most="5"),), "0/points", "not-whole"),
    ],
)
def test_a_ladder(steps: tuple[Step, ...], place: str, code: str) -> None:
    ladder = Standard("L", "A", "Seen.", kind="measure", unit="s", ladder=steps)
    assert faults(ladder) == [(f"/standards/0/ladder/{place}", code)]


@pytest.mark.parametrize(
    ("section", "condition", "place", "code"),
    [
        ("A", OnlyIf("NOPE", "met"), "code", "unknown-standard"),
        ("A", OnlyIf("X", "met"), "code", "unknown-standard"),
        ("A", OnlyIf("LATER", "met"), "code", "unknown-standard"),
        ("A", OnlyIf("DRINK", "met"), "code", "other-instance"),
        ("A", OnlyIf("FIRST", "Met"), "is", "impossible-answer"),
        ("A", OnlyIf("FIRST", "1"), "is", "impossible-answer"),
        ("A", OnlyIf("SURE", "na"), "is", "impossible-answer"),
        ("A", OnlyIf("WARM", "11"), "is", "impossible-answer"),
        ("A", OnlyIf("WARM", "-1"), "is", "impossible-answer"),
        ("A", OnlyIf("WARM", "07"), "is", "impossible-answer"),
        ("A", OnlyIf("TIME", "32001"), "is", "impossible-answer"),
        ("A", OnlyIf("VIEW", "c"), "is", "impossible-answer"),
    ],
)
def test_a_condition(section: str, condition: OnlyIf, place: str, code: str) -> None:
    standards = (
        FIRST,
        Standard("SURE", "A", "w", na=False),
        Standard("WARM", "A", "w", kind="scale"),
        Standard("TIME", "A", "w", kind="measure", unit="s", at_most="60"),
        Standard("VIEW", "A", "w", kind="choice", options=CHOICE),
        Standard("DRINK", "BAR", "w"),
        Standard("X", section, "w", only_if=condition),
        Standard("LATER", "A", "w"),
    )
    assert faults(*standards) == [(f"/standards/6/only_if/{place}", code)]


def test_a_condition_may_look_at_its_own_instance() -> None:
    assert faults(Standard("D", "BAR", "w"), Standard("X", "BAR", "w", only_if=OnlyIf("D", "met"))) == []


def test_at_most_two_thousand_standards() -> None:
    assert faults(*(Standard(f"S{n}", "A", "w") for n in range(2_000))) == []
    assert faults(*(Standard(f"S{n}", "A", "w") for n in range(2_001))) == [("/standards", "out-of-range")]


def test_sums_fit_64_bits_even_with_a_thousand_instances() -> None:
    heavy = Standard("F", "A", "w", kind="finding", weight="999999999")
    assert faults(heavy, decimals=0) == []
    assert faults(heavy, decimals=6) == [("/standards", "too-large")]
    repeated = Standard("F", "BAR", "w", kind="finding", weight="999")
    assert faults(repeated, decimals=3) == []
    assert faults(repeated, decimals=4) == [("/standards", "too-large")]


def test_a_fault_of_decimals_names_the_decimals_needed() -> None:
    found = checklist_faults(Checklist(**SOUND, standards=(Standard("S", "A", "w", kind="scale", weight="0.25"),)))
    assert [fault.detail for fault in found] == ["Its points have more than 1 decimals; give the checklist 3 decimals."]
