"""Uploads in pieces as tus 1.0.0 says: begun once, gone on with where the file ends, checked, kept when whole."""

import uuid
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
import time_machine
from django.core.files.storage import storages

from audits.models import Evidence, Quarantine, Submission, Upload
from audits.models.files import incoming
from audits.services import receiving, uploading
from tests.audits.delivering import PERFECT, planned
from tests.audits.evidence.conftest import hold
from tests.audits.evidence.pictures import photo
from tests.audits.evidence.resuming import Resumable, checksum, metadata
from tests.audits.office.sending import body_of

pytestmark = pytest.mark.django_db
SUBMISSION, FILE = uuid.UUID(int=1), uuid.UUID(int=2)
PATH = f"/api/v1/submissions/{SUBMISSION}/evidence/{FILE}/upload"
BODY = photo(size=(300, 300))


@pytest.fixture
def upload(cast, client):
    client.force_login(cast.ada)
    return Resumable(client, PATH)


def kind(answer):
    return answer.status_code, answer.json()["type"].removeprefix("urn:problem:")


def kept():
    row = Evidence.objects.get(state="held")
    with storages["evidence"].open(row.original) as file:
        return file.read()


def parts():
    return sorted(path.name for path in incoming().iterdir())


def test_a_file_in_three_pieces_is_held_like_one_sent_at_once(upload, cast):
    begun = upload.begin(BODY)
    assert (begun.status_code, begun["Location"], begun["Upload-Offset"]) == (201, f"http://testserver{PATH}", "0")
    ends = []
    for start in range(0, len(BODY), 700):
        answer = upload.patch(start, BODY[start : start + 700])
        assert (answer.status_code, answer["Tus-Resumable"]) == (204, "1.0.0")
        ends.append(int(answer["Upload-Offset"]))
    assert ends[-1] == len(BODY)
    assert kept() == BODY
    row = Evidence.objects.get()
    assert (row.owner, row.type, row.copy_state, row.length) == (cast.ada, "photo", "waiting", len(BODY))
    assert (Upload.objects.count(), parts()) == (0, [])
    assert upload.client.head(PATH.removesuffix("/upload")).status_code == 200


def test_announcing_again_is_the_same_upload(upload):
    upload.begin(BODY)
    upload.patch(0, BODY[:100])
    again = upload.begin(BODY)
    assert (again.status_code, again["Upload-Offset"]) == (201, "100")
    assert Upload.objects.count() == 1


def test_another_file_under_the_same_id_begins_anew(upload):
    upload.begin(BODY)
    upload.patch(0, BODY[:100])
    other = photo("blue", size=(300, 300))
    assert upload.begin(other)["Upload-Offset"] == "0"
    assert upload.patch(0, other).status_code == 204
    assert kept() == other
    assert parts() == []


def test_bytes_are_taken_only_where_the_file_ends(upload):
    upload.begin(BODY)
    upload.patch(0, BODY[:100])
    for offset in (0, 50, 101):
        assert kind(upload.patch(offset, b"x" * 10)) == (409, "upload-offset")
    assert upload.offset() == 100


def test_more_than_was_announced_is_refused(upload):
    upload.begin(BODY)
    assert kind(upload.patch(0, BODY + b"more")) == (400, "invalid")
    assert not Evidence.objects.exists()
    offset = upload.offset()
    assert upload.patch(offset, BODY[offset:]).status_code == 204
    assert kept() == BODY


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_a_wrong_checksum_is_not_written(upload, algorithm):
    upload.begin(BODY)
    good, bad = checksum(BODY[:500], algorithm), checksum(b"other", algorithm)
    refused = upload.patch(0, BODY[:500], Upload_Checksum=bad)
    assert (kind(refused), refused.json()["retryable"], upload.offset()) == ((460, "checksum-mismatch"), True, 0)
    assert upload.patch(0, BODY[:500], Upload_Checksum=good)["Upload-Offset"] == "500"
    assert kind(upload.patch(500, BODY[500:], Upload_Checksum="crc32 AAAA")) == (400, "invalid")


def test_a_file_that_is_not_what_was_announced_begins_anew(upload):
    upload.begin(BODY)
    assert kind(upload.patch(0, b"x" * len(BODY))) == (460, "checksum-mismatch")
    assert (upload.offset(), Evidence.objects.count(), parts()) == (404, 0, [])


def test_an_empty_file_is_whole_when_it_is_announced(upload):
    assert upload.begin(b"")["Upload-Offset"] == "0"
    assert (Evidence.objects.get().length, Upload.objects.count()) == (0, 0)


def test_a_file_that_is_held_already_is_whole(upload, cast):
    hold(SUBMISSION, FILE, cast.ada, BODY)
    assert upload.begin(BODY)["Upload-Offset"] == str(len(BODY))
    assert upload.offset() == len(BODY)
    assert upload.patch(len(BODY), b"").status_code == 204
    assert kind(upload.patch(0, BODY)) == (409, "upload-offset")
    assert Upload.objects.count() == 0


def test_other_bytes_than_those_held_are_kept_beside_them(upload, cast):
    hold(SUBMISSION, FILE, cast.ada, BODY)
    other = photo("blue")
    upload.begin(other)
    refused = upload.patch(0, other)
    assert (kind(refused), refused.json()["stored"]) == ((409, "evidence-conflict"), True)
    assert sorted(Evidence.objects.values_list("state", flat=True)) == ["conflict", "held"]
    assert Upload.objects.count() == 0


def test_an_upload_is_its_persons_own(upload, cast):
    upload.begin(BODY)
    upload.patch(0, BODY[:100])
    upload.client.force_login(cast.bea)
    assert upload.offset() == 404
    upload.begin(BODY)
    assert upload.offset() == 0


def test_giving_up_leaves_nothing_of_what_is_not_whole(upload, cast):
    upload.begin(BODY)
    upload.patch(0, BODY[:100])
    assert upload.ask("DELETE").status_code == 204
    assert (upload.offset(), upload.ask("DELETE").status_code, parts()) == (404, 404, [])
    hold(SUBMISSION, FILE, cast.ada, BODY)
    assert upload.ask("DELETE").status_code == 404
    assert kept() == BODY


def test_an_upload_waits_thirty_days_after_its_last_piece(upload):
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC), tick=False):
        begun = upload.begin(BODY)
    assert parsedate_to_datetime(begun["Upload-Expires"]) == datetime(2026, 7, 1, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 6, 20, tzinfo=UTC), tick=False):
        upload.patch(0, BODY[:100])
    assert uploading.expire(now=datetime(2026, 7, 19, tzinfo=UTC)) == 0
    assert uploading.expire(now=datetime(2026, 7, 21, tzinfo=UTC)) == 1
    assert (Upload.objects.count(), parts()) == (0, [])


def test_the_server_says_what_it_can_do(upload):
    answer = upload.ask("OPTIONS", version="")
    assert answer.status_code == 204
    assert {name: value for name, value in answer.headers.items() if name.startswith("Tus-")} == {
        "Tus-Resumable": "1.0.0",
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,checksum,expiration,termination",
        "Tus-Checksum-Algorithm": "sha256,sha1",
        "Tus-Max-Size": str(12 * 1024 * 1024),
    }


@pytest.mark.parametrize("version", ["", "0.2.2"])
def test_another_version_of_tus_is_refused(upload, version):
    refused = upload.ask("HEAD", version=version)
    assert (refused.status_code, refused["Tus-Version"]) == (412, "1.0.0")


def test_a_client_that_can_only_post_says_so(upload):
    upload.begin(BODY)
    answer = upload.ask("POST", BODY[:100], Upload_Offset="0", X_HTTP_Method_Override="PATCH")
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "100")


def test_what_is_announced_badly_is_refused(upload, settings):
    for headers in (
        {"Upload_Length": "many"},
        {"Upload_Length": "-1"},
        {"Upload_Metadata": "filename c2VjcmV0"},
        {"Upload_Metadata": "sha256 bm90aGV4"},
    ):
        assert kind(upload.begin(BODY, **headers)) == (400, "invalid")
    settings.MAX_EVIDENCE_BYTES = 100
    assert kind(upload.begin(BODY)) == (413, "evidence-too-large")
    settings.MAX_EVIDENCE_PER_SUBMISSION = 0
    assert kind(upload.begin(b"small")) == (409, "evidence-too-many")
    assert kind(upload.ask("PATCH", b"", media="image/jpeg", Upload_Offset="0")) == (415, "unsupported-media-type")
    assert Upload.objects.count() == 0


def test_a_file_name_is_not_kept(upload):
    upload.begin(BODY, Upload_Metadata=metadata(BODY, filename="ada-in-room-17.jpg"))
    upload.patch(0, BODY)
    assert "room-17" not in str(Evidence.objects.values().get())


def test_a_whole_file_whose_last_writer_was_killed_is_kept_by_whoever_asks(upload):
    upload.begin(BODY)
    (incoming() / Upload.objects.get().part).write_bytes(BODY)
    assert upload.offset() == len(BODY)
    assert kept() == BODY


def test_a_file_whose_row_was_written_before_the_kill_is_whole(upload, cast):
    """The file has moved into the storage and the row is there, but the upload's own row was left behind."""
    upload.begin(BODY)
    hold(SUBMISSION, FILE, cast.ada, BODY)
    assert upload.offset() == len(BODY)
    assert upload.begin(BODY)["Upload-Offset"] == str(len(BODY))


# --- submissions ---


@pytest.fixture
def report(cast, arranged):
    body = body_of(planned(arranged.component, arranged.version, cast.vienna, cast.ada), PERFECT)
    name = uuid.UUID(body.decode().split('"id": "')[1][:36])
    return name, body


def large(client, name):
    return Resumable(client, f"/api/v1/submissions/{name}/upload")


def test_a_submission_too_large_to_be_read_waits_in_quarantine_with_a_receipt(upload, report, cast, settings):
    name, body = report
    settings.MAX_SUBMISSION_BYTES = len(body) - 1
    upload = large(upload.client, name)
    upload.begin(body)
    assert upload.patch(0, body[:100])["Upload-Offset"] == "100"
    assert upload.patch(100, body[100:]).status_code == 204
    row = Quarantine.objects.get()
    assert (row.problem, row.sender, row.length, row.office) == (
        "submission-too-large",
        cast.ada,
        len(body),
        cast.office,
    )
    answer = upload.client.get(f"/api/v1/submissions/{name}").json()
    assert (answer["receipt"], answer["status"]["state"]) == (row.receipt, "quarantined")
    assert upload.offset() == len(body)
    assert upload.begin(body)["Upload-Offset"] == str(len(body))
    assert Quarantine.objects.count() == 1


def test_a_submission_that_can_be_read_is_taken_as_if_it_had_been_put(upload, report, cast):
    name, body = report
    upload = large(upload.client, name)
    upload.begin(body)
    upload.patch(0, body)
    assert Submission.objects.get(pk=name).length == len(body)
    assert receiving.delivered(person=cast.ada, submission_id=name).status.state == "received"
    assert upload.offset() == len(body)


def test_a_full_quarantine_lets_the_whole_file_wait(upload, report, settings):
    name, body = report
    settings.MAX_SUBMISSION_BYTES, settings.QUARANTINE_BYTES_PER_PERSON = 1, 10
    upload = large(upload.client, name)
    upload.begin(body)
    assert kind(upload.patch(0, body)) == (429, "quarantine-full")
    settings.QUARANTINE_BYTES_PER_PERSON = 10_000
    assert upload.offset() == len(body)
    assert Quarantine.objects.get().length == len(body)
