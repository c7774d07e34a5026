"""Scores that anybody can check with pencil and paper."""

from fractions import Fraction
from typing import Any

import pytest

from audits.scoring.parts import parts_for_scheme, unpack_parts
from audits.scoring.plan import compile_plan, part_names
from audits.scoring.vector import encode
from audits.scoring.visit import VisitScore, missing_comments, missing_photos, score, standard_part
from standards.spec.checklist import Checklist, Named, OnlyIf, Option, Section, Standard, Step
from standards.spec.scope import Instance, make_scope

SECTIONS = (Section("ARR", "Arrival"), Section("DESK", "Desk", parent="ARR"), Section("BAR", "Bar", repeats=True))
BARS = (Instance("b1", "BAR", "Lobby bar"), Instance("b2", "BAR", "Roof bar"))


def checklist(*standards: Standard, decimals: int = 1) -> Checklist:
    return Checklist("c", "C", "en", decimals, SECTIONS, standards, (Named("polite", "P"), Named("quick", "Q")))


def scored(content: Checklist, tokens: dict[str, Any], *, facilities: tuple[str, ...] = ()) -> VisitScore:
    scope = make_scope(checklist=content, checklist_sha256="", facilities=facilities, instances=BARS)
    plan = compile_plan(content, scope)
    answers, faults = encode(plan.layout, tokens)
    assert faults == []
    return score(plan, answers)


def test_a_visit_with_every_kind_of_answer() -> None:
    """Earned 2 + 0.7 + 0 + 1 + 3 + 4.5 = 11.2 of 2 + 1 + 1 + 2 + 3 + 7 = 16; the finding deducts 4 beside it."""
    content = checklist(
        Standard("MET", "ARR", "w", weight="2", classification="polite", tags=("service",)),
        Standard("SCALE", "DESK", "w", kind="scale", classification="polite"),
        Standard("TIME", "DESK", "w", kind="measure", unit="s", at_most="60", classification="quick"),
        Standard("VIEW", "ARR", "w", kind="choice", options=(Option("sea", "S", "2"), Option("yard", "Y", "1"))),
        Standard("OFFERS", "ARR", "w", kind="count", per_unit="1.5", cap="3", tags=("service", "facility")),
        Standard("FLOOR", "ARR", "w", kind="points", max="7", unit_decimals=1),
        Standard("FOUND", "ARR", "w", kind="finding"),
        Standard("SPA", "ARR", "w", facilities=("spa",)),
    )
    visit = scored(
        content, {"MET": "met", "SCALE": 7, "TIME": 61, "VIEW": "yard", "OFFERS": 4, "FLOOR": 45, "FOUND": 4}
    )
    assert visit.parts == {
        "whole": (112, 160),
        "section.ARR": (112, 160),
        "section.DESK": (7, 20),
        "section.BAR": (0, 0),
        "class.polite": (27, 30),
        "class.quick": (0, 10),
        "tag.service": (50, 50),
        "tag.facility": (30, 30),
        "findings": (40, 0),
    }
    assert visit.points == (20, 7, 0, 10, 30, 45, 40)
    assert (visit.assessed, visit.assessable) == (6, 6)
    assert (visit.earned, visit.possible, visit.findings) == (112, 160, 40)
    assert visit.failed == ("TIME", "FOUND")


@pytest.mark.parametrize(("seconds", "points"), [(0, 30), (60, 30), (61, 15), (120, 15), (121, 5), (99_999, 5)])
def test_the_first_fitting_step_of_a_ladder_counts(seconds: int, points: int) -> None:
    steps = (Step("3", at_most="60"), Step("1.5", at_most="120"), Step("0.5"))
    ladder = Standard("T", "ARR", "w", kind="measure", unit="s", ladder=steps)
    assert scored(checklist(ladder), {"T": seconds}).parts["whole"] == (points, 30)


@pytest.mark.parametrize(("degrees", "points"), [(700, 20), (650, 20), (649, 10), (600, 10), (599, 0)])
def test_a_ladder_from_below_and_measured_in_tenths(degrees: int, points: int) -> None:
    steps = (Step("2", at_least="65"), Step("1", at_least="60"))
    ladder = Standard("T", "ARR", "w", kind="measure", unit="°C", unit_decimals=1, ladder=steps)
    assert scored(checklist(ladder), {"T": degrees}).parts["whole"] == (points, 20)


@pytest.mark.parametrize(("number", "met"), [(59, False), (60, True), (65, True), (66, False), (40_000, False)])
def test_a_measure_within_two_limits(number: int, met: bool) -> None:
    between = Standard("T", "ARR", "w", kind="measure", unit="°C", at_least="60", at_most="65")
    assert scored(checklist(between), {"T": number}).earned == (10 if met else 0)


def test_bonus_adds_to_earned_only_and_is_capped_once_on_the_whole() -> None:
    content = checklist(
        Standard("PLAIN", "ARR", "w"),
        Standard("EXTRA", "DESK", "w", bonus=True, weight="0.5"),
        Standard("OTHER", "BAR", "w"),
    )
    half = scored(content, {"PLAIN": "met", "EXTRA": "met", "OTHER@b1": "not_met"})
    assert (half.parts["whole"], half.parts["section.ARR"], half.parts["section.DESK"]) == ((15, 20), (15, 10), (5, 0))
    full = scored(content, {"PLAIN": "met", "EXTRA": "met", "OTHER@b1": "met"})
    assert full.parts["whole"] == (20, 20)


def test_a_repeated_section_counts_each_instance() -> None:
    content = checklist(Standard("DRINK", "BAR", "w", classification="polite"))
    visit = scored(content, {"DRINK@b1": "met", "DRINK@b2": "not_met"})
    assert (visit.parts["section.BAR"], visit.failed) == ((10, 20), ("DRINK@b2",))
    scope = make_scope(checklist=content, checklist_sha256="", facilities=(), instances=BARS)
    assert standard_part(compile_plan(content, scope), visit, "DRINK") == (10, 20)


def test_a_condition_that_does_not_hold_makes_not_applicable() -> None:
    content = checklist(
        Standard("ASKED", "ARR", "w"),
        Standard("THEN", "ARR", "w", only_if=OnlyIf("ASKED", "met")),
        Standard("ELSE", "ARR", "w", only_if=OnlyIf("ASKED", "not_met")),
        Standard("DEEPER", "ARR", "w", only_if=OnlyIf("THEN", "not_met")),
    )
    everything = {"THEN": "not_met", "ELSE": "met", "DEEPER": "met"}
    met = scored(content, {"ASKED": "met"} | everything)
    assert met.points == (10, 0, None, 10)
    not_met = scored(content, {"ASKED": "not_met"} | everything)
    assert (not_met.points, not_met.states) == ((0, None, 10, None), bytes([3, 1, 2, 1]))
    excused = scored(content, {"ASKED": "na"} | everything)
    assert excused.states == bytes([1, 1, 1, 1])


def test_leaving_out_the_question_others_depend_on_does_not_raise_coverage() -> None:
    content = checklist(
        Standard("OTHER", "ARR", "w"), Standard("ASKED", "ARR", "w"),
        Standard("THEN", "ARR", "w", only_if=OnlyIf("ASKED", "met")),
    )  # fmt: skip
    visit = scored(content, {"OTHER": "met"})
    assert (visit.assessed, visit.assessable) == (1, 3)


def test_a_condition_looks_into_its_own_instance_first() -> None:
    content = checklist(
        Standard("HAPPY", "ARR", "w"),
        Standard("BUSY", "BAR", "w"),
        Standard("WAIT", "BAR", "w", only_if=OnlyIf("BUSY", "met")),
        Standard("SMILE", "BAR", "w", only_if=OnlyIf("HAPPY", "met")),
    )
    answers = {"HAPPY": "met", "BUSY@b1": "met", "BUSY@b2": "not_met"}
    answers |= {f"{code}@{bar}": "met" for code in ("WAIT", "SMILE") for bar in ("b1", "b2")}
    visit = scored(content, answers)
    assert visit.points == (10, 10, 0, 10, None, 10, 10)


def test_a_condition_on_something_that_the_place_does_not_have_does_not_hold() -> None:
    content = checklist(
        Standard("SPA", "ARR", "w", facilities=("spa",)),
        Standard("TOWELS", "ARR", "w", only_if=OnlyIf("SPA", "met")),
    )
    assert scored(content, {"TOWELS": "not_met"}).states == bytes([1])
    assert scored(content, {"SPA": "met", "TOWELS": "not_met"}, facilities=("spa",)).failed == ("TOWELS",)


@pytest.mark.parametrize(("answer", "holds"), [(3, True), (4, False), (40_000, False)])
def test_a_condition_on_a_number(answer: int, holds: bool) -> None:
    content = checklist(
        Standard("N", "ARR", "w", kind="count", per_unit="1", cap="1"),
        Standard("M", "ARR", "w", only_if=OnlyIf("N", "3")),
    )
    assert scored(content, {"N": answer, "M": "met"}).states == bytes([2, 2 if holds else 1])


@pytest.mark.parametrize(
    ("fields", "worst_pass", "best_fail"),
    [
        ({"kind": "scale"}, 5, 4),
        ({"kind": "scale", "pass_at": "0.7"}, 7, 6),
        ({"kind": "points", "max": "5"}, 3, 2),
        ({"kind": "points", "max": "5", "pass_at": "2", "weight": "3"}, 2, 1),
        ({"kind": "count", "per_unit": "1", "cap": "6", "pass_at": "5.5"}, 6, 5),
        ({"kind": "measure", "unit": "s", "at_most": "60"}, 60, 61),
        (
            {"kind": "measure", "unit": "s", "ladder": (Step("3", at_most="9"), Step("1", at_most="20"))},
            9,
            10,
        ),
        ({"kind": "finding"}, 0, 1),
    ],
)
def test_where_passing_ends_and_failing_begins(fields: dict[str, Any], worst_pass: int, best_fail: int) -> None:
    content = checklist(Standard("X", "ARR", "w", severity="critical", **fields))
    passed, failed = scored(content, {"X": worst_pass}), scored(content, {"X": best_fail})
    assert (passed.failed, passed.critical_failed) == ((), 0)
    assert (failed.failed, failed.critical_failed) == (("X",), 1)


def test_a_choice_without_points_only_informs() -> None:
    room = Standard("ROOM", "ARR", "w", kind="choice", options=(Option("a", "A", "0"), Option("b", "B", "0")))
    visit = scored(checklist(room), {"ROOM": "b"})
    assert (visit.parts["whole"], visit.failed, visit.assessed) == ((0, 0), (), 1)


def test_comments_and_photos_are_due_on_what_failed() -> None:
    content = checklist(
        Standard("A", "ARR", "w", comment_on_fail=True, photo_on_fail=True),
        Standard("B", "ARR", "w", comment_on_fail=True),
        Standard("C", "ARR", "w", comment_on_fail=True),
        Standard("D", "ARR", "w"),
    )
    scope = make_scope(checklist=content, checklist_sha256="", facilities=(), instances=())
    plan = compile_plan(content, scope)
    visit = score(plan, encode(plan.layout, {"A": "not_met", "B": "not_met", "C": "met", "D": "not_met"})[0])
    assert missing_comments(plan, visit, {"B"}) == ("A",)
    assert missing_photos(plan, visit, ()) == ("A",)


def test_findings_are_no_gap_when_nothing_was_found() -> None:
    visit = scored(checklist(Standard("A", "ARR", "w"), Standard("F", "ARR", "w", kind="finding")), {"A": "met"})
    assert (visit.assessed, visit.assessable, visit.findings) == (1, 1, 0)


def test_nothing_assessed_is_no_score() -> None:
    content = checklist(Standard("A", "ARR", "w"))
    visit = scored(content, {"A": "na"})
    read = parts_for_scheme(
        visit.parts, decimals=1, assessed=visit.assessed, assessable=visit.assessable, critical_failed=0, kind="mystery"
    )
    assert visit.parts["whole"] == (0, 0)
    assert read == {"findings": 0, "critical_failed": 0, "kind": "mystery"}


def test_a_scheme_reads_only_what_it_names() -> None:
    content = checklist(Standard("A", "ARR", "w", weight="3"), Standard("B", "DESK", "w"))
    visit = scored(content, {"A": "met", "B": "not_met"})
    read = parts_for_scheme(
        visit.parts | {"standard.B": (0, 10)}, decimals=1, assessed=2, assessable=3, critical_failed=1,
        kind="announced", only={"whole", "section.NOPE", "standard.B"},
    )  # fmt: skip
    assert read == {
        "whole": Fraction(75),
        "standard.B": Fraction(0),
        "critical_failed": 1,
        "kind": "announced",
        "coverage": Fraction(200, 3),
    }


def test_part_names_stand_in_a_stable_order() -> None:
    content = checklist(Standard("A", "ARR", "w", tags=("facility",)))
    assert part_names(content) == (
        "whole", "section.ARR", "section.DESK", "section.BAR", "class.polite", "class.quick", "tag.facility", "findings"
    )  # fmt: skip


@pytest.mark.parametrize("stored", [b"", b"\x03", b"\x02\0\0", b"\x02" + b"\0" * 9])
def test_broken_figures_are_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match="2 parts"):
        unpack_parts(("whole", "findings"), stored)


def test_answers_to_another_scope_are_refused() -> None:
    content = checklist(Standard("A", "ARR", "w"), Standard("B", "ARR", "w"))
    scope = make_scope(checklist=content, checklist_sha256="", facilities=(), instances=())
    narrow = make_scope(checklist=content, checklist_sha256="", facilities=(), instances=(), only={"A"})
    answers, _ = encode(compile_plan(content, narrow).layout, {"A": "met"})
    with pytest.raises(ValueError, match="1 answers were given to a scope of 2 keys"):
        score(compile_plan(content, scope), answers)
