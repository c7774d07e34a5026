"""The whole way of a photo with nothing replaced: phone, web server, worker, and the manager's picture."""

import hashlib
import uuid

import pytest

from audits.models import Audit, Evidence, Submission
from tests.audits.delivering import PERFECT, planned
from tests.audits.evidence.pictures import photo, telling_exif
from tests.audits.office.sending import sent
from tests.cast import programme_of, publish_directly, scheme_in_force, small_checklist
from tests.phone import Phone

BODY = photo(exif=telling_exif(), size=(80, 40))


@pytest.mark.django_db(transaction=True)
def test_it_is_seen_within_seconds_of_its_arrival(live, cast, client):
    version = publish_directly(cast.aurora, small_checklist())
    _, component, _ = programme_of(version, scheme_in_force(cast.aurora), shares_evidence=True)
    name = uuid.uuid4()
    announced = {"id": str(name), "for": ["ARR-001"], "type": "photo", "length": len(BODY)}
    announced["sha256"] = hashlib.sha256(BODY).hexdigest()
    report = sent(planned(component, version, cast.vienna, cast.ada), PERFECT, evidence=[announced])
    phone = Phone(live.url, sleep=lambda _seconds: None)
    phone.sign_in("ada", "ADA")
    assert phone.put_evidence(report.pk, name, BODY).status == 201
    phone.link.close()
    live.until(lambda: Evidence.objects.get().copy_state == "made")
    live.until(lambda: Audit.objects.get().state == "released")
    assert Submission.objects.get().state == "accepted"
    client.force_login(cast.mia)
    address = f"/api/v1/visits/{Audit.objects.get().visit_id}"
    (shown,) = client.get(address).json()["evidence"]
    picture = client.get(f"{address}/evidence/{shown['id']}").content
    assert picture.startswith(b"\xff\xd8\xff")
    assert b"SecretPhone" not in picture
