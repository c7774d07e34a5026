"""PHONE_PROTOCOL §1: a phone is bound by the code of a QR or by a password, and named by the hash of its token."""

import hashlib
import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from chains.models import Device, PairingCode
from chains.services import devices

pytestmark = pytest.mark.django_db
ABOUT = {"install_id": "phone-1", "platform": "ios 19", "app_version": "1.2.0"}


def post(client, path, content):
    return client.post(f"/api/v1/devices/{path}", content, content_type="application/json")


def manifest(client, token):
    return client.get("/api/v1/manifest", headers={"authorization": f"Bearer {token}"}).status_code


@pytest.fixture
def code(cast):
    """A code for Ada, as her page or the admin shows it."""
    return devices.issue_code(person=cast.ada, now=timezone.now()).code


def test_a_code_binds_a_phone_to_its_person(client, cast, code):
    answer = post(client, "pair", ABOUT | {"code": code})
    assert answer.status_code == 200
    told = answer.json()
    assert sorted(told) == ["device_id", "expires_at", "token"]
    row = Device.objects.get()
    assert (row.user, row.install_id, row.platform, row.app_version) == (cast.ada, "phone-1", "ios 19", "1.2.0")
    assert (str(row.pk), row.expires_at - row.paired_at) == (told["device_id"], timedelta(days=180))
    assert answer["Cache-Control"] == "no-store"
    assert manifest(client, told["token"]) == 200


def test_neither_token_nor_code_is_kept_in_clear(client, code):
    token = post(client, "pair", ABOUT | {"code": code}).json()["token"]
    assert bytes(Device.objects.get().token_sha256) == hashlib.sha256(token.encode()).digest()
    assert bytes(PairingCode.objects.get().code_sha256) == hashlib.sha256(code.encode()).digest()
    assert len(token) >= 43


def test_the_same_code_from_the_same_installation_replaces_the_token(client, code):
    first = post(client, "pair", ABOUT | {"code": code}).json()
    second = post(client, "pair", ABOUT | {"code": code, "app_version": "1.2.1"}).json()
    assert first["device_id"] == second["device_id"]
    assert (manifest(client, first["token"]), manifest(client, second["token"])) == (401, 200)
    assert Device.objects.get().app_version == "1.2.1"


def test_another_installation_cannot_use_the_code_again(client, code):
    token = post(client, "pair", ABOUT | {"code": code}).json()["token"]
    answer = post(client, "pair", ABOUT | {"code": code, "install_id": "thief"})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:problem:pairing-failed")
    assert Device.objects.count() == 1
    assert manifest(client, token) == 200


@pytest.mark.parametrize("given", ["wrong", "x" * 100, "🛏"])
def test_an_unknown_code_binds_nothing(client, code, given):
    assert post(client, "pair", ABOUT | {"code": given}).status_code == 403
    assert not Device.objects.exists()


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (15, 403)])
def test_a_code_lives_fifteen_minutes(client, cast, minutes, status):
    made = timezone.now() - timedelta(minutes=minutes)
    code = devices.issue_code(person=cast.ada, now=made).code
    assert post(client, "pair", ABOUT | {"code": code}).status_code == status


def test_a_person_who_left_cannot_pair(client, cast, code):
    cast.ada.is_active = False
    cast.ada.save()
    assert post(client, "pair", ABOUT | {"code": code}).status_code == 403


@pytest.mark.parametrize(
    ("content", "pointers"),
    [
        ({}, ["/install_id", "/code"]),
        (ABOUT | {"code": "x", "pin": 1}, ["/pin"]),
        (ABOUT | {"code": "x", "install_id": "y" * 101}, ["/install_id"]),
    ],
)
def test_what_is_missing_or_unknown_is_named(client, content, pointers):
    answer = post(client, "pair", content)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers


def test_name_and_password_bind_a_phone_as_well(client, cast):
    answer = post(client, "login", ABOUT | {"username": "ada", "password": "ADA"})
    assert answer.status_code == 200
    assert Device.objects.get().user == cast.ada
    assert manifest(client, answer.json()["token"]) == 200


def test_signing_in_again_on_the_same_phone_replaces_the_token(client, cast):
    login = ABOUT | {"username": "ada", "password": "ADA"}
    first, second = post(client, "login", login).json(), post(client, "login", login).json()
    assert first["device_id"] == second["device_id"]
    assert (manifest(client, first["token"]), manifest(client, second["token"])) == (401, 200)


def test_two_people_may_share_one_phone(client, cast):
    for name in ("ada", "bea"):
        post(client, "login", ABOUT | {"username": name, "password": name.upper()})
    assert sorted(Device.objects.values_list("user__username", "install_id")) == [
        ("ada", "phone-1"),
        ("bea", "phone-1"),
    ]


@pytest.mark.parametrize(("username", "password"), [("ada", "wrong"), ("nobody", "ADA"), ("ADA", "ADA")])
def test_a_wrong_name_or_password_says_no_more_than_that(client, cast, username, password):
    answer = post(client, "login", ABOUT | {"username": username, "password": password})
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:problem:sign-in-failed")
    assert answer.json()["detail"] == "Name, password or code is not right."
    assert not Device.objects.exists()


def test_a_qr_for_oneself(client, cast):
    client.force_login(cast.ada)
    answer = post(client, "codes", {})
    assert answer.status_code == 201
    told = answer.json()
    payload = json.loads(told["payload"])
    assert payload == {"v": 1, "url": "http://testserver/api/v1/", "code": told["code"]}
    assert told["qr_svg"].startswith("<svg")
    assert "<script" not in told["qr_svg"]
    assert post(client, "pair", ABOUT | {"code": payload["code"]}).status_code == 200


def test_an_office_admin_makes_codes_for_the_offices_people_and_nobody_else(client, cast):
    client.force_login(cast.olga)
    code = post(client, "codes", {"user": cast.ada.pk}).json()["code"]
    post(client, "pair", ABOUT | {"code": code})
    assert Device.objects.get().user == cast.ada
    assert post(client, "codes", {"user": cast.mia.pk}).status_code == 404
    client.force_login(cast.ada)
    assert post(client, "codes", {"user": cast.bea.pk}).status_code == 404


def test_a_phone_makes_no_codes_for_other_phones(client, cast):
    token = devices.sign_in(person=cast.ada, phone=devices.Phone("a"), now=timezone.now()).token
    headers = {"authorization": f"Bearer {token}"}
    answer = client.post("/api/v1/devices/codes", {}, content_type="application/json", headers=headers)
    assert answer.status_code == 403
    assert not PairingCode.objects.exists()


def test_old_codes_are_swept_when_a_new_one_is_made(cast):
    now = timezone.now()
    devices.issue_code(person=cast.ada, now=now - timedelta(hours=1))
    devices.issue_code(person=cast.bea, now=now - timedelta(hours=1))
    devices.issue_code(person=cast.ada, now=now)
    assert sorted(PairingCode.objects.values_list("user__username", flat=True)) == ["ada", "bea"]


def test_my_devices_are_mine_alone_and_say_which_one_asks(client, cast):
    now = timezone.now()
    mine = devices.sign_in(person=cast.ada, phone=devices.Phone("a", "android 16", "1.0.0"), now=now)
    devices.sign_in(person=cast.ada, phone=devices.Phone("b"), now=now - timedelta(days=1))
    devices.sign_in(person=cast.bea, phone=devices.Phone("c"), now=now)
    headers = {"authorization": f"Bearer {mine.token}"}
    answer = client.get("/api/v1/devices", headers=headers).json()
    assert [(row["platform"], row["this"]) for row in answer["results"]] == [("android 16", True), ("", False)]
    assert not {"token", "token_sha256", "install_id"} & set(answer["results"][0])
    client.force_login(cast.olga)
    assert client.get("/api/v1/devices").json()["results"] == []


def test_a_lost_phone_is_ended_by_its_person_and_reads_nothing_more(client, cast):
    paired = devices.sign_in(person=cast.ada, phone=devices.Phone("a"), now=timezone.now())
    client.force_login(cast.ada)
    for _ in range(2):
        assert client.delete(f"/api/v1/devices/{paired.device.pk}").status_code == 204
    client.logout()
    answer = client.get("/api/v1/manifest", headers={"authorization": f"Bearer {paired.token}"})
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:problem:device-ended")


def test_somebody_elses_phone_does_not_exist(client, cast):
    paired = devices.sign_in(person=cast.ada, phone=devices.Phone("a"), now=timezone.now())
    client.force_login(cast.bea)
    foreign = client.delete(f"/api/v1/devices/{paired.device.pk}")
    absent = client.delete(f"/api/v1/devices/{uuid.uuid4()}")
    assert foreign.status_code == absent.status_code == 404
    assert Device.objects.get().revoked_at is None


def test_using_a_phone_keeps_it_alive_for_another_half_year(client, cast):
    paired = devices.sign_in(person=cast.ada, phone=devices.Phone("a"), now=timezone.now() - timedelta(days=100))
    assert manifest(client, paired.token) == 200
    left = Device.objects.get().expires_at - timezone.now()
    assert timedelta(days=179) < left <= timedelta(days=180)


@pytest.mark.parametrize(("days", "status"), [(179, 200), (181, 401)])
def test_a_phone_lives_a_hundred_and_eighty_days_from_its_last_use(client, cast, days, status):
    paired = devices.sign_in(person=cast.ada, phone=devices.Phone("a"), now=timezone.now() - timedelta(days=days))
    assert manifest(client, paired.token) == status
