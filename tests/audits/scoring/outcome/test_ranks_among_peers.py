"""Rank bands: where the cuts fall, what ties and small groups get, and that frozen cuts stay."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.scoring.outcome import CutPoints, cut_points, evaluate, evaluate_many, explain_lines, peer_level
from standards.spec.scheme import Scheme, parse_scheme


def rules(options: str = "", more: str = "", shares: str = "{gold: 20, silver: 30, bronze: 50}") -> Scheme:
    text = f"levels: [bronze, silver, gold]\n{more}peers: {{value: s, shares: {shares}{options}}}"
    return parse_scheme(text).newest()


def levels(scheme: Scheme, values: list[Any], **columns: list[Any]) -> str:
    """The first letters of the levels of all rows."""
    texts = evaluate_many(scheme, {"s": values, **columns}).texts()
    return "".join(text[0] if text else "-" for text in texts)


def test_the_best_share_gets_the_best_level() -> None:
    assert levels(rules(), list(range(100, 0, -10))) == "ggsssbbbbb"
    assert levels(rules(", best: low"), list(range(100, 0, -10))) == "bbbbbsssgg"


@pytest.mark.parametrize(
    ("options", "expected"),
    [("", "gssbb"), (", cut: up", "gssbb"), (", cut: down", "gsbbb"), (", cut: nearest", "gssbb")],
)
def test_cuts_fall_at_the_rounded_place(options: str, expected: str) -> None:
    # Five members: the places are 1 and 2.5.
    assert levels(rules(options), [5, 4, 3, 2, 1]) == expected


def test_ties_get_the_better_or_the_worse_level() -> None:
    values = [9, 8, 8, 8, 1, 1, 1, 1, 1, 0]
    assert levels(rules(), values) == "gggg" + "sssss" + "b"
    assert levels(rules(", ties: worse"), values) == "g" + "sss" + "bbbbb" + "b"


def test_all_alike_are_all_best_or_all_worst() -> None:
    assert levels(rules(), [7] * 10) == "g" * 10
    assert levels(rules(", ties: worse"), [7] * 10) == "b" * 10


def test_absent_values_have_no_rank_and_are_no_members() -> None:
    assert levels(rules(), [10, None, 5, 4, 3, 2]) == "g-ssbb"


def test_groups_compete_within_themselves() -> None:
    scheme = rules(", group: city")
    assert levels(scheme, [1, 2, 3, 4, 5, 91, 92, 93, 94, 95], city=["x"] * 5 + ["y"] * 5) == "bbssg" * 2


SMALL = ", group: city, at_least_members: 4, small: "
CITIES = {"city": ["x"] * 3 + ["y"] * 5}
VALUES = [1, 60, 99, 10, 20, 30, 40, 50]


@pytest.mark.parametrize(
    ("small", "more", "expected"),
    [
        ("wider", "", "bgg"),
        ("bands", "decide: {grid: [s], at_least: {gold: 95, silver: 50}, else: bronze}\n", "bsg"),
        ("unranked", "", "uuu"),
        ("outcome", "outcomes: [too few]\n", "ttt"),
    ],
)
def test_small_groups_fall_back(small: str, more: str, expected: str) -> None:
    assert levels(rules(SMALL + small, more), VALUES, **CITIES) == expected + "bbssg"


def test_when_all_together_are_too_few_the_bands_decide() -> None:
    bands = "decide: {grid: [s], at_least: {gold: 95, silver: 50}, else: bronze}\n"
    assert levels(rules(", at_least_members: 9", bands), VALUES) == "bsgbbbbs"
    assert levels(rules(", at_least_members: 9"), VALUES) == "-" * 8


def test_whoever_unless_decided_is_no_member() -> None:
    more = "outcomes: [closed]\nunless: [{give: closed, when: {shut: Y}}, {give: bronze, when: {shut: half}}]\n"
    scheme = rules("", more)
    assert levels(scheme, [100, 99, 5, 4, 3, 2, 1], shut=["Y", "half", *["N"] * 5]) == "cb" + "gssbb"


def test_a_late_subject_is_measured_against_frozen_cuts() -> None:
    scheme = rules(", freeze: period")
    cuts = cut_points(scheme, [(str(value), "", value) for value in range(1, 11)])
    frozen = CutPoints.from_tree(cuts.to_tree())
    assert frozen == cuts
    late = [evaluate(scheme, {"s": value}, cut_points=frozen).text for value in (11, 9, Fraction(17, 2), 6, 5, -3)]
    assert late == ["gold", "gold", "silver", "silver", "bronze", "bronze"]


def test_without_cut_points_the_outcome_waits() -> None:
    outcome = evaluate(rules(), {"s": 5})
    assert (outcome.text, outcome.waits_for_rank) == (None, True)
    assert outcome.reason == "waits for the cut points of its peer group"


def test_cut_points_do_not_depend_on_the_order_but_on_every_member() -> None:
    members = [("a", "x", 3), ("b", "x", 2), ("c", "y", 1)]
    one, other = cut_points(rules(), members), cut_points(rules(), members[::-1])
    assert one == other
    assert cut_points(rules(), [("a", "x", 3), ("b", "x", 2), ("d", "y", 1)]).members_digest != one.members_digest


def test_a_rank_is_told_in_words() -> None:
    scheme = rules(", group: city, at_least_members: 3")
    cuts = cut_points(scheme, [(str(value), "x", value) for value in (5, 4, 3, 2, 1)])

    def told(group: str, value: int | None) -> list[str]:
        return explain_lines([peer_level(scheme, cuts, group=group, value=value)])

    assert told("x", 4) == ["s is 4; among 5 members of peer group 'x' that is silver (the cut is 3)."]
    assert told("x", 1) == ["s is 1; among 5 members of peer group 'x' that is bronze (the rest)."]
    assert told("y", 5) == [
        "s is 5; among 5 members of everybody (the own group is too small) that is gold (the cut is 5)."
    ]
    assert told("x", None) == ["s is absent, so it has no rank."]


def test_peers_are_asked_only_of_schemes_that_have_them() -> None:
    plain = parse_scheme("levels: [1, 2]\ndecide: {value: v}").newest()
    with pytest.raises(ValueError, match="no peers piece"):
        cut_points(plain, [])


@given(values=st.lists(st.integers(0, 12), min_size=1, max_size=30), ties=st.sampled_from(["better", "worse"]))
def test_a_better_value_never_has_a_worse_level(values: list[int], ties: str) -> None:
    scheme = rules(f", ties: {ties}")
    found = levels(scheme, values)
    order = {letter: place for place, letter in enumerate("bsg")}
    pairs = sorted(zip(values, (order[letter] for letter in found), strict=True))
    assert [level for _, level in pairs] == sorted(level for _, level in pairs)
    assert len(set(pairs)) == len(set(values))  # equal values, equal levels
    gold = found.count("g")
    share = Fraction(len(values), 5)
    nearest = int(share + Fraction(1, 2))
    assert gold >= nearest if ties == "better" else gold <= nearest
