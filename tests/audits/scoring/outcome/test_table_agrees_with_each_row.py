"""A whole table gives, row by row, exactly what evaluating each subject alone gives."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from audits.scoring.outcome import column_of, evaluate, evaluate_many
from audits.scoring.outcome.many import NOTHING
from standards.spec.scheme import FaultyScheme, Scheme, parse_scheme, scheme_from_tree
from tests.standards.spec.scheme.documents import documents, parts, rows

QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def usable(tree: Any) -> Scheme:
    try:
        return scheme_from_tree(tree).newest()
    except FaultyScheme:
        assume(False)
        raise


@settings(max_examples=150, **QUIET)
@given(tree=documents(), subjects=rows)
def test_every_generated_scheme_and_table(tree: Any, subjects: list[dict[str, Any]]) -> None:
    scheme = usable(tree)
    table = evaluate_many(scheme, {name: [subject[name] for subject in subjects] for name in subjects[0]})
    assert len(table) == len(subjects)
    for row, subject in enumerate(subjects):
        alone = evaluate(scheme, subject, cut_points=table.cut_points)
        assert table.text(row) == alone.text
        assert {name: table.value(name, row) for name in alone.values} == dict(alone.values)
        assert table.outcome(row) == alone


@settings(max_examples=60, **QUIET)
@given(tree=documents(), subject=parts)
def test_the_order_in_which_parts_are_given_is_irrelevant(tree: Any, subject: dict[str, Any]) -> None:
    scheme = usable(tree)
    backwards = dict(reversed(subject.items()))
    assert evaluate(scheme, subject) == evaluate(scheme, backwards)


WIDE = parse_scheme("""
levels: [low, high]
values: {total: {sum: [a, b, c]}}
decide: {grid: [total], at_least: {high: 1}, else: low}
""").newest()


def test_figures_beyond_64_bits_are_still_exact() -> None:
    huge, columns = 10**30, {"a": [10**30, 1], "b": [-(10**30), None], "c": [1, None]}
    table = evaluate_many(WIDE, columns)
    assert table.texts() == ["high", "high"]
    assert table.value("total", 0) == huge - huge + 1


STREAK = parse_scheme("""
levels: [plain, elite]
values: {happy: {streak: smiley, is: 1}}
decide: {grid: [happy], at_least: {elite: 4}, else: plain, missing: plain}
""").newest()


def test_a_streak_without_visits_is_absent_in_a_table() -> None:
    table = evaluate_many(STREAK, {"smiley": [1, 2]})
    assert [table.value("happy", row) for row in (0, 1)] == [None, None]
    assert table.texts() == ["plain", "plain"]


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="same number of rows"):
        evaluate_many(WIDE, {"a": [1, 2], "b": [1], "c": [1]})


def test_a_part_of_the_wrong_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="part 'a' should be number"):
        evaluate_many(WIDE, {"a": ["one"]})
    with pytest.raises(TypeError, match="part 'a' should be number"):
        evaluate(WIDE, {"a": 0.5})  # type: ignore[dict-item]


def test_a_column_keeps_each_distinct_part_once() -> None:
    column = column_of(["x", None, "x", "y"])
    assert column.distinct == ("x", "y")
    assert column.index.tolist() == [0, NOTHING, 0, 1]
    assert [column.at(row) for row in range(4)] == ["x", None, "x", "y"]
