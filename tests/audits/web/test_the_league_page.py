"""/league: who stands where for the person asking, how sure that is, and who has no place yet."""

import re
import uuid
from datetime import date

import pytest

from audits.models import Override
from chains.models import Location
from tests.audits.settling import settle
from tests.audits.web.reading import tables, text
from tests.cast import NOW, place

pytestmark = pytest.mark.django_db
LEAGUE = "League of Monthly league, 2026-06"
WAITING = "Branches without a rank, and what is missing"
THREE_VISITS = {"visits": {"within": "365", "combine": "mean", "minimum": "3", "below_minimum": "provisional"}} | {
    "outcomes": ["provisional"]
}


def shown(client, person, **words):
    client.force_login(person)
    return client.get("/league", words)


def names(answer):
    return [row[3] for row in tables(answer.content.decode()).get(LEAGUE, [[""] * 9])[1:]]


def test_head_office_sees_every_branch_in_order(cast, league, client):
    head, *rows = tables(shown(client, cast.cora).content.decode())[LEAGUE]
    assert head[1:6] == ["Rank", "Too close", "Branch", "Outcome", "Score"]
    assert [(row[3], row[4], row[7]) for row in rows] == [
        ("Vienna VIE", "[five]", "1"),
        ("Linz LIN", "[four]", "1"),
        ("Graz GRA", "[four]", "1"),
    ]
    assert [row[5].split()[0] for row in rows] == ["100.0", "87.5", "81.3"]


def test_the_interval_and_the_range_stand_with_score_and_rank(cast, league, client):
    row = tables(shown(client, cast.cora).content.decode())[LEAGUE][1]
    place = league.rating(cast.vienna)
    standing = place.series.ratings.model.objects.get(pk=place.pk)
    assert standing.tenths == 1000
    assert row[1] == "1 1–3"
    assert row[5].startswith("100.0 ") and row[5].endswith("–100.0")


def test_branches_that_overlap_are_said_to_be_too_close(cast, league, client):
    rows = tables(shown(client, cast.cora).content.decode())[LEAGUE][1:]
    assert [row[2] for row in rows] == [
        "Too close to call with rank 2–3",
        "Too close to call with rank 1, 3",
        "Too close to call with rank 1–2",
    ]


def test_a_manager_sees_their_own_branches_with_the_ranks_of_the_chain(cast, league, client):
    answer = shown(client, cast.mia)
    rows = tables(answer.content.decode())[LEAGUE][1:]
    assert [(row[1][0], row[3]) for row in rows] == [("1", "Vienna VIE"), ("3", "Graz GRA")]
    assert "Linz" not in answer.content.decode()
    assert "3 branches ranked" in text(answer.content.decode())


def test_within_a_group_ranks_begin_anew(cast, league, client):
    rows = tables(shown(client, cast.cora, group=cast.east.pk).content.decode())[LEAGUE][1:]
    assert [(row[1][0], row[3]) for row in rows] == [("1", "Vienna VIE"), ("2", "Graz GRA")]


def test_the_change_is_against_the_month_before(cast, stays, client):
    stays.make(cast.vienna, on=date(2026, 5, 10), ARR_003=0)
    stays.make(cast.vienna)
    assert "+9.3" in tables(shown(client, cast.cora).content.decode())[LEAGUE][1]


def test_a_section_ranks_by_itself_and_says_nothing_about_chance(cast, league, client):
    head, *rows = tables(shown(client, cast.cora, part="section.ROOM").content.decode())[LEAGUE]
    assert head == ["Compare", "Rank", "Branch", "Outcome", "Score", "Visits"]
    assert [(row[1], row[2], row[4]) for row in rows] == [
        ("1", "Vienna VIE", "100.0"),
        ("1", "Graz GRA", "100.0"),
        ("3", "Linz LIN", "50.0"),
    ]


def test_sections_and_classifications_are_offered_by_their_names(cast, league, client):
    page = shown(client, cast.cora).content.decode()
    for option in (
        '<option value="section.ARR">Arrival</option>',
        '<option value="class.courtesy">Courtesy</option>',
        '<option value="tag.service">Service</option>',
    ):
        assert option in page


def test_an_unknown_section_is_said_to_be_unknown(cast, league, client):
    page = shown(client, cast.cora, part="section.<b>")
    assert "There is no section or classification section.<b> in this series." in text(
        page.content.decode().replace("&lt;b&gt;", "<b>").replace("<b>", "&lt;b&gt;")
    )
    assert b"<b>" not in page.content


def test_a_section_that_nobody_was_asked_about_has_no_ranks(cast, league, client):
    answer = shown(client, cast.cora, part="section.BAR")
    assert "No branch has a figure for Bar in this period." in text(answer.content.decode())


@pytest.mark.parametrize("stays", [THREE_VISITS], indirect=True)
def test_a_branch_with_too_few_visits_waits_apart(cast, stays, client):
    for _ in range(3):
        stays.make(cast.vienna, settled=False)
    stays.make(cast.graz)
    found = tables(shown(client, cast.cora).content.decode())
    (ranked,) = found[LEAGUE][1:]
    assert "Vienna VIE" in ranked
    missing = "2 more visits needed to be rated (1 of 3). Explain"
    assert found[WAITING][1] == ["Graz GRA", "provisional", "100.0", missing]


def test_a_branch_without_any_visit_is_named(cast, stays, client):
    stays.make(cast.vienna)
    assert "No visit counts yet for Graz, Linz." in text(shown(client, cast.cora).content.decode())
    assert "No visit counts yet for Graz." in text(shown(client, cast.mia).content.decode())


def test_a_closed_branch_is_not_waited_for(cast, stays, client):
    stays.make(cast.vienna)
    Location.objects.filter(pk=cast.linz.pk).update(closed_on=date(2026, 6, 1))
    assert "No visit counts yet for Graz." in text(shown(client, cast.cora).content.decode())


def test_a_recorded_decision_is_shown_as_one(cast, league, client):
    Override.objects.create(
        series=league.series,
        location=cast.graz,
        outcome="one",
        reason="Closed by the authority",
        made_by=cast.olga,
        made_at=NOW,
        from_period=date(2026, 6, 1),
    )
    rows = tables(shown(client, cast.cora).content.decode())[LEAGUE]
    assert rows[3][3:5] == ["Graz GRA", "[one] decided"]
    assert rows[1][4] == "[five]"


def test_a_long_league_goes_on_behind_a_cursor(cast, stays, client):
    places = [place(cast.aurora, f"{letter}{n:02}", "Europe/Vienna", cast.east) for letter in "XY" for n in range(26)]
    for number, location in enumerate(places):
        stays.make(location, settled=False, ARR_003=number % 10)
    settle()
    client.force_login(cast.cora)
    first = client.get("/league")
    link = first.content.decode().split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = client.get(f"/league{link}")
    assert (len(names(first)), len(names(second))) == (50, 2)
    assert not set(names(first)) & set(names(second))
    assert 'rel="next"' not in second.content.decode()
    assert "First page" in text(second.content.decode())


def test_the_file_has_the_same_choice(cast, league, client):
    page = shown(client, cast.cora, part="section.ROOM", group=cast.east.pk).content.decode()
    (link,) = [one.replace("&amp;", "&") for one in re.findall(r'href="([^"]+)"', page) if "league.csv" in one]
    lines = client.get(link).content.decode().splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [["1", "VIE"], ["1", "GRA"]]


def test_nothing_published_is_said_kindly(cast, client):
    answer = shown(client, cast.cora)
    assert answer.status_code == 200
    assert "Nothing has been published here yet." in text(answer.content.decode())


def test_an_editor_has_no_branches_to_see(cast, league, client):
    answer = shown(client, cast.eda)
    assert "There are no branches to show here." in text(answer.content.decode())
    assert not {"Vienna", "Graz", "Linz"} & set(text(answer.content.decode()).split())


@pytest.mark.parametrize(
    "words",
    [
        {"series": "not-an-id"},
        {"series": str(uuid.uuid4())},
        {"period": "yesterday"},
        {"group": str(uuid.uuid4())},
        {"cursor": "-1"},
        {"cursor": "1" * 10},
    ],
)
def test_what_is_not_there_is_absent(cast, league, client, words):
    assert shown(client, cast.cora, **words).status_code == 404


def test_another_chain_is_absent_byte_for_byte(cast, league, client):
    client.force_login(cast.bob)
    accept = {"accept": "text/html"}
    foreign = client.get("/league", {"series": league.series.pk}, headers=accept)
    absent = client.get("/league", {"series": uuid.uuid4()}, headers=accept)
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.content == absent.content
    assert "There is nothing here" in foreign.content.decode()


def test_a_group_of_another_region_is_absent(cast, league, client):
    assert shown(client, cast.mia, group=cast.west.pk).status_code == 404


def test_query_counts_do_not_grow_with_the_chain(cast, league, client, django_assert_num_queries):
    shown(client, cast.cora)
    with django_assert_num_queries(11):
        client.get("/league")
    for number in range(10):
        league.make(place(cast.aurora, f"Z{number}", "Europe/Vienna", cast.east), settled=False)
    settle()
    with django_assert_num_queries(11):
        assert len(names(client.get("/league"))) == 13
    with django_assert_num_queries(11):
        client.get("/league?part=section.ARR")
