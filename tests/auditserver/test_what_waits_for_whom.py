"""The front page of the admin tells everybody what waits for them, and only that."""

import re

import pytest
from django.urls import reverse

from audits.models import Audit, Dirty
from standards.services import authoring
from tests.audits.delivering import PERFECT, delivered, planned
from tests.cast import NOW, programme_of, publish_directly, scheme_in_force, small_checklist

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


@pytest.fixture
def work(cast):
    """Of Aurora a visit without auditor, one that is late, two reports and a draft; of Borealis one report."""
    version = publish_directly(cast.aurora, small_checklist())
    _, component, _ = programme_of(version, scheme_in_force(cast.aurora), automatic_acceptance=False)
    planned(component, version, cast.linz, cast.ada, state="planned")
    late = planned(component, version, cast.linz, cast.bea)
    Audit.objects.filter(pk=late.audit_id).update(window_until="2026-06-14")
    for place in (cast.vienna, cast.graz):
        delivered(planned(component, version, place, cast.ada), PERFECT)
    authoring.new_draft_from(version_id=version.pk, by=cast.eda, now=NOW)

    northern = publish_directly(cast.borealis, small_checklist())
    _, stay, _ = programme_of(northern, scheme_in_force(cast.borealis), automatic_acceptance=False)
    delivered(planned(stay, northern, cast.oslo, cast.bea), PERFECT)


def waiting(client, person) -> list[tuple[int, str]]:
    client.force_login(person)
    page = client.get(reverse("admin:index"))
    assert page.status_code == 200
    return [(line.number, line.what) for line in page.context["waiting"]]


REPORTS = (3, "reports to review")
VISITS = [(1, "visit without an auditor"), (1, "visit past its last day")]
DRAFT = (1, "draft of a checklist")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("rita", [REPORTS]),
        ("paul", VISITS),
        ("olga", [REPORTS, *VISITS]),
        ("eda", [DRAFT]),
        ("cora", [DRAFT]),
        ("mia", []),
        ("bob", []),
        ("ada", []),
        ("stan", []),
    ],
)
def test_everybody_is_told_what_waits_for_them(cast, client, work, name, lines):
    assert waiting(client, getattr(cast, name)) == lines


def test_every_line_leads_to_as_many_rows_as_it_counts(cast, client, work):
    client.force_login(cast.olga)
    page = client.get(reverse("admin:index"))
    for line in page.context["waiting"]:
        assert client.get(line.url).context["cl"].result_count == line.number, line.what
        assert re.search(rf">{line.number}</strong> {line.what}", page.content.decode())


def test_a_superuser_is_told_of_recomputations_that_failed(cast, client):
    cast.stan.is_superuser = True
    cast.stan.save()
    assert waiting(client, cast.stan) == []
    Dirty.objects.mark([Dirty.score(submission_id=cast.vienna.pk, now=NOW)])
    Dirty.objects.update(parked_at=NOW)
    assert waiting(client, cast.stan) == [(1, "recomputation has failed")]
