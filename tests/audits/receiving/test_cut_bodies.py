"""A connection that ends before the body does: nothing is kept, the phone is told to send again, and that works."""

import socket
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from chains.services import devices
from tests.audits.receiving.delivery import ONE, content_of, digest_header, rows, written

POSITIONS = 50


@pytest.fixture
def parcel(live, cast, visit_of):
    """Address, headers and body of a submission of 20 kB, ready for a socket."""
    token = devices.sign_in(person=cast.ada, phone=devices.Phone("a"), now=timezone.now()).token
    content = content_of(
        visit_of(cast.ada, cast.vienna, now=timezone.now()),
        comments={"ARR-001": "word " * 2000, "ARR-002": "word " * 2000},
    )
    body = written(content)
    head = (
        f"PUT /api/v1/submissions/{content['id']} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Digest: {digest_header(body)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode(), body


def opened(live):
    """A fresh connection to the web server."""
    parts = urlsplit(live.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=20)


def answered(connection):
    """All that comes until the server closes, or its first answer is whole."""
    heard = b""
    while b"\r\n\r\n" not in heard or not heard.endswith(b"}"):
        more = connection.recv(65536)
        if not more:
            break
        heard += more
    return heard


def cuts(length):
    """Fifty places in a body, its very ends among them."""
    return sorted({0, 1, length - 1, *(length * step // POSITIONS for step in range(1, POSITIONS - 2))})


def test_cut_at_fifty_places_it_is_never_taken_for_whole(live, parcel):
    head, body = parcel
    for place in cuts(len(body)):
        with opened(live) as connection:
            connection.sendall(head + body[:place])
            connection.shutdown(socket.SHUT_WR)
            heard = answered(connection)
        status, _, rest = heard.partition(b"\r\n")
        assert status == b"HTTP/1.1 400 Bad Request", (place, heard)
        assert b'"type":"urn:problem:body-incomplete"' in rest
        assert b'"retryable":true' in rest
        assert b'"stored":false' in rest
    for place in cuts(len(body)):
        with opened(live) as connection:
            connection.sendall(head + body[:place])
    with opened(live) as connection:
        connection.sendall(head + body)
        # 201, not 200: nothing of the hundred tries before was kept.
        assert answered(connection).startswith(b"HTTP/1.1 201 Created")
    live.until(lambda: rows() | {"Dirty": 1} == ONE)


def test_a_body_longer_than_announced_is_not_taken(live, parcel):
    head, body = parcel
    short = head.replace(f"Content-Length: {len(body)}".encode(), f"Content-Length: {len(body) - 7}".encode())
    with opened(live) as connection:
        connection.sendall(short + body)
        assert answered(connection).startswith(b"HTTP/1.1 400 ")
    assert sum(rows().values()) == 0


def test_a_body_over_the_limit_is_answered_while_the_phone_is_still_sending(live, parcel):
    head, body = parcel
    length = 5 * 1024 * 1024
    with opened(live) as connection:
        connection.sendall(head.replace(f"Content-Length: {len(body)}".encode(), f"Content-Length: {length}".encode()))
        for _ in range(length // 65536):
            connection.sendall(b" " * 65536)
        assert answered(connection).startswith(b"HTTP/1.1 413 ")
    assert sum(rows().values()) == 0


def test_whoever_is_not_signed_in_is_told_so_after_sending_all(live, parcel):
    head, body = parcel
    with opened(live) as connection:
        connection.sendall(head.replace(b"Bearer ", b"Bearer x") + body)
        assert answered(connection).startswith(b"HTTP/1.1 401 ")
    assert sum(rows().values()) == 0


def test_without_a_length_nothing_is_taken(live, parcel):
    head, body = parcel
    chunked = head.replace(f"Content-Length: {len(body)}".encode(), b"Transfer-Encoding: chunked")
    with opened(live) as connection:
        connection.sendall(chunked + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")
        heard = answered(connection)
    assert heard.startswith(b"HTTP/1.1 400 ")
    assert b"Content-Length is needed" in heard
    assert sum(rows().values()) == 0
