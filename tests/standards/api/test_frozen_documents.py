"""Frozen documents over HTTP: the same bytes for ever, to their chain and its office, to nobody else."""

import gzip
import zlib

import brotli
import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from chains.models import User
from standards.models import ChecklistVersion, TranslationDocument
from standards.models.drafts import write_translation
from standards.models.frozen import forms_of, pressed_for_phones, unpressed
from standards.services import briefs, publishing
from standards.services.importing import read_pack_named
from standards.spec.checklist import frozen_bytes
from tests.cast import publish_directly, small_checklist
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

    @pytest.mark.parametrize(
        ("accepted", "coding"),
        [
            ("gzip, deflate, br", "br"),
            ("BR;q=0.5", "br"),
            ("gzip", "gzip"),
            ("gzip, br;q=0", "gzip"),
            ("deflate, zstd", ""),
            ("identity, gzip;q=0.0", ""),
        ],
    )
    def test_is_sent_in_the_best_form_that_the_reader_takes(self, cast, documents, kind, accepted, coding):
        address, body = documents[kind]
        response = client_of(cast.ada).get(address, HTTP_ACCEPT_ENCODING=accepted)
        assert response.get("Content-Encoding", "") == coding
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding]
        assert unpack(response.content) == body

    def test_is_compressed_when_it_is_frozen_and_never_again(self, cast, documents, kind, monkeypatch):
        address, _ = documents[kind]
        monkeypatch.setattr(brotli, "compress", None)
        monkeypatch.setattr(zlib, "compressobj", None)
        for coding in ("br", "gzip"):
            assert client_of(cast.ada).get(address, HTTP_ACCEPT_ENCODING=coding).status_code == 200

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
        client_of(cast.ada).get(documents[kind][0])
        client = client_of(User.objects.get(username="ada"))
        with django_assert_num_queries(3):  # memberships, chains of the office, whether it is theirs to read
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


def test_what_was_frozen_in_an_older_form_is_read_and_sent_all_the_same(cast):
    version = publish_directly(cast.aurora, small_checklist())
    stored = {"zlib": zlib.compress(version.frozen(), 9), "both": pressed_for_phones(version.frozen())}
    for form in stored.values():
        assert unpressed(form) == version.frozen()
        assert gzip.decompress(forms_of(form).gzip) == version.frozen()


def test_a_long_checklist_with_guidance_takes_at_most_forty_kilobytes_on_the_wire():
    checklist = read_pack_named("hotel-luxury").checklist
    assert len(checklist.standards) >= 900
    body = frozen_bytes(checklist)
    forms = forms_of(pressed_for_phones(body))
    assert len(forms.brotli) <= 40_000
    assert len(forms.gzip) <= 50_000
    assert brotli.decompress(forms.brotli) == gzip.decompress(forms.gzip) == body
