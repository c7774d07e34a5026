"""A scheme has one canonical form and digest, however it was written; a version says only what changes."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from standards.spec.digest import canonical_bytes
from standards.spec.scheme import FaultyScheme, canonical_tree, digest_of, parse_scheme, scheme_from_tree
from standards.spec.scheme.numbers import exact_number, number_text
from standards.spec.scheme.writing import scheme_text
from tests.standards.spec.scheme.documents import documents

SHORT = """
levels: [low, high]          # comments and order do not count
values: {v: {count: [a, b], at_least: 050.00}}
decide: {grid: v, at_least: {high: 1}, else: low}
unless: [{when: {a: 3, note: [Y, N]}, give: low}]
"""
LONG = """
{"unless": [{"give": "low", "when": {"note": {"in": ["Y", "N"]}, "a": {"is": "3.0"}}}],
 "decide": {"else": "low", "grid": ["v"], "at_least": {"high": ["2/2"]}},
 "values": {"v": {"missing": "skip", "count": {"of": ["a", "b"], "test": {"at_least": 50}}}},
 "levels": ["low", "high"]}
"""


def test_what_means_the_same_has_the_same_bytes() -> None:
    assert parse_scheme(SHORT) == parse_scheme(LONG)
    assert digest_of(parse_scheme(SHORT)) == digest_of(parse_scheme(LONG))
    assert canonical_bytes(canonical_tree(parse_scheme(SHORT))).decode() == (
        '{"decide":{"at_least":{"high":["1"]},"else":"low","grid":["v"]},"levels":["low","high"],'
        '"unless":[{"give":"low","when":{"a":{"is":"3"},"note":{"in":["Y","N"]}}}],'
        '"values":{"v":{"count":["a","b"],"test":{"at_least":"50"}}}}'
    )


def test_the_digest_of_a_scheme_never_changes() -> None:
    assert digest_of(parse_scheme(SHORT)) == "2b34ce6f705e5ae240bbbb2fc08ec4b1b361c0267021b3a84c82f32cdc41f0ad"


def test_what_means_something_else_has_another_digest() -> None:
    other = SHORT.replace("050.00", "50.01")
    assert digest_of(parse_scheme(SHORT)) != digest_of(parse_scheme(other))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=documents())
def test_reading_the_canonical_form_gives_the_same_scheme(tree: Any) -> None:
    try:
        document = scheme_from_tree(tree)
    except FaultyScheme:
        assume(False)
    again = scheme_from_tree(canonical_tree(document))
    assert again == document
    assert canonical_tree(again) == canonical_tree(document)
    assert parse_scheme(scheme_text(document)) == document


def test_a_scheme_is_written_as_a_person_would() -> None:
    assert scheme_text(parse_scheme(SHORT)) == (
        "levels: [low, high]\n"
        "values:\n"
        "  v:\n"
        "    count: [a, b]\n"
        "    test: {at_least: 50}\n"
        "unless:\n"
        "- give: low\n"
        "  when:\n"
        "    a: {is: 3}\n"
        "    note:\n"
        "      in: [Y, N]\n"
        "decide:\n"
        "  grid: [v]\n"
        "  at_least:\n"
        "    high: [1]\n"
        "  else: low\n"
    )


@given(number=st.fractions(-(10**6), 10**6, max_denominator=10**6))
def test_numbers_survive_their_canonical_form(number: Fraction) -> None:
    assert exact_number(number_text(number)) == number


def test_numbers_have_one_text() -> None:
    written = ["0.750", "+3", "-0.5", ".5", "007", "2/4", "1/3", "-0"]
    assert [number_text(exact_number(text)) for text in written] == [
        "0.75", "3", "-0.5", "0.5", "7", "0.5", "1/3", "0",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", ".", "1.", "1e3", "1_000", "1,5", "0x1f", "NaN", "1/0", "1.2345678", "½", "1 "])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|0 below"):
        exact_number(text)


DATED = """
levels: [low, high]
decide: {grid: [a], at_least: {high: 50}, else: low}
versions:
  - {from: 2022, decide: {grid: [a], at_least: {high: 70}, else: low}}
  - {from: 2020-07, values: {b: {sum: a}}, decide: {grid: [b], at_least: {high: 60}, else: low}}
"""


def limit_on(day: date) -> str:
    scheme = parse_scheme(DATED).on(day)
    assert scheme is not None
    return f"{scheme.decide.columns[0]} {scheme.decide.limits[0][1][0]}"  # type: ignore[union-attr]


def test_the_last_version_that_has_begun_is_in_force() -> None:
    assert limit_on(date(2020, 6, 30)) == "a 50"
    assert limit_on(date(2020, 7, 1)) == "b 60"
    assert limit_on(date(2021, 12, 31)) == "b 60"
    assert limit_on(date(2022, 1, 1)) == "a 70"


def test_a_version_stands_on_the_document_not_on_the_version_before() -> None:
    assert [len(scheme.values) for scheme in parse_scheme(DATED).schemes()] == [0, 1, 0]
    assert parse_scheme(DATED).newest().decide.limits == (("high", (Fraction(70),)),)  # type: ignore[union-attr]


def test_nothing_is_in_force_before_the_first_version_of_an_open_document() -> None:
    text = "levels: [low, high]\nversions: [{from: 2020, decide: {grid: [a], at_least: {high: 1}, else: low}}]"
    document = parse_scheme(text)
    assert document.on(date(2019, 12, 31)) is None
    assert document.on(date(2020, 1, 1)) is document.newest()
    assert len(document.schemes()) == 1
