"""The stored form of a body: whatever a phone sends comes back byte for byte, and a usual body is small."""

import json
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.models.pressing import columns_text, press, unpress
from audits.scoring.vector import encode, make_layout
from standards.spec import checklist as spec
from standards.spec.scope import make_scope
from tests.cast import small_checklist

NAMES = {"submission_id": "a" * 36, "assignment": "b" * 36, "checklist": "c" * 64, "scope": "d" * 64}
KNOWN = columns_text(**NAMES)


def layout_of(checklist):
    """The layout of all standards of a checklist at a place with a spa."""
    return make_layout(
        checklist, make_scope(checklist=checklist, checklist_sha256="c" * 64, facilities=["spa"], instances=[])
    )


LAYOUT = layout_of(small_checklist())


def round_trip(body, layout=LAYOUT, answers=None, entered=None):
    """Stored and read back."""
    encoded = encode(layout, answers)[0] if answers is not None else None
    stored = press(body, known=KNOWN, layout=layout, answers=encoded, entered=entered)
    assert unpress(stored, known=KNOWN, layout=layout, answers=encoded) == body
    return stored


@given(st.binary(max_size=300))
def test_any_bytes_come_back_without_an_observation(body):
    stored = press(body, known=KNOWN, layout=None, answers=None, entered=None)
    assert unpress(stored, known=KNOWN, layout=None, answers=None) == body


tokens = st.one_of(st.sampled_from(["met", "not_met", "na", "perhaps", ""]), st.integers(-(10**12), 10**12))
keys = st.one_of(st.sampled_from([*LAYOUT.keys, "XYZ-1", "ARR-001@x"]), st.text(string.printable, max_size=5))
times = st.one_of(
    st.none(),
    st.lists(st.one_of(st.none(), st.integers(0, 5000), st.integers(-(2**70), 2**70), st.floats(allow_nan=False))),
    st.text(max_size=5),
)


@given(st.dictionaries(keys, tokens, max_size=8), times, st.sampled_from([(",", ":"), (", ", ": ")]), st.booleans())
def test_any_body_comes_back_exactly_however_it_was_written(answers, entered, separators, ascii_only):
    content = {"id": "a" * 36, "answers": answers, "entered": entered, "comments": {"ARR-001": "Grüße 🛏"}}
    body = json.dumps(content, separators=separators, ensure_ascii=ascii_only).encode()
    round_trip(body, answers=answers, entered=entered)


@given(st.lists(st.one_of(st.none(), st.integers(0, 2**41), st.integers(-500, 500)), min_size=40, max_size=80))
def test_entry_times_come_back_whatever_their_steps(entered):
    body = json.dumps({"entered": entered}, separators=(",", ":")).encode()
    round_trip(body, answers={}, entered=entered)


def test_a_piece_that_stands_in_the_body_twice_comes_back_twice():
    entered = list(range(100, 200))
    body = json.dumps({"entered": entered, "again": entered}, separators=(",", ":")).encode()
    round_trip(body, answers={}, entered=entered)


def test_nine_hundred_answers_with_comments_and_times_take_two_kilobytes():
    dice = random.Random(7)
    standards = tuple(spec.Standard(f"S{i // 50:02}-{i % 50:03}", f"S{i // 50:02}", "Was it?") for i in range(900))
    sections = tuple(spec.Section(f"S{i:02}", "Section") for i in range(18))
    layout = layout_of(small_checklist(sections=sections, standards=standards, classifications=()))
    answers = {key: dice.choices(["met", "not_met", "na"], [85, 8, 7])[0] for key in layout.keys}
    words = "guest waited at desk while nobody looked up and lamp by bed stayed dark"
    chosen = {key: " ".join(dice.choices(words.split(" "), k=10)) for key in dice.sample(layout.keys, 44)}
    seconds, entered = 0, []
    for _ in layout.keys:
        entered.append(seconds)
        seconds += int(dice.expovariate(1 / 12)) + 1
    content = {"id": NAMES["submission_id"], "checklist": NAMES["checklist"], "scope": NAMES["scope"]}
    content |= {"answers": answers, "comments": chosen, "entered": entered}
    body = json.dumps(content, separators=(",", ":")).encode()
    assert len(body) > 20_000
    assert len(round_trip(body, layout, answers, entered)) < 2_000


@pytest.mark.parametrize("spoil", [lambda s: s[:-3], lambda s: s[:5], lambda s: s + b"x", lambda s: b""])
def test_damaged_bytes_are_noticed(spoil):
    answers, entered = {"ARR-001": "met", "ARR-002": 45, "ARR-003": 7}, [0, 5, 9] * 20
    body = json.dumps({"answers": answers, "entered": entered}, separators=(",", ":")).encode()
    encoded = encode(LAYOUT, answers)[0]
    stored = press(body, known=KNOWN, layout=LAYOUT, answers=encoded, entered=entered)
    with pytest.raises(ValueError, match=r"damaged|needed"):
        unpress(spoil(stored), known=KNOWN, layout=LAYOUT, answers=encoded)
