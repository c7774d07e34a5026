"""unless, decide and adjust: which row, limit or move leads to the level, and what absent parts do to it."""

from fractions import Fraction
from typing import Any

import pytest

from audits.scoring.outcome import evaluate, evaluate_many, explain_lines
from standards.spec.scheme import parse_scheme


def given(scheme: str, **parts: Any) -> str | None:
    """The outcome alone and in a table; both must agree."""
    rules = parse_scheme(scheme).newest()
    alone = evaluate(rules, parts)
    assert evaluate_many(rules, {name: [part] for name, part in parts.items()}).texts() == [alone.text]
    assert alone.level == (alone.text if alone.text in rules.levels else None)
    return alone.text


BANDS = "levels: [C, B, A]\noutcomes: [unknown]\ndecide: {grid: [s], at_least: {A: 90, B: 74.5}, else: C%s}\n"
CASCADE = "levels: [1, 2, 3]\ndecide: {grid: [total, worst], at_most: {3: [10, 5], 2: [20, null]}, else: 1}\n"


@pytest.mark.parametrize(("score", "level"), [("90", "A"), ("89.999999", "B"), ("74.5", "B"), ("74.4999", "C")])
def test_bands_leave_no_gap(score: str, level: str) -> None:
    assert given(BANDS % "", s=Fraction(score)) == level


def test_an_absent_column_has_no_level_or_the_one_for_missing() -> None:
    assert given(BANDS % "", s=None) is None
    assert given(BANDS % ", missing: unknown", s=None) == "unknown"


@pytest.mark.parametrize(
    ("total", "worst", "level"),
    [(10, 5, "3"), (10, 6, "2"), (11, 0, "2"), (21, 0, "1"), (10, None, None), (15, None, "2"), (25, None, "1"),
     (None, 9, None)],
)  # fmt: skip
def test_cascade_decides_where_the_absent_part_cannot_matter(total: Any, worst: Any, level: str | None) -> None:
    assert given(CASCADE, total=total, worst=worst) == level


ROWS = """
levels: [bad, fair, good]
outcomes: [closed]
unless: [{give: closed, when: {state: shut}}, {give: bad, when: {state: dirty}}]
decide:
  - {give: good, when: {a: {at_least: 5}, not: {b: 1}}}
  - {give: fair, when: {any: [{a: {at_least: 5}}, {c: {absent: true}}]}}
  - {give: bad}
adjust:
  - {by: +1, when: {bonus: Y}}
  - {by: -2, when: {malus: Y}}
  - {at_least: fair, when: {shield: Y}}
"""


@pytest.mark.parametrize(
    ("parts", "level"),
    [
        ({"a": 5}, "good"),
        ({"a": 5, "b": 1}, "fair"),
        ({"a": 4}, "fair"),
        ({"a": 4, "c": 0}, "bad"),
        ({"c": 0}, "bad"),
        ({"a": 9, "state": "shut"}, "closed"),
        ({"a": 9, "state": "shut", "malus": "Y"}, "closed"),
        ({"a": 9, "state": "dirty"}, "bad"),
        ({"a": 9, "state": "dirty", "bonus": "Y"}, "fair"),
        ({"a": 9, "bonus": "Y"}, "good"),
        ({"a": 9, "bonus": "Y", "malus": "Y"}, "bad"),
        ({"a": 9, "malus": "Y", "shield": "Y"}, "fair"),
        ({"a": 9, "bonus": "N", "malus": None}, "good"),
    ],
)
def test_rows_then_moves(parts: dict[str, Any], level: str) -> None:
    names = ("a", "b", "c", "state", "bonus", "malus", "shield")
    assert given(ROWS, **{name: parts.get(name) for name in names}) == level


def test_each_move_stays_within_the_levels() -> None:
    scheme = "levels: [1, 2, 3]\ndecide: {value: v}\nadjust: [{by: +2, when: {a: 1}}, {by: -1, when: {a: 1}}]\n"
    assert given(scheme, v=3, a=1) == "2"


@pytest.mark.parametrize(("figure", "level"), [(1, "1.0"), (2, "2"), (3, None), (None, "none")])
def test_a_number_is_the_level_of_its_size(figure: Any, level: str | None) -> None:
    assert given("levels: [1.0, 2]\ndecide: {value: v, missing: none}\noutcomes: [none]\n", v=figure) == level


def test_a_word_is_the_level_as_written() -> None:
    scheme = "levels: [poor, good]\ndecide: {value: v}\n"
    assert [given(scheme, v=word) for word in ("poor", "good", None)] == ["poor", "good", None]
    with pytest.raises(ValueError, match="part 'v' is 'Good', which is none of poor, good"):
        evaluate(parse_scheme(scheme).newest(), {"v": "Good"})


def test_an_outcome_says_why_there_is_none() -> None:
    scheme = parse_scheme("levels: [1, 2]\ndecide: {value: v}\n").newest()
    assert evaluate(scheme, {"v": 7}).reason == "'v' is 7, which is no level"
    assert evaluate(scheme, {}).reason == "without the parts it needs: 'v' is absent"
    assert evaluate(scheme, {}).missing == ("v",)


def test_every_step_is_told_in_words() -> None:
    scheme = parse_scheme("""
levels: [one, two, three]
values:
  score: {mean: [[service, 3], [facility, 1]], round: nearest}
decide: {grid: [score], at_least: {three: 90, two: 70}, else: one}
adjust:
  - {at_most: two, when: {critical: {above: 0}}}
  - {by: -1, when: {any: [{note: late}, {not: {note: {in: [ok, fine]}}}]}}
""").newest()
    parts: dict[str, Any] = {"service": 95, "facility": 90, "critical": 1, "note": "ok"}
    assert explain_lines(evaluate(scheme, parts)) == [
        "score is 94: mean of service 95 x 3, facility 90 x 1 gives 93.75 before times, start, bounds and rounding.",
        "score 94: three, which asks for score at least 90.",
        "Adjustment 1 (at most two, if critical is above 0; here critical 1) applies: from three to two.",
        "Adjustment 2 (-1 level, if (note is exactly late or not (note is one of ok, fine)); here note ok) "
        "does not apply: stays two.",
        "Result: two.",
    ]
    parts = {"service": 70, "facility": 1, "critical": 0, "note": "ok"}
    assert explain_lines(evaluate(scheme, parts))[1] == (
        "score 53: one, for which there are no limits. two would need score at least 70."
    )
    assert explain_lines(evaluate(scheme, {}))[-1] == (
        "No result: without the parts it needs: 'service' is absent, 'facility' is absent."
    )
