"""A programme of Aurora and a visit of Vienna given to Ada, who has a phone."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from audits.services import planning
from chains.services import devices
from tests.audits.receiving.delivery import Door
from tests.cast import NOW, programme_of, publish_directly, scheme_in_force, small_checklist


@pytest.fixture
def running(cast):
    """A published checklist, and a programme with one component."""
    version = publish_directly(cast.aurora, small_checklist())
    programme, component, series = programme_of(version, scheme_in_force(cast.aurora))
    return SimpleNamespace(version=version, programme=programme, component=component, series=series)


@pytest.fixture
def visit_of(running):
    """`visit_of(person, place)` → an assignment offered two days before NOW, for the ten days around NOW."""

    def planned(person, place, *, now=NOW, component=None, **fields):
        first, last = date(2026, 6, 10), date(2026, 6, 20)
        visit = planning.Visit(location=place, **({"window_from": first, "window_until": last} | fields))
        audit = planning.plan(component=component or running.component, visit=visit, now=now - timedelta(days=2))
        return planning.assign(audit_id=audit.pk, auditor=person, now=now - timedelta(days=2))

    return planned


@pytest.fixture
def assignment(cast, visit_of):
    """Ada's visit of Vienna."""
    return visit_of(cast.ada, cast.vienna)


@pytest.fixture
def device(cast):
    """Ada's phone."""
    return devices.sign_in(person=cast.ada, phone=devices.Phone("ada-1"), now=timezone.now())


@pytest.fixture
def door(client, device):
    """The door over HTTP for Ada's phone."""
    return Door(client, device.token)
