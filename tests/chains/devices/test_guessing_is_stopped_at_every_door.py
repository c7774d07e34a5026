"""Failures count per account and per address over pages, admin, phones and pairing; every process shares the counts."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from chains.models import Device, SignInTries
from chains.models.sign_in import account_key, address_key, counted_try
from chains.problems import SIGN_IN_FAILED, TOO_MANY_ATTEMPTS, Problem
from chains.services import devices, signing_in

pytestmark = pytest.mark.django_db


def by_phone(client, name, password, **more):
    body = {"install_id": "i", "username": name, "password": password} | more
    return client.post("/api/v1/devices/login", body, content_type="application/json").status_code


def by_page(client, name, password):
    return client.post("/login", {"username": name, "password": password}).status_code


def by_admin(client, name, password):
    return client.post("/admin/login/", {"username": name, "password": password}).status_code


def by_code(client, code):
    body = {"install_id": "i", "code": code}
    return client.post("/api/v1/devices/pair", body, content_type="application/json").status_code


@pytest.fixture
def three(settings):
    """Three failures of an account are the limit."""
    settings.LOGIN_FAILURE_LIMIT = 3


def test_failures_at_any_door_count_together_and_shut_every_door(client, cast, three):
    assert by_page(client, "ada", "wrong") == 200
    assert by_admin(client, "ada", "wrong") == 200
    assert by_phone(client, "ada", "wrong") == 401
    assert by_phone(client, "ada", "ADA") == 429
    assert by_page(client, "ada", "ADA") == 429
    assert by_admin(client, "ada", "ADA") == 429
    assert not Device.objects.exists()
    assert by_phone(client, "bea", "BEA") == 200


def test_the_door_says_when_it_opens_again(client, cast, three):
    for _ in range(3):
        by_phone(client, "ada", "wrong")
    body = {"install_id": "i", "username": "ada", "password": "ADA"}
    answer = client.post("/api/v1/devices/login", body, content_type="application/json")
    assert answer.json()["type"] == "urn:problem:too-many-attempts"
    assert 890 <= int(answer["Retry-After"]) == answer.json()["retry_after"] <= 900
    page = client.post("/login", {"username": "ada", "password": "ADA"})
    assert 890 <= int(page["Retry-After"]) <= 900
    SignInTries.objects.update(since=timezone.now() - timedelta(minutes=15))
    assert by_phone(client, "ada", "ADA") == 200


@pytest.mark.parametrize("name", ["ADA", " ada ", "ａｄａ", "Ada"])
def test_an_account_is_one_however_its_name_is_typed(client, cast, three, name):
    for _ in range(3):
        by_phone(client, name, "wrong")
    assert by_phone(client, "ada", "ADA") == 429


def test_composed_and_decomposed_letters_are_the_same_account():
    assert account_key("Zoe\u0308") == account_key("ZO\u00cb") == account_key("zo\u00eb")
    assert account_key("zoe") != account_key("zo\u00eb")


def test_the_right_password_begins_the_count_anew(client, cast, three):
    for _ in range(3):
        for _ in range(2):
            by_phone(client, "ada", "wrong")
        assert by_phone(client, "ada", "ADA") == 200


def test_guessing_many_accounts_or_codes_from_one_address_is_stopped_and_others_are_not(client, cast, settings):
    settings.LOGIN_ADDRESS_LIMIT = 4
    code = devices.issue_code(person=cast.ada, now=timezone.now()).code
    assert [by_phone(client, f"nobody{n}", "wrong") for n in range(2)] == [401, 401]
    assert [by_code(client, "wrong") for _ in range(2)] == [403, 403]
    assert (by_code(client, code), by_phone(client, "bea", "BEA"), by_page(client, "bea", "BEA")) == (429, 429, 429)
    client.defaults["REMOTE_ADDR"] = "10.0.0.9"
    assert (by_code(client, code), by_phone(client, "bea", "BEA")) == (200, 200)


def test_right_passwords_of_a_whole_office_behind_one_address_are_no_failures(client, cast, settings):
    settings.LOGIN_ADDRESS_LIMIT = 2
    assert [by_phone(client, name, name.upper()) for name in ("ada", "bea", "paul", "rita")] == [200] * 4


def test_a_network_of_one_household_counts_as_one_address():
    assert address_key("2001:db8:1:2::7") == address_key("2001:db8:1:2:ffff::1") != address_key("2001:db8:1:3::7")
    assert address_key("::ffff:10.0.0.9") == address_key("10.0.0.9") != address_key("10.0.0.8")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "9.9.9.9", "127.0.0.1"),
        (1, "9.9.9.9, 10.0.0.1", "10.0.0.1"),
        (2, "9.9.9.9, 10.0.0.1", "9.9.9.9"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(client, cast, settings, proxies, forwarded, counted):
    settings.NUM_PROXIES = proxies
    client.defaults["HTTP_X_FORWARDED_FOR"] = forwarded
    by_code(client, "wrong")
    assert bytes(SignInTries.objects.get().key) == address_key(counted)


def test_neither_name_nor_address_is_kept(client, cast):
    by_phone(client, "ada", "wrong")
    assert {len(bytes(row.key)) for row in SignInTries.objects.all()} == {32}


def test_counts_are_swept_when_their_window_is_over(client, cast):
    by_phone(client, "ada", "wrong")
    assert SignInTries.objects.sweep(now=timezone.now() + timedelta(minutes=14)) == 0
    assert SignInTries.objects.sweep(now=timezone.now() + timedelta(minutes=16)) == 2


def test_a_shut_account_costs_no_hashing(client, cast, three, monkeypatch):
    for _ in range(3):
        by_phone(client, "ada", "wrong")
    looked_at = []
    monkeypatch.setattr(signing_in, "authenticate", lambda *args, **kwargs: looked_at.append(kwargs))
    assert by_phone(client, "ada", "ADA") == 429
    assert looked_at == []


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_no_more_than_the_limit_are_looked_at(settings):
    settings.LOGIN_FAILURE_LIMIT = 3
    ready, looked_at, refused = threading.Barrier(8), [], []

    def one():
        try:
            ready.wait()
            with counted_try(username="ada", address="10.0.0.9", now=timezone.now()):
                looked_at.append(1)
                raise Problem(SIGN_IN_FAILED)
        except Problem as problem:
            refused.append(problem.kind)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == 3
    assert refused.count(TOO_MANY_ATTEMPTS) == 5


def test_signing_in_needs_the_token_of_the_form(cast):
    strict = Client(enforce_csrf_checks=True)
    assert by_page(strict, "ada", "ADA") == 403
    assert by_admin(strict, "ada", "ADA") == 403
