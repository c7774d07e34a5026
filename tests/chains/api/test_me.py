"""Who am I, over the API."""

import pytest

pytestmark = pytest.mark.django_db
ME = "/api/v1/me"


def test_a_manager_learns_roles_groups_and_chain(cast, client):
    client.force_login(cast.mia)
    aurora = {"id": str(cast.aurora.id), "slug": "aurora", "name": "Aurora Hotels"}
    assert client.get(ME).json() == {
        "username": "mia",
        "name": "",
        "language": "en",
        "roles": [
            {
                "role": "manager",
                "office": None,
                "chain": aurora,
                "groups": [{"id": str(cast.east.id), "kind": "region", "code": "east", "name": "East"}],
                "locations": [],
                "publishes": False,
            }
        ],
        "chains": [aurora],
    }


@pytest.mark.parametrize(
    ("name", "roles", "chains"),
    [
        ("ada", ["auditor"], []),
        ("paul", ["planner"], ["aurora", "borealis"]),
        ("cora", ["chain_admin"], ["aurora"]),
        ("bob", ["manager"], ["borealis"]),
        ("stan", [], []),
    ],
)
def test_everyone_learns_their_own_roles_and_chains_only(cast, client, name, roles, chains):
    client.force_login(getattr(cast, name))
    body = client.get(ME).json()
    assert [held["role"] for held in body["roles"]] == roles
    assert [chain["slug"] for chain in body["chains"]] == chains


def test_query_counts(cast, client, django_assert_num_queries):
    client.force_login(cast.mia)
    with django_assert_num_queries(7):
        client.get(ME)
