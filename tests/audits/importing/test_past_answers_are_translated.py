"""Words and numbers as people wrote them become what a phone would have sent."""

from datetime import date

import pytest

from audits.scoring.vector import make_layout
from audits.services.importing import PastAudit, translate
from audits.services.importing.reading import PastAnswer
from standards.spec.checklist import Checklist, Option, Section, Standard
from standards.spec.scope import Instance, make_scope

CHECKLIST = Checklist(
    code="c",
    name="C",
    language="en",
    decimals=1,
    sections=(Section("A", "A"), Section("BAR", "Bar", repeats=True)),
    standards=(
        Standard("MET", "A", "met"),
        Standard("SURE", "A", "met, never not applicable", na=False),
        Standard("TEMP", "A", "measure", kind="measure", unit="degC", unit_decimals=1, at_least="60"),
        Standard("MARK", "A", "points", kind="points", max="60"),
        Standard("FIND", "A", "finding", kind="finding"),
        Standard(
            "WARM", "A", "choice", kind="choice",
            options=(Option("warm", "Warm and personal", "2"), Option("cold", "Cold", "0")),
        ),
        Standard("POOL", "A", "met", facilities=("pool",)),
        Standard("DRINK", "BAR", "met"),
    ),
)  # fmt: skip


def layout(*bars: str):
    instances = [Instance(id=bar, section="BAR", name=bar) for bar in bars]
    scope = make_scope(checklist=CHECKLIST, checklist_sha256="0" * 64, facilities=[], instances=instances)
    return make_layout(CHECKLIST, scope)


def translated(*lines: tuple[str, str] | tuple[str, str, str], bars: tuple[str, ...] = ("bar-1",)):
    answers = [PastAnswer(number, *(*line, "")[:3]) for number, line in enumerate(lines, start=2)]
    return translate(PastAudit("7", "VIE", date(2026, 3, 1), 2, answers), layout(*bars))


@pytest.mark.parametrize(
    ("code", "written", "token"),
    [
        ("MET", "met", "met"),
        ("MET", "Yes", "met"),
        ("MET", "1", "met"),
        ("MET", "FALSE", "not_met"),
        ("MET", "not met", "not_met"),
        ("MET", "N/A", "na"),
        ("TEMP", "61.5", 615),
        ("TEMP", "61,5", 615),
        ("TEMP", "-3", -30),
        ("MARK", "60", 60),
        ("MARK", "0", 0),
        ("WARM", "warm", "warm"),
        ("WARM", "Warm and Personal", "warm"),
    ],
)
def test_what_people_write_becomes_what_a_phone_sends(code, written, token):
    done = translated((code, written))
    assert done.refused == []
    assert done.answers == {code: token}


@pytest.mark.parametrize(
    ("code", "written", "reason"),
    [
        ("MET", "perhaps", 'MET takes "not_met", "met", "na"; it was sent \'perhaps\'.'),
        ("SURE", "n/a", "SURE must be assessed; it cannot be not applicable."),
        ("TEMP", "61.55", "TEMP takes at most 1 decimals; the file says '61.55'."),
        ("TEMP", "hot", "TEMP takes a number; the file says 'hot'."),
        ("MARK", "61", "MARK takes \"na\", an integer from 0 to 60; it was sent '61'."),
        ("WARM", "tepid", 'WARM takes "warm", "cold", "na"; it was sent \'tepid\'.'),
        ("POOL", "met", "POOL is not asked at this branch."),
        ("NOPE", "met", "NOPE is not a standard of this checklist."),
    ],
)
def test_what_the_checklist_does_not_know_is_refused_by_line(code, written, reason):
    done = translated(("MET", "met"), (code, written))
    assert [(refusal.line, refusal.audit, refusal.reason) for refusal in done.refused] == [(3, "7", reason)]
    assert done.answers == {"MET": "met"}


def test_findings_of_the_same_kind_are_added_up_and_their_comments_joined():
    done = translated(("FIND", "2", "a crack"), ("FIND", "3", "another"), ("FIND", "0"))
    assert done.answers == {"FIND": 5}
    assert done.comments == {"FIND": "a crack\nanother"}


def test_any_other_standard_is_answered_once():
    done = translated(("MARK", "20"), ("MARK", "20"))
    assert [(refusal.line, refusal.reason) for refusal in done.refused] == [
        (3, "MARK was answered before in this audit.")
    ]
    assert done.answers == {"MARK": 20}


def test_an_empty_answer_is_not_assessed_and_its_comment_is_kept():
    done = translated(("MET", "", "the desk was closed"))
    assert (done.answers, done.comments, done.refused) == ({}, {"MET": "the desk was closed"}, [])


def test_a_repeated_section_is_answered_by_its_only_instance_or_by_key():
    assert translated(("DRINK", "met")).answers == {"DRINK@bar-1": "met"}
    assert translated(("DRINK@bar-2", "met"), bars=("bar-1", "bar-2")).answers == {"DRINK@bar-2": "met"}
    (refusal,) = translated(("DRINK", "met"), bars=("bar-1", "bar-2")).refused
    assert refusal.reason == "DRINK is asked 2 times here; write one of DRINK@bar-1, DRINK@bar-2."
