"""/healthz tells load balancers and people whether the house is well."""

import os
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audits.models import Dirty
from auditserver.env import ROOT


def waiting_since(**age: float) -> Dirty:
    return Dirty.score(submission_id=uuid.uuid4(), now=timezone.now() - timedelta(**age))


@pytest.mark.django_db
def test_nothing_waits_in_an_empty_house(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["database"] == "ok"
    assert answer.json()["oldest_dirty_seconds"] is None
    assert answer.json()["parked"] == 0
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_the_age_is_that_of_the_oldest_row_to_be_done(client: Client) -> None:
    Dirty.objects.mark([waiting_since(seconds=5), waiting_since(seconds=90), waiting_since(seconds=40)])
    assert client.get("/healthz").json()["oldest_dirty_seconds"] == pytest.approx(90, abs=5)


@pytest.mark.django_db
def test_parked_rows_are_counted_and_do_not_make_the_rest_look_old(client: Client) -> None:
    parked = waiting_since(days=2)
    Dirty.objects.mark([parked, waiting_since(seconds=5)])
    Dirty.objects.filter(key=parked.key).update(parked_at=timezone.now())
    found = client.get("/healthz").json()
    assert found["parked"] == 1
    assert found["oldest_dirty_seconds"] < 10


ASK_WITHOUT_DATABASE = """
import django
django.setup()
from django.test import Client
answer = Client().get("/healthz", headers={"host": "localhost"})
print(answer.status_code, answer.json()["database"])
"""


def test_without_its_database_the_house_is_not_well() -> None:
    nowhere = os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    asked = subprocess.run(
        [sys.executable, "-c", ASK_WITHOUT_DATABASE], cwd=ROOT, env=nowhere, capture_output=True, text=True, check=False
    )
    assert asked.stdout.split() == ["503", "down"], asked.stderr
