"""A phone's tokens become a vector of small integers; whatever cannot be read is a fault and counts as not assessed."""

import hashlib

import pytest

from audits.scoring.vector import (
    Answers,
    BadAmendment,
    amend,
    amendments_digest,
    decode,
    digest,
    encode,
    make_layout,
    pack,
    unpack,
    unpack_many,
)
from standards.spec.checklist import Checklist, Option, Section, Standard
from standards.spec.scope import Instance, make_scope

CHECKLIST = Checklist(
    code="stay",
    name="Stay",
    language="en",
    decimals=1,
    sections=(Section("A", "Arrival"), Section("BAR", "Bar", repeats=True)),
    standards=(
        Standard("MET", "A", "Greeted.", na=False),
        Standard("SCALE", "A", "Warmth?", kind="scale"),
        Standard("TIME", "A", "Within 60 s.", kind="measure", unit="s", at_most="60"),
        Standard("COLD", "A", "Freezer.", kind="measure", unit="°C", unit_decimals=1, at_most="-18"),
        Standard("ROOM", "A", "View?", kind="choice", options=(Option("sea", "Sea", "2"), Option("yard", "Yard", "0"))),
        Standard("SPOTS", "A", "Stains.", kind="count", per_unit="1", cap="5"),
        Standard("AREA", "A", "Floor.", kind="points", max="7.5", unit_decimals=1),
        Standard("FOUND", "A", "Violation.", kind="finding"),
        Standard("DRINK", "BAR", "Offered."),
    ),
)
BARS = (Instance("bar-1", "BAR", "Lobby bar"), Instance("bar-2", "BAR", "Roof bar"))
SCOPE = make_scope(checklist=CHECKLIST, checklist_sha256="0" * 64, facilities=(), instances=BARS)
LAYOUT = make_layout(CHECKLIST, SCOPE)
ALL = {
    "MET": "not_met",
    "SCALE": 10,
    "TIME": 45,
    "COLD": -185,
    "ROOM": "yard",
    "SPOTS": 2,
    "AREA": 75,
    "FOUND": 4,
    "DRINK@bar-1": "met",
    "DRINK@bar-2": "na",
}


def vector(answers: dict) -> list[int]:
    encoded, faults = encode(LAYOUT, answers)
    assert faults == []
    return encoded.vector().tolist()


def test_every_kind_of_answer_has_its_code() -> None:
    assert vector(ALL) == [0, 10, 45, -185, 1, 2, 75, 4, 1, -32767]


def test_what_is_absent_is_not_assessed() -> None:
    assert vector({}) == [-32768] * 10


def test_the_codes_are_little_endian_int16() -> None:
    assert encode(LAYOUT, {"MET": "met"})[0].codes[:4] == b"\x01\x00\x00\x80"


def test_the_order_of_the_answers_does_not_matter() -> None:
    assert encode(LAYOUT, dict(reversed(ALL.items()))) == encode(LAYOUT, ALL)


@pytest.mark.parametrize("number", [32768, 999_999_999])
def test_a_number_too_wide_for_int16_is_kept_beside_the_vector(number: int) -> None:
    encoded, faults = encode(LAYOUT, {"TIME": number, "FOUND": 40_000})
    assert (faults, encoded.wide) == ([], ((2, number), (7, 40_000)))
    assert encoded.vector()[2] == -32766
    assert decode(LAYOUT, encoded) == {"TIME": number, "FOUND": 40_000}


@pytest.mark.parametrize("number", [-32768, -32767, -32766])
def test_a_number_that_looks_like_a_sentinel_stays_a_number(number: int) -> None:
    encoded, faults = encode(LAYOUT, {"COLD": number})
    assert (faults, encoded.wide) == ([], ((3, number),))
    assert decode(LAYOUT, unpack(pack(encoded))) == {"COLD": number}


@pytest.mark.parametrize(
    ("key", "token", "code"),
    [
        ("NOPE", "met", "unknown-standard"),
        ("DRINK", "met", "out-of-scope"),
        ("DRINK@bar-3", "met", "out-of-scope"),
        ("", "met", "unknown-standard"),
        ("MET", "na", "na-not-allowed"),
        ("MET", "Met", "bad-value"),
        ("MET", 1, "bad-value"),
        ("MET", True, "bad-value"),
        ("MET", None, "bad-value"),
        ("MET", ["met"], "bad-value"),
        ("MET", {"met": 1}, "bad-value"),
        ("SCALE", 11, "out-of-range"),
        ("SCALE", -1, "out-of-range"),
        ("SCALE", 1.0, "bad-value"),
        ("SCALE", True, "bad-value"),
        ("SCALE", "7", "bad-value"),
        ("TIME", -1, "out-of-range"),
        ("TIME", 1_000_000_000, "out-of-range"),
        ("COLD", -(10**40), "out-of-range"),
        ("ROOM", "garden", "bad-value"),
        ("ROOM", 0, "bad-value"),
        ("SPOTS", -1, "out-of-range"),
        ("AREA", 76, "out-of-range"),
        ("FOUND", -1, "out-of-range"),
    ],
)
def test_an_answer_that_cannot_be_read_is_a_fault_and_not_assessed(key: str, token: object, code: str) -> None:
    encoded, faults = encode(LAYOUT, {"SPOTS": 3} | {key: token})
    assert [(fault.key, fault.code) for fault in faults] == [(key, code)]
    assert decode(LAYOUT, encoded) == ({} if key == "SPOTS" else {"SPOTS": 3})


def test_a_fault_says_what_would_have_been_right() -> None:
    _, faults = encode(LAYOUT, {"SCALE": 11})
    assert faults[0].detail == "SCALE takes \"na\", an integer from 0 to 10; it was sent '11'."


def test_decoding_gives_the_phones_tokens_back() -> None:
    assert decode(LAYOUT, encode(LAYOUT, ALL)[0]) == ALL


def test_the_stored_form_gives_the_answers_back() -> None:
    answers = encode(LAYOUT, ALL | {"TIME": 300, "FOUND": 70_000})[0]
    assert unpack(pack(answers)) == answers


def test_many_stored_forms_become_one_matrix() -> None:
    first, second = encode(LAYOUT, ALL)[0], encode(LAYOUT, {"TIME": 70_000, "AREA": 3})[0]
    batch = unpack_many([pack(first), pack(second)])
    assert batch.matrix.tolist() == [first.vector().tolist(), second.vector().tolist()]
    assert batch.wide == ((1, 2, 70_000),)


@pytest.mark.parametrize("stored", [b"", b"\x01", b"\x02" + pack(Answers(b""))[1:], pack(Answers(b"\x01\x02"))[:-2]])
def test_broken_stored_forms_are_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match="stored answers"):
        unpack(stored)


def test_stored_forms_of_different_lists_are_refused_together() -> None:
    with pytest.raises(ValueError, match="same list"):
        unpack_many([pack(Answers(b"\0\0")), pack(Answers(b"\0\0\0\0"))])


def test_the_digest_is_over_the_numbers_not_over_their_packing() -> None:
    answers = Answers(b"\x01\x00\x02\x80", ((1, 40_000),))
    assert digest(answers) == hashlib.sha256(b"\x02\0\0\0" + b"\x01\x00\x02\x80" + b"\x40\x9c\0\0").digest()


def test_amendments_replace_answers_and_the_last_of_a_key_counts() -> None:
    answers = encode(LAYOUT, {"MET": "met", "TIME": 70_000, "SCALE": 4, "DRINK@bar-1": "met"})[0]
    amended = amend(
        LAYOUT, answers, [("MET", "not_met"), ("TIME", "59"), ("SCALE", ""), ("FOUND", "50000"), ("DRINK@bar-1", "na"),
                          ("TIME", "61")]
    )  # fmt: skip
    assert decode(LAYOUT, amended) == {"MET": "not_met", "TIME": 61, "FOUND": 50_000, "DRINK@bar-1": "na"}
    assert amend(LAYOUT, answers, []) == answers


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("NOPE", "met", "unknown-standard"),
        ("MET", "na", "na-not-allowed"),
        ("SCALE", "11", "bad-value"),
        ("SCALE", "07", "bad-value"),
        ("TIME", "1e3", "bad-value"),
        ("TIME", "٣", "bad-value"),
    ],
)
def test_an_amendment_that_is_no_answer_is_refused(key: str, text: str, code: str) -> None:
    with pytest.raises(BadAmendment) as caught:
        amend(LAYOUT, encode(LAYOUT, {})[0], [(key, text)])
    assert caught.value.fault.code == code


def test_amendments_that_come_to_the_same_have_the_same_digest() -> None:
    assert amendments_digest([("A", "met"), ("B", "3"), ("A", "na")]) == amendments_digest([("B", "3"), ("A", "na")])
    assert amendments_digest([("A", "met")]) != amendments_digest([("A", "na")])
    assert amendments_digest([]) == hashlib.sha256(b"[]").digest()
