"""Exact numbers of queries, so that nobody adds one unseen."""

import uuid

import pytest

from tests.audits.evidence.pictures import photo
from tests.audits.evidence.resuming import Resumable
from tests.phone.link import digest_header

pytestmark = pytest.mark.django_db
BODY = photo()
NEW, AGAIN, PIECE, VISIT, COPY = 9, 12, 6, 12, 10


def put(client, path):
    return client.put(path, BODY, content_type="image/jpeg", headers={"Content-Digest": digest_header(BODY)})


def test_a_file_and_its_repetition(cast, client, django_assert_num_queries):
    client.force_login(cast.ada)
    path = f"/api/v1/submissions/{uuid.uuid4()}/evidence/{uuid.uuid4()}"
    with django_assert_num_queries(NEW):
        assert put(client, path).status_code == 201
    with django_assert_num_queries(AGAIN):
        assert put(client, path).status_code == 200


def test_a_piece_of_a_file(cast, client, django_assert_num_queries):
    client.force_login(cast.ada)
    upload = Resumable(client, f"/api/v1/submissions/{uuid.uuid4()}/evidence/{uuid.uuid4()}/upload")
    upload.begin(BODY)
    with django_assert_num_queries(PIECE):
        assert upload.patch(0, BODY[:100]).status_code == 204


@pytest.mark.parametrize("files", [1, 5])
def test_a_visit_with_copies_and_a_copy(showing, cast, client, django_assert_num_queries, files):
    visit = showing({str(number): photo((number, 0, 0)) for number in range(files)})
    client.force_login(cast.mia)
    address = f"/api/v1/visits/{visit.audit.visit_id}"
    client.get(address)
    with django_assert_num_queries(VISIT):
        assert len(client.get(address).json()["evidence"]) == files
    with django_assert_num_queries(COPY):
        assert client.get(f"{address}/evidence/{visit.rows['0'].shown_id}").status_code == 200
