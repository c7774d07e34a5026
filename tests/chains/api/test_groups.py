"""Groups over the API: a manager's tree begins where their responsibility does."""

import uuid

import pytest

from chains.models import LocationGroup

pytestmark = pytest.mark.django_db
GROUPS = "/api/v1/groups"


@pytest.fixture
def top(cast):
    """A region above the region east."""
    top = LocationGroup.objects.create(chain=cast.aurora, kind="region", code="all", name="All")
    LocationGroup.objects.filter(pk=cast.east.pk).update(parent=top)
    return top


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("paul", ["all", "east", "north", "west"]),
        ("mia", ["east"]),
        ("max", ["west"]),
        ("mona", []),
        ("eda", []),
        ("cora", ["all", "east", "west"]),
        ("bob", ["north"]),
    ],
)
def test_lists_the_groups_of_the_person_asking(cast, top, client, name, expected):
    client.force_login(getattr(cast, name))
    assert [row["code"] for row in client.get(GROUPS).json()["results"]] == expected


def test_a_kind_narrows_the_list(cast, client):
    LocationGroup.objects.create(chain=cast.aurora, kind="brand", code="aur", name="Aurora")
    client.force_login(cast.cora)
    assert [row["code"] for row in client.get(f"{GROUPS}?kind=brand").json()["results"]] == ["aur"]
    assert client.get(f"{GROUPS}?kind=colour").status_code == 400


def test_a_group_shows_what_is_right_below_it(cast, top, client):
    client.force_login(cast.cora)
    assert client.get(f"{GROUPS}/{top.id}").json() == {
        "id": str(top.id),
        "kind": "region",
        "code": "all",
        "name": "All",
        "chain": {"id": str(cast.aurora.id), "slug": "aurora", "name": "Aurora Hotels"},
        "parent": None,
        "children": [{"id": str(cast.east.id), "kind": "region", "code": "east", "name": "East"}],
        "locations": [],
    }
    body = client.get(f"{GROUPS}/{cast.east.id}").json()
    assert (body["parent"], body["children"]) == (str(top.id), [])
    assert [row["code"] for row in body["locations"]] == ["GRA", "VIE"]


def test_the_group_above_is_not_named_to_those_who_do_not_manage_it(cast, top, client):
    client.force_login(cast.mia)
    assert client.get(f"{GROUPS}/{cast.east.id}").json()["parent"] is None
    assert client.get(GROUPS).json()["results"][0]["parent"] is None


def test_whoever_manages_a_region_sees_those_below(cast, top, client):
    cast.max.memberships.get().groups.set([top])
    client.force_login(cast.max)
    assert [row["code"] for row in client.get(GROUPS).json()["results"]] == ["all", "east"]


def test_a_sibling_group_is_as_absent_as_none(cast, client):
    client.force_login(cast.mia)
    keys = (cast.west.id, cast.north.id, uuid.uuid4())
    answers = [client.get(f"{GROUPS}/{key}") for key in keys]
    assert {answer.status_code for answer in answers} == {404}
    assert len({a.content.replace(str(k).encode(), b"-") for a, k in zip(answers, keys, strict=True)}) == 1


def test_query_counts(cast, client, django_assert_num_queries):
    client.force_login(cast.cora)
    with django_assert_num_queries(4):
        client.get(GROUPS)
    with django_assert_num_queries(6):
        client.get(f"{GROUPS}/{cast.east.id}")
