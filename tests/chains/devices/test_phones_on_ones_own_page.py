"""My phones on my own page, and an auditor's phone paired from the admin: list, last use, a new QR, sign out."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chains.models import Device, PairingCode, SecondStep
from chains.services import devices, second_steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client, cast):
    """Ada, signed in, with two phones; Bea has one too."""
    now = timezone.now()
    for owner, name, age in ((cast.ada, "a", 0), (cast.ada, "b", 3), (cast.bea, "c", 0)):
        phone = devices.Phone(name, f"Phone {name}", "1.2.0")
        devices.sign_in(person=owner, phone=phone, now=now - timedelta(days=age))
    client.force_login(cast.ada)
    return cast.ada


def listed(client):
    return re.findall(r"<li>\s*<div><strong>(.*?)</strong>", client.get("/account").content.decode())


def test_my_phones_are_listed_the_last_used_first_and_nobody_elses(client, ada):
    assert listed(client) == ["Phone a", "Phone b"]


def test_a_lost_phone_is_signed_out_there(client, ada):
    lost = Device.objects.get(install_id="b")
    assert client.post(f"/account/phones/{lost.pk}/end").status_code == 302
    lost.refresh_from_db()
    assert lost.revoked_at is not None
    assert "Signed out since" in client.get("/account").content.decode()


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
def test_no_other_phone_can_be_signed_out_there(client, ada, whose):
    key = Device.objects.get(install_id="c").pk if whose == "another's" else uuid.uuid4()
    assert client.post(f"/account/phones/{key}/end").status_code == 404
    assert not Device.objects.filter(revoked_at__isnull=False).exists()


def test_an_administrator_ends_only_their_own_phones_there(client, cast, ada):
    client.force_login(cast.olga)
    key = Device.objects.get(install_id="c").pk
    assert client.post(f"/account/phones/{key}/end").status_code == 404


def shown_code(answer):
    return re.search(r"Type the code: <code>(.+?)</code>", answer.content.decode())[1]


def pair(client, code):
    body = {"code": code, "install_id": "new"}
    return client.post("/api/v1/devices/pair", body, content_type="application/json").status_code


def test_a_new_qr_pairs_one_more_phone(client, ada):
    page = client.post("/account/phones")
    assert "<svg" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert pair(client, shown_code(page)) == 200
    assert Device.objects.get(install_id="new").user == ada


def test_a_link_alone_makes_no_code(client, ada):
    assert client.get("/account/phones").status_code == 403
    assert not PairingCode.objects.exists()


def test_the_office_admin_shows_a_qr_for_an_auditors_phone(client, cast):
    client.force_login(cast.olga)
    page = client.post("/admin/chains/device/pair/", {"person": cast.bea.pk})
    assert "no-store" in page["Cache-Control"]
    assert pair(client, shown_code(page)) == 200
    assert Device.objects.get().user == cast.bea
    assert "/admin/chains/device/pair/" in client.get("/admin/chains/device/").content.decode()


@pytest.mark.parametrize("name", ["mia", "paul", "stan"])
def test_a_qr_in_the_admin_is_for_auditors_of_the_office_only(client, cast, name):
    client.force_login(cast.olga)
    page = client.post("/admin/chains/device/pair/", {"person": getattr(cast, name).pk})
    assert "Select a valid choice" in page.content.decode()
    assert not PairingCode.objects.exists()


def test_the_payload_of_the_qr_names_the_server(client, ada):
    answer = client.post("/api/v1/devices/codes", {}, content_type="application/json").json()
    assert json.loads(answer["payload"])["url"] == "http://testserver/api/v1/"


def test_who_lost_app_and_paper_is_let_in_by_who_administers_them(client, cast):
    second_steps.begin(person=cast.mia, now=timezone.now())
    SecondStep.objects.update(confirmed_at=timezone.now())
    client.force_login(cast.cora)
    address = f"/admin/chains/user/act/one_step/?ids={cast.mia.pk}"
    assert "one_step" in client.get(f"/admin/chains/user/{cast.mia.pk}/change/").content.decode()
    assert client.post(address, {"sure": "yes"}).status_code == 302
    assert not SecondStep.objects.exists()


@pytest.mark.parametrize(("name", "offered"), [("ada", False), ("stan", False), ("mia", True), ("rita", True)])
def test_results_are_offered_to_those_they_are_for(client, cast, name, offered):
    client.force_login(getattr(cast, name))
    assert (f'href="{reverse("page-league")}"' in client.get(reverse("page-account")).content.decode()) is offered
