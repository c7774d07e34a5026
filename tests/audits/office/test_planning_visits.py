"""Visits planned, given to auditors, taken away, called off and missed, over HTTP."""

import uuid
from datetime import date

import pytest

from audits.models import Assignment, Audit
from chains.models import Membership, Office
from tests.audits.delivering import delivered, planned
from tests.cast import person

pytestmark = pytest.mark.django_db
WINDOW = {"first": "2027-02-01", "last": "2027-02-28"}


def wish(house, place, **more):
    return {"component": str(house.component.pk), "location": str(place.pk), "window": WINDOW} | more


def test_one_visit_is_planned_with_its_rules(cast, house, ask):
    window = WINDOW | {"weekdays": [5, 6], "times": [["12:00", "14:00"]], "excluded": ["2027-02-14"],
                       "deliver_by": "2027-03-03"}  # fmt: skip
    answer = ask(
        cast.paul, "post", "audits", wish(house, cast.vienna, window=window, reference="A-1", kind="announced")
    )
    assert answer.status_code == 201
    shown = ask(cast.rita, "get", f"audits/{answer.json()['id']}").json()
    assert shown == {
        "id": answer.json()["id"],
        "programme": {"id": str(house.programme.pk), "code": "p", "name": "Programme"},
        "component": {"id": str(house.component.pk), "code": "stay", "name": "Stay"},
        "location": {"id": str(cast.vienna.pk), "code": "VIE", "name": "Vienna"},
        "kind": "announced",
        "state": "planned",
        "window": window,
        "reference": "A-1",
        "planned_at": shown["planned_at"],
        "visited_on": None,
        "accepted_at": None,
        "released_at": None,
        "visit_id": None,
        "assignment": None,
        "checklist_sha256": house.version.sha256,
        "scope_sha256": shown["scope_sha256"],
        "brief_sha256": None,
        "assignments": [],
        "submissions": [],
    }


def test_a_fault_of_one_visit_points_into_what_was_sent(cast, house, ask):
    answer = ask(
        cast.paul, "post", "audits", wish(house, cast.vienna, window={"first": "2027-02-02", "last": "2027-02-01"})
    )
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:problem:planning-refused")
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/window"]
    answer = ask(cast.paul, "post", "audits", wish(house, cast.oslo))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/location")
    assert not Audit.objects.exists()


def test_many_visits_are_planned_all_or_none(cast, house, ask):
    visits = [{"location": str(p.pk), "window": WINDOW, "reference": p.code} for p in (cast.vienna, cast.graz)]
    body = {"component": str(house.component.pk), "visits": visits}
    answer = ask(cast.paul, "post", "audits/plan", body)
    assert [row["reference"] for row in answer.json()["audits"]] == ["VIE", "GRA"]
    assert Audit.objects.count() == 2
    again = ask(cast.paul, "post", "audits/plan", body | {"visits": [visits[0] | {"reference": "new"}, visits[1]]})
    assert [(e["pointer"], e["code"]) for e in again.json()["errors"]] == [("/visits/1/reference", "used")]
    assert Audit.objects.count() == 2


def test_the_list_narrows_by_state_programme_location_auditor_and_month(cast, house, foreign, ask):
    vienna = planned(house.component, house.version, cast.vienna, cast.ada).audit
    graz = planned(house.component, house.version, cast.graz, cast.bea, state="cancelled").audit
    oslo = planned(foreign.component, foreign.version, cast.oslo, cast.ada).audit
    Audit.objects.filter(pk=graz.pk).update(window_from=date(2026, 3, 1), window_until=date(2026, 3, 10))

    def listed(**query):
        return {row["id"] for row in ask(cast.paul, "get", "audits", **query).json()["results"]}

    assert listed() == {str(a.pk) for a in (vienna, graz, oslo)}
    assert listed(state="cancelled") == {str(graz.pk)}
    assert listed(programme=str(foreign.programme.pk)) == {str(oslo.pk)}
    assert listed(component=str(house.component.pk), location=str(cast.vienna.pk)) == {str(vienna.pk)}
    assert listed(auditor=cast.ada.pk) == {str(vienna.pk), str(oslo.pk)}
    assert listed(month="2026-03", programme=str(house.programme.pk)) == {str(vienna.pk), str(graz.pk)}
    assert listed(month="2026-04", programme=str(house.programme.pk)) == {str(vienna.pk)}
    assert ask(cast.paul, "get", "audits", month="2026-13").status_code == 400
    assert ask(cast.paul, "get", "audits", colour="red").status_code == 400


def test_visits_planned_at_once_are_paged_without_loss_or_repetition(cast, house, ask, client):
    visits = [{"location": str(cast.vienna.pk), "window": WINDOW} for _ in range(1203)]
    ask(cast.paul, "post", "audits/plan", {"component": str(house.component.pk), "visits": visits})
    page = ask(cast.paul, "get", "audits", page_size=200).json()
    seen, back = [row["id"] for row in page["results"]], page["previous"]
    assert back is None
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += [row["id"] for row in page["results"]]
    assert (len(seen), len(set(seen))) == (1203, 1203)
    before = client.get(page["previous"]).json()
    assert [row["id"] for row in before["results"]] == seen[1000:1200]
    assert before["more"] is True


def test_a_cursor_of_nowhere_is_refused(cast, house, ask):
    for cursor in ("x", "W10=", "W3RydWUsIjEiXQ==", "é"):
        assert ask(cast.paul, "get", "audits", cursor=cursor).status_code == 404
    assert ask(cast.paul, "get", "audits", page_size="1e3").status_code == 400


def test_a_visit_is_given_to_an_auditor_and_taken_away_again(cast, house, ask):
    audit = ask(cast.paul, "post", "audits", wish(house, cast.vienna)).json()["id"]
    given = ask(cast.paul, "post", f"audits/{audit}/assign", {"auditor": cast.ada.pk})
    assert given.status_code == 201
    shown = ask(cast.paul, "get", f"audits/{audit}").json()
    assert (shown["state"], shown["assignment"]["auditor"]["username"]) == ("assigned", "ada")
    twice = ask(cast.paul, "post", f"audits/{audit}/assign", {"auditor": cast.bea.pk})
    assert (twice.status_code, twice.json()["type"]) == (409, "urn:problem:audit-state")
    path = f"assignments/{given.json()['id']}/withdraw"
    assert ask(cast.paul, "post", path, {"reason": "ill"}).json() == {"id": given.json()["id"], "state": "withdrawn"}
    assert ask(cast.paul, "post", path, {}).status_code == 200
    shown = ask(cast.paul, "get", f"audits/{audit}").json()
    assert (shown["state"], shown["assignments"][0]["reason"]) == ("planned", "ill")


def test_only_auditors_of_the_office_who_may_go_are_given_a_visit(cast, house, ask):
    audit = ask(cast.paul, "post", "audits", wish(house, cast.vienna)).json()["id"]
    stranger = person("stranger")
    Membership.objects.create(user=stranger, role="auditor", office=Office.objects.create(name="O", slug="o"))
    for who in (stranger.pk, cast.mia.pk, 999_999):
        answer = ask(cast.paul, "post", f"audits/{audit}/assign", {"auditor": who})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/auditor")
    delivered(planned(house.component, house.version, cast.vienna, cast.ada), {}, outcome="recognised")
    answer = ask(cast.paul, "post", f"audits/{audit}/assign", {"auditor": cast.ada.pk})
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/auditor", "recognised")]
    assert Audit.objects.get(pk=audit).state == "planned"


def test_many_visits_are_given_all_or_none(cast, house, ask):
    audits = [ask(cast.paul, "post", "audits", wish(house, p)).json()["id"] for p in (cast.vienna, cast.graz)]
    duties = [{"audit": audits[0], "auditor": cast.ada.pk}, {"audit": audits[1], "auditor": cast.bea.pk}]
    wrong = ask(cast.paul, "post", "audits/assign", {"duties": [duties[0], {"audit": str(uuid.uuid4()), "auditor": 0}]})
    assert [e["pointer"] for e in wrong.json()["errors"]] == ["/duties/1/audit", "/duties/1/auditor"]
    assert not Assignment.objects.exists()
    answer = ask(cast.paul, "post", "audits/assign", {"duties": duties})
    assert [(row["audit"], row["auditor"]) for row in answer.json()["assignments"]] == [
        (audits[0], cast.ada.pk),
        (audits[1], cast.bea.pk),
    ]


def test_a_visit_is_called_off_once(cast, house, ask):
    audit = ask(cast.paul, "post", "audits", wish(house, cast.vienna)).json()["id"]
    assert ask(cast.paul, "post", f"audits/{audit}/cancel", {}).json()["state"] == "cancelled"
    assert ask(cast.paul, "post", f"audits/{audit}/cancel", {}).status_code == 409


def test_a_visit_is_missed_only_when_its_report_is_overdue(cast, house, ask):
    open_visit, overdue = (planned(house.component, house.version, p, cast.ada).audit for p in (cast.vienna, cast.graz))
    Audit.objects.filter(pk=open_visit.pk).update(window_until=date(2099, 1, 1))
    Audit.objects.filter(pk=overdue.pk).update(window_until=date(2026, 1, 31))
    assert ask(cast.paul, "post", f"audits/{open_visit.pk}/missed").status_code == 409
    assert ask(cast.paul, "post", f"audits/{overdue.pk}/missed").json()["state"] == "missed"
    assert Audit.objects.get(pk=open_visit.pk).state == "assigned"


def test_auditors_are_listed_with_what_they_have_to_do(cast, house, ask):
    delivered(planned(house.component, house.version, cast.vienna, cast.ada), {}, outcome="recognised")
    planned(house.component, house.version, cast.graz, cast.ada)
    rows = ask(cast.paul, "get", "auditors", location=str(cast.vienna.pk)).json()["results"]
    assert [(row["username"], row["open_visits"], row["may_go"]) for row in rows] == [
        ("ada", 1, False),
        ("bea", 0, True),
    ]
    rows = ask(cast.rita, "get", "auditors", location=str(cast.graz.pk)).json()["results"]
    assert [row["may_go"] for row in rows] == [True, True]


def test_query_counts_do_not_grow_with_the_page(cast, house, ask, django_assert_num_queries):
    for place in (cast.vienna, cast.graz, cast.linz):
        planned(house.component, house.version, place, cast.ada)
    audit = Audit.objects.first()
    ask(cast.paul, "get", "auditors")
    with django_assert_num_queries(6):
        ask(cast.paul, "get", "audits", page_size=1)
    with django_assert_num_queries(6):
        ask(cast.paul, "get", "audits")
    with django_assert_num_queries(7):
        ask(cast.paul, "get", f"audits/{audit.pk}")
    with django_assert_num_queries(6):
        ask(cast.paul, "get", "auditors", location=str(cast.vienna.pk))
    with django_assert_num_queries(5):
        ask(cast.paul, "get", "auditors")
