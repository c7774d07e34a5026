"""Every point of the way in breaks once: what was answered as kept is kept, and the retry succeeds.

The points are those of tests/faultpoints.py, counted on the way itself, over HTTP to the real web server. Where the
process is to die, a process of the web server dies.
"""

import base64
import hashlib
import json
import uuid
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from audits.models import Dirty, Draft, Evidence, Observation, Quarantine, Query, Score, Submission
from audits.models.sent import sent_bytes
from audits.services import reviewing
from audits.services.reviewing import Question
from chains.models import Device
from chains.services import devices
from tests.audits.receiving.delivery import content_of, written
from tests.phone import Answer, Link, NoAnswer
from tests.phone.link import digest_header

JPEG = b"\xff\xd8\xff\xe0" + b"a photo of the lobby" * 50
# After these the world is as it was before: to lose their word, or to die there, is to die at the next point.
CHANGES_NOTHING = ("SELECT", "BEGIN", "SAVEPOINT", "the answer")
# What makes a change last: a commit, or a statement of many parts that is a transaction by itself.
KEEPS = ("COMMIT", "WITH")


@dataclass
class Try:
    """One request of a way in, made anew for every fault; `kept` tells whether everything it promises is there."""

    path: str
    body: bytes
    kept: Callable[[], bool]
    token: str
    answers: set[int]
    method: str = "PUT"
    headers: dict[str, str] = field(default_factory=dict)
    asks_first: bool = False

    def ask(self, link: Link, fault: str = "") -> Answer | None:
        """The answer; None where the connection broke."""
        link.token = self.token
        headers = {"Content-Type": "application/json", "Content-Digest": digest_header(self.body)} | self.headers
        try:
            return link.ask(self.method, self.path, self.body, headers | ({"Fault": fault} if fault else {}))
        except NoAnswer:
            return None


@pytest.fixture
def phones(cast):
    """Tokens of Ada: of a phone in use, and of one that was signed out."""
    now = timezone.now()
    tokens = {name: devices.sign_in(person=cast.ada, phone=devices.Phone(name), now=now).token for name in "ab"}
    Device.objects.filter(install_id="b").update(revoked_at=now - timedelta(days=1))
    return tokens


@pytest.fixture
def link(live):
    """A link to the web server."""
    link = Link(live.url)
    yield link
    link.close()


class Ways:
    """The ways in, by name: each makes a new Try."""

    def __init__(self, cast: Any, visit_of: Any, phones: dict[str, str], link: Link) -> None:
        self.cast, self.visit_of, self.phones, self.link = cast, visit_of, phones, link

    def new_submission(self) -> Try:
        body, content = self._body()
        return self._submission(content["id"], body, {201, 200}, lambda: whole(content["id"], body))

    def submission_after_its_photo(self) -> Try:
        photo = str(uuid.uuid4())
        announced = {"id": photo, "for": ["ROOM-001"], "type": "receipt", "sha256": "0" * 64, "length": len(JPEG)}
        body, content = self._body(evidence=[announced])
        Evidence.objects.create(
            id=photo, submission_id=content["id"], owner=self.cast.ada, state="held", received_at=timezone.now()
        )

        def kept() -> bool:
            return whole(content["id"], body) and Evidence.objects.get(id=photo).type == "receipt"

        return self._submission(content["id"], body, {201, 200}, kept)

    def correction(self) -> Try:
        assignment = self.visit_of(self.cast.ada, self.cast.vienna)
        first = content_of(assignment)
        assert put(self.link, self.phones["a"], first).status == 201
        question = Question("ARR-001", "Who greeted you?")
        reviewing.return_with_queries(
            submission_id=first["id"], reviewer=self.cast.rita, questions=[question], now=timezone.now()
        )
        query = Query.objects.get(submission_id=first["id"])
        row = Submission.objects.get(pk=first["id"])
        replaces = {"id": first["id"], "digest": bytes(row.digest).hex()}
        replies = [{"query": str(query.pk), "text": "A young man.", "evidence": []}]
        content = content_of(assignment, replaces=replaces, query_replies=replies)
        body = written(content)

        def kept() -> bool:
            told = Query.objects.get(pk=query.pk).reply == "A young man."
            return whole(content["id"], body) and told and Submission.objects.get(pk=content["id"]).replaces == row.pk

        return self._submission(content["id"], body, {201, 200}, kept)

    def same_again(self) -> Try:
        body, content = self._body()
        assert put(self.link, self.phones["a"], content).status == 201
        return self._submission(content["id"], body, {200}, lambda: whole(content["id"], body))

    def conflicting_copy(self) -> Try:
        body, content = self._body()
        assert put(self.link, self.phones["a"], content).status == 201
        other = written(content | {"language": "de"})
        return self._submission(
            content["id"], other, {409}, lambda: whole(content["id"], body) and quarantined(content["id"], other)
        )

    def unreadable_body(self) -> Try:
        name = str(uuid.uuid4())
        return self._submission(name, b'{"format": 1', {422}, lambda: quarantined(name, b'{"format": 1'))

    def from_a_phone_signed_out(self) -> Try:
        body, content = self._body()
        wanted = self._submission(content["id"], body, {202}, lambda: quarantined(content["id"], body))
        wanted.token = self.phones["b"]
        return wanted

    def new_photo(self) -> Try:
        return self._photo(uuid.uuid4(), uuid.uuid4(), JPEG, {201, 200})

    def photo_after_its_submission(self) -> Try:
        photo = uuid.uuid4()
        announced = {"id": str(photo), "for": ["ROOM-001"], "type": "photo", "sha256": "0" * 64, "length": len(JPEG)}
        _, content = self._body(evidence=[announced])
        assert put(self.link, self.phones["a"], content).status == 201
        return self._photo(content["id"], photo, JPEG, {201, 200})

    def conflicting_photo(self) -> Try:
        submission, photo = uuid.uuid4(), uuid.uuid4()
        assert self._photo(submission, photo, JPEG, {201}).ask(self.link).status == 201
        wanted = self._photo(submission, photo, JPEG + b"2", {409})
        alone = wanted.kept
        wanted.kept = lambda: alone() and stored(submission, photo, JPEG)
        return wanted

    def photo_that_was_lost(self) -> Try:
        submission, photo = uuid.uuid4(), uuid.uuid4()
        lost = Try(
            f"submissions/{submission}/evidence/{photo}/lost", b'{"reason": "deleted"}', lambda: True, self.phones["a"],
            {200}, "POST",
        )  # fmt: skip
        lost.kept = lambda: Evidence.objects.filter(id=photo, state="lost").exists()
        return lost

    link: Link

    def draft(self) -> Try:
        assignment = self.visit_of(self.cast.ada, self.cast.vienna)
        body = json.dumps({"submission": str(uuid.uuid4())}).encode()

        def kept() -> bool:
            draft = Draft.objects.filter(pk=assignment.pk).first()
            return draft is not None and draft.text() == body

        path, first = f"assignments/{assignment.pk}/draft", {"If-None-Match": "*"}
        return Try(path, body, kept, self.phones["a"], {201, 200}, headers=first)

    def last_piece_of_a_photo(self) -> Try:
        submission, photo = uuid.uuid4(), uuid.uuid4()
        path = f"submissions/{submission}/evidence/{photo}/upload"
        name = base64.b64encode(hashlib.sha256(JPEG).hexdigest().encode()).decode()
        tus = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
        begun = {"Upload-Length": str(len(JPEG)), "Upload-Metadata": f"sha256 {name}"}
        for method, body, more in (("POST", b"", begun), ("PATCH", JPEG[:99], {"Upload-Offset": "0"})):
            headers = tus | more
            sent = Try(path, body, lambda: True, self.phones["a"], set(), method, headers).ask(self.link)
            assert sent is not None and sent.status in (201, 204), sent
        wanted = Try(path, JPEG[99:], lambda: stored(submission, photo, JPEG), self.phones["a"], {204}, "PATCH")
        wanted.headers = tus | {"Upload-Offset": "99"}
        # The bytes may have come before the fault: a phone asks how much is there before it goes on.
        wanted.asks_first = True
        return wanted

    def _body(self, **members: Any) -> tuple[bytes, dict[str, Any]]:
        content = content_of(self.visit_of(self.cast.ada, self.cast.vienna), **members)
        return written(content), content

    def _submission(self, name: str, body: bytes, answers: set[int], kept: Callable[[], bool]) -> Try:
        return Try(f"submissions/{name}", body, kept, self.phones["a"], answers)

    def _photo(self, submission: Any, photo: uuid.UUID, body: bytes, answers: set[int]) -> Try:
        path = f"submissions/{submission}/evidence/{photo}"
        headers = {"Content-Type": "image/jpeg"}
        return Try(path, body, lambda: stored(submission, photo, body), self.phones["a"], answers, headers=headers)


def put(link: Link, token: str, content: dict[str, Any]) -> Any:
    """Deliver without any fault."""
    return Try(f"submissions/{content['id']}", written(content), lambda: True, token, {201}).ask(link)


def whole(name: str, body: bytes) -> bool:
    """Whether a submission is there with its bytes, its answers and the mark that gets it scored."""
    if not Submission.objects.filter(pk=name).exists():
        return False
    assert sent_bytes(uuid.UUID(name)) == body
    assert Observation.objects.filter(submission_id=name).count() == 1
    assert (
        Dirty.objects.filter(submission_id=name).exists()
        or Score.objects.filter(observation__submission_id=name).exists()
    )
    return True


def quarantined(name: str, body: bytes) -> bool:
    """Whether exactly one copy of the bytes is in quarantine."""
    copies = [zlib.decompress(bytes(row.body)) for row in Quarantine.objects.filter(submission_id=name)]
    assert copies.count(body) <= 1
    return body in copies


def stored(submission: Any, photo: uuid.UUID, body: bytes) -> bool:
    """Whether exactly one file of these bytes is held under its id, readable as it was sent."""
    rows = Evidence.objects.filter(submission_id=submission, id=photo, state__in=["held", "conflict"])
    found = []
    for row in rows:
        with storages["evidence"].open(row.original) as file:
            found.append(file.read())
    assert found.count(body) <= 1
    return body in found


WAYS = [name for name, made in vars(Ways).items() if callable(made) and not name.startswith("_")]


def points_of(way: Callable[[], Try], link: Link) -> list[str]:
    """The points of a way where nothing breaks; once before, for what a process learns once."""
    way().ask(link)
    answer = way().ask(link, "record")
    assert answer is not None and answer.status < 500, answer
    points: list[str] = json.loads(answer.headers["fault-points"])
    return points


def go_on_from_where_it_is(wanted: Try, link: Link) -> bool:
    """Ask how much of a file in pieces is there, to send what is not; False where nothing is left to be sent."""
    question = Try(wanted.path, b"", wanted.kept, wanted.token, set(), "HEAD", {"Tus-Resumable": "1.0.0"})
    answer = question.ask(link) or question.ask(link)
    assert answer is not None and answer.status == 200, answer
    offset = int(answer.headers["upload-offset"])
    wanted.body, wanted.headers["Upload-Offset"] = JPEG[offset:], str(offset)
    return offset < len(JPEG)


def suffer(way: Callable[[], Try], link: Link, fault: str) -> None:
    """One fault: no promise is broken, and sending again succeeds."""
    wanted = way()
    answer = wanted.ask(link, fault)
    promised = answer is not None and (answer.status < 300 or (answer.problem() or {}).get("stored") is True)
    assert wanted.kept() or not promised, (fault, answer)
    assert answer is None or answer.status in wanted.answers or answer.worth_retrying(), (fault, answer)
    if wanted.asks_first and not go_on_from_where_it_is(wanted, link):
        assert wanted.kept(), fault
        return
    again = wanted.ask(link) or wanted.ask(link)
    assert again is not None and again.status in wanted.answers, (fault, again)
    assert wanted.kept(), fault


@pytest.mark.parametrize("name", WAYS)
def test_nothing_promised_is_lost_and_the_retry_succeeds(link, cast, visit_of, phones, name):
    way = getattr(Ways(cast, visit_of, phones, link), name)
    points = points_of(way, link)
    assert any(point.startswith(KEEPS) for point in points) or name == "same_again"
    for point in points:
        suffer(way, link, f"fail {point}")
        if not point.startswith(CHANGES_NOTHING):
            suffer(way, link, f"lose {point}")
            suffer(way, link, f"die {point}")
    suffer(way, link, f"die {points[-1]}")
