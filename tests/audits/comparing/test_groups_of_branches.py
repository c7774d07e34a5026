"""Groups: the mean of their branches' scores, each once, its bands and interval, and what was counted there."""

from datetime import date

import pytest
from django.test import Client

from audits.models import Dirty, GroupRating, GroupTally, Standing
from audits.services import reviewing
from audits.tasks import turn_the_day
from chains.models import GroupMembership, LocationGroup
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import NOW, place, programme_of, publish_directly, scheme_in_force, small_checklist

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 1)
GROUPS = "/api/v1/comparisons/groups"
CONSISTENCY = "/api/v1/comparisons/consistency"


@pytest.fixture
def visit(cast):
    """Makes a visit that counts, once settled."""
    version = publish_directly(cast.aurora, small_checklist())
    _, component, _ = programme_of(version, scheme_in_force(cast.aurora))

    def make(where, *, on=date(2026, 6, 10), **answers):
        given = PERFECT | {code.replace("_", "-"): answer for code, answer in answers.items()}
        return delivered(planned(component, version, where, cast.ada), given, visited_on=on)

    return make


def asked(person, url, **words):
    client = Client()
    client.force_login(person)
    return client.get(url, words)


def test_every_branch_counts_once_however_many_visits_it_had(cast, visit):
    for _ in range(3):
        visit(cast.vienna)
    visit(cast.graz, ARR_003=0)
    settle()
    east = GroupRating.objects.get(group=cast.east, period_start=JUNE)
    # Vienna 100, Graz 81.25.
    assert (east.exact, east.tenths, east.outcome, east.branches, east.visits) == ("725/8", 906, "five", 2, 4)
    assert east.low_tenths < 906 < east.high_tenths


def test_the_bands_name_the_groups_outcome_and_caps_for_single_branches_do_not(cast, visit):
    visit(cast.vienna, ROOM_001="not_met")
    visit(cast.graz)
    settle()
    assert Standing.objects.get(group=cast.east, location=cast.vienna).rating.outcome == "four"
    # 87.5 and 100: five by the bands, though Vienna is capped at four.
    assert GroupRating.objects.get(group=cast.east, period_start=JUNE).outcome == "five"


def test_a_region_holds_the_regions_below_it(cast, visit):
    cast.west.parent = cast.east
    cast.west.save()
    visit(cast.vienna)
    visit(cast.linz, ARR_003=0)
    settle()
    assert GroupRating.objects.get(group=cast.east, period_start=JUNE).branches == 2
    assert GroupRating.objects.get(group=cast.west, period_start=JUNE).branches == 1


def test_a_group_whose_only_visit_is_voided_has_no_rating_any_more(cast, visit):
    submission = visit(cast.linz)
    settle()
    assert GroupRating.objects.filter(group=cast.west, period_start=JUNE).exists()
    reviewing.void(submission_id=submission.pk, reviewer=cast.rita, now=NOW, note="The auditor was never there.")
    settle()
    assert not GroupRating.objects.exists()
    assert not GroupTally.objects.exists()


def test_the_league_of_groups_leads_to_the_branches_it_was_made_of(cast, visit, django_assert_num_queries):
    visit(cast.vienna)
    visit(cast.graz, ARR_003=0)
    visit(cast.linz, ARR_001="not_met")
    settle()
    client = Client()
    client.force_login(cast.cora)
    with django_assert_num_queries(6):
        answer = client.get(GROUPS).json()
    assert [(row["rank"], row["group"]["name"], row["score"], row["stars"]) for row in answer["results"]] == [
        (1, "East", 90.6, "five"),
        (2, "West", 81.3, "four"),
    ]
    league = client.get(answer["results"][0]["league"]).json()
    assert [row["score"] for row in league["results"]] == [100.0, 81.3]


def test_a_manager_sees_their_own_groups_and_not_the_chain(cast, visit):
    visit(cast.vienna)
    visit(cast.linz)
    settle()
    rows = asked(cast.mia, GROUPS).json()["results"]
    assert [row["group"]["name"] for row in rows] == ["East"]
    assert asked(cast.mona, GROUPS).json()["results"] == []
    assert asked(cast.mia, CONSISTENCY).status_code == 404
    assert asked(cast.mia, CONSISTENCY, group=cast.west.pk).status_code == 404
    assert asked(cast.mia, CONSISTENCY, group=cast.east.pk).json()["branches"] == 1
    assert asked(cast.cora, CONSISTENCY).json()["branches"] == 2


def test_steadiness_is_within_and_between_branches_by_section(cast, visit):
    for warmth in (10, 0):
        visit(cast.vienna, ARR_003=warmth)
        visit(cast.graz, ARR_003=warmth)
    settle()
    rows = {row["part"]: row for row in asked(cast.cora, CONSISTENCY, group=cast.east.pk).json()["results"]}
    # Arrival is 100 and 75 at both: 12.5 from the mean of two visits, a standard deviation of 17.7; branches are alike.
    arrival = rows["section.ARR"]
    assert (arrival["name"], arrival["mean"], arrival["within"], arrival["between"]) == ("Arrival", 87.5, 17.7, 0.0)
    assert (rows["section.ROOM"]["within"], rows["section.ROOM"]["reliability"]) == (0.0, None)


def test_section_by_location_follows_the_league(cast, visit, django_assert_num_queries):
    visit(cast.vienna, ROOM_002="not_met")
    visit(cast.graz)
    settle()
    client = Client()
    client.force_login(cast.cora)
    with django_assert_num_queries(7):
        answer = client.get("/api/v1/comparisons/matrix").json()
    parts = [column["part"] for column in answer["parts"]]
    assert parts[:2] == ["section.ARR", "section.ROOM"]
    assert [(row["location"]["name"], row["parts"][:2]) for row in answer["results"]] == [
        ("Graz", [100.0, 100.0]),
        ("Vienna", [100.0, 50.0]),
    ]


def test_one_branch_against_the_rest(cast, visit):
    others = [place(cast.aurora, f"Z{number}", "Europe/Vienna", cast.east) for number in range(6)]
    for _ in range(4):
        for where in others:
            visit(where)
        visit(cast.linz, ARR_001="not_met", ARR_003=0, ROOM_001="not_met")
    settle()
    rows = asked(cast.cora, "/api/v1/comparisons/league").json()["results"]
    verdicts = {row["location"]["name"]: row["stands_out"] for row in rows}
    assert verdicts["Linz"] == "below the others"
    assert "below the others" not in [verdicts[where.name] for where in others]


def test_tallies_of_a_group_are_those_of_its_branches_added_up(cast, visit):
    visit(cast.vienna, ARR_001="not_met")
    visit(cast.vienna, ARR_001="not_met", ROOM_002="na")
    visit(cast.graz)
    visit(cast.linz, ARR_001="not_met")
    settle()
    east = GroupTally.objects.get(group=cast.east, period_start=JUNE)
    chain = GroupTally.objects.get(group=None, period_start=JUNE)
    assert (east.branches, east.visits, chain.branches, chain.visits) == (2, 3, 3, 4)
    # uint32: met, not met, not applicable, branches; six standards each.
    numbers = [int.from_bytes(east.counts[i : i + 4], "little") for i in range(0, len(east.counts), 4)]
    assert [numbers[row * 6] for row in range(4)] == [1, 2, 0, 1]
    assert [numbers[row * 6 + 4] for row in range(4)] == [2, 0, 1, 0]


def test_a_branch_that_changes_groups_takes_its_score_along(cast, visit, time_machine):
    time_machine.move_to(NOW, tick=False)
    visit(cast.graz, ARR_003=0)
    visit(cast.linz)
    settle()
    turn_the_day()
    assert not Dirty.objects.exists()
    GroupMembership.objects.filter(location=cast.linz).update(group=cast.east)

    turn_the_day()
    assert {row.group_id for row in Dirty.objects.all()} == {cast.east.pk, cast.west.pk}
    settle()
    assert set(Standing.objects.filter(group=cast.east).values_list("location__code", "rank")) == {
        ("LIN", 1),
        ("GRA", 2),
    }
    assert GroupRating.objects.get(group=cast.east, period_start=JUNE).branches == 2
    assert not GroupRating.objects.filter(group=cast.west, period_start=JUNE).exists()
    turn_the_day()
    assert not Dirty.objects.exists()


def test_a_region_of_regions_has_the_branches_of_all(cast, visit, time_machine):
    time_machine.move_to(NOW, tick=False)
    visit(cast.graz)
    visit(cast.linz)
    settle()
    country = LocationGroup.objects.create(chain=cast.aurora, kind="region", code="at", name="Austria")
    LocationGroup.objects.filter(pk__in=[cast.east.pk, cast.west.pk]).update(parent=country)

    turn_the_day()
    settle()
    assert set(Standing.objects.filter(group=country).values_list("location__code", flat=True)) == {"GRA", "LIN"}
    turn_the_day()
    assert not Dirty.objects.exists()
