"""Which visits of a location count, and what several visits amount to."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.scoring.outcome import (
    Visit,
    column_of,
    combine_visits,
    conclude,
    explain_lines,
    explain_visits,
    merge_components,
    rate,
)
from audits.scoring.outcome.quick import floors_of_each
from audits.scoring.outcome.visits import half_life_weight
from standards.spec.scheme import Scheme, parse_scheme

END = date(2024, 12, 31)
F = Fraction


def rules(visits: str, more: str = "") -> Scheme:
    text = "levels: [low, high]\nread: {word: [bad, good], note: text}\ndecide:\n"
    text += "  - {give: high, when: {whole: {at_least: 90}, word: {absent: false}, note: {absent: false}}}\n"
    text += "  - {give: low}\n"
    return parse_scheme(f"{text}{more}visits: {visits}").newest()


def visit(day: date, whole: Any = None, **more: Any) -> Visit:
    fields = {name: more.pop(name) for name in ("kind", "flags", "pairs", "label") if name in more}
    return Visit(day, {"whole": whole, **more}, **fields)


MARCH, JUNE, SEPTEMBER = (date(2024, month, 1) for month in (3, 6, 9))
THREE = [visit(MARCH, 60), visit(JUNE, 90), visit(SEPTEMBER, 99)]


@pytest.mark.parametrize(
    ("visits", "whole"),
    [
        ("{}", 83),
        ("{combine: mean, last: 2}", F(189, 2)),
        ("{combine: latest}", 99),
        ("{combine: max}", 99),
        ("{combine: carry}", 99),
        ("{weights: [3, 2, 1]}", F(537, 6)),
        ("{weights: [1, 0.5]}", 96),
        ("{last: 1}", 99),
    ],
)
def test_visits_are_combined_as_the_scheme_says(visits: str, whole: Any) -> None:
    assert combine_visits(rules(visits), THREE, END).parts["whole"] == whole
    assert combine_visits(rules(visits), THREE[::-1], END).parts["whole"] == whole


def test_without_a_visits_piece_the_mean_of_all_counts() -> None:
    scheme = parse_scheme("levels: [low, high]\ndecide: {grid: [whole], at_least: {high: 90}, else: low}").newest()
    combined = combine_visits(scheme, THREE, END)
    assert (combined.combine, combined.parts, combined.is_enough) == ("mean", {"whole": 83}, True)


def test_the_window_is_measured_back_from_the_end_of_the_period() -> None:
    edge = [visit(date(2024, 1, 1), 1), visit(date(2023, 12, 31), 2), visit(END, 3), visit(date(2025, 1, 1), 4)]
    assert (END - date(2024, 1, 1)).days == 365  # a leap year: the first day is just out
    combined = combine_visits(rules("{within: 366}"), edge, END)
    assert [item.visit.parts["whole"] for item in combined.counted] == [3, 1]
    assert [(item.visit.parts["whole"], item.why) for item in combined.left_out] == [
        (4, "after the period"),
        (2, "more than 366 days before the end of the period"),
    ]
    assert len(combine_visits(rules("{within: 365}"), edge, END).counted) == 1
    assert len(combine_visits(rules("{within: 365}"), [visit(date(2023, 1, 1))], date(2023, 12, 31)).counted) == 1


def test_only_some_kinds_and_flags_count() -> None:
    mixed = [
        visit(MARCH, 1, kind="mystery"),
        visit(JUNE, 2, kind="self"),
        visit(SEPTEMBER, 3, kind="mystery", flags=("late", "short")),
    ]
    only = rules("{only: {kind: mystery, not: {flags: late}}}")
    assert [item.visit.parts["whole"] for item in combine_visits(only, mixed, END).counted] == [1]
    by_part = rules("{only: {whole: {at_least: 2}}}")
    assert [item.visit.parts["whole"] for item in combine_visits(by_part, mixed, END).counted] == [3, 2]


def test_only_is_asked_before_last() -> None:
    mixed = [visit(MARCH, 1, kind="mystery"), visit(JUNE, 2, kind="self")]
    assert combine_visits(rules("{only: {kind: mystery}, last: 1}"), mixed, END).parts["whole"] == 1


def test_of_two_visits_on_one_day_the_greater_label_is_newer() -> None:
    twins = [visit(JUNE, 1, label="b"), visit(JUNE, 2, label="a")]
    for given_order in (twins, twins[::-1]):
        assert combine_visits(rules("{last: 1}"), given_order, END).parts["whole"] == 1


def test_absent_parts_leave_a_visit_out_of_that_mean_only() -> None:
    assert combine_visits(rules("{}"), [visit(MARCH, 60), visit(JUNE)], END).parts["whole"] == 60
    assert combine_visits(rules("{weights: [9, 1]}"), [visit(MARCH, 60), visit(JUNE)], END).parts["whole"] == 60
    assert combine_visits(rules("{}"), [visit(JUNE)], END).parts["whole"] is None
    assert combine_visits(rules("{}"), [], END).parts["whole"] is None


def test_mean_of_percentages_and_pooled_points_differ_and_say_which() -> None:
    pairs = [visit(MARCH, pairs={"whole": (1, 2)}), visit(JUNE, pairs={"whole": (9, 10)})]
    mean, pooled = (combine_visits(rules(f"{{combine: {how}}}"), pairs, END) for how in ("mean", "pooled"))
    assert (mean.combine, mean.parts["whole"]) == ("mean", 70)
    assert (pooled.combine, pooled.parts["whole"]) == ("pooled", F(1000, 12))
    weighed = combine_visits(rules("{combine: pooled, weights: [1, 5]}"), pairs, END)
    assert weighed.parts["whole"] == F(100 * (9 + 5), 10 + 10)
    nothing = [visit(MARCH, pairs={"whole": (0, 0)})]
    assert combine_visits(rules("{combine: pooled}"), nothing, END).parts["whole"] is None


def test_parts_that_are_not_numbers_come_from_the_newest_visit() -> None:
    worded = [visit(MARCH, 1, word="good", note="x"), visit(JUNE, 1, word="bad")]
    assert combine_visits(rules("{}"), worded, END).parts == {"whole": 1, "word": "bad", "note": None}
    assert combine_visits(rules("{combine: max}"), worded, END).parts["word"] == "good"


def test_a_follow_up_replaces_only_what_it_checked_again() -> None:
    again = [visit(MARCH, 60, word="bad", note="x"), visit(JUNE, None, word="good")]
    assert combine_visits(rules("{combine: carry}"), again, END).parts == {"whole": 60, "word": "good", "note": "x"}


def test_half_life_counts_whole_days_from_the_newest_visit() -> None:
    halved = [visit(JUNE, 0), visit(JUNE + timedelta(days=30), 90)]
    combined = combine_visits(rules("{half_life: 30}"), halved, END)
    assert [item.weight for item in combined.counted] == [1, F(1, 2)]
    assert combined.parts["whole"] == 60


def test_half_life_weights_are_rounded_to_millionths() -> None:
    assert half_life_weight(0, 90) == 1
    assert half_life_weight(1, 90) == F(992328, 10**6)
    assert half_life_weight(180, 90) == F(1, 4)
    assert half_life_weight(3000, 90) == 0


def test_below_the_minimum_the_figures_stay_but_the_outcome_waits() -> None:
    scheme = rules("{minimum: 2, below_minimum: provisional, minimum_to_rank: 3}")
    outcome, combined = rate(scheme, [visit(MARCH, 95, word="good", note="x")], END)
    assert (outcome.text, outcome.level, combined.is_enough, combined.may_rank) == ("provisional", None, False, False)
    assert combined.parts["whole"] == 95
    assert explain_lines(outcome)[-2:] == [
        "Only 1 of at least 2 visits: provisional instead of high.",
        "Result: provisional.",
    ]
    assert [combine_visits(scheme, THREE[:count], END).may_rank for count in (2, 3)] == [False, True]
    nameless, _ = rate(rules("{minimum: 2}"), [visit(MARCH, 95)], END)
    assert (nameless.text, nameless.reason) == (None, "1 of at least 2 visits")


def test_what_counts_is_told_in_words() -> None:
    scheme = rules("{last: 1, half_life: 30}")
    assert explain_visits(combine_visits(scheme, THREE[:2], END)) == [
        "1 visits count; combined by the mean of the visits' figures.",
        "Counts: visit of 2024-06-01.",
        "Left out: visit of 2024-03-01, older than the last 1.",
    ]


STREAK = """
levels: [sad, happy, elite]
values:
  points: {sum: [a, b]}
  row: {streak: %s, at_least: 2}
decide: [{give: elite, when: {row: {at_least: 3}}}, {give: happy, when: {row: {above: 0}}}, {give: sad}]
visits: {combine: latest}
"""


@pytest.mark.parametrize(("name", "row"), [("points", 2), ("a", 1)])
def test_a_streak_counts_visits_in_a_row_from_the_newest(name: str, row: int) -> None:
    days = [JUNE + timedelta(days=step) for step in range(4)]
    figures = [(9, 9), (0, 1), (1, 1), (2, 0)]
    seen = [Visit(day, {"a": a, "b": b}) for day, (a, b) in zip(days, figures, strict=True)]
    outcome, _ = rate(parse_scheme(STREAK % name).newest(), seen, END)
    assert outcome.values["row"] == row
    assert outcome.text == "happy"


def test_components_are_merged_by_weight() -> None:
    scheme = parse_scheme("levels: [low, high]\ndecide: {grid: [whole], at_least: {high: 90}, else: low}\n"
                          "visits: {minimum: 1, below_minimum: new}").newest()  # fmt: skip
    stays, calls = combine_visits(scheme, THREE[1:2], END), combine_visits(scheme, THREE[2:], END)
    merged = merge_components(scheme, [(70, stays), (30, calls)])
    assert merged.parts["whole"] == F(90 * 70 + 99 * 30, 100)
    assert [item.visit.visited_on for item in merged.counted] == [SEPTEMBER, JUNE]
    assert conclude(scheme, merged).text == "high"
    half = merge_components(scheme, [(70, stays), (30, combine_visits(scheme, [], END))])
    assert (half.parts["whole"], half.is_enough, conclude(scheme, half).text) == (90, False, "new")
    with pytest.raises(ValueError, match="positive weights"):
        merge_components(scheme, [])


def test_one_value_of_each_visit() -> None:
    scheme = parse_scheme(STREAK % "points").newest()
    columns = {"a": column_of([1, None, F(50), F(1, 3)]), "b": column_of([2, None, None, 1])}

    def tenths_of(name: str) -> list[int | None]:
        values, known = floors_of_each(scheme, columns, name, 10)
        return [value if there else None for value, there in zip(values.tolist(), known.tolist(), strict=True)]

    assert tenths_of("points") == [30, None, 500, 13]
    assert tenths_of("a") == [10, None, 500, 3]
    assert tenths_of("nothing of that name") == [None, None, None, None]


@given(
    wholes=st.lists(st.fractions(0, 100, max_denominator=900), min_size=1, max_size=9),
    visits=st.sampled_from(["{}", "{last: 3}", "{half_life: 10}", "{weights: [5, 3, 1]}", "{combine: max}"]),
    data=st.data(),
)
def test_the_order_of_visits_is_irrelevant_and_the_result_within_them(wholes: Any, visits: str, data: Any) -> None:
    seen = [visit(JUNE + timedelta(days=place), whole) for place, whole in enumerate(wholes)]
    mixed = data.draw(st.permutations(seen))
    whole: Any = combine_visits(rules(visits), seen, END).parts["whole"]
    assert combine_visits(rules(visits), mixed, END).parts["whole"] == whole
    assert min(wholes) <= whole <= max(wholes)
