"""Nothing depends on files having paths: another storage class is one setting (EVIDENCE_STORAGE)."""

import hashlib
import io
import uuid
from datetime import timedelta

import pytest

from audits.models import Erasure, Evidence
from audits.models.files import evidence_storage, incoming, stored
from audits.services import erasing
from tests.audits.evidence.conftest import hold, make_copies
from tests.audits.evidence.pictures import photo
from tests.audits.evidence.resuming import Resumable
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bucket(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    where = {"BACKEND": "tests.audits.evidence.bucket.Bucket"}
    settings.STORAGES = settings.STORAGES | {"evidence": where}
    return evidence_storage()


def test_a_file_is_held_shown_and_erased(showing, cast, client, arranged):
    visit = showing({"room": photo(), "paper": b"%PDF-"}, {"paper": "document"})
    room = visit.rows["room"]
    assert (room.copy_state, evidence_storage().open(room.original).read()) == ("made", photo())
    client.force_login(cast.mia)
    address = f"/api/v1/visits/{visit.audit.visit_id}/evidence/{room.shown_id}"
    assert client.get(address)["Content-Type"] == "image/jpeg"
    client.force_login(cast.rita)
    assert client.get(f"/admin/audits/evidence/{visit.rows['paper'].pk}/file/").content == b"%PDF-"
    arranged.programme.retention_days = {"photo": 1}
    arranged.programme.save()
    assert erasing.erase_overdue(now=NOW + timedelta(days=2)) == 1
    assert [file.name for file in stored("originals")] == [visit.rows["paper"].original]
    assert list(stored("copies")) == []
    assert Erasure.objects.count() == 1
    client.force_login(cast.mia)
    assert client.get(address).status_code == 404


def test_pieces_grow_on_the_disk_and_the_whole_file_goes_into_the_storage(cast, client, tmp_path):
    client.force_login(cast.ada)
    upload = Resumable(client, f"/api/v1/submissions/{uuid.uuid4()}/evidence/{uuid.uuid4()}/upload")
    body = photo(size=(200, 200))
    upload.begin(body)
    upload.patch(0, body[:300])
    assert incoming().parent == tmp_path
    upload.patch(300, body[300:])
    assert evidence_storage().open(Evidence.objects.get().original).read() == body
    assert list(incoming().iterdir()) == []


def test_the_same_file_again_and_another_one_are_told_apart(cast):
    sub, name = uuid.uuid4(), uuid.uuid4()
    assert [hold(sub, name, cast.ada, photo()) for _ in range(3)] == [True, False, False]
    assert len(list(stored("originals"))) == 1
    with pytest.raises(Exception, match="evidence-conflict"):
        hold(sub, name, cast.ada, photo("blue"))
    bodies = {hashlib.sha256(evidence_storage().open(file.name).read()).digest() for file in stored("originals")}
    assert bodies == {hashlib.sha256(photo(color)).digest() for color in ("red", "blue")}


def test_the_sweep_sees_what_belongs_to_nothing(cast, bucket):
    hold(uuid.uuid4(), uuid.uuid4(), cast.ada, photo())
    make_copies()
    bucket.save("originals/zz/stray.jpg", io.BytesIO(b"stray"))
    everything = {one.kind for one in erasing.look(now=NOW + timedelta(days=30_000))}
    assert everything == {"file without a report", "file without a row"}
