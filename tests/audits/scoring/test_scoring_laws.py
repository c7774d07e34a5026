"""Laws that hold for every checklist and every visit."""

from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audits.scoring.parts import (
    pack_many_parts,
    pack_parts,
    parts_for_scheme,
    percentage,
    unpack_many_parts,
    unpack_parts,
)
from audits.scoring.plan import part_names
from audits.scoring.vector import as_batch, decode, digest, encode, pack, unpack, unpack_many
from audits.scoring.visit import score
from audits.scoring.visits import score_many
from standards.spec.checklist_faults import checklist_faults
from tests.audits.scoring import oracle
from tests.audits.scoring.generated import Case, cases, checklists, scopes, tokens_of, visits

# Enough to find what was broken on purpose; no deadline, as the machine is shared.
LAWS = settings(max_examples=60, deadline=None)
AGREEMENT = settings(max_examples=150, deadline=None)
GRADED = ("met", "scale", "choice", "count", "points")


@LAWS
@given(case=cases())
def test_the_score_is_what_the_specification_says(case: Case) -> None:
    points = 10**case.checklist.decimals
    expected = oracle.sums(case.checklist, case.scope, case.tokens)
    nothing = (Fraction(0), Fraction(0))
    scored = score(case.plan, case.answers).parts
    assert list(scored) == list(part_names(case.checklist))
    assert scored == {name: tuple(value * points for value in expected.get(name, nothing)) for name in scored}


@LAWS
@given(case=cases())
def test_nothing_is_earned_beyond_what_is_possible(case: Case) -> None:
    scored = score(case.plan, case.answers)
    assert 0 <= scored.earned <= scored.possible
    assert 0 <= scored.assessed <= scored.assessable
    assert len(scored.failed) >= scored.critical_failed


@LAWS
@given(case=cases(plain=True))
def test_without_bonus_no_part_earns_beyond_what_is_possible(case: Case) -> None:
    parts = score(case.plan, case.answers).parts
    assert all(0 <= earned <= possible for name, (earned, possible) in parts.items() if name != "findings")


@LAWS
@given(case=cases(), data=st.data())
def test_the_order_of_the_answers_is_irrelevant(case: Case, data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(case.tokens.items()))))
    assert score(case.plan, encode(case.plan.layout, shuffled)[0]) == score(case.plan, case.answers)


@LAWS
@given(case=cases(plain=True), data=st.data())
def test_not_applicable_takes_an_answer_out_and_leaves_the_others_as_they_are(case: Case, data: st.DataObject) -> None:
    assume(case.tokens)
    key = data.draw(st.sampled_from(sorted(case.tokens)))
    before = score(case.plan, case.answers)
    without = score(case.plan, encode(case.plan.layout, case.tokens | {key: "na"})[0])
    place = case.plan.layout.index(key)
    item, points = case.plan.items[place], before.points[place]
    assert without.points == (*before.points[:place], None, *before.points[place + 1 :])
    if points is not None and item.shape != "deduct":
        assert (without.earned, without.possible) == (before.earned - points, before.possible - item.possible)


@LAWS
@given(case=cases(plain=True), data=st.data())
def test_not_assessed_and_not_applicable_come_to_the_same_points(case: Case, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from(sorted(case.tokens)))) if case.tokens else set()
    kept = {key: token for key, token in case.tokens.items() if key not in gone}
    absent = score(case.plan, encode(case.plan.layout, kept)[0])
    excused = score(case.plan, encode(case.plan.layout, kept | dict.fromkeys(gone, "na"))[0])
    assert (absent.parts, absent.failed) == (excused.parts, excused.failed)


@LAWS
@given(case=cases(kinds=GRADED, plain=True), data=st.data())
def test_raising_an_answer_never_lowers_a_score(case: Case, data: st.DataObject) -> None:
    before = score(case.plan, case.answers)
    counted = [place for place, points in enumerate(before.points) if points is not None]
    assume(counted)
    place = data.draw(st.sampled_from(counted))
    item = case.plan.items[place]
    token = data.draw(tokens_of(item.standard).filter(lambda t: t not in (None, "na")))
    after = score(case.plan, encode(case.plan.layout, case.tokens | {item.key: token})[0])
    assume(after.points[place] >= before.points[place])
    assert all(after.parts[name][0] >= before.parts[name][0] for name in before.parts)
    assert set(after.failed) <= set(before.failed)


@st.composite
def many_visits(draw: st.DrawFn) -> list[Case]:
    checklist = draw(checklists())
    scope = draw(scopes(checklist))
    return draw(st.lists(visits(checklist, scope), min_size=1, max_size=5))


@AGREEMENT
@given(visited=many_visits())
def test_one_by_one_and_all_at_once_agree_to_the_digit(visited: list[Case]) -> None:
    plan = visited[0].plan
    at_once = score_many(plan, as_batch([case.answers for case in visited]), detail=True)
    assert [at_once.visit(line) for line in range(len(at_once))] == [score(plan, case.answers) for case in visited]
    assert at_once.failed.tolist() == [len(score(plan, case.answers).failed) for case in visited]
    brief = score_many(plan, unpack_many([pack(case.answers) for case in visited]))
    for name in ("earned", "possible", "assessed", "assessable", "failed", "critical_failed"):
        assert getattr(brief, name).tolist() == getattr(at_once, name).tolist()
    assert (brief.points, brief.states) == (None, None)


@LAWS
@given(case=cases())
def test_tokens_and_stored_forms_come_back_as_they_were(case: Case) -> None:
    assert decode(case.plan.layout, case.answers) == case.tokens
    assert unpack(pack(case.answers)) == case.answers
    assert digest(unpack(pack(case.answers))) == digest(case.answers)


@LAWS
@given(visited=many_visits())
def test_stored_figures_come_back_as_they_were(visited: list[Case]) -> None:
    plan = visited[0].plan
    scores = [score(plan, case.answers) for case in visited]
    stored = [pack_parts(one) for one in scores]
    at_once = score_many(plan, as_batch([case.answers for case in visited]))
    assert pack_many_parts(at_once.earned, at_once.possible) == stored
    assert [unpack_parts(plan.parts, one) for one in stored] == [one.parts for one in scores]
    earned, possible = unpack_many_parts(len(plan.parts), stored)
    assert (earned.tolist(), possible.tolist()) == (at_once.earned.tolist(), at_once.possible.tolist())


@LAWS
@given(case=cases())
def test_a_part_without_anything_possible_is_absent_from_what_a_scheme_reads(case: Case) -> None:
    scored = score(case.plan, case.answers)
    read = parts_for_scheme(
        scored.parts,
        decimals=scored.decimals,
        assessed=scored.assessed,
        assessable=scored.assessable,
        critical_failed=scored.critical_failed,
        kind="mystery",
    )
    for name, (earned, possible) in scored.parts.items():
        if name == "findings":
            assert read[name] == Fraction(earned, 1000)
        else:
            assert read.get(name) == (Fraction(100 * earned, possible) if possible else None)
    assert read.get("whole") == percentage(scored)
    assert ("coverage" in read, read["kind"]) == (scored.assessable > 0, "mystery")


@LAWS
@given(checklist=checklists(), data=st.data())
def test_generated_checklists_could_be_published(checklist: object, data: st.DataObject) -> None:
    assert checklist_faults(checklist) == []
