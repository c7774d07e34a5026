"""The whole thread with nothing replaced: phone, web server, database, broker, worker, and the manager's question."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from audits.models import Observation, Rating, Score, Submission
from audits.services import planning
from tests.cast import programme_of, publish_directly, scheme_in_force, small_checklist
from tests.phone import Phone


def today():
    return timezone.now().astimezone(ZoneInfo("Europe/Vienna")).date()


@pytest.fixture
def series(live, cast):
    """A programme of Aurora with one visit to Vienna given to Ada; accepts automatically, releases at once."""
    version = publish_directly(cast.aurora, small_checklist())
    _, component, series = programme_of(version, scheme_in_force(cast.aurora))
    now = timezone.now()
    first, last = today() - timedelta(days=3), today() + timedelta(days=3)
    visit = planning.Visit(location=cast.vienna, window_from=first, window_until=last)
    audit = planning.plan(component=component, visit=visit, now=now)
    planning.assign(audit_id=audit.pk, auditor=cast.ada, now=now)
    return series


@pytest.fixture
def phone(live, series):
    """Ada's phone, signed in; it never waits between tries."""
    phone = Phone(live.url, sleep=lambda _seconds: None)
    phone.sign_in("ada", "ADA")
    yield phone
    phone.link.close()


@pytest.fixture
def sealed(phone):
    """A finished visit in the phone, not sent yet."""
    (assignment,) = phone.fetch_manifest()
    assert phone.accept(assignment).status == 200
    answers = {"ARR-001": "met", "ARR-002": 30, "ARR-003": 10, "ROOM-001": "met", "ROOM-002": "met"}
    return phone.seal(assignment, visited_on=today(), answers=answers)


def test_the_bell_alone_brings_the_stars_into_the_league(live, cast, series, phone, sealed, client):
    phone.deliver(sealed)
    assert (sealed.state, sealed.tries) == ("complete", 1)
    client.force_login(cast.mia)

    def league():
        return client.get("/api/v1/comparisons/league", {"series": str(series.pk)}).json().get("results")

    rows = live.until(league)
    shown = [(row["location"]["code"], row["stars"], row["score"], row["rank"]) for row in rows]
    assert shown == [("VIE", "five", 100.0, 1)]


def test_the_manifest_is_not_sent_twice(phone):
    phone.fetch_manifest()
    assert phone.link.ask("GET", "manifest", headers={"If-None-Match": phone.manifest_etag}).status == 304


def test_sending_again_changes_nothing_and_proves_the_same(live, phone, sealed):
    first, second = phone.put_once(sealed), phone.put_once(sealed)
    assert (first.status, second.status) == (201, 200)
    assert first.json()["receipt"] == second.json()["receipt"]
    assert phone.proves(first.json()["receipt"], sealed)
    live.until(Rating.objects.exists)
    assert Submission.objects.count() == Observation.objects.count() == Score.objects.count() == 1


def test_a_dead_worker_delays_stars_and_loses_nothing(live, phone, sealed):
    live.worker.kill()
    assert phone.deliver(sealed).state == "complete"
    assert not Score.objects.exists()
    live.worker.start()
    live.until(Rating.objects.exists)


@pytest.mark.parametrize("way", ["kill", "hang"])
def test_a_dead_or_hung_broker_never_refuses_a_delivery(live, phone, sealed, way):
    getattr(live.broker, way)()
    assert phone.put_once(sealed).status == 201
    assert Submission.objects.get().pk == sealed.id
