"""A file is acknowledged only when it is durable: whatever dies or fails on the way, and the next try succeeds."""

import hashlib
import json
import os
import subprocess
import sys
import uuid

import pytest
from django.db import OperationalError, connection

from audits.models import Evidence
from audits.models.files import evidence_storage, incoming
from auditserver.env import ROOT
from tests.audits.evidence.pictures import photo
from tests.live import children_environment
from tests.phone.link import digest_header

BODY = photo(size=(60, 60))


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_gone_at_any_point_leaves_nothing_false(cast):
    ran = subprocess.run(
        [sys.executable, "-m", "tests.audits.evidence.crashing"],
        cwd=ROOT,
        env=os.environ | children_environment() | {"LOG_LEVEL": "CRITICAL"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    told = json.loads(ran.stdout)
    assert {way: found["faults"] for way, found in told.items()} == {"put": [], "pieces": []}
    assert told["put"]["points"] >= 10
    assert told["pieces"]["points"] >= 20


class Failing:
    """The n-th flush, move or statement fails instead of being done."""

    def __init__(self, monkeypatch, number):
        self.left = number
        for name in ("fsync", "replace"):
            monkeypatch.setattr(os, name, self._disk(getattr(os, name)))

    @property
    def has_failed(self):
        return self.left <= 0

    def _fails(self):
        self.left -= 1
        return self.left == 0

    def _disk(self, function):
        def maybe(*args, **kwargs):
            if self._fails():
                raise OSError(5, "Input/output error")
            return function(*args, **kwargs)

        return maybe

    def statement(self, execute, *args):
        if self._fails():
            raise OperationalError("the connection is gone")
        return execute(*args)


@pytest.mark.django_db
def test_whatever_fails_nothing_is_acknowledged_and_the_next_try_succeeds(cast, client, monkeypatch):
    client.force_login(cast.ada)
    client.raise_request_exception = False
    number = 0
    while True:
        number += 1
        name = uuid.uuid4()

        def put(name=name):
            path = f"/api/v1/submissions/{uuid.UUID(int=5)}/evidence/{name}"
            return client.put(path, BODY, content_type="image/jpeg", headers={"Content-Digest": digest_header(BODY)})

        with monkeypatch.context() as patched:
            failing = Failing(patched, number)
            with connection.execute_wrapper(failing.statement):
                answer = put()
        if not failing.has_failed:
            break
        assert answer.status_code in (500, 503)
        # A row may be there already: then its file is.
        assert all(evidence_storage().exists(row.original) for row in Evidence.objects.filter(id=name))
        assert put().status_code in (200, 201)
        with evidence_storage().open(Evidence.objects.get(id=name).original) as file:
            assert hashlib.sha256(file.read()).digest() == hashlib.sha256(BODY).digest()
    assert answer.status_code == 201
    assert number > 12
    assert list(incoming().iterdir()) == []
