"""What the office's tests stand on: a programme of Aurora with one component and a monthly series."""

from types import SimpleNamespace

import pytest

from tests.cast import programme_of, publish_directly, scheme_in_force, small_checklist


@pytest.fixture
def house(cast):
    """A published checklist, a scheme in force, a programme that needs a reviewer and releases at once."""
    version = publish_directly(cast.aurora, small_checklist())
    scheme = scheme_in_force(cast.aurora)
    programme, component, series = programme_of(version, scheme, automatic_acceptance=False)
    return SimpleNamespace(version=version, scheme=scheme, programme=programme, component=component, series=series)


@pytest.fixture
def foreign(cast):
    """The same at Borealis, which the same office serves: a sibling that no list of Aurora's may show."""
    version = publish_directly(cast.borealis, small_checklist(name="Northern stay"))
    scheme = scheme_in_force(cast.borealis)
    programme, component, series = programme_of(version, scheme, automatic_acceptance=False)
    return SimpleNamespace(version=version, scheme=scheme, programme=programme, component=component, series=series)


@pytest.fixture
def ask(client):
    """`ask(person, method, path, body)` → the answer; paths are below /api/v1/office/."""

    signed_in = []

    def asked(person, method, path, body=None, **query):
        if signed_in != [person]:
            client.force_login(person)
            signed_in[:] = [person]
        content = {"data": body, "content_type": "application/json"} if body is not None else {"data": query}
        return getattr(client, method)(f"/api/v1/office/{path}", **content)

    return asked
