"""Up, down or neither: whether more of a part can only lift, only lower, or do both to the outcome."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from audits.scoring.outcome import evaluate
from standards.spec.scheme import FaultyScheme, directions_of, parse_scheme, scheme_from_tree
from tests.standards.spec.scheme.documents import GRADES, NUMBERS, documents, parts

TWO = "levels: [low, high]\n"
GRID = "decide: {grid: [v], at_least: {high: 5}, else: low}\n"


@pytest.mark.parametrize(
    ("text", "directions"),
    [
        (TWO + "values: {v: {mean: [a, b]}}\n" + GRID, {"a": "up", "b": "up"}),
        (TWO + "values: {v: {sum: a, times: -1, start: 100}}\n" + GRID, {"a": "down"}),
        (TWO + "values: {v: {sum: a, times: b}}\n" + GRID, {"a": "neither", "b": "neither"}),
        (TWO + "values: {v: {ratio: [a, b]}}\n" + GRID, {"a": "up", "b": "down"}),
        (TWO + "values: {v: {count: [a], below: 3}}\n" + GRID, {"a": "down"}),
        (TWO + "values: {v: {count: [a], is: 3}}\n" + GRID, {"a": "neither"}),
        (TWO + "values: {v: {count: [a, b], above: $c}}\n" + GRID, {"a": "up", "b": "up", "c": "down"}),
        (TWO + "values: {v: {points: f, table: {K: 1, L: 2}}}\n" + GRID, {"f": "up"}),
        (TWO + "values: {v: {points: f, table: {K: 1, L: -2}}}\n" + GRID, {"f": "neither"}),
        (TWO + "values: {v: {sum: [a, w]}, w: {sum: a, times: -1}}\n" + GRID, {"a": "neither"}),
        (TWO + "values: {v: {pick: [{when: {a: {above: 3}}, value: 9}, {value: 1}]}}\n" + GRID, {"a": "up"}),
        (TWO + "decide: {grid: [a], at_most: {high: 5}, else: low}", {"a": "down"}),
        ("levels: [4, 3, 2, 1]\ndecide: {value: mark}", {"mark": "down"}),
        ("levels: [1, 2, 3]\ndecide: {value: mark}", {"mark": "up"}),
        ("levels: [bad, good]\nread: {g: [good, bad]}\ndecide: {value: g}", {"g": "down"}),
        (TWO + "peers: {value: a, best: low, shares: {low: 50, high: 50}}", {"a": "down"}),
        (
            TWO + "decide: [{give: high, when: {a: {at_least: 5}, b: {below: 2}}}, {give: low}]",
            {"a": "up", "b": "down"},
        ),
        (
            TWO + "outcomes: [x]\nunless: [{give: x, when: {a: {above: 5}}}]\ndecide: {value: g}",
            {"a": "neither", "g": "up"},
        ),
        (
            "levels: [one, two, three]\nread: {q: [1, 2, 3]}\ndecide: {value: g}\n"
            "adjust: [{by: +1, when: {q: 3}}, {by: -1, when: {q: 1}}, {at_most: two, when: {c: {above: 0}}}]",
            {"q": "up", "c": "down", "g": "up"},
        ),
    ],
)
def test_direction_is_found_by_walking_the_document(text: str, directions: dict[str, str]) -> None:
    assert directions_of(parse_scheme(text).newest()) == directions


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=documents(), subject=parts, data=st.data())
def test_raising_a_part_never_moves_the_level_against_its_direction(tree: Any, subject: dict, data: Any) -> None:
    try:
        scheme = scheme_from_tree(tree).newest()
    except FaultyScheme:
        assume(False)
    directions = {name: way for name, way in directions_of(scheme).items() if name in (*NUMBERS, "grade")}
    sure = [name for name, way in directions.items() if way != "neither" and subject[name] is not None]
    assume(sure and scheme.peers is None)
    assume(all("ratio" not in value for value in tree["values"].values()))
    name = data.draw(st.sampled_from(sure))
    if name == "grade":
        raised = data.draw(st.sampled_from(GRADES[GRADES.index(subject[name]) :]))
    else:
        raised = subject[name] + data.draw(st.integers(0, 60))
    before, after = evaluate(scheme, subject).level, evaluate(scheme, {**subject, name: raised}).level
    assume(before is not None and after is not None)
    change = scheme.levels.index(after) - scheme.levels.index(before)
    assert change >= 0 if directions[name] == "up" else change <= 0


def test_a_part_named_by_itself_and_under_a_pattern_moves_the_outcome_in_both_ways() -> None:
    scheme = scheme_from_tree(
        {
            "levels": ["none", "bronze", "silver"],
            "values": {"first": {"sum": "group.*"}},
            "decide": {"grid": ["first"], "at_most": {"silver": ["1"], "bronze": ["2"]}, "else": "none"},
            "adjust": [{"by": "-1", "when": {"not": {"group.x": {"above": "3"}}}}],
        }
    ).newest()
    assert directions_of(scheme)["group.x"] == "neither"
