"""Most failed, biggest fall, no longer failed: from counts, within what the reader may see, back to the branches."""

from datetime import date

import pytest
from django.test import Client
from msgspec.structs import replace

from audits.models import Observation
from audits.results.standards import LEAST_ANSWERS
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.audits.web.reading import tables, text
from tests.cast import programme_of, publish_directly, scheme_in_force, small_checklist

pytestmark = pytest.mark.django_db
URL = "/api/v1/comparisons/standards"
MAY, JUNE = date(2026, 5, 20), date(2026, 6, 10)


@pytest.fixture
def visited(cast):
    """Vienna and Linz in May and June, six times each: greetings get worse, spas reopen, beds stay as they are."""
    version = publish_directly(cast.aurora, small_checklist())
    _, component, series = programme_of(version, scheme_in_force(cast.aurora))

    def visit(where, on, **answers):
        given = PERFECT | {code.replace("_", "-"): answer for code, answer in answers.items()}
        delivered(planned(component, version, where, cast.ada), given, visited_on=on)

    for where in (cast.vienna, cast.linz):
        for _ in range(LEAST_ANSWERS + 1):
            visit(where, MAY, ROOM_002="not_met", ROOM_001="not_met")
            visit(where, JUNE, ARR_001="not_met", ROOM_001="not_met" if where == cast.linz else "met")
    settle()
    return series


def asked(person, **words):
    client = Client()
    client.force_login(person)
    return client.get(URL, words)


def rows(person, **words):
    return [(row["code"], row["now"]["failed"]) for row in asked(person, **words).json()["results"]]


def test_the_most_failed_come_first_with_their_branches(cast, visited):
    answer = asked(cast.cora).json()
    assert (answer["question"], answer["visits"], answer["visits_before"], answer["branches"]) == (
        "most-failed",
        12,
        12,
        2,
    )
    greeting, bed = answer["results"]
    assert (greeting["code"], greeting["wording"], greeting["section"]) == (
        "ARR-001",
        "The guest was greeted.",
        "Arrival",
    )
    assert greeting["now"] == {"failed": 12, "applied": 12, "branches": 2, "met": 0.0}
    assert greeting["before"] == {"failed": 0, "applied": 12, "branches": 0, "met": 100.0}
    assert (greeting["change"], greeting["clear"]) == (-100.0, True)
    assert (bed["code"], bed["now"]["failed"], bed["now"]["branches"], bed["critical"]) == ("ROOM-001", 6, 1, True)


def test_the_biggest_fall_is_against_the_period_before(cast, visited):
    assert rows(cast.cora, question="biggest-fall") == [("ARR-001", 12)]


def test_what_nobody_fails_any_more(cast, visited):
    assert rows(cast.cora, question="no-longer-failed") == [("ROOM-002", 0)]


def test_a_manager_learns_of_their_own_branches_only(cast, visited):
    # Beds fail in Linz alone, which Mia does not manage; in Vienna nobody fails them any more.
    assert rows(cast.mia) == [("ARR-001", 6)]
    assert rows(cast.mia, question="no-longer-failed") == [("ROOM-001", 0), ("ROOM-002", 0)]
    assert rows(cast.mona) == []
    assert rows(cast.mia, group=cast.east.pk) == [("ARR-001", 6)]
    assert asked(cast.mia, group=cast.west.pk).status_code == 404


def test_a_group_is_the_sum_of_its_branches(cast, visited):
    assert rows(cast.cora, group=cast.west.pk) == [("ARR-001", 6), ("ROOM-001", 6)]


def test_every_number_leads_to_the_branches_and_their_visits(cast, visited):
    client = Client()
    client.force_login(cast.cora)
    greeting = client.get(URL).json()["results"][0]
    where = client.get(greeting["where"]).json()
    assert [(row["location"]["name"], row["failed"], row["applied"]) for row in where["results"]] == [
        ("Linz", 6, 6),
        ("Vienna", 6, 6),
    ]
    visits = client.get(where["results"][1]["visits"]).json()["results"]
    assert len(visits) == 6
    shown = client.get(f"/api/v1/visits/{visits[0]['visit_id']}").json()
    assert [failed["code"] for failed in shown["failed"]] == ["ARR-001"]


def test_a_standard_is_followed_through_a_new_code(cast):
    old = publish_directly(cast.aurora, small_checklist())
    renamed = [replace(one, code="ARR-101") if one.code == "ARR-001" else one for one in small_checklist().standards]
    lineage = {"number": 2, "based_on": old, "code_map": {"ARR-101": "ARR-001"}}
    new = publish_directly(cast.aurora, small_checklist(standards=tuple(renamed)), **lineage)
    _, component, _ = programme_of(old, scheme_in_force(cast.aurora))
    for _ in range(LEAST_ANSWERS):
        delivered(planned(component, old, cast.vienna, cast.ada), PERFECT | {"ARR-001": "not_met"}, visited_on=MAY)
        given = {code.replace("ARR-001", "ARR-101"): answer for code, answer in PERFECT.items()}
        delivered(planned(component, new, cast.vienna, cast.ada), given, visited_on=JUNE)
    delivered(planned(component, old, cast.graz, cast.ada), PERFECT | {"ARR-001": "not_met"}, visited_on=JUNE)
    settle()

    line = asked(cast.cora).json()["results"][0]
    assert (line["code"], line["now"]["failed"], line["now"]["applied"]) == ("ARR-101", 1, LEAST_ANSWERS + 1)
    assert (line["before"]["failed"], line["before"]["applied"]) == (LEAST_ANSWERS, LEAST_ANSWERS)
    client = Client()
    client.force_login(cast.cora)
    where = client.get(line["where"]).json()
    assert [(row["location"]["name"], row["failed"]) for row in where["results"]] == [("Graz", 1)]


def test_no_answers_are_read(cast, visited, django_assert_num_queries):
    Observation.objects.update(answers=b"")
    client = Client()
    client.force_login(cast.cora)
    # The lineage of the checklist is read once per process.
    for queries in (9, 7):
        with django_assert_num_queries(queries):
            assert len(client.get(URL).json()["results"]) == 2


@pytest.mark.parametrize("words", [{"question": "worst"}, {"limit": "0"}, {"limit": "x"}, {"limit": "201"}])
def test_what_cannot_be_answered_is_refused_by_its_parameter(cast, visited, words):
    answer = asked(cast.cora, **words)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(words))}"


def test_the_file_has_a_row_for_each(cast, visited, client):
    client.force_login(cast.cora)
    answer = client.get(f"{URL}.csv", {"question": "most-failed"})
    head, first, _ = answer.content.decode().splitlines()
    assert head.startswith("code,wording,section,classification,critical,failed,applied,branches,met,failed_before")
    assert first == "ARR-001,The guest was greeted.,Arrival,Courtesy,False,12,12,2,0.0,0,12,100.0,-100.0,True"
    assert 'filename="standards-most-failed-2026-06.csv"' in answer["Content-Disposition"]


def test_the_page_tells_the_same(cast, visited, client):
    client.force_login(cast.cora)
    page = client.get("/standards").content.decode()
    _, greeting, bed = tables(page)["Most often not met"]
    assert greeting[:3] == ["The guest was greeted. Arrival · Courtesy · ARR-001", "12 of 12", "2"]
    assert greeting[5] == "−100.0 clear"
    assert bed[0].startswith("The bed was clean. critical")
    where = client.get("/standards/ARR-001", {"series": visited.pk}).content.decode()
    assert [row[0] for row in tables(where)["Branches where it was not met"][1:]] == ["Linz LIN", "Vienna VIE"]
    assert client.get("/standards/NONE", {"series": visited.pk}).status_code == 404


def test_a_question_without_a_period_before_says_so(cast, visited, client):
    client.force_login(cast.cora)
    page = client.get("/standards", {"question": "biggest-fall", "period": "2026-05-01"}).content.decode()
    assert "no visit was made in the period before" in text(page)
