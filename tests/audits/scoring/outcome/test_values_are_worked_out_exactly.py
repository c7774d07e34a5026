"""Each operator and option of `values`, with absent parts among them."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from audits.scoring.outcome import evaluate, evaluate_many
from standards.spec.scheme import parse_scheme

F = Fraction


def worked_out(value: str, parts: dict[str, Any], more: str = "") -> Any:
    """Work out one value by itself and in a table; both must agree."""
    text = f"levels: [low, high]\n{more}\nvalues:\n  v: {value}\n"
    text += "decide: [{give: high, when: {v: {absent: false}}}, {give: low}]"
    scheme = parse_scheme(text).newest()
    alone = evaluate(scheme, parts).values["v"]
    assert evaluate_many(scheme, {name: [part] for name, part in parts.items()}).value("v", 0) == alone
    return alone


A = {"a": 10, "b": F(5, 2), "c": None, "x.1": 1, "x.2": 3}


@pytest.mark.parametrize(
    ("value", "figure"),
    [
        ("{sum: [a, b]}", F(25, 2)),
        ("{sum: [a, b, c]}", F(25, 2)),
        ("{sum: [a, c], missing: absent}", None),
        ("{sum: c}", None),
        ("{sum: c, start: 100}", 100),
        ("{sum: [[a, 0.5], b]}", F(15, 2)),
        ('{sum: ["x.*", a]}', 14),
        ('{sum: "y.*"}', None),
        ("{mean: [a, b]}", F(25, 4)),
        ("{mean: [[a, 3], [b, 1]]}", F(65, 8)),
        ("{mean: [[a, 3], [c, 1]]}", 10),
        ("{mean: c, start: 5}", None),
        ("{mean: [[x.*, 2], a]}", F(18, 5)),
        ("{max: [a, b, c]}", 10),
        ("{min: [a, b, c]}", F(5, 2)),
        ("{min: [a, c], missing: absent}", None),
        ("{count: [a, b, c]}", 2),
        ("{count: [a, b, c], above: 5}", 1),
        ("{count: [a, b, c], test: {above: 1, below: 5}}", 1),
        ("{count: {of: [a, b, c], above: $b}}", 1),
        ("{count: [a, b, c], absent: true}", 1),
        ("{count: [a, b, c], above: 5, missing: absent}", None),
        ("{count: [[a, 3], [b, 1]], above: 0}", 4),
        ("{count: [a, b], in: [10, 11]}", 1),
        ("{ratio: [b, a]}", 25),
        ("{ratio: [a, c]}", None),
        ("{ratio: [a, a], times: 0.5}", 50),
        ("{pick: [{when: {a: {below: 5}}, value: 1}, {when: {b: 2.5}, value: 2}]}", 2),
        ("{pick: [{when: {a: {below: 5}}, value: 1}]}", None),
        ("{pick: [{when: {a: {below: 5}}, value: 1}, {value: 1/3}]}", F(1, 3)),
        ("{sum: a, times: -2, start: 100}", 80),
        ("{sum: a, times: b}", 25),
        ("{sum: a, times: c}", None),
        ("{sum: a, times: -20, floor: 0}", 0),
        ("{sum: a, cap: 9}", 9),
        ("{mean: [[a, 1], [b, 2]], round: nearest}", 5),
        ("{sum: b, round: nearest}", 3),
        ("{sum: b, times: -1, round: nearest}", -3),
        ("{sum: b, times: -1, round: up}", -2),
        ("{sum: b, times: -1, round: down}", -3),
        ("{sum: a, times: 1/3, round: up, places: 2}", F(334, 100)),
        ("{sum: a, times: 1/3, round: down, places: 2}", F(333, 100)),
        ("{sum: a, cap: 9.96, round: nearest, places: 1}", 10),
    ],
)
def test_value(value: str, figure: Any) -> None:
    assert worked_out(value, A) == figure


CODES = "read: {found: codes}"
TABLE = "table: {K1: 4, K2: 1.5, K3: 0}"


@pytest.mark.parametrize(
    ("value", "found", "figure"),
    [
        (f"{{points: found, {TABLE}}}", ("K1", "K2"), F(11, 2)),
        (f"{{points: found, {TABLE}}}", ("K1", "K1"), 8),
        (f"{{points: found, {TABLE}}}", ("K1", "K9"), 4),
        (f"{{points: found, {TABLE}, missing: absent}}", ("K1", "K9"), None),
        (f"{{points: found, {TABLE}, start: 100, times: -1}}", ("K1",), 96),
        (f"{{points: found, {TABLE}, start: 100, times: -1}}", None, 100),
        (f"{{points: found, {TABLE}, missing: absent}}", None, None),
        ("{count: found, in: [K1, K3]}", ("K1", "K2", "K3", "K1"), 3),
        ("{count: found, is: K1}", None, 0),
        ("{count: found}", ("K1", "K2"), 2),
        ("{pick: [{when: {found: K2}, value: 1}, {value: 0}]}", ("K1", "K2"), 1),
        ("{pick: [{when: {found: {in: [K3, K4]}}, value: 1}, {value: 0}]}", ("K1", "K2"), 0),
    ],
)
def test_codes(value: str, found: Any, figure: Any) -> None:
    assert worked_out(value, {"found": found}, CODES) == figure


WORDS = "read: {g: [poor, fair, good], h: [poor, fair, good]}"


@pytest.mark.parametrize(
    ("value", "g", "h", "figure"),
    [
        ("{min: [g, h]}", "good", "fair", "fair"),
        ("{max: [g, h]}", "poor", "fair", "fair"),
        ("{max: [g, h]}", "poor", None, "poor"),
        ("{count: [g, h], at_least: fair}", "good", "fair", 2),
        ("{count: [g, h], below: good}", "good", "fair", 1),
        ("{count: g, above: $h}", "good", "fair", 1),
        ("{count: g, above: $h}", "good", None, 0),
    ],
)
def test_words_compare_by_their_order(value: str, g: str, h: str | None, figure: Any) -> None:
    assert worked_out(value, {"g": g, "h": h}, WORDS) == figure


def test_days_compare_by_the_calendar() -> None:
    value = "{pick: [{when: {d: {at_least: 2024-07}}, value: 2}, {when: {d: {below: 2024}}, value: 0}, {value: 1}]}"
    days = [date(2024, 7, 1), date(2024, 6, 30), date(2023, 12, 31), None]
    assert [worked_out(value, {"d": day}) for day in days] == [2, 1, 0, 1]


def test_the_greatest_day_is_a_day() -> None:
    value, parts = "{max: [d, e]}", {"d": date(2024, 7, 1), "e": date(2024, 8, 1)}
    assert worked_out(value, parts, "read: {d: date, e: date}") == date(2024, 8, 1)


def test_values_may_be_written_in_any_order() -> None:
    text = "levels: [low, high]\nvalues: {z: {sum: m}, m: {sum: a, start: 1}, a2: {sum: [z, m]}}\n"
    text += "decide: {grid: [a2], at_least: {high: 22}, else: low}"
    outcome = evaluate(parse_scheme(text).newest(), {"a": 10})
    assert dict(outcome.values) == {"m": 11, "z": 11, "a2": 22}
    assert outcome.text == "high"
