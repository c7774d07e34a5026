"""Entry times become time per section, pauses and rows of same answers, worked by hand and by generated cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.scoring.answers import NOT_APPLICABLE, NOT_ASSESSED
from audits.scoring.entering import (
    PAUSE_SECONDS,
    ROW_ANSWERS,
    Pause,
    SameRow,
    SectionTime,
    are_entry_times,
    read_entering,
    same_row,
)


def codes(*values):
    return np.array(values, dtype=np.int16)


def test_seconds_go_to_the_section_of_the_answer_that_they_led_up_to():
    found = read_entering(["A1", "A2", "B1", "B2"], ["A", "A", "B", "B"], [0, 40, 100, None], codes(1, 0, 1, 1))
    assert (found.answers, found.span_seconds, found.active_seconds, found.pauses) == (3, 100, 100, ())
    assert found.sections == (SectionTime("A", 2, 40), SectionTime("B", 1, 60))


def test_half_an_hour_without_an_answer_is_a_pause_and_nobodys_time():
    found = read_entering(["A1", "A2", "A3"], ["A"] * 3, [0, 10, 10 + PAUSE_SECONDS], codes(1, 1, 1))
    assert found.pauses == (Pause("A2", PAUSE_SECONDS),)
    assert (found.span_seconds, found.active_seconds) == (10 + PAUSE_SECONDS, 10)
    less = read_entering(["A1", "A2", "A3"], ["A"] * 3, [0, 10, 9 + PAUSE_SECONDS], codes(1, 1, 1))
    assert less.pauses == ()


def test_sections_stand_in_the_order_in_which_they_were_begun():
    found = read_entering(["A1", "B1", "A2"], ["A", "B", "A"], [50, 0, 20], codes(1, 1, 1))
    assert found.sections == (SectionTime("B", 1, 0), SectionTime("A", 2, 50))


def test_no_times_tell_nothing():
    assert read_entering(["A1", "A2"], ["A", "A"], [None, None], codes(1, 1)) is None


def in_a_row(length, *, gap=1, code=1):
    return [gap * place for place in range(length)], codes(*[code] * length)


@pytest.mark.parametrize(("length", "gap", "found"), [(30, 1, True), (29, 1, False), (300, 2, False), (300, 0, True)])
def test_thirty_same_answers_a_second_apart_are_a_row(length, gap, found):
    assert (same_row(*in_a_row(length, gap=gap)) is not None) is found


def test_the_row_is_told_by_its_first_and_last_answer():
    seconds, given = in_a_row(40)
    given = given.copy()
    given[4] = 0
    keys = [f"A{place}" for place in range(40)]
    found = read_entering(keys, ["A"] * 40, seconds, given)
    assert found.same_row == SameRow("A5", "A39", 35, 34)


def test_an_answer_in_between_breaks_the_row():
    seconds, given = in_a_row(58)
    given = given.copy()
    given[29] = 0
    assert same_row(seconds, given) is None


@pytest.mark.parametrize("code", [NOT_APPLICABLE, NOT_ASSESSED])
def test_a_section_ticked_as_not_applicable_is_no_row(code):
    assert same_row(*in_a_row(100, code=code)) is None


@pytest.mark.parametrize(
    ("entered", "keys", "right"),
    [
        ([0, None, 3], 3, True),
        ([], 0, True),
        ([0, 1], 3, False),
        ([0, 1], None, True),
        ([0, 1.0], 2, False),
        ([0, True], 2, False),
        ([0, 2**50], 2, False),
        ([-(2**50), 0], 2, False),
        ("0", None, False),
        (None, None, False),
    ],
)
def test_what_entry_times_are(entered, keys, right):
    assert are_entry_times(entered, keys) is right


@given(
    st.lists(
        st.tuples(st.none() | st.integers(0, 20_000), st.sampled_from([1, 0, NOT_APPLICABLE]), st.sampled_from("ABC")),
        min_size=1,
        max_size=80,
    )
)
def test_every_second_is_spent_once(answers):
    entered, given_codes, sections = (list(column) for column in zip(*answers, strict=True))
    keys = [str(place) for place in range(len(answers))]
    found = read_entering(keys, sections, entered, codes(*given_codes))
    timed = [seconds for seconds in entered if seconds is not None]
    if not timed:
        assert found is None
        return
    assert found.answers == len(timed) == sum(one.answers for one in found.sections)
    assert found.span_seconds == max(timed) - min(timed)
    assert sum(one.seconds for one in found.sections) == found.active_seconds
    assert found.active_seconds + sum(pause.seconds for pause in found.pauses) == found.span_seconds
    assert all(pause.seconds >= PAUSE_SECONDS for pause in found.pauses)


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([1, 1, 1, 0])), max_size=120))
def test_the_longest_row_is_what_counting_one_by_one_finds(steps):
    seconds, moment = [], 0
    for gap, _ in steps:
        moment += gap
        seconds.append(moment)
    values = [code for _, code in steps]
    best = length = 0
    for place, code in enumerate(values):
        goes_on = place and code == values[place - 1] and seconds[place] - seconds[place - 1] <= 1
        length = length + 1 if goes_on else 1
        best = max(best, length)
    found = same_row(seconds, codes(*values))
    assert (found[2] if found else 0) == (best if best >= ROW_ANSWERS else 0)
