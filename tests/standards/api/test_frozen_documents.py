"""Frozen documents over HTTP: the same bytes for ever, to their chain and its office, to nobody else."""

import zlib

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from standards.models import ChecklistVersion, TranslationDocument
from standards.models.drafts import write_translation
from standards.services import briefs, publishing
from tests.standards.drafting import NOW, draft_of, published
from tests.standards.services.test_a_draft_becomes_a_published_version import GERMAN

pytestmark = pytest.mark.django_db

READERS = ["ada", "bea", "paul", "rita", "olga", "mia", "max", "mona", "eda", "cora"]


def client_of(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def documents(cast) -> dict[str, tuple[str, bytes]]:
    """Address and canonical bytes of one document of each kind."""
    version = draft_of(cast.cora)
    write_translation(version, GERMAN)
    publishing.publish(version_id=version.pk, by=cast.cora, now=NOW)
    brief = briefs.new_brief(
        chain_id=cast.aurora.pk, code="couple", name="A couple", text="You are two.", by=cast.cora, now=NOW
    )
    briefs.publish_brief(version_id=brief.pk, by=cast.cora, now=NOW)
    version.refresh_from_db()
    brief.refresh_from_db()
    translation = TranslationDocument.objects.get()
    rows = {"checklist": version, "brief": brief, "translation": translation}
    return {
        kind: (reverse(f"{kind}-document", kwargs={"sha256": row.sha256}), row.frozen()) for kind, row in rows.items()
    }


@pytest.mark.parametrize("kind", ["checklist", "brief", "translation"])
class TestEveryDocument:
    def test_is_answered_as_its_canonical_bytes_for_ever(self, cast, documents, kind):
        address, body = documents[kind]
        response = client_of(cast.ada).get(address)
        assert (response.status_code, response.content) == (200, body)
        assert response["Content-Type"] == "application/json"
        assert response["ETag"] == f'"{address.rsplit("/", 1)[-1]}"'
        assert response["Cache-Control"] == "private, immutable, max-age=31536000"
        assert {"Authorization", "Accept-Encoding", "Cookie"} <= set(response["Vary"].split(", "))

    def test_is_sent_as_it_is_stored_where_deflate_is_taken(self, cast, documents, kind):
        address, body = documents[kind]
        client = client_of(cast.ada)
        for header in ("deflate", "gzip, deflate, br", "DEFLATE;q=0.5"):
            response = client.get(address, HTTP_ACCEPT_ENCODING=header)
            assert response["Content-Encoding"] == "deflate"
            assert len(response.content) < len(body) or kind == "brief"
            assert zlib.decompress(response.content) == body
        assert "Content-Encoding" not in client.get(address, HTTP_ACCEPT_ENCODING="gzip, deflate;q=0")

    def test_is_not_sent_again_to_whoever_has_it(self, cast, documents, kind):
        address, _ = documents[kind]
        sha256 = address.rsplit("/", 1)[-1]
        client = client_of(cast.ada)
        for header in (f'"{sha256}"', f'"x", W/"{sha256}"', "*"):
            response = client.get(address, HTTP_IF_NONE_MATCH=header)
            assert (response.status_code, response.content) == (304, b"")
            assert response["ETag"] == f'"{sha256}"'
        assert client.get(address, HTTP_IF_NONE_MATCH='"other"').status_code == 200

    @pytest.mark.parametrize("name", READERS)
    def test_is_read_by_its_chain_and_its_office(self, cast, documents, kind, name):
        # A brief says what a shopper pretends to be; those who are visited never learn it.
        wanted = 404 if kind == "brief" and name in ("mia", "max", "mona") else 200
        assert client_of(getattr(cast, name)).get(documents[kind][0]).status_code == wanted

    @pytest.mark.parametrize("name", ["bob", "stan"])
    def test_is_absent_for_everybody_else(self, cast, documents, kind, name):
        client = client_of(getattr(cast, name))
        foreign = client.get(documents[kind][0])
        absent = client.get(documents[kind][0][:-64] + "0" * 64)
        assert (foreign.status_code, absent.status_code) == (404, 404)
        told, other = foreign.json(), absent.json()
        assert told.pop("instance") != other.pop("instance")
        assert told == other

    def test_asks_who_is_there(self, documents, kind):
        assert APIClient().get(documents[kind][0]).status_code == 401

    def test_takes_few_queries(self, cast, documents, kind, django_assert_num_queries):
        client = client_of(cast.ada)
        with django_assert_num_queries(3):  # memberships, chains of the office, the document
            client.get(documents[kind][0])


def test_a_closed_and_a_retired_version_are_still_read(cast):
    version = published(cast.cora)
    address = reverse("checklist-document", kwargs={"sha256": version.sha256})
    for state in ("closing", "retired"):
        ChecklistVersion.objects.update(state=state)
        assert client_of(cast.ada).get(address).status_code == 200


def test_head_answers_like_get(cast):
    version = published(cast.cora)
    response = client_of(cast.mia).head(reverse("checklist-document", kwargs={"sha256": version.sha256}))
    assert (response.status_code, response["ETag"]) == (200, f'"{version.sha256}"')
