"""The shortest way to the next star and where to spend first: what a manager reads, on pages and over the API."""

import pytest

from audits.models import Advice, Amendment, Rating, Score
from audits.services import advising
from tests.audits.settling import settle
from tests.audits.web.reading import text
from tests.cast import NOW

pytestmark = pytest.mark.django_db
API = "/api/v1"
THREE_VISITS = {"visits": {"within": "365", "combine": "mean", "minimum": "3", "below_minimum": "provisional"}}
BY_RANK = {
    "levels": ["four", "five"],
    "decide": None,
    "adjust": None,
    "peers": {"value": "score", "shares": {"five": "50", "four": "50"}, "ties": "worse"},
}


def asked(client, person, address, **words):
    client.force_login(person)
    return client.get(f"{API}/{address}", words)


def way_of(client, person, rating):
    return asked(client, person, f"ratings/{rating.pk}/next-star").json()


@pytest.fixture
def advised(league):
    """The league with its advice: Graz was not warm, Linz failed a critical standard, Vienna is perfect."""
    assert advising.advise_due(now=NOW) == 3
    return league


class TestTheWayOfOneRating:
    def test_is_the_smallest_set_with_its_words(self, cast, league, client):
        rating = league.rating(cast.graz)
        assert way_of(client, cast.mona, rating) == {
            "rating": str(rating.pk),
            "current": "four",
            "reached": "five",
            "standards": [
                {
                    "code": "ARR-003",
                    "wording": "How warm was it?",
                    "section": "Arrival",
                    "critical": False,
                    "visits": 1,
                    "times": 1,
                }
            ],
            "proven": True,
            "at_least": 1,
            "provided": "",
            "missing": "",
            "sentence": "Had this one standard been met in every visit that counts, the outcome would have been five.",
        }

    def test_leads_past_the_critical_standard_that_caps_it(self, cast, league, client):
        way = way_of(client, cast.cora, league.rating(cast.linz))
        assert [(one["code"], one["critical"]) for one in way["standards"]] == [("ROOM-001", True)]

    def test_ends_at_the_best_level(self, cast, league, client):
        way = way_of(client, cast.mia, league.rating(cast.vienna))
        assert (way["standards"], way["proven"]) == ([], True)
        assert way["sentence"] == "This is the best level there is."

    @pytest.mark.parametrize("stays", [THREE_VISITS], indirect=True)
    def test_says_how_many_visits_are_missing(self, cast, league, client):
        way = way_of(client, cast.mona, league.rating(cast.graz))
        assert (way["current"], way["missing"]) == ("provisional", "2 more visits")
        assert way["sentence"] == "No standard leads to a better level. What is missing: 2 more visits."

    @pytest.mark.parametrize("stays", [BY_RANK], indirect=True)
    def test_holds_among_peers_if_the_others_stand_still(self, cast, league, client):
        way = way_of(client, cast.cora, league.rating(cast.graz))
        assert (way["current"], way["reached"]) == ("four", "five")
        assert [one["code"] for one in way["standards"]] == ["ARR-003"]
        assert (way["provided"], way["proven"]) == ("if the others stand still", True)

    def test_of_a_superseded_rating_is_that_of_the_newer_one(self, cast, league, client):
        before = league.rating(cast.graz)
        league.make(cast.graz, ARR_003=0)
        assert not Rating.objects.get(pk=before.pk).current
        assert way_of(client, cast.mona, before)["missing"] == "the newer rating: this one has been superseded"

    def test_waits_for_the_rating_after_a_correction(self, cast, league, client):
        rating = league.rating(cast.graz)
        seen = Score.objects.get(pk=rating.score_ids[0]).observation.submission
        correction = {"answer_key": "ARR-003", "before": "0", "after": "10", "source": "review", "made_at": NOW}
        Amendment.objects.create(submission=seen, **correction)
        way = way_of(client, cast.mona, rating)
        assert way["missing"] == "the new rating: its visits were corrected a moment ago"

    def test_costs_the_same_queries_however_many_visits(self, cast, league, client, django_assert_num_queries):
        for _ in range(2):
            league.make(cast.graz, ARR_003=0)
        rating = league.rating(cast.graz)
        way_of(client, cast.mona, rating)
        with django_assert_num_queries(10):
            client.get(f"{API}/ratings/{rating.pk}/next-star")

    def test_is_a_page_in_words(self, cast, league, client):
        client.force_login(cast.mona)
        page = text(client.get(f"/ratings/{league.rating(cast.graz).pk}/next-star").content.decode())
        assert "1 standard to the next level" in page
        assert "How warm was it? Arrival · ARR-003 not met in 1 of 1 visit" in page, page
        assert "Nothing less does it." in page

    def test_is_found_from_the_account_of_the_rating(self, cast, league, client):
        rating = league.rating(cast.graz)
        client.force_login(cast.mona)
        assert f'href="/ratings/{rating.pk}/next-star"' in client.get(f"/ratings/{rating.pk}").content.decode()


class TestWhereToSpendFirst:
    def test_is_worked_out_once_for_every_new_rating(self, cast, advised):
        assert advising.advise_due(now=NOW) == 0
        advised.make(cast.graz, ARR_003=0)
        assert advising.advise_due(now=NOW) == 1
        graz = Advice.objects.get(rating=advised.rating(cast.graz))
        assert graz.singles == [["ARR-003", 2, 1, 187_500]]

    def test_ranks_standards_by_the_branches_each_lifts_then_by_the_score_at_stake(self, cast, advised, client):
        found = asked(client, cast.cora, "comparisons/spend-first").json()
        rows = [(one["code"], one["lifts"], one["failing"], one["visits"], one["stake"]) for one in found["results"]]
        assert rows == [("ARR-003", 1, 1, 1, 18.75), ("ROOM-001", 1, 1, 1, 12.5)]
        lifted = {"rating": str(advised.rating(cast.graz).pk), "name": "Graz"}
        assert found["results"][0]["lifted"] == [lifted]
        assert (found["branches"], found["waiting"], found["more"]) == (3, 0, False)

    def test_stays_within_the_branches_one_may_see(self, cast, advised, client):
        found = asked(client, cast.mona, "comparisons/spend-first").json()
        assert ([one["code"] for one in found["results"]], found["branches"]) == (["ARR-003"], 1)

    def test_stays_within_a_group_or_a_branch(self, cast, advised, client):
        of_group = asked(client, cast.cora, "comparisons/spend-first", group=str(cast.west.pk)).json()
        of_branch = asked(client, cast.cora, "comparisons/spend-first", location=str(cast.graz.pk)).json()
        assert [one["code"] for one in of_group["results"]] == ["ROOM-001"]
        assert [one["code"] for one in of_branch["results"]] == ["ARR-003"]
        assert asked(client, cast.mona, "comparisons/spend-first", location=str(cast.linz.pk)).status_code == 404

    def test_says_what_is_not_worked_out_yet(self, cast, league, client):
        found = asked(client, cast.cora, "comparisons/spend-first").json()
        assert (found["results"], found["branches"], found["waiting"]) == ([], 0, 3)
        assert "This is being worked out." in text(client.get("/spend-first").content.decode())

    @pytest.mark.parametrize("stays", [THREE_VISITS], indirect=True)
    def test_asks_no_standard_of_branches_that_need_visits(self, cast, advised):
        assert [row.singles for row in Advice.objects.all()] == [[], [], []]

    def test_is_a_page_with_ways_to_each_branch(self, cast, advised, client):
        client.force_login(cast.cora)
        content = client.get("/spend-first").content.decode()
        assert "How warm was it? Arrival · ARR-003 · not met at 1 branch Would have lifted Graz" in text(content)
        assert f'href="/ratings/{advised.rating(cast.graz).pk}/next-star"' in content

    def test_costs_the_same_queries_for_three_branches_as_for_one(
        self, cast, advised, client, django_assert_num_queries
    ):
        # A manager's branches cost two queries more to know.
        for person, queries in ((cast.mona, 10), (cast.cora, 8)):
            asked(client, person, "comparisons/spend-first")
            with django_assert_num_queries(queries):
                client.get(f"{API}/comparisons/spend-first")

    def test_working_it_out_costs_the_same_queries_for_many_branches(self, cast, league, django_assert_num_queries):
        settle()
        with django_assert_num_queries(6):
            advising.advise_due(now=NOW)
