"""A faulty scheme is refused with the exact place and code of every fault."""

import json
from typing import Any

import pytest

from standards.spec.scheme import FaultyScheme, faults_of, parse_scheme, scheme_from_tree

GRID = {"levels": ["low", "high"], "decide": {"grid": ["a"], "at_least": {"high": "50"}, "else": "low"}}
ROWS = {"levels": ["low", "high"], "decide": [{"give": "high", "when": {"a": {"at_least": "5"}}}, {"give": "low"}]}


def found(tree: Any, known: list[str] | None = None) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in faults_of(tree, known)]


def with_value(**value: Any) -> dict[str, Any]:
    return {**GRID, "values": {"v": value}, "decide": {"grid": ["v"], "at_least": {"high": "50"}, "else": "low"}}


def test_the_two_patterns_of_these_tests_have_no_fault() -> None:
    assert found(GRID) == found(ROWS) == []


FORM = [
    ("text", [("", "not-a-mapping")]),
    ({}, [("", "missing-key"), ("", "nothing-decided")]),
    ({**GRID, "level": ["x"]}, [("/level", "unknown-key")]),
    ({**GRID, "levels": "low"}, [("/levels", "not-a-list")]),
    ({**GRID, "levels": [str(n) for n in range(21)]}, [("/levels", "too-many")]),
    ({"levels": ["low", "high"]}, [("", "nothing-decided")]),
    ({**GRID, "read": {"a": "numbr"}}, [("/read/a", "bad-choice")]),
    ({**GRID, "values": {}}, [("/values", "empty")]),
    ({**GRID, "values": {f"v{n}": {"sum": "a"} for n in range(33)}}, [("/values", "too-many")]),
    (with_value(sum="a", max="b"), [("/values/v", "one-of")]),
    (with_value(sum="a", step="5"), [("/values/v/step", "unknown-key")]),
    (with_value(sum="a", start="1.1234567"), [("/values/v/start", "bad-number")]),
    (with_value(sum="a", start="1234567890123"), [("/values/v/start", "bad-number")]),
    (with_value(sum="a", start=0.5), [("/values/v/start", "bad-number")]),
    (with_value(sum="a", start="1/0"), [("/values/v/start", "bad-number")]),
    (with_value(sum="a", round="half"), [("/values/v/round", "bad-choice")]),
    (with_value(sum="a*b"), [("/values/v/sum", "bad-name")]),
    (with_value(sum=[["a", "b"], [["c", ["d"]]]]), [("/values/v/sum/1/0/1", "too-deep")]),
    (with_value(ratio=["a"]), [("/values/v/ratio", "bad-pick")]),
    (with_value(points="codes"), [("/values/v", "missing-key")]),
    (with_value(points="codes", table={f"K{n}": "1" for n in range(2001)}), [("/values/v/table", "too-many")]),
    (with_value(count=["a"], at_leest="3"), [("/values/v/at_leest", "unknown-key")]),
    (with_value(count=["a"], test={"at_leest": "3"}), [("/values/v/test/at_leest", "bad-test")]),
    (with_value(streak="a"), [("/values/v", "missing-key")]),
    (with_value(pick=[{"when": {"a": "1"}}]), [("/values/v/pick/0", "missing-key")]),
    ({**ROWS, "decide": [{"when": {"a": "1"}}, {"give": "low"}]}, [("/decide/0", "missing-key")]),
    ({**ROWS, "unless": [{"give": "low", "when": {}}]}, [("/unless/0/when", "empty")]),
    (
        {**ROWS, "unless": [{"give": "low", "when": {"any": [{"all": [{"not": {"a": "1"}}]}]}}]},
        [("/unless/0/when/any/0/all/0/not", "too-deep")],
    ),
    ({**GRID, "decide": {"grid": ["a"], "at_least": {"high": "50"}}}, [("/decide", "missing-key")]),
    ({**GRID, "decide": {"grid": ["a"], "else": "low"}}, [("/decide", "one-of")]),
    ({**GRID, "decide": {"table": "a"}}, [("/decide", "one-of")]),
    ({**GRID, "adjust": [{"by": "+1", "at_most": "low"}]}, [("/adjust/0", "one-of")]),
    ({**GRID, "adjust": [{"by": "0"}]}, [("/adjust/0/by", "bad-number")]),
    ({**GRID, "visits": {"last": "0"}}, [("/visits/last", "bad-number")]),
    ({**GRID, "visits": {"combine": "median"}}, [("/visits/combine", "bad-choice")]),
    ({**GRID, "versions": [{"levels": ["low", "high"]}]}, [("/versions/0", "missing-key")]),
    ({**GRID, "versions": [{"from": "soon", "levels": ["low", "high"]}]}, [("/versions/0/from", "bad-date")]),
    ({**GRID, "versions": [{"from": "2024"}]}, [("/versions/0", "empty")]),
]

MEANING = [
    ({**GRID, "levels": ["low", "high", "low"]}, [("/levels/2", "duplicate-name")]),
    ({**GRID, "outcomes": ["low"]}, [("/outcomes/0", "duplicate-name")]),
    ({**GRID, "values": {"high": {"sum": "a"}}}, [("/values/high", "duplicate-name")]),
    ({**GRID, "read": {"v": "number"}, "values": {"v": {"sum": "a"}}}, [("/values/v", "duplicate-name")]),
    ({**GRID, "read": {"low": "number"}}, [("/read/low", "duplicate-name")]),
    (
        {**GRID, "values": {"v": {"sum": "w"}, "w": {"sum": ["v", "a"]}, "x": {"sum": "w"}}},
        [("/values/v", "circular"), ("/values/w", "circular")],
    ),
    ({**GRID, "values": {"v": {"sum": "v"}}}, [("/values/v", "circular")]),
    (with_value(mean=[["a", "0"], ["b", "1"]]), [("/values/v/mean/0", "weight-not-positive")]),
    (with_value(max=[["a", "2"], "b"]), [("/values/v/max/0", "weight-not-used")]),
    (with_value(sum="a", floor="9", cap="1"), [("/values/v", "floor-above-cap")]),
    (with_value(sum="a", places="1"), [("/values/v", "places-not-used")]),
    (with_value(pick=[{"value": "1"}, {"value": "2"}]), [("/values/v/pick/0", "unreachable")]),
    (
        with_value(pick=[{"when": {"a": {"above": "1"}}, "value": "1"}, {"when": {"a": "5"}, "value": "2"}]),
        [("/values/v/pick/1", "unreachable")],
    ),
    ({**ROWS, "unless": [{"give": "hihg", "when": {"a": "1"}}]}, [("/unless/0/give", "unknown-level")]),
    ({**GRID, "adjust": [{"at_most": "middle"}]}, [("/adjust/0/at_most", "unknown-level")]),
    ({**GRID, "decide": {**GRID["decide"], "else": "lo"}}, [("/decide/else", "unknown-level")]),
    (
        {**GRID, "outcomes": ["closed"], "decide": {**GRID["decide"], "missing": "clsed"}},
        [("/decide/missing", "unknown-level")],
    ),
    (
        {**GRID, "decide": {"grid": ["a", "b"], "at_least": {"high": "50"}, "else": "low"}},
        [("/decide/at_least/high", "limits-not-columns")],
    ),
    (
        {"levels": ["c", "b", "a/b"], "decide": {"grid": ["x"], "at_least": {"a/b": "70", "b": "80"}, "else": "c"}},
        [("/decide/at_least/a~1b", "easier-limit")],
    ),
    (
        {"levels": ["c", "b", "a"], "decide": {"grid": ["x"], "at_most": {"a": None, "b": "8"}, "else": "c"}},
        [("/decide/at_most/a", "easier-limit")],
    ),
    (
        {"levels": ["c", "b", "a"], "decide": {"grid": ["x"], "at_least": {"b": "1", "c": "0"}, "else": "a"}},
        [("/decide/else", "easier-limit")],
    ),
    (
        {"levels": ["c", "b", "a"], "decide": {"grid": ["x"], "at_least": {"a": "8", "b": "8"}, "else": "c"}},
        [("/levels/1", "level-nobody-gets")],
    ),
    ({**GRID, "levels": ["low", "middle", "high"]}, [("/levels/1", "level-nobody-gets")]),
    ({**GRID, "adjust": [{"at_most": "low"}]}, [("/levels/1", "level-nobody-gets")]),
    ({**ROWS, "decide": ROWS["decide"][:1]}, [("/decide/0", "last-row-missing"), ("/levels/0", "level-nobody-gets")]),
    (
        {**ROWS, "decide": [{"give": "high", "when": {"a": {"at_least": "5"}}}, {"give": "low", "when": {"a": "7"}},
                            {"give": "low"}]},
        [("/decide/1", "unreachable")],
    ),
    (
        {**ROWS, "decide": [{"give": "high", "when": {"a": {"at_least": "5", "below": "5"}}}, {"give": "low"}]},
        [("/decide/0", "unreachable")],
    ),
    (
        {**ROWS, "unless": [{"give": "low", "when": {"not": {"a": {"absent": "false"}}}},
                            {"give": "low", "when": {"a": {"absent": "true"}}}]},
        [("/unless/1", "unreachable")],
    ),
    ({**GRID, "unless": [{"give": "low"}]}, [("/unless/0", "unless-always")]),
    ({**GRID, "adjust": [{"by": "+1", "when": {"a": ["1", "2"], "not": {"a": {"below": "9"}}}}]},
     [("/adjust/0", "unreachable")]),
    (
        {**GRID, "peers": {"value": "a", "shares": {"low": "50", "high": "49.5"}}},
        [("/peers/shares", "shares-not-100")],
    ),
    ({**GRID, "visits": {"last": "2", "minimum": "3"}}, [("/visits/minimum", "minimum-out-of-reach")]),
    ({**GRID, "visits": {"weights": ["1"], "half_life": "90"}}, [("/visits", "two-weightings")]),
    ({**GRID, "visits": {"combine": "latest", "half_life": "90"}}, [("/visits", "weight-not-used")]),
    ({**GRID, "visits": {"below_minimum": "new"}}, [("/visits/below_minimum", "minimum-missing")]),
    ({**GRID, "values": {"v": {"sum": "a"}, "w": {"count": ["a"], "is": "yes"}}},
     [("/values/w/is", "wrong-type")]),
    ({**GRID, "read": {"a": "text"}}, [("/decide/grid/0", "wrong-type")]),
    ({**GRID, "read": {"g": ["bad", "good"]}, "adjust": [{"by": "+1", "when": {"g": {"at_least": "god"}}}]},
     [("/adjust/0/when/g/at_least", "unknown-name")]),
    ({**GRID, "read": {"g": "text"}, "values": {"v": {"sum": "g"}}},
     [("/values/v/sum", "mixed-type")]),
    ({**GRID, "versions": [{"from": "2024", "outcomes": ["x"]}, {"from": "2024-01-01", "outcomes": ["y"]}]},
     [("/versions/1/from", "duplicate-version")]),
    ({**GRID, "versions": [{"from": "2024", "decide": {"grid": ["a"], "at_least": {"hig": "5"}, "else": "low"}}]},
     [("/versions/0/decide/at_least/hig", "unknown-level")]),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "faults"), FORM + MEANING, ids=str)
def test_fault_has_its_place_and_code(tree: Any, faults: list[tuple[str, str]]) -> None:
    assert found(tree) == faults


def test_faults_of_form_and_of_meaning_are_told_apart() -> None:
    assert all(fault.is_of_shape or fault.code == "nothing-decided" for tree, _ in FORM for fault in faults_of(tree))
    assert not any(fault.is_of_shape for tree, _ in MEANING for fault in faults_of(tree))


def test_all_faults_of_a_document_come_at_once() -> None:
    tree = {
        **GRID,
        "level": [],
        "values": {"v": {"mean": [["a", "-1"]]}, "w": {"smu": "a"}},
        "adjust": [{"at_most": "top"}],
        "visits": {"combine": "best"},
    }
    assert set(found(tree)) == {
        ("/level", "unknown-key"),
        ("/values/w", "one-of"),
        ("/visits/combine", "bad-choice"),
        ("/values/v/mean/0", "weight-not-positive"),
        ("/adjust/0/at_most", "unknown-level"),
    }


def test_names_are_checked_against_the_parts_there_are() -> None:
    tree = {**with_value(sum=["whole", "section.*", "tag.x"]), "adjust": [{"by": "+1", "when": {"critcal": "1"}}]}
    assert found(tree, known=["whole", "section.arrival", "tag.*"]) == [("/adjust/0/when/critcal", "unknown-name")]
    assert found(tree, known=["whole", "tag.*", "critcal"]) == [("/values/v/sum/1", "unknown-name")]


def test_every_message_is_a_sentence() -> None:
    for tree, _ in FORM + MEANING:
        for fault in faults_of(tree):
            assert fault.message[0].isupper() or fault.message[0] == "'", fault
            assert fault.message.endswith("."), fault


def codes_of(text: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(FaultyScheme) as raised:
        parse_scheme(text)
    return [(fault.path, fault.code) for fault in raised.value.faults]


def test_text_that_two_readers_would_read_differently_is_refused() -> None:
    assert codes_of("levels: [a]\nlevels: [b]") == [("/levels", "duplicate-key")]
    assert codes_of("levels: &x [a, b]\nread: *x") == [("/levels", "anchor"), ("/read", "alias")]
    assert codes_of("levels: !!set {a, b}") == [("/levels", "tag")]
    assert codes_of("levels: [a]\n---\nlevels: [b]") == [("", "two-documents")]
    assert codes_of('{"levels": ["a"], "levels": ["b"]}') == [("", "duplicate-key")]
    assert codes_of('{"levels": [NaN]}') == [("", "bad-constant")]
    assert codes_of("levels: [a") == [("", "not-yaml")]
    assert codes_of("") == [("", "empty-text")]
    assert codes_of(b"\xff\xfe\x00") == [("", "not-utf8")]
    assert codes_of("levels: [" + "a" * 65536 + "]") == [("", "too-large")]
    assert codes_of("levels: " + "[" * 5000) == [("", "nested-too-deep")]
    assert codes_of('{"levels": ' + "[" * 5000) == [("", "nested-too-deep")]
    assert codes_of("? [a, b]\n: c") == [("", "key-not-text")]


def test_plain_words_stay_the_text_they_were_written_as() -> None:
    text = "levels: [no, 1:30, 1.10, 0o7, 2024-01-01, ~, null]\ndecide: {value: rank}\nread: {rank: text}"
    assert parse_scheme(text).newest().levels == ("no", "1:30", "1.10", "0o7", "2024-01-01", "~", "null")


def test_json_numbers_are_read_by_their_digits() -> None:
    tree = {"levels": ["low", "high"], "decide": {"grid": ["a"], "at_least": {"high": 0.1}, "else": "low"}}
    scheme = parse_scheme(json.dumps(tree)).newest()
    assert str(scheme.decide.limits[0][1][0]) == "1/10"  # type: ignore[union-attr]
    with pytest.raises(FaultyScheme):
        scheme_from_tree(tree)
