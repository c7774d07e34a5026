"""Receipts can be checked offline with the published keys, also after the keys have changed."""

import base64
import json
import stat
import uuid
from datetime import UTC, datetime

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured

from audits.models import RawSubmission, Submission
from audits.models.receipts import pack_receipt, unpack_receipt
from audits.services.receiving.receipt_keys import make_key
from audits.services.receiving.receipts import published_keys, sign_receipt
from tests.audits.receiving.delivery import content_of, written

FACTS = {
    "submission_id": uuid.UUID(int=7),
    "digest": b"\x01" * 32,
    "received_at": datetime(2026, 6, 15, 12, 0, 0, 123456, tzinfo=UTC),
    "seq": 42,
}


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check(receipt, keys):
    """Header and claims of a receipt whose signature is right."""
    header, claims, signature = receipt.split(".")
    named = json.loads(unbase64(header))
    key = next(key for key in keys if key["kid"] == named["kid"])
    public = Ed25519PublicKey.from_public_bytes(unbase64(key["x"]))
    public.verify(unbase64(signature), f"{header}.{claims}".encode())
    return named, json.loads(unbase64(claims))


def keys_of(*keys):
    return msgspec.json.encode(list(keys)).decode()


@pytest.fixture
def key_file(settings, tmp_path):
    """No keys given; none made yet."""
    settings.RECEIPT_KEYS = ""
    settings.RECEIPT_KEY_FILE = tmp_path / "receipt_keys.json"
    return settings.RECEIPT_KEY_FILE


def test_it_is_stored_in_a_quarter_of_its_room_and_comes_back_exactly(key_file):
    receipt = sign_receipt(**FACTS)
    stored = pack_receipt(receipt)
    assert unpack_receipt(stored, **FACTS) == receipt
    assert (len(receipt), len(stored)) == (413, 108)
    assert pack_receipt("") == b""
    assert unpack_receipt(b"", **FACTS) == ""


@pytest.mark.parametrize("receipt", ["a.b", "e30.e30.e30", "eyJraWQiOiJhIn0.e30.e30"])
def test_what_is_no_receipt_is_not_stored(receipt):
    with pytest.raises((ValueError, KeyError)):
        pack_receipt(receipt)


def test_a_stored_form_of_later_times_is_not_misread():
    with pytest.raises(ValueError, match="no stored receipt"):
        unpack_receipt(b"\x02" + bytes(64) + b"key", **FACTS)


def test_a_receipt_says_what_was_received_when(key_file):
    header, claims = check(sign_receipt(**FACTS), published_keys())
    assert header["alg"] == "EdDSA"
    assert claims == {
        "id": "00000000-0000-0000-0000-000000000007",
        "digest": "01" * 32,
        "received_at": "2026-06-15T12:00:00.123+00:00",
        "seq": 42,
    }


def test_a_changed_receipt_is_no_proof(key_file):
    header, claims, signature = sign_receipt(**FACTS).split(".")
    other = sign_receipt(**FACTS | {"seq": 43}).split(".")[1]
    with pytest.raises(InvalidSignature):
        check(f"{header}.{other}.{signature}", published_keys())


def test_the_key_is_made_once_and_for_our_eyes_only(key_file):
    first = published_keys()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert published_keys() == first
    assert list(key_file.parent.iterdir()) == [key_file]


def test_published_keys_hold_nothing_private(key_file):
    (key,) = published_keys()
    assert sorted(key) == ["alg", "crv", "kid", "kty", "use", "x"]
    assert unbase64(json.loads(key_file.read_text())[0]["d"]) not in unbase64(key["x"])


def test_the_first_key_signs_and_receipts_of_older_ones_can_still_be_checked(settings):
    old, new = make_key(), make_key()
    settings.RECEIPT_KEYS = keys_of(old)
    before = sign_receipt(**FACTS)
    settings.RECEIPT_KEYS = keys_of(new, old)
    after = sign_receipt(**FACTS)
    assert check(after, published_keys())[0]["kid"] == new.kid
    assert check(before, published_keys())[0]["kid"] == old.kid


def test_a_retired_key_checks_without_its_private_part(settings):
    old, new = make_key(), make_key()
    settings.RECEIPT_KEYS = keys_of(old)
    before = sign_receipt(**FACTS)
    settings.RECEIPT_KEYS = keys_of(msgspec.structs.replace(old, d=""), new)
    assert check(sign_receipt(**FACTS), published_keys())[0]["kid"] == new.kid
    assert check(before, published_keys())[0]["kid"] == old.kid


@pytest.mark.parametrize("given", ["[]", "{", '[{"x":"AA","kid":"a"}]', '[{"x":"AA","kid":"a","d":"AA"}]'])
def test_keys_that_cannot_sign_stop_the_server_and_are_not_quoted(settings, given):
    settings.RECEIPT_KEYS = given
    with pytest.raises(ImproperlyConfigured, match="RECEIPT_KEYS"):
        published_keys()


def test_a_private_part_of_another_key_is_refused(settings):
    settings.RECEIPT_KEYS = keys_of(msgspec.structs.replace(make_key(), d=make_key().d))
    with pytest.raises(ImproperlyConfigured, match="does not belong"):
        published_keys()


@pytest.mark.django_db
def test_over_http_the_receipt_speaks_of_the_row_that_holds_the_bytes(client, door, assignment):
    content = content_of(assignment)
    receipt = door.put(content["id"], written(content)).json()["receipt"]
    answer = client.get("/api/v1/receipts/keys")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "public, max-age=3600")
    _, claims = check(receipt, answer.json()["keys"])
    row = Submission.objects.get()
    assert claims["id"] == content["id"]
    assert claims["digest"] == bytes(row.digest).hex()
    assert claims["seq"] == row.seq == RawSubmission.objects.get().pk
    assert claims["received_at"] == row.received_at.isoformat(timespec="milliseconds")
