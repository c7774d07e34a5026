"""The kit's judgement of a client: each rule is broken by one phone that does what apps in the wild do."""

import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.conformance import faults
from tests.conformance.faults import EVIDENCE, SUBMISSION, Link, Planned
from tests.conformance.judging import RULES, judge_client
from tests.conformance.proxy import Proxy
from tests.phone import Link as Line
from tests.phone import NoAnswer
from tests.phone.link import digest_header

NAME, FILE = uuid.UUID(int=1), uuid.UUID(int=2)
BODY = json.dumps({"id": str(NAME), "evidence": [{"id": str(FILE)}]}).encode()
SAME_BYTES, ANNOUNCES, TRIES_AGAIN, HOLDS, DELIVERS_ALL = RULES


class Yes(BaseHTTPRequestHandler):
    """A server that takes everything and gives a receipt; it conflicts where the body says so."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, media, said = 201, "application/json", {"receipt": "x", "state": "held"}
        if body == b"conflict":
            status, media, said = 409, "application/problem+json", {"type": "urn:problem:x", "retryable": False}
        answer = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Yes) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def proxy(server):
    proxy = Proxy(server).start()
    yield proxy
    proxy.stop()


@pytest.fixture
def put(proxy):
    """`put(path, body, **headers)` through the proxy: the status, or None."""
    line = Line(proxy.url)

    def sent(path, body, **headers):
        named = {"Content-Digest": digest_header(body)} | {k.replace("_", "-"): v for k, v in headers.items()}
        try:
            return line.ask("PUT", path, body, named).status
        except NoAnswer:
            return None

    yield sent
    line.close()


def submission(put, body=BODY, **headers):
    return put(f"submissions/{NAME}", body, **headers)


def file(put, body=b"photo"):
    return put(f"submissions/{NAME}/evidence/{FILE}", body)


def good(put):
    while submission(put) != 201:
        pass
    while file(put) != 201:
        pass


def sends_another_file_at_the_second_try(put):
    submission(put)
    submission(put, BODY + b" ")
    file(put)


def announces_no_digest(put):
    submission(put, Content_Digest="")
    file(put)


def compresses(put):
    submission(put, Content_Encoding="gzip")
    file(put)


def gives_up(put):
    file(put)
    submission(put)


def believes_a_portal(put):
    submission(put)
    file(put)


def overwrites_a_conflict(put):
    submission(put, b"conflict")
    submission(put)
    file(put)


def forgets_a_photo(put):
    submission(put)


def broken(proxy):
    return {one.rule for one in judge_client(proxy.exchanges) if one.kept is False}


@pytest.mark.parametrize("fault", [faults.DROP_RESPONSE, faults.cut(5), faults.PORTAL_PAGE, faults.answered(503)])
def test_a_good_phone_keeps_every_rule_on_a_bad_link(proxy, put, fault):
    proxy.use(Link(planned=(Planned(SUBMISSION, fault), Planned(EVIDENCE, fault), Planned(EVIDENCE, fault))))
    good(put)
    verdicts = {one.rule: one.kept for one in judge_client(proxy.exchanges)}
    assert verdicts == {SAME_BYTES: True, ANNOUNCES: True, TRIES_AGAIN: True, HOLDS: None, DELIVERS_ALL: True}


@pytest.mark.parametrize(
    ("phone", "fault", "rules"),
    [
        (sends_another_file_at_the_second_try, faults.DROP_RESPONSE, {SAME_BYTES}),
        (announces_no_digest, None, {ANNOUNCES}),
        (compresses, None, {ANNOUNCES}),
        (gives_up, faults.DROP_RESPONSE, {TRIES_AGAIN, DELIVERS_ALL}),
        (believes_a_portal, faults.PORTAL_PAGE, {TRIES_AGAIN, DELIVERS_ALL}),
        (believes_a_portal, faults.PORTAL_JSON, {TRIES_AGAIN, DELIVERS_ALL}),
        (overwrites_a_conflict, None, {SAME_BYTES, HOLDS}),
        (forgets_a_photo, None, {DELIVERS_ALL}),
    ],
)
def test_a_phone_that_breaks_a_rule_is_found(proxy, put, phone, fault, rules):
    proxy.use(Link(planned=(Planned(SUBMISSION, fault),) if fault else ()))
    phone(put)
    assert broken(proxy) == rules


def test_nothing_seen_is_no_praise(proxy):
    assert {one.kept for one in judge_client(proxy.exchanges)} == {None}
