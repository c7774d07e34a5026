"""A programme of Aurora that needs a reviewer, and one visit of Vienna given to Ada."""

from types import SimpleNamespace

import pytest

from tests.audits.delivering import planned
from tests.cast import programme_of, publish_directly, scheme_in_force, small_checklist


@pytest.fixture
def house(cast):
    """Nothing is accepted automatically; what is accepted is released at once."""
    version = publish_directly(cast.aurora, small_checklist())
    programme, component, series = programme_of(version, scheme_in_force(cast.aurora), automatic_acceptance=False)
    return SimpleNamespace(version=version, programme=programme, component=component, series=series)


@pytest.fixture
def assignment(cast, house):
    """Ada's visit of Vienna."""
    return planned(house.component, house.version, cast.vienna, cast.ada)
