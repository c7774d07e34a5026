"""A programme of Aurora that accepts automatically; each test says when it releases."""

from types import SimpleNamespace

import pytest

from tests.cast import programme_of, publish_directly, scheme_in_force, small_checklist


@pytest.fixture
def house(cast):
    """Released daily unless a test says otherwise."""
    version = publish_directly(cast.aurora, small_checklist())
    programme, component, series = programme_of(version, scheme_in_force(cast.aurora), release_mode="daily")
    return SimpleNamespace(version=version, programme=programme, component=component, series=series)
