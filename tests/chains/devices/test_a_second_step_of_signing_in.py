"""One-time codes (TOTP) and recovery codes: switched on by their person, asked for at every door, each good once."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.oath import totp

from chains.models import Device, RecoveryCode, SecondStep, SignInTries
from chains.services import second_steps

pytestmark = pytest.mark.django_db
HERE = {"address": "10.0.0.9"}


def code_of(person, *, steps=0):
    """What the person's app shows now, or `steps` of 30 s later."""
    secret = bytes(SecondStep.objects.get(user=person).secret)
    return f"{totp(secret, drift=steps):06}"


@pytest.fixture
def ada(cast):
    """Ada, who has switched it on with the code before the present one; her recovery codes with her."""
    second_steps.begin(person=cast.ada, now=timezone.now())
    cast.ada.paper = second_steps.confirm(person=cast.ada, code=code_of(cast.ada, steps=-1), now=timezone.now())
    return cast.ada


def by_phone(client, **more):
    body = {"install_id": "i", "username": "ada", "password": "ADA"} | more
    answer = client.post("/api/v1/devices/login", body, content_type="application/json")
    return answer.status_code, answer.json().get("type", "").removeprefix("urn:problem:")


def test_a_phone_signs_in_with_password_and_code(client, ada):
    assert by_phone(client) == (401, "one-time-code-needed")
    assert by_phone(client, otp="000000") == (401, "sign-in-failed")
    assert not Device.objects.exists()
    assert by_phone(client, otp=code_of(ada)) == (200, "")
    assert Device.objects.get().user == ada


def test_a_wrong_password_is_not_told_from_a_wrong_code(client, ada):
    assert by_phone(client, password="wrong", otp=code_of(ada)) == (401, "sign-in-failed")
    assert by_phone(client, password="wrong") == (401, "sign-in-failed")


def test_a_code_is_good_once_and_for_a_minute_and_a_half(client, ada):
    code = code_of(ada)
    assert by_phone(client, otp=code) == (200, "")
    assert by_phone(client, otp=code) == (401, "sign-in-failed")
    assert by_phone(client, otp=code_of(ada, steps=-1)) == (401, "sign-in-failed")
    assert by_phone(client, otp=code_of(ada, steps=2)) == (401, "sign-in-failed")
    assert by_phone(client, otp=f" {code_of(ada, steps=1)[:3]} {code_of(ada, steps=1)[3:]} ") == (200, "")


def test_a_recovery_code_stands_in_once(client, ada):
    assert len(ada.paper) == len(set(ada.paper)) == 10
    assert by_phone(client, otp=ada.paper[0].upper()) == (200, "")
    assert by_phone(client, otp=ada.paper[0]) == (401, "sign-in-failed")
    assert by_phone(client, otp=ada.paper[1].replace("-", "")) == (200, "")
    assert RecoveryCode.objects.count() == 8


def test_recovery_codes_are_kept_as_digests_only(ada):
    assert all(re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", code) for code in ada.paper)
    assert {len(bytes(row.code_sha256)) for row in RecoveryCode.objects.all()} == {32}


def test_wrong_codes_count_like_wrong_passwords_and_half_the_way_resets_nothing(client, ada, settings):
    settings.LOGIN_FAILURE_LIMIT = 3
    for _ in range(3):
        assert by_phone(client) == (401, "one-time-code-needed")
        assert by_phone(client, otp="000000") == (401, "sign-in-failed")
    assert by_phone(client, otp=code_of(ada)) == (429, "too-many-attempts")


def test_half_the_way_is_no_failure(client, ada, settings):
    settings.LOGIN_FAILURE_LIMIT = 3
    for _ in range(5):
        assert by_phone(client) == (401, "one-time-code-needed")
    assert by_phone(client, otp=code_of(ada)) == (200, "")


@pytest.mark.parametrize("door", ["/login", "/admin/login/"])
def test_pages_and_admin_ask_for_the_code_in_a_second_step(client, ada, door):
    asked = client.post(f"{door}?next=/account", {"username": "ada", "password": "ADA"})
    assert (asked.status_code, "_auth_user_id" in client.session) == (200, False)
    first = asked.context["first"]
    assert "ADA" not in asked.content.decode()
    wrong = client.post(door, {"first": first, "code": "000000", "next": "/account"})
    assert "This code is not right" in wrong.content.decode()
    assert "_auth_user_id" not in client.session
    right = client.post(door, {"first": first, "code": code_of(ada), "next": "/account"})
    assert (right.status_code, right["Location"]) == (302, "/account")
    assert client.session["_auth_user_id"] == str(ada.pk)


def test_a_first_step_is_good_for_five_minutes_and_one_password(client, ada, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    first = client.post("/login", {"username": "ada", "password": "ADA"}).context["first"]
    time_machine.shift(timedelta(seconds=301))
    late = client.post("/login", {"first": first, "code": code_of(ada)})
    assert "Name and password" in late.content.decode()
    fresh = client.post("/login", {"username": "ada", "password": "ADA"}).context["first"]
    ada.set_password("another")
    ada.save()
    client.post("/login", {"first": fresh, "code": code_of(ada)})
    client.post("/login", {"first": "forged", "code": code_of(ada)})
    assert "_auth_user_id" not in client.session


def test_codes_of_the_second_page_count_as_well(client, ada, settings):
    settings.LOGIN_FAILURE_LIMIT = 3
    first = client.post("/login", {"username": "ada", "password": "ADA"}).context["first"]
    for _ in range(3):
        assert client.post("/login", {"first": first, "code": "000000"}).status_code == 200
    assert client.post("/login", {"first": first, "code": code_of(ada)}).status_code == 429
    assert by_phone(client, otp=code_of(ada)) == (429, "too-many-attempts")


def test_switching_it_on_takes_a_code_of_the_scanned_secret(client, cast):
    client.force_login(cast.mia)
    client.post("/account/two-steps", {"do": "begin"})
    page = client.get("/account/two-steps")
    assert page["Cache-Control"].startswith("max-age=0")
    assert "<svg" in page.content.decode()
    assert SecondStep.objects.get().secret_text() in page.content.decode()
    client.post("/account/two-steps", {"do": "confirm", "code": "000000"})
    assert SecondStep.objects.confirmed(cast.mia) is None
    done = client.post("/account/two-steps", {"do": "confirm", "code": code_of(cast.mia)})
    assert len(re.findall(r"<li><code>", done.content.decode())) == 10
    shown = client.get("/account/two-steps").content.decode()
    assert SecondStep.objects.get().secret_text() not in shown
    assert "10 recovery codes left" in shown


def test_a_secret_that_counts_is_not_replaced_by_beginning_again(client, cast, ada):
    before = bytes(SecondStep.objects.get().secret)
    client.force_login(ada)
    client.post("/account/two-steps", {"do": "begin"})
    assert bytes(SecondStep.objects.get().secret) == before


def test_switching_it_off_and_new_codes_take_a_code(client, ada):
    client.force_login(ada)
    for doing in ("off", "renew"):
        client.post("/account/two-steps", {"do": doing, "code": "000000"})
    assert SecondStep.objects.confirmed(ada)
    assert RecoveryCode.objects.count() == 10
    client.post("/account/two-steps", {"do": "renew", "code": ada.paper[0]})
    assert not RecoveryCode.objects.takes(ada, ada.paper[1])
    client.post("/account/two-steps", {"do": "off", "code": code_of(ada)})
    assert (SecondStep.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    assert by_phone(client) == (200, "")


def test_guessing_codes_with_a_stolen_session_is_stopped(client, ada, settings):
    settings.LOGIN_FAILURE_LIMIT = 3
    client.force_login(ada)
    statuses = [client.post("/account/two-steps", {"do": "off", "code": "000000"}).status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert SignInTries.objects.exists()
    assert SecondStep.objects.confirmed(ada)
