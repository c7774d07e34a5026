"""What was answered with one version is read with another as if the phone had been asked by that one."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings

from audits.scoring.answers import NOT_ASSESSED
from audits.scoring.packing import as_batch
from audits.scoring.plan import compile_plan
from audits.scoring.replay import carriage_between, earlier_codes, through
from audits.scoring.vector import encode, make_layout
from audits.scoring.visits import score_many
from standards.spec.checklist import Checklist, Option, Standard
from standards.spec.scope import Instance, make_scope, split_key
from tests.audits.scoring.generated import Case, cases
from tests.audits.scoring.replay.edited import Draft, changed, drafts
from tests.cast import small_checklist

LAWS = settings(max_examples=60, deadline=None)


def carried(old: Checklist, new: Checklist, tokens, *, was=None, facilities=(), instances=(), had=("spa",)):
    """The tokens' codes in the new version by key."""
    scope = make_scope(checklist=old, checklist_sha256="", facilities=had, instances=instances)
    answers, faults = encode(make_layout(old, scope), tokens)
    assert not faults
    names = {standard.code: standard.code for standard in new.standards}
    carriage = carriage_between(old, scope, new, was=names if was is None else was, facilities=facilities)
    batch = carriage.carry(as_batch([answers]))
    numbers = batch.matrix[0].tolist()
    for _, place, number in batch.wide:
        numbers[place] = number
    return dict(zip(carriage.scope.keys, numbers, strict=True))


def one(**fields) -> Checklist:
    return small_checklist(standards=(Standard("S", "ARR", "Seen.", **fields),))


@LAWS
@given(case=cases())
def test_into_the_same_version_nothing_changes(case: Case) -> None:
    same = {standard.code: standard.code for standard in case.checklist.standards}
    carriage = carriage_between(case.checklist, case.scope, case.checklist, was=same, facilities=())
    batch, before = carriage.carry(as_batch([case.answers])), as_batch([case.answers])
    assert carriage.scope.keys == case.scope.keys
    assert np.array_equal(batch.matrix, before.matrix)
    assert batch.wide == before.wide


@LAWS
@given(draft=drafts())
def test_a_phone_asked_by_the_draft_would_have_sent_the_same(draft: Draft) -> None:
    case = draft.case
    carriage = carriage_between(draft.base, case.scope, draft.draft, was=draft.was, facilities=("spa",))
    layout = make_layout(draft.draft, carriage.scope)
    before = {standard.code: standard for standard in draft.base.standards}
    tokens = {}
    for key, standard in zip(layout.keys, layout.standards, strict=True):
        code, instance = split_key(key)
        source = f"{draft.was[code]}@{instance}" if instance else draft.was[code]
        token = case.tokens.get(source)
        if isinstance(token, int):
            scaled = Fraction(token) * Fraction(10) ** (standard.unit_decimals - before[draft.was[code]].unit_decimals)
            token = scaled.numerator if scaled.denominator == 1 else None
        if token is not None:
            tokens[key] = token
    expected, _ = encode(layout, tokens)
    batch, wanted = carriage.carry(as_batch([case.answers])), as_batch([expected])
    assert np.array_equal(batch.matrix, wanted.matrix)
    assert batch.wide == wanted.wide
    assert len(score_many(compile_plan(draft.draft, carriage.scope), batch)) == 1


def test_an_option_keeps_its_meaning_whatever_its_place():
    old = one(kind="choice", options=(Option("warm", "Warm", "2"), Option("cold", "Cold", "0")))
    new = one(kind="choice", options=(Option("cold", "Cold", "0"), Option("warm", "Warm", "3")))
    assert carried(old, new, {"S": "warm"}) == {"S": 1}


def test_an_option_that_is_gone_counts_as_not_assessed():
    old = one(kind="choice", options=(Option("warm", "Warm", "2"), Option("cold", "Cold", "0")))
    new = one(kind="choice", options=(Option("cold", "Cold", "0"), Option("hot", "Hot", "3")))
    assert carried(old, new, {"S": "warm"}) == {"S": NOT_ASSESSED}


def test_a_measure_gains_decimals_and_loses_them_only_where_nothing_is_lost():
    old = one(kind="measure", unit="min", unit_decimals=1, at_most="5")
    new = one(kind="measure", unit="min", unit_decimals=0, at_most="5")
    assert carried(old, new, {"S": 50}) == {"S": 5}
    assert carried(old, new, {"S": 55}) == {"S": NOT_ASSESSED}
    assert carried(new, old, {"S": 4_000}) == {"S": 40_000}


def test_points_beyond_the_new_most_count_as_not_assessed():
    ten, five = one(kind="points", max="10"), one(kind="points", max="5")
    assert carried(ten, five, {"S": 9}) == {"S": NOT_ASSESSED}
    assert carried(ten, five, {"S": 4}) == {"S": 4}


def test_another_kind_or_unit_is_another_question():
    seconds = one(kind="measure", unit="s", at_most="60")
    assert carried(seconds, one(kind="measure", unit="min", at_most="1"), {"S": 50}) == {}
    assert carried(seconds, one(kind="met"), {"S": 50}) == {}


def test_not_applicable_where_it_is_not_allowed_counts_as_not_assessed():
    assert carried(one(), one(na=False), {"S": "na"}) == {"S": NOT_ASSESSED}


def test_what_nobody_was_asked_is_out_of_scope():
    old = small_checklist()
    new = changed(old, standards=(*old.standards, Standard("ARR-009", "ARR", "New.")))
    assert "ARR-009" not in carried(old, new, {"ARR-001": "met"})


def test_other_facilities_are_looked_for_where_they_were_changed():
    old = small_checklist()
    new = changed(
        old, standards=tuple(changed(s, facilities=("pool",)) if s.code == "ROOM-002" else s for s in old.standards)
    )
    assert "ROOM-002" in carried(old, new, {}, facilities=("pool",))
    assert "ROOM-002" not in carried(old, new, {}, facilities=("spa",))
    assert "ROOM-002" in carried(old, old, {}, facilities=())


def test_every_instance_of_a_repeated_section_is_carried():
    old = small_checklist()
    bars = [Instance("bar-1", "BAR", "Lobby"), Instance("bar-2", "BAR", "Roof")]
    found = carried(old, old, {"BAR-001@bar-1": "met", "BAR-001@bar-2": "not_met"}, instances=bars)
    assert (found["BAR-001@bar-1"], found["BAR-001@bar-2"]) == (1, 0)


def test_a_section_that_repeats_no_more_cannot_say_which_instance_counts():
    old = small_checklist()
    new = changed(old, sections=tuple(changed(section, repeats=False) for section in old.sections))
    found = carried(old, new, {"BAR-001@bar-1": "met"}, instances=[Instance("bar-1", "BAR", "Lobby")])
    assert not [key for key in found if key.startswith("BAR")]


def test_codes_are_followed_over_several_versions():
    draft = small_checklist(standards=(Standard("C", "ARR", "Seen."), Standard("X", "ARR", "Seen.")))
    assert through(draft, [{"C": "B"}, {"B": "A"}]) == {"C": "A", "X": "X"}
    assert through(draft, []) == {"C": "C", "X": "X"}


def test_a_newcomer_does_not_take_up_a_code_that_was_given_away():
    assert earlier_codes(["ARR-101", "ARR-001"], {"ARR-101": "ARR-001"}) == {"ARR-101": "ARR-001"}
