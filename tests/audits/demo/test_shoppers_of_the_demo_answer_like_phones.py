"""The demo's world without a database: the same seed gives the same year, and reports that a phone could have sent."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from audits.scoring.plan import compile_plan
from audits.scoring.vector import encode
from audits.scoring.visit import missing_comments, missing_photos, score
from audits.services.demonstrating.answering import SELDOM, answer_all
from audits.services.demonstrating.delivering import without_a_compulsory_comment
from audits.services.demonstrating.places import HOTELS, HOUSES
from audits.services.demonstrating.schedule import MONTH, outings
from audits.services.demonstrating.temper import Temper, temper_of
from standards.services.importing import read_pack_named
from standards.spec.scope import Instance, make_scope, split_key

TODAY = date(2026, 11, 22)
VIENNA = HOTELS.places[0]


@pytest.fixture(scope="module", params=["hotel-luxury", "restaurant"])
def checklist(request):
    """The checklists of the two packs that the demo uses."""
    return read_pack_named(request.param).checklist


@pytest.fixture(scope="module")
def scope(checklist):
    """Everything that can be asked."""
    facilities = {facility for standard in checklist.standards for facility in standard.facilities}
    sections = [section.code for section in checklist.sections if section.repeats]
    instances = [Instance(id=f"{code.lower()}-1", section=code, name=code) for code in sections]
    return make_scope(
        checklist=checklist, checklist_sha256="0" * 64, facilities=sorted(facilities), instances=instances
    )


def report(checklist, scope, *, chance=0.85, seed=1, temper=None, **options):
    return answer_all(
        checklist, scope, temper=temper or Temper(chance), chance=chance, draw=random.Random(seed), **options
    )


def scored(checklist, scope, told):
    plan = compile_plan(checklist, scope)
    answers, faults = encode(plan.layout, told.answers)
    assert faults == []
    return plan, score(plan, answers)


@pytest.mark.parametrize("seed", range(5))
def test_a_report_leaves_nothing_to_ask_for(checklist, scope, seed):
    told = report(checklist, scope, seed=seed)
    plan, visit = scored(checklist, scope, told)
    assert missing_comments(plan, visit, told.comments) == ()
    assert missing_photos(plan, visit, told.photographed) == ()
    assert visit.failed
    assert visit.assessed / visit.assessable > 0.7
    assert len(told.entered) == len(scope.keys)


def test_the_same_seed_tells_the_same_and_another_seed_something_else(checklist, scope):
    assert report(checklist, scope, seed=4) == report(checklist, scope, seed=4)
    assert report(checklist, scope, seed=4).answers != report(checklist, scope, seed=5).answers


def test_a_better_house_scores_better(checklist, scope):
    worse, better = (scored(checklist, scope, report(checklist, scope, chance=chance))[1] for chance in (0.7, 0.95))
    assert worse.earned / worse.possible + 0.15 < better.earned / better.possible


def test_critical_standards_are_missed_only_where_the_story_wants_it(checklist, scope):
    plain = scored(checklist, scope, report(checklist, scope, chance=0.1))[1]
    missed = scored(checklist, scope, report(checklist, scope, misses_critical=True))[1]
    assert (plain.critical_failed, missed.critical_failed) == (0, 1)


def test_failures_that_need_a_photo_are_reported_up_to_the_number_of_photos(checklist, scope):
    assert report(checklist, scope, chance=0.3).photographed == []
    told = report(checklist, scope, chance=0.3, photos=2)
    plan, visit = scored(checklist, scope, told)
    assert len(told.photographed) == 2
    assert missing_photos(plan, visit, told.photographed) == ()


def test_a_weak_section_is_weaker_than_the_others(checklist, scope):
    weak = next(section.code for section in checklist.sections if section.code not in SELDOM)
    told = report(checklist, scope, chance=0.9, temper=Temper(0.9, sections={weak: -0.5}))
    _, visit = scored(checklist, scope, told)
    earned, possible = visit.parts[f"section.{weak}"]
    assert earned / possible + 0.2 < visit.earned / visit.possible


def test_the_hurried_shopper_leaves_out_what_was_compulsory_and_nothing_else(checklist, scope):
    told = report(checklist, scope, chance=0.5)
    hurried = without_a_compulsory_comment(told, checklist)
    plan, visit = scored(checklist, scope, hurried)
    assert missing_comments(plan, visit, hurried.comments)
    assert hurried.answers == told.answers
    compulsory = {standard.code for standard in checklist.standards if standard.comment_on_fail}
    assert {split_key(key)[0] for key in set(told.comments) - set(hurried.comments)} <= compulsory


def test_every_branch_is_visited_once_in_every_month_of_its_life():
    made = outings(HOTELS.places, last_day=TODAY, visits=12, seed=1)
    by_place = {place.code: [o for o in made if o.place == place] for place in HOTELS.places}
    # Valletta opened eight weeks ago; Ponta Delgada was closed for twelve.
    few = {code: len(visits) for code, visits in by_place.items() if len(visits) != 12}
    assert few == {"VLT": 1, "PDL": 8}
    for visits in by_place.values():
        assert sorted(o.turn for o in visits) == list(range(len(visits)))
        windows = sorted((o.window_from, o.window_until) for o in visits)
        assert all(until < later for (_, until), (later, _) in zip(windows, windows[1:], strict=False))


def test_visits_lie_in_their_window_and_are_delivered_before_the_last_day():
    for outing in outings(HOTELS.places, last_day=TODAY, visits=12, seed=1):
        assert outing.window_until - outing.window_from == timedelta(days=MONTH - 1)
        assert outing.window_from <= outing.visited_on <= outing.window_until
        assert outing.visited_on + timedelta(days=outing.delivered_after) < TODAY


def test_visits_come_in_the_order_of_their_delivery():
    made = outings(HOTELS.places, last_day=TODAY, visits=12, seed=1)
    delivered = [o.visited_on + timedelta(days=o.delivered_after) for o in made]
    assert delivered == sorted(delivered)


def test_a_story_keeps_its_plot_whatever_the_seed():
    for seed in range(3):
        prague = temper_of("PRG", ("HSK", "CHK"), seed=seed)
        assert prague.sections["HSK"] < -0.2 < prague.sections["CHK"]
        assert replace(temper_of("GRZ", (), seed=seed), sections={}) == Temper(0.92, drift=0.014)


def test_a_house_without_a_story_is_drawn_from_the_seed():
    assert temper_of("BUD", ("HSK",), seed=1) == temper_of("BUD", ("HSK",), seed=1)
    assert temper_of("BUD", ("HSK",), seed=1) != temper_of("BUD", ("HSK",), seed=2)


def test_codes_are_used_once_in_a_house():
    for house in HOUSES:
        codes = [place.code for place in house.places]
        assert len(set(codes)) == len(codes)
        assert {place.region for place in house.places} == set(house.regions)
    assert (len(HOTELS.places), len(HOTELS.regions)) == (24, 3)
