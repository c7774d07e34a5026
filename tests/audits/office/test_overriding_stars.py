"""Overrides: a recorded decision on top of the stars, shown as one wherever the stars are shown."""

from datetime import date

import pytest
from django.utils import timezone

from audits.models import Override, Rating
from audits.services import overriding, reviewing
from chains.problems import Problem
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def rated(cast, house):
    """Vienna and Graz with five stars in June."""
    for place in (cast.vienna, cast.graz):
        submission = delivered(planned(house.component, house.version, place, cast.ada), PERFECT)
        settle()
        reviewing.accept(submission_id=submission.pk, reviewer=cast.rita, now=NOW)
    settle()
    return house


def decision(house, place, **more):
    return {
        "series": str(house.series.pk),
        "location": str(place.pk),
        "outcome": "three",
        "reason": "Closed kitchen, by the committee of 1 June.",
        "from_period": "2026-06-15",
    } | more


def test_an_office_admin_records_a_decision(cast, rated, ask):
    answer = ask(cast.olga, "post", "overrides", decision(rated, cast.vienna, until="2026-08-03"))
    assert answer.status_code == 201
    row = answer.json()
    assert row == {
        "id": row["id"],
        "series": {"id": str(rated.series.pk), "code": "league", "name": "Monthly league"},
        "location": {"id": str(cast.vienna.pk), "code": "VIE", "name": "Vienna"},
        "outcome": "three",
        "reason": "Closed kitchen, by the committee of 1 June.",
        "from_period": "2026-06-01",
        "until": "2026-08-31",
        "made_by": {"id": cast.olga.pk, "username": "olga", "name": ""},
        "made_at": row["made_at"],
        "ended_at": None,
    }
    assert ask(cast.rita, "get", "overrides", location=str(cast.vienna.pk)).json()["results"] == [row]
    assert ask(cast.rita, "get", "overrides", location=str(cast.graz.pk)).json()["results"] == []


def test_reviewers_read_overrides_and_do_not_make_them(cast, rated, ask):
    assert ask(cast.rita, "post", "overrides", decision(rated, cast.vienna)).status_code == 403
    assert ask(cast.rita, "get", "overrides").status_code == 200
    assert not Override.objects.exists()


def test_every_fault_is_named(cast, rated, foreign, ask):
    wrong = decision(rated, cast.oslo, outcome="six", reason="  x", until="2026-05-01")
    answer = ask(cast.olga, "post", "overrides", wrong)
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/location", "foreign"),
        ("/outcome", "unknown"),
        ("/until", "backwards"),
    ]
    assert ask(cast.olga, "post", "overrides", decision(rated, cast.vienna, reason=" ")).status_code == 400
    assert not Override.objects.exists()


def test_two_decisions_never_hold_for_one_period(cast, rated, ask):
    first = ask(cast.olga, "post", "overrides", decision(rated, cast.vienna, until="2026-06-01")).json()
    over = ask(cast.olga, "post", "overrides", decision(rated, cast.vienna, outcome="one"))
    assert (over.status_code, over.json()["type"]) == (409, "urn:problem:override-refused")
    assert (
        ask(cast.olga, "post", "overrides", decision(rated, cast.vienna, from_period="2026-07-01")).status_code == 201
    )
    assert ask(cast.olga, "post", "overrides", decision(rated, cast.graz)).status_code == 201
    earlier = decision(rated, cast.vienna, from_period="2026-04-01", until="2026-06-30")
    assert ask(cast.olga, "post", "overrides", earlier).status_code == 409
    assert ask(cast.olga, "post", "overrides", earlier | {"until": "2026-05-31"}).status_code == 201
    assert first["until"] == "2026-06-30"


def test_it_is_shown_as_one_wherever_the_stars_are(cast, rated, ask, client):
    ask(cast.olga, "post", "overrides", decision(rated, cast.vienna))
    client.force_login(cast.mia)
    told = {
        "outcome": "three",
        "instead_of": "five",
        "reason": "Closed kitchen, by the committee of 1 June.",
        "until": None,
    }
    league = client.get(f"{API}/comparisons/league", {"period": "2026-06-01"}).json()["results"]
    assert {row["location"]["code"]: (row["stars"], row["override"]) for row in league} == {
        "VIE": ("three", told),
        "GRA": ("five", None),
    }
    assert {row["score"] for row in league} == {100.0}
    ratings = client.get(f"{API}/ratings", {"period": "2026-06-01"}).json()["results"]
    assert [(row["stars"], row["override"]) for row in ratings] == [("five", None), ("three", told)]
    one = Rating.objects.get(location=cast.vienna, current=True)
    assert client.get(f"{API}/ratings/{one.pk}").json()["override"] == told
    explained = client.get(f"{API}/ratings/{one.pk}/explain").json()
    assert (explained["rating"]["stars"], explained["rating"]["override"]) == ("three", told)
    sides = client.get(f"{API}/comparisons/locations", {"ids": str(cast.vienna.pk), "period": "2026-06-01"}).json()
    assert sides["results"][0]["override"] == told
    trend = client.get(f"{API}/locations/{cast.vienna.pk}/trend").json()["results"]
    assert [(row["period"]["label"], row["stars"]) for row in trend] == [("2026-06", "three")]
    file = client.get(f"{API}/comparisons/league.csv", {"period": "2026-06-01"}).content.decode()
    assert "Closed kitchen" in file
    for content in (league, explained, sides, trend):
        assert "olga" not in str(content)


def test_the_rating_below_stays_as_it_was_made(cast, rated, ask):
    before = list(Rating.objects.order_by("pk").values())
    ask(cast.olga, "post", "overrides", decision(rated, cast.vienna))
    settle(timezone.now())
    assert list(Rating.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("body", "until", "held"), [({}, "2026-05-31", []), ({"last": "2026-07-09"}, "2026-07-31", [6, 7])]
)
def test_it_is_taken_back_or_ends_with_a_period(cast, rated, ask, body, until, held):
    row = ask(cast.olga, "post", "overrides", decision(rated, cast.vienna)).json()
    assert ask(cast.rita, "post", f"overrides/{row['id']}/end", body).status_code == 403
    ended = ask(cast.olga, "post", f"overrides/{row['id']}/end", body).json()
    assert (ended["until"], ended["ended_at"] is not None) == (until, True)
    holding = [
        month
        for month in range(5, 10)
        if Override.objects.holding(series_id=rated.series.pk, start=date(2026, month, 1)).exists()
    ]
    assert holding == held
    assert ask(cast.olga, "post", f"overrides/{row['id']}/end", body).status_code == 409


def test_it_cannot_be_prolonged_by_ending_it(cast, rated, ask):
    row = ask(cast.olga, "post", "overrides", decision(rated, cast.vienna, until="2026-06-30")).json()
    assert ask(cast.olga, "post", f"overrides/{row['id']}/end", {"last": "2026-07-01"}).status_code == 409
    assert Override.objects.get().ended_at is None


def test_without_a_scheme_in_force_there_is_no_outcome_to_decide_on(cast, rated):
    with pytest.raises(Problem) as caught:
        overriding.record(
            series=rated.series,
            location=cast.vienna,
            outcome="three",
            reason="r",
            from_period=date(2019, 1, 1),
            until=None,
            made_by=cast.olga,
            now=NOW,
        )
    assert [fault.pointer for fault in caught.value.errors] == ["/outcome"]
