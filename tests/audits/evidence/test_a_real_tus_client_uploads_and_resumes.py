"""The tus client that others wrote (tuspy), against the running house: in pieces, after a dead link, after a kill."""

import hashlib
import io
import random
import socket
import threading
import uuid
from urllib.parse import urlsplit

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from audits.models import Evidence, Upload
from audits.models.files import evidence_storage
from tests.audits.evidence.pictures import photo
from tests.audits.evidence.resuming import MEDIA, metadata
from tests.phone import Phone

SUBMISSION, FILE = uuid.UUID(int=7), uuid.UUID(int=8)
# A picture with much behind it, so that there is something to lose.
BODY = photo() + random.Random(1).randbytes(900_000)


@pytest.fixture
def client(live, cast):
    phone = Phone(live.url, sleep=lambda _seconds: None)
    phone.sign_in("ada", "ADA")
    phone.link.close()
    address = f"{live.url}/api/v1/submissions/{SUBMISSION}/evidence/{FILE}/upload"
    return TusClient(address, headers={"Authorization": f"Bearer {phone.link.token}"})


def uploader(client, **options):
    digest = hashlib.sha256(BODY).hexdigest()
    defaults = {"chunk_size": 200_000, "retries": 20, "retry_delay": 0.02, "upload_checksum": True}
    return client.uploader(file_stream=io.BytesIO(BODY), metadata={"sha256": digest}, **(defaults | options))


def is_held():
    row = Evidence.objects.get()
    with evidence_storage().open(row.original) as file:
        return row.state == "held" and file.read() == BODY and not Upload.objects.exists()


def send_half(client):
    """Announce the file, send half of it as one piece, and hang up."""
    there = urlsplit(client.url)
    with socket.create_connection((there.hostname, there.port), timeout=10) as link:
        for head, body in (
            (f"POST {there.path}", b""),
            (f"PATCH {there.path}", BODY[: len(BODY) // 2]),
        ):
            length = len(BODY) if body else 0
            lines = [
                f"{head} HTTP/1.1",
                f"Host: {there.netloc}",
                f"Authorization: {client.headers['Authorization']}",
                "Tus-Resumable: 1.0.0",
                f"Content-Length: {length}",
                *([f"Content-Type: {MEDIA}", "Upload-Offset: 0"] if body else []),
                *([] if body else [f"Upload-Length: {len(BODY)}", f"Upload-Metadata: {metadata(BODY)}"]),
            ]
            link.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            if not body:
                assert b" 201 " in link.recv(4096)
        yield


def test_a_file_goes_up_in_pieces_each_with_its_checksum(client):
    uploader(client).upload()
    assert is_held()


def test_it_goes_on_where_a_dead_link_or_a_killed_server_left_it(client, live):
    sending = send_half(client)
    next(sending)
    live.until(lambda: uploader(client, url=client.url).offset > 100_000)
    live.web.kill()
    next(sending, None)
    live.web.start()
    resumed = uploader(client, url=client.url)
    assert 100_000 < resumed.offset <= len(BODY) // 2
    resumed.upload()
    assert is_held()


def test_six_at_once_make_one_file(client):
    failed = []

    def send(number):
        try:
            uploader(client, chunk_size=70_000 + number, upload_checksum=False).upload()
        except (TusUploadFailed, TusCommunicationError) as error:
            failed.append(error)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) < 6, failed
    assert is_held()
