"""What a rehearsal says of branches, their stars, and what moves them."""

import pytest

from audits.models import Dirty, Rating, Score
from chains.models import Membership
from standards.services import publishing
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import NOW, SCHEME, scheme_in_force

pytestmark = pytest.mark.django_db
HEAVY_WARMTH = {"ARR-003": {"weight": "3"}}


def lines(result):
    """By branch: stars before and after, with the scores."""
    return {
        row["code"]: (
            *(row[side][name] for side in ("before", "after") for name in ("outcome", "score")),
            row["steps"],
            row["because"],
        )
        for row in result["locations"]
    }


def causes(result):
    """By standard: how many branches undoing its change brings back, of those that gained and lost."""
    return {
        one["code"]: (row["brings_back"], row["gained"], row["lost"])
        for row in result["causes"]["standards"]
        for one in row["standards"]
    }


def strict_scheme():
    """Five stars from 95."""
    return SCHEME | {"decide": SCHEME["decide"] | {"at_least": SCHEME["decide"]["at_least"] | {"five": ["95"]}}}


def publish(draft):
    """A draft published as it is."""
    return publishing.publish(version_id=draft.pk, by=None, now=NOW)


def test_the_published_version_under_the_scheme_in_force_changes_nothing(june):
    result = june.rehearse(june.version, june.scheme)
    assert (result["branches"], result["gained"], result["lost"], result["otherwise"]) == (3, 0, 0, 0)
    assert lines(result) == {
        "VIE": ("five", 100.0, "five", 100.0, 0, []),
        "GRA": ("five", 90.6, "five", 90.6, 0, []),
        "LIN": ("two", 62.5, "two", 62.5, 0, []),
    }
    assert causes(result) == {}


def test_what_it_calls_before_is_what_is_published(june):
    rated = {row.location.code: (row.outcome, row.tenths / 10) for row in Rating.objects.all()}
    found = lines(june.rehearse(june.draft(HEAVY_WARMTH)))
    assert {code: row[:2] for code, row in found.items()} == rated


def test_a_copy_changes_nothing(june):
    result = june.rehearse(june.draft({}))
    assert (result["gained"], result["lost"], result["otherwise"], result["not_replayed"]) == (0, 0, 0, [])


def test_a_new_weight_takes_a_star_here_and_gives_one_there(june):
    result = june.rehearse(june.draft(HEAVY_WARMTH))
    # Graz: service 4.5 of 6 → 0.75 × 75 + 25; Linz: 4 of 6 → 50 + 25.
    assert lines(result) == {
        "GRA": ("five", 90.6, "four", 81.3, -1, ["ARR-003"]),
        "LIN": ("two", 62.5, "three", 75.0, 1, ["ARR-003"]),
        "VIE": ("five", 100.0, "five", 100.0, 0, []),
    }
    assert (result["gained"], result["lost"]) == (1, 1)
    assert causes(result) == {"ARR-003": (2, 1, 1)}


def test_each_cause_is_told_by_itself(june):
    # Both weigh on Graz: with either undone it has five again at 90.6 or loses less; the tags alone move nothing.
    result = june.rehearse(june.draft(HEAVY_WARMTH | {"ARR-002": {"weight": "6"}, "ARR-001": {"tags": ()}}))
    # Service without ARR-001: Graz 7.5 of 9 → 62.5 + 25 = 87.5; with ARR-003 as it was 6.5 of 7 → 69.6 + 25: five.
    graz = lines(result)["GRA"]
    assert graz == ("five", 90.6, "four", 87.5, -1, ["ARR-003"])
    # Linz 3 of 9 → 25 + 25: one; ARR-002 as it was 3 of 5 → 45 + 25 = 70: three; ARR-003 as it was 1 of 7: one.
    assert lines(result)["LIN"] == ("two", 62.5, "one", 50.0, -1, [])
    assert causes(result) == {"ARR-003": (1, 0, 1), "ARR-001": (0, 0, 0), "ARR-002": (0, 0, 0)}


def test_another_scheme_is_a_cause_of_its_own(june):
    scheme = scheme_in_force(june.cast.aurora, strict_scheme(), since=NOW.date().replace(year=2030))
    result = june.rehearse(None, scheme)
    assert lines(result)["GRA"] == ("five", 90.6, "four", 90.6, -1, [])
    assert result["causes"] == {"looked_at": 1, "standards": [], "scheme": 1, "earlier_versions": 0}


def test_where_both_would_cost_the_star_neither_alone_brings_it_back(june):
    scheme = scheme_in_force(june.cast.aurora, strict_scheme(), since=NOW.date().replace(year=2030))
    result = june.rehearse(june.draft(HEAVY_WARMTH), scheme)
    assert lines(result)["GRA"] == ("five", 90.6, "four", 81.3, -1, [])
    assert causes(result)["ARR-003"] == (1, 1, 0)
    assert result["causes"]["scheme"] == 0


def test_a_critical_standard_costs_the_fifth_star(june):
    delivered(planned(june.component, june.version, june.cast.vienna, june.cast.bea), PERFECT | {"ARR-003": 4})
    settle()
    result = june.rehearse(june.draft({"ARR-003": {"severity": "critical"}}))
    assert lines(result)["VIE"] == ("five", 94.4, "four", 94.4, -1, ["ARR-003"])


def test_a_renamed_code_takes_its_answers_along(june):
    result = june.rehearse(june.draft({"ARR-003": {"code": "ARR-103", "weight": "3"}}))
    assert lines(result)["GRA"][2:] == ("four", 81.3, -1, ["ARR-103"])
    assert result["not_replayed"] == []


def test_a_removed_standard_is_a_cause(june):
    result = june.rehearse(june.draft({"ARR-002": None}))
    # Linz: 2 of 2 without the slow greeting.
    assert lines(result)["LIN"] == ("two", 62.5, "five", 100.0, 3, ["ARR-002"])
    [removed] = [row for row in result["causes"]["standards"] if row["brings_back"]]
    assert removed["standards"] == [{"code": "ARR-002", "changed": ["removed"]}]


def test_what_nobody_was_asked_is_said(june):
    result = june.rehearse(june.draft({"ARR-002": {"kind": "met", "unit": "", "at_most": ""}}))
    assert result["not_replayed"] == ["ARR-002"]
    assert lines(result)["LIN"][-1] == ["ARR-002"]


def test_visits_of_versions_long_past_are_followed_through_every_renaming(june):
    second = june.draft({"ARR-003": {"code": "ARR-103"}})
    middle = publish(second)
    third = june.draft({"ARR-103": {"code": "ARR-203", "weight": "3"}}, base=middle)
    result = june.rehearse(third)
    assert lines(result)["GRA"][2:] == ("four", 81.3, -1, ["ARR-203"])
    assert result["causes"]["earlier_versions"] == 0


def test_a_step_made_long_ago_is_told_apart_from_the_drafts_own(june):
    middle = publish(june.draft(HEAVY_WARMTH))
    result = june.rehearse(june.draft({}, base=middle))
    assert {row["code"] for row in result["locations"] if row["changed"]} == {"GRA", "LIN"}
    assert causes(result) == {}
    assert result["causes"]["earlier_versions"] == 2


def test_nothing_is_stored_but_the_job(june):
    before = (Rating.objects.count(), Score.objects.count(), Dirty.objects.count())
    june.rehearse(june.draft(HEAVY_WARMTH))
    assert (Rating.objects.count(), Score.objects.count(), Dirty.objects.count()) == before


def test_rank_bands_are_cut_anew_on_both_sides(june):
    ranks = {
        "levels": ["two", "one"],
        "peers": {
            "value": "whole",
            "best": "high",
            "cut": "nearest",
            "ties": "better",
            "shares": {"one": 34, "two": 66},
        },
    }
    scheme = scheme_in_force(june.cast.aurora, ranks, since=NOW.date().replace(month=1))
    settle()
    result = june.rehearse(june.draft({"ARR-002": {"weight": "9"}}), scheme)
    assert {code: row[2] for code, row in lines(result).items()} == {"VIE": "one", "GRA": "two", "LIN": "two"}
    assert all(not row["changed"] for row in result["locations"])


def test_a_manager_who_also_edits_is_told_of_their_own_branches_only(june):
    Membership.objects.create(user=june.cast.mia, role="editor", chain=june.cast.aurora)
    result = june.rehearse(june.draft(HEAVY_WARMTH), by=june.cast.mia)
    assert set(lines(result)) == {"VIE", "GRA"}
    assert (result["branches"], result["gained"], result["lost"]) == (2, 0, 1)
    assert causes(result) == {"ARR-003": (1, 0, 1)}
