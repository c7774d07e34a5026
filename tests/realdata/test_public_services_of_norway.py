"""64 public services audited by professionals: phones, HTTP, Celery and the API bring out the published figures."""

import json
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from audits.models import Audit, Dirty, Submission
from audits.models.windows import WindowRules
from audits.services.planning import Duty, Visit, assign_many, plan_many
from chains.models import Location, Membership, User
from standards.spec.checklist import Checklist, Section, Standard
from tests.cast import person, programme_of, publish_directly, scheme_in_force
from tests.phone import Phone, Sealed
from tests.realdata.datasets import rows_of

pytestmark = pytest.mark.realdata

CRITERIA, PUBLISHED = "difi_2016_criteria.csv", "difi_2016_published.csv"
BEFORE_ALL = datetime(2015, 9, 1, tzinfo=UTC)
TODAY = datetime.now(UTC).date()
# The areas in the order of their numbers, as the published file calls them.
AREAS = ("finnbarhet", "troverdig", "trygg", "virker", "bruk", "hjelp")
# Two published totals were edited later: audit id → (points of its criteria, points published).
EDITED_LATER = {"19389": (747, 742), "19218": (597, 562)}
# The share of all points rounded up, and stars as rank bands over all that were audited.
SCHEME = {
    "levels": ["1", "2", "3", "4", "5", "6"],
    "values": {"percentage": {"sum": ["whole"], "round": "up", "places": 0}},
    "decide": {"value": "whole"},
    "peers": {
        "value": "whole",
        "best": "high",
        "cut": "nearest",
        "ties": "better",
        "shares": {"6": "5", "5": "15", "4": "30", "3": "30", "2": "15", "1": "5"},
    },
    "visits": {"within": "730", "combine": "mean", "minimum": "1"},
}


def criteria() -> dict[str, list[dict[str, str]]]:
    """The rows of each audit; one row of the file has no audit."""
    found = defaultdict(list)
    for row in rows_of(CRITERIA):
        if row["audit_id"]:
            found[row["audit_id"]].append(row)
    return found


def checklist_of(rows: list[dict[str, str]]) -> Checklist:
    """33 criteria in six areas, each worth its own maximum, the points given directly."""
    areas = dict.fromkeys((row["area"][0], row["area"]) for row in rows)
    return Checklist(
        code="kvalitet",
        name="Kvalitet på nett",
        language="no",
        decimals=0,
        sections=tuple(Section(code, name) for code, name in areas),
        standards=tuple(
            Standard(row["number"], row["area"][0], row["criterion"], kind="points", max=row["max_points"])
            for row in rows
        ),
    )


def audited_on(rows: list[dict[str, str]]) -> date:
    return datetime.strptime(rows[0]["audited_on"], "%d.%m.%Y").date()


@pytest.fixture
def planned(cast, live):
    """Every audit planned on its own day at its own service, each given to an assessor of its own; and the series."""
    audits = criteria()
    version = publish_directly(cast.aurora, checklist_of(next(iter(audits.values()))))
    _, component, series = programme_of(version, scheme_in_force(cast.aurora, SCHEME, since=date(2000, 1, 1)))
    series.period_kind = "year"
    series.save()
    places = Location.objects.bulk_create(
        Location(chain=cast.aurora, code=name, name=rows[0]["service"], timezone="Europe/Oslo")
        for name, rows in audits.items()
    )
    late = WindowRules(deliver_by=TODAY + timedelta(days=1))
    visits = [
        Visit(place, audited_on(rows), audited_on(rows), rules=late, reference=name)
        for place, (name, rows) in zip(places, audits.items(), strict=True)
    ]
    planned = plan_many(component=component, visits=visits, now=BEFORE_ALL)
    people = [person(f"assessor-{name}") for name in audits]
    Membership.objects.bulk_create(Membership(user=one, role="auditor", office=cast.office) for one in people)
    duties = [Duty(audit.pk, one) for audit, one in zip(planned, people, strict=True)]
    assign_many(duties=duties, now=BEFORE_ALL)
    return audits, series


def deliver(base: str, name: str, rows: list[dict[str, str]]) -> Sealed:
    """One assessor's phone: sign in, fetch the only assignment, accept, fill in, deliver."""
    phone = Phone(base, seed=int(name))
    with closing(phone.link):
        return _visit(phone, name, rows)


def _visit(phone: Phone, name: str, rows: list[dict[str, str]]) -> Sealed:
    phone.sign_in(f"assessor-{name}", f"ASSESSOR-{name}")
    (assignment,) = phone.fetch_manifest()
    phone.accept(assignment)
    sealed = phone.seal(
        assignment,
        visited_on=audited_on(rows),
        answers={row["number"]: int(row["points"]) for row in rows},
        comments={row["number"]: row["comment"] for row in rows if row["comment"]},
    )
    return phone.deliver(sealed)


class Reader:
    """A person who reads the API with the session of a page."""

    def __init__(self, base: str, who: User) -> None:
        client = Client()
        client.force_login(who)
        self.base, self.cookie = base, f"sessionid={client.cookies['sessionid'].value}"

    def get(self, path: str) -> Any:
        address = path if path.startswith("http") else f"{self.base}/api/v1/{path}"
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Cookie": self.cookie})) as answer:
            return json.load(answer)

    def all(self, path: str) -> list[Any]:
        """Every page of a list whose `next` is the address of the next page."""
        rows: list[Any] = []
        while path:
            page = self.get(path)
            rows += page["results"]
            path = page["next"]
        return rows


def test_points_areas_percentages_and_stars_come_out_as_published(planned, live, cast):
    audits, series = planned
    assert (len(audits), sum(map(len, audits.values()))) == (64, 64 * 33)

    with ThreadPoolExecutor(8) as crowd:
        sent = list(crowd.map(lambda item: deliver(live.url, *item), audits.items()))
    assert {one.state for one in sent} == {"complete"}
    live.until(lambda: Audit.objects.filter(state="released").count() == 64 and not Dirty.objects.exists(), seconds=60)
    assert Submission.objects.exclude(flags=[]).count() == 0

    published = {row["vurderingid"]: row for row in rows_of(PUBLISHED)}
    assert len(published) == 64
    points, areas = reported(Reader(live.url, cast.rita))
    told = {name: int(row["poeng"]) for name, row in published.items()}
    assert {name: (points[name], told[name]) for name in told if points[name] != told[name]} == EDITED_LATER
    alike = sorted(set(told) - set(EDITED_LATER))
    assert {name: areas[name] for name in alike} == {
        name: tuple(int(published[name][f"{area}_poeng"]) for area in AREAS) for name in alike
    }
    percentages, stars = rated(Reader(live.url, cast.cora), series.pk)
    assert {name: percentages[name] for name in alike} == {name: int(published[name]["snittprosent"]) for name in alike}
    assert stars == {name: row["stjerner"] for name, row in published.items()}


def reported(reviewer: Reader) -> tuple[dict[str, int], dict[str, tuple[int, ...]]]:
    """Points of each audit, and of each of its areas, as the office reads them."""
    points, areas = {}, {}
    for row in reviewer.all("office/submissions?page_size=200"):
        report = reviewer.get(f"office/submissions/{row['id']}")
        name = row["location"]["code"]
        (score,) = report["scores"]
        assert score["possible"] == "1092"
        points[name] = int(score["earned"])
        areas[name] = tuple(sum(int(one["earned"]) for one in section["answers"]) for section in report["sections"])
    return points, areas


def rated(manager: Reader, series: Any) -> tuple[dict[str, int], dict[str, str]]:
    """Percentage and stars of each service in 2016, as a manager reads them."""
    percentages, stars, cursor = {}, {}, ""
    while cursor is not None:
        page = manager.get(f"ratings?series={series}&period=2016-01-01&cursor={cursor}")
        for row in page["results"]:
            name = row["location"]["code"]
            stars[name] = row["stars"]
            percentages[name] = int(manager.get(f"ratings/{row['id']}/explain")["values"]["percentage"])
        cursor = page["next"]
    return percentages, stars
