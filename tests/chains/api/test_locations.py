"""Branches over the API: what is listed for whom, in which order, and at what price."""

import uuid
from datetime import date

import pytest

from chains.models import GroupMembership, Location, LocationGroup, Outlet
from tests.cast import place

pytestmark = pytest.mark.django_db
LOCATIONS = "/api/v1/locations"


def codes(client, person, query=""):
    client.force_login(person)
    answer = client.get(LOCATIONS + query)
    assert answer.status_code == 200, answer.content
    return [row["code"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("paul", ["GRA", "LIN", "OSL", "VIE"]),
        ("rita", ["GRA", "LIN", "OSL", "VIE"]),
        ("mia", ["GRA", "VIE"]),
        ("max", ["LIN"]),
        ("mona", ["GRA"]),
        ("eda", []),
        ("cora", ["GRA", "LIN", "VIE"]),
        ("bob", ["OSL"]),
    ],
)
def test_lists_the_branches_of_the_person_asking_by_code(cast, client, name, expected):
    assert codes(client, getattr(cast, name)) == expected


def test_shows_what_a_branch_is_and_nothing_else(cast, client):
    client.force_login(cast.mona)
    assert client.get(LOCATIONS).json() == {
        "results": [
            {
                "id": str(cast.graz.id),
                "code": "GRA",
                "name": "Graz",
                "chain": {"id": str(cast.aurora.id), "slug": "aurora", "name": "Aurora Hotels"},
                "town": "Graz",
                "country": "",
                "timezone": "Europe/Vienna",
                "facilities": ["spa"],
                "opened_on": None,
                "closed_on": None,
                "suspended_from": None,
                "suspended_until": None,
            }
        ],
        "next": None,
        "previous": None,
        "more": False,
    }


def test_a_group_filter_keeps_the_branches_of_the_group(cast, client):
    assert codes(client, cast.cora, f"?group={cast.west.id}") == ["LIN"]


def test_a_group_filter_takes_in_the_regions_below(cast, client):
    top = LocationGroup.objects.create(chain=cast.aurora, kind="region", code="all", name="All")
    LocationGroup.objects.filter(pk=cast.east.pk).update(parent=top)
    assert codes(client, cast.cora, f"?group={top.id}") == ["GRA", "VIE"]


def test_a_group_filter_goes_by_today(cast, client):
    GroupMembership.objects.filter(location=cast.vienna).update(valid_until=date(2001, 1, 1))
    assert codes(client, cast.cora, f"?group={cast.east.id}") == ["GRA"]


def test_a_group_that_is_not_yours_is_as_empty_as_one_that_is_not_there(cast, client):
    """Mona manages Graz, not the region: filtering by the region must not tell her that Graz is in it."""
    assert codes(client, cast.mona, f"?group={cast.east.id}") == []
    assert codes(client, cast.mona, f"?group={uuid.uuid4()}") == []
    assert codes(client, cast.paul, f"?group={cast.east.id}") == ["GRA", "VIE"]


@pytest.mark.parametrize(
    ("text", "expected"), [("vie", ["VIE"]), ("A", ["GRA", "VIE"]), ("linz", []), ("%", []), ("", None)]
)
def test_a_text_filter_looks_into_code_name_and_town_of_own_branches(cast, client, text, expected):
    client.force_login(cast.mia)
    answer = client.get(LOCATIONS, {"q": text})
    if expected is None:
        assert answer.status_code == 400
    else:
        assert [row["code"] for row in answer.json()["results"]] == expected


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("?grup=1", "/grup", "unknown"),
        ("?group=east", "/group", "invalid"),
        ("?q=%00", "/q", "null_characters_not_allowed"),
        ("?q=" + "x" * 101, "/q", "max_length"),
    ],
)
def test_a_filter_that_is_not_right_is_refused_by_name(cast, client, query, pointer, code):
    client.force_login(cast.mia)
    answer = client.get(LOCATIONS + query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


def test_pages_hold_every_branch_once_also_where_chains_use_the_same_code(cast, client):
    for chain in (cast.aurora, cast.borealis):
        for number in range(3):
            Location.objects.create(chain=chain, code=f"X{number}", name=f"{chain} {number}", timezone="UTC")
    client.force_login(cast.paul)
    seen, address = [], f"{LOCATIONS}?page_size=3"
    while address:
        page = client.get(address).json()
        assert page["more"] == (page["next"] is not None)
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert len(seen) == 10
    assert seen == [str(pk) for pk in Location.objects.order_by("code", "id").values_list("id", flat=True)]


def test_a_branch_shows_its_outlets_and_the_groups_one_may_see(cast, client):
    bar = Outlet.objects.create(location=cast.graz, section_code="BAR", code="lobby", name="Lobby bar")
    peers = LocationGroup.objects.create(chain=cast.aurora, kind="peer", code="towns", name="Towns")
    GroupMembership.objects.create(group=peers, location=cast.graz)
    client.force_login(cast.mia)
    body = client.get(f"{LOCATIONS}/{cast.graz.id}").json()
    assert body["outlets"] == [
        {"id": str(bar.id), "section_code": "BAR", "code": "lobby", "name": "Lobby bar", "closed_on": None}
    ]
    assert [group["code"] for group in body["groups"]] == ["east"]
    client.force_login(cast.cora)
    assert [g["code"] for g in client.get(f"{LOCATIONS}/{cast.graz.id}").json()["groups"]] == ["towns", "east"]
    client.force_login(cast.mona)
    assert client.get(f"{LOCATIONS}/{cast.graz.id}").json()["groups"] == []


@pytest.mark.parametrize("own", ["vienna", "linz"])
def test_a_sibling_branch_is_as_absent_as_none(cast, client, own):
    """Mona manages Graz; the branches beside it are no more hers than one that does not exist."""
    client.force_login(cast.mona)
    sibling, absent = getattr(cast, own).id, uuid.uuid4()
    answers = [client.get(f"{LOCATIONS}/{key}") for key in (sibling, absent)]
    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = [
        answer.content.replace(str(key).encode(), b"-") for answer, key in zip(answers, (sibling, absent), strict=True)
    ]
    assert bodies[0] == bodies[1]


class TestQueries:
    """Session, account and roles are three; what a role opens is read before the rows are."""

    def test_for_head_office(self, cast, client, django_assert_num_queries):
        client.force_login(cast.cora)
        with django_assert_num_queries(4):
            client.get(LOCATIONS)

    def test_for_a_manager(self, cast, client, django_assert_num_queries):
        client.force_login(cast.mia)
        with django_assert_num_queries(7):
            client.get(LOCATIONS)

    def test_for_the_office(self, cast, client, django_assert_num_queries):
        client.force_login(cast.paul)
        with django_assert_num_queries(5):
            client.get(LOCATIONS)

    def test_no_more_for_many_branches(self, cast, client, django_assert_num_queries):
        for number in range(40):
            place(cast.aurora, f"{number:03}", "UTC", cast.east)
        client.force_login(cast.cora)
        with django_assert_num_queries(4):
            assert len(client.get(LOCATIONS).json()["results"]) == 43

    def test_for_one_branch(self, cast, client, django_assert_num_queries):
        client.force_login(cast.cora)
        with django_assert_num_queries(6):
            client.get(f"{LOCATIONS}/{cast.graz.id}")
