"""Programmes, components and series: set up freely, and fixed as soon as visits or results rest on them."""

import uuid
from datetime import date

import pytest

from audits.models import Audit, Component, Dirty, Period, Programme, Series
from chains.models import Chain, Membership, Office
from standards.models import Brief, Checklist
from tests.audits.delivering import planned
from tests.cast import NOW, scheme_in_force

pytestmark = pytest.mark.django_db


def release(assignment, day=date(2026, 5, 20)):
    """The visit as releasing leaves it."""
    Audit.objects.filter(pk=assignment.audit_id).update(
        state="released", visited_on=day, released_at=NOW, visit_id=uuid.uuid4()
    )


def test_a_planner_makes_a_programme_with_its_parts(cast, house, ask):
    answer = ask(
        cast.paul,
        "post",
        "programmes",
        {"chain": str(cast.aurora.pk), "code": "2027", "name": "The year 2027", "evidence_types": ["receipt"],
         "retention_days": {"receipt": 30}},
    )  # fmt: skip
    assert answer.status_code == 201
    assert answer.json() == {
        "id": answer.json()["id"],
        "chain": {"id": str(cast.aurora.pk), "slug": "aurora", "name": "Aurora Hotels"},
        "code": "2027",
        "name": "The year 2027",
        "automatic_acceptance": False,
        "release_mode": "daily",
        "reveal": "month",
        "shares_comments": False,
        "shares_evidence": False,
        "evidence_types": ["receipt"],
        "retention_days": {"receipt": 30},
        "ended_on": None,
    }
    programme = answer.json()["id"]
    component = ask(
        cast.paul,
        "post",
        "components",
        {"programme": programme, "code": "stay", "name": "A stay", "checklist": str(house.version.checklist_id),
         "weight": 70},
    )  # fmt: skip
    assert (component.status_code, component.json()["weight"], component.json()["channel"]) == (201, 70, "in_person")
    series = ask(
        cast.paul,
        "post",
        "series",
        {"programme": programme, "code": "stars", "name": "Stars", "scheme": str(house.scheme.scheme_id),
         "period_kind": "year"},
    )  # fmt: skip
    assert (series.status_code, series.json()["period_kind"]) == (201, "year")
    assert ask(cast.paul, "get", "components", programme=programme).json()["results"] == [component.json()]
    assert ask(cast.paul, "get", "series", programme=programme).json()["results"] == [series.json()]


def test_whoever_sets_up_a_programme_must_plan_for_its_chain(cast, house, ask):
    others = Chain.objects.create(office=Office.objects.create(name="Others", slug="others"), name="Far", slug="far")
    answer = ask(cast.paul, "post", "programmes", {"chain": str(others.pk), "code": "x", "name": "X"})
    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/chain", "unknown")]
    assert not Programme.objects.filter(code="x").exists()


def test_a_role_counts_only_in_its_own_office(cast, house, ask):
    others = Office.objects.create(name="Others", slug="others")
    Membership.objects.create(user=cast.rita, role="planner", office=others)
    assert ask(cast.rita, "patch", f"programmes/{house.programme.pk}", {"name": "Mine"}).status_code == 404
    assert ask(cast.rita, "get", f"programmes/{house.programme.pk}").status_code == 200


def test_parts_of_another_chain_do_not_exist(cast, house, foreign, ask):
    answer = ask(
        cast.paul,
        "post",
        "components",
        {
            "programme": str(house.programme.pk),
            "code": "c",
            "name": "C",
            "checklist": str(foreign.version.checklist_id),
        },
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/checklist")
    answer = ask(cast.paul, "patch", f"series/{house.series.pk}", {"scheme": str(foreign.scheme.scheme_id)})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/scheme")
    house.series.refresh_from_db()
    assert house.series.scheme_id == house.scheme.scheme_id


def test_a_code_is_used_once(cast, house, ask):
    answer = ask(cast.paul, "post", "programmes", {"chain": str(cast.aurora.pk), "code": "p", "name": "Again"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "used")


def test_unknown_members_are_refused_by_pointer(cast, house, ask):
    answer = ask(cast.paul, "patch", f"programmes/{house.programme.pk}", {"colour": "red", "name": "New"})
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/colour", "unknown")]
    answer = ask(cast.paul, "patch", f"programmes/{house.programme.pk}", {"retention_days": {"selfie": 3}})
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/retention_days/selfie", "unknown")]
    house.programme.refresh_from_db()
    assert (house.programme.name, house.programme.retention_days) == ("Programme", {})


def test_with_visits_a_programme_may_tell_less_of_them_but_never_more(cast, house, ask):
    path = f"programmes/{house.programme.pk}"
    assert ask(cast.paul, "patch", path, {"reveal": "date"}).status_code == 200
    planned(house.component, house.version, cast.vienna, cast.ada)
    more = ask(cast.paul, "patch", path, {"reveal": "daypart"})
    assert (more.status_code, more.json()["type"]) == (409, "urn:problem:arranging-refused")
    assert [(e["pointer"], e["code"]) for e in more.json()["errors"]] == [("/reveal", "fixed")]
    assert ask(cast.paul, "patch", path, {"reveal": "month"}).json()["reveal"] == "month"
    assert ask(cast.paul, "patch", path, {"code": "q"}).status_code == 409
    assert ask(cast.paul, "patch", path, {"code": "p", "name": "Renamed"}).json()["name"] == "Renamed"


def test_a_programme_cannot_end_before_visits_that_may_still_be_made(cast, house, ask):
    assignment = planned(house.component, house.version, cast.vienna, cast.ada)
    path = f"programmes/{house.programme.pk}"
    assert ask(cast.paul, "patch", path, {"ended_on": "2026-06-30"}).status_code == 409
    Audit.objects.filter(pk=assignment.audit_id).update(state="cancelled")
    assert ask(cast.paul, "patch", path, {"ended_on": "2026-06-30"}).status_code == 200


def test_with_visits_a_components_checklist_is_fixed_and_its_name_is_not(cast, house, ask):
    other = Checklist.objects.create(chain=cast.aurora, code="call", name="Call")
    brief = Brief.objects.create(chain=cast.aurora, code="guest", name="A guest")
    path = f"components/{house.component.pk}"
    assert ask(cast.paul, "patch", path, {"checklist": str(other.pk), "weight": 40}).status_code == 200
    assert ask(cast.paul, "patch", path, {"checklist": str(house.version.checklist_id)}).status_code == 200
    planned(house.component, house.version, cast.vienna, cast.ada)
    refused = ask(cast.paul, "patch", path, {"checklist": str(other.pk), "channel": "phone", "code": "k"})
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/code", "/checklist", "/channel"]
    changed = ask(
        cast.paul, "patch", path, {"name": "Night", "brief": str(brief.pk), "minimum_coverage": 80, "weight": 50}
    )
    assert changed.status_code == 200
    assert (changed.json()["brief"]["code"], changed.json()["minimum_coverage"]) == ("guest", 80)


def test_released_results_fix_weights_and_the_number_of_components(cast, house, ask):
    release(planned(house.component, house.version, cast.vienna, cast.ada))
    refused = ask(cast.paul, "patch", f"components/{house.component.pk}", {"weight": 1})
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [("/weight", "fixed")]
    new = {"programme": str(house.programme.pk), "code": "call", "name": "Call",
           "checklist": str(house.version.checklist_id)}  # fmt: skip
    assert ask(cast.paul, "post", "components", new).status_code == 409
    assert Component.objects.filter(programme=house.programme).count() == 1


def test_only_the_name_of_a_series_changes_once_its_first_period_has_begun(cast, house, ask):
    path = f"series/{house.series.pk}"
    assert ask(cast.paul, "patch", path, {"period_kind": "quarter"}).status_code == 200
    Period.objects.create(series=house.series, starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30))
    refused = ask(cast.paul, "patch", path, {"period_kind": "year", "code": "x"})
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/code", "/period_kind"]
    assert ask(cast.paul, "patch", path, {"name": "Stars"}).json()["name"] == "Stars"


def test_a_new_series_rates_what_was_released_before(cast, house, ask):
    release(planned(house.component, house.version, cast.vienna, cast.ada))
    scheme_in_force(cast.aurora)
    new = {"programme": str(house.programme.pk), "code": "year", "name": "Year", "period_kind": "year",
           "scheme": str(house.scheme.scheme_id)}  # fmt: skip
    series = ask(cast.paul, "post", "series", new).json()["id"]
    marked = Dirty.objects.filter(series_id=series, location_id=cast.vienna.pk)
    assert date(2026, 1, 1) in marked.values_list("period_start", flat=True)


def test_query_counts(cast, house, foreign, ask, django_assert_num_queries):
    ask(cast.paul, "get", "auditors")
    with django_assert_num_queries(5):
        assert len(ask(cast.paul, "get", "programmes").json()["results"]) == 2
    for path in (f"programmes/{house.programme.pk}", "components", f"components/{house.component.pk}",
                 "series", f"series/{house.series.pk}"):  # fmt: skip
        with django_assert_num_queries(5):
            assert ask(cast.paul, "get", path).status_code == 200
    assert Series.objects.count() == 2
