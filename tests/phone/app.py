"""The phone itself: pairs or signs in, fetches its work, delivers until the server holds everything."""

import base64
import hashlib
import json
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.phone.filling import Filler
from tests.phone.link import Answer, Link, NoAnswer, digest_header

FIRST_WAIT, LONGEST_WAIT = 5.0, 3600.0
# A file so large goes up in pieces from the beginning, one of a tenth once the link has died under it.
# Sending a smaller one again costs less than asking how much of it is there.
IN_PIECES_FROM = 1_000_000
# What a dying link, or a try that still lingers at the server, may cost at most.
PIECE = 128 * 1024
TUS = {"Tus-Resumable": "1.0.0"}
HELD = frozenset({403, 409, 410, 422})


@dataclass
class Sealed:
    """A submission as the phone keeps it: draft → sealed → acknowledged → complete; or held, for a person to look at.

    `body` is never made again: every try sends these bytes.
    """

    id: uuid.UUID
    body: bytes
    evidence: dict[uuid.UUID, bytes] = field(default_factory=dict)
    state: str = "sealed"
    receipt: str = ""
    status: dict[str, Any] = field(default_factory=dict)
    problem: dict[str, Any] | None = None
    tries: int = 0

    @property
    def digest(self) -> str:
        """sha256 of the body, hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()


class Phone:
    """One installation of one person. `sleep` waits between tries; tests give one that does not."""

    def __init__(self, base: str, *, seed: int = 0, sleep: Callable[[float], None] = time.sleep) -> None:
        self.link = Link(base)
        self.sleep = sleep
        self.dice = random.Random(seed)
        self.install_id = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
        self.keys: dict[str, Ed25519PublicKey] = {}
        self.documents: dict[str, Any] = {}
        self.manifest: dict[str, Any] = {}
        self.manifest_etag = ""

    def sign_in(self, username: str, password: str) -> None:
        """`devices/login`; keeps the token."""
        content = {"username": username, "password": password, **self._about()}
        self._take_token(self.link.send_json("POST", "devices/login", content))

    def pair(self, code: str) -> None:
        """`devices/pair` with a code from a QR; keeps the token."""
        self._take_token(self.link.send_json("POST", "devices/pair", {"code": code, **self._about()}))

    def fetch_manifest(self) -> list[dict[str, Any]]:
        """My assignments; unchanged ones are not sent again."""
        known = {"If-None-Match": self.manifest_etag} if self.manifest_etag else {}
        answer = self.patiently(lambda: self.link.ask("GET", "manifest", headers=known))
        if answer.status == 200:
            self.manifest, self.manifest_etag = answer.json(), answer.headers["etag"]
        else:
            assert answer.status == 304, answer
        assignments: list[dict[str, Any]] = self.manifest["assignments"]
        return assignments

    def document(self, kind: str, sha256: str) -> Any:
        """A frozen document by its hash, fetched once and checked against it."""
        if sha256 not in self.documents:
            answer = self.patiently(lambda: self.link.ask("GET", f"{kind}/{sha256}"))
            assert answer.status == 200, answer
            assert hashlib.sha256(answer.body).hexdigest() == sha256, f"{kind}/{sha256} is not what its name says"
            self.documents[sha256] = answer.json()
        return self.documents[sha256]

    def accept(self, assignment: dict[str, Any]) -> Answer:
        """Take an offered assignment, declaring no conflict of interest and the brief read."""
        content = {"no_conflict": True, "brief": assignment["brief"]}
        return self.patiently(lambda: self.link.send_json("POST", f"assignments/{assignment['id']}/accept", content))

    def seal(
        self,
        assignment: dict[str, Any],
        *,
        visited_on: date,
        answers: dict[str, Any] | None = None,
        comments: dict[str, str] | None = None,
        filler: Filler | None = None,
        photos: dict[str, bytes] | None = None,
        **members: Any,
    ) -> Sealed:
        """Fill in and serialise once. `photos` are bytes by answer key; `members` override members of the body."""
        scope = self.document("scopes", assignment["scope"])
        if answers is None:
            checklist = self.document("checklists", assignment["checklist"])
            answers, made = (filler or Filler(self.dice.getrandbits(32))).answers(checklist, scope)
            comments = made | (comments or {})
        files = {uuid.UUID(int=self.dice.getrandbits(128), version=4): (key, b) for key, b in (photos or {}).items()}
        identity = uuid.UUID(int=self.dice.getrandbits(128), version=4)
        content = {
            "format": 1,
            "id": str(identity),
            "assignment": assignment["id"],
            "checklist": assignment["checklist"],
            "scope": assignment["scope"],
            "outcome": "completed",
            "reason": None,
            "visited_on": visited_on.isoformat(),
            "language": "en",
            "instances": assignment["instances"],
            "answers": answers,
            "comments": comments or {},
            "entered": [3 * place for place in range(len(scope["keys"]))],
            "evidence": [
                {
                    "id": str(name),
                    "for": [key],
                    "type": "photo",
                    "sha256": hashlib.sha256(photo).hexdigest(),
                    "length": len(photo),
                }
                for name, (key, photo) in files.items()
            ],
            "replaces": None,
            "query_replies": [],
            "clock": {"segments": [], "position": None},
        } | members
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return Sealed(uuid.UUID(content["id"]), body, {name: photo for name, (_, photo) in files.items()})

    def deliver(self, sealed: Sealed, *, tries: int = 60) -> Sealed:
        """Send until the server holds everything, a person must look, or the tries are over."""
        while sealed.state == "sealed" and sealed.tries < tries:
            sealed.tries += 1
            self._put(sealed)
            if sealed.state == "sealed":
                self._wait(sealed.tries)
        if sealed.state == "acknowledged":
            for name, content in sealed.evidence.items():
                self.put_evidence(sealed.id, name, content)
            sealed.status = self.ask_status(sealed.id)
            if not sealed.status["missing_evidence"]:
                sealed.state = "complete"
        return sealed

    def put_once(self, sealed: Sealed) -> Answer:
        """One PUT of the submission, whatever comes of it. Raises NoAnswer."""
        headers = {"Content-Type": "application/json", "Content-Digest": digest_header(sealed.body)}
        return self.link.ask("PUT", f"submissions/{sealed.id}", sealed.body, headers)

    def put_evidence(self, submission: uuid.UUID, name: uuid.UUID, content: bytes, media: str = "image/jpeg") -> Answer:
        """Deliver one photo, until there is an answer; larger ones in pieces (IN_PIECES_FROM)."""
        headers = {"Content-Type": media, "Content-Digest": digest_header(content)}
        path = f"submissions/{submission}/evidence/{name}"
        if len(content) >= IN_PIECES_FROM:
            return self.put_in_pieces(path, content)
        if len(content) * 10 < IN_PIECES_FROM:
            return self.patiently(lambda: self.link.ask("PUT", path, content, headers), proof="state")
        try:
            answer = self.link.ask("PUT", path, content, headers)
            if not answer.worth_retrying() and answer.proves("state"):
                return answer
        except NoAnswer:
            self._wait(1)
        return self.put_in_pieces(path, content)

    def put_in_pieces(self, path: str, content: bytes, *, tries: int = 200) -> Answer:
        """Deliver a file by tus: ask how much is there, send the rest, until all is there. Raises NoAnswer."""
        name = base64.b64encode(hashlib.sha256(content).hexdigest().encode()).decode()
        announced = {"Upload-Length": str(len(content)), "Upload-Metadata": f"sha256 {name}"} | TUS
        for count in range(1, tries + 1):
            try:
                answer = self.link.ask("POST", f"{path}/upload", b"", announced)
                if answer.status >= 400 and not answer.worth_retrying():
                    return answer
                offset = int(answer.headers.get("upload-offset", -1))
                if offset == len(content):
                    return answer
                if offset >= 0:
                    piece = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"} | TUS
                    self.link.ask("PATCH", f"{path}/upload", content[offset : offset + PIECE], piece)
                    continue
            except NoAnswer:
                pass
            self._wait(min(count, 12))
        raise NoAnswer("the file never came whole")

    def ask_status(self, submission: uuid.UUID) -> dict[str, Any]:
        """What the server says of a submission that it has acknowledged."""
        answer = self.patiently(lambda: self.link.ask("GET", f"submissions/{submission}"), proof="status")
        status: dict[str, Any] = answer.json()["status"]
        return status

    def patiently(self, ask: Callable[[], Answer], *, proof: str = "", tries: int = 60) -> Answer:
        """Ask until the answer is not "try again". Raises NoAnswer where it never came.

        A success counts only where it is JSON with the member `proof`: a captive portal answers 200 to everything.
        """
        for count in range(1, tries + 1):
            try:
                answer = ask()
                if not answer.worth_retrying() and answer.proves(proof):
                    return answer
            except NoAnswer:
                if count == tries:
                    raise
            self._wait(count)
        raise NoAnswer("the server never had time")

    def proves(self, receipt: str, sealed: Sealed) -> bool:
        """Whether a receipt is signed by a published key and speaks of exactly these bytes."""
        try:
            header, payload, signature = receipt.split(".")
            said = json.loads(_unbase64(payload))
            key = self._key(json.loads(_unbase64(header))["kid"])
            key.verify(_unbase64(signature), f"{header}.{payload}".encode())
        except (ValueError, KeyError, InvalidSignature):
            return False
        return bool(said["id"] == str(sealed.id) and said["digest"].endswith(sealed.digest))

    def _put(self, sealed: Sealed) -> None:
        try:
            answer = self.put_once(sealed)
        except NoAnswer:
            return
        if answer.status in (200, 201, 202):
            content = answer.json()
            receipt = content.get("receipt", "") if isinstance(content, dict) else ""
            # A 2xx without a valid receipt (a captive portal) means nothing.
            if receipt and self.proves(receipt, sealed):
                sealed.receipt, sealed.status, sealed.state = receipt, content["status"], "acknowledged"
        elif not answer.worth_retrying():
            sealed.problem = answer.problem()
            sealed.state = "held" if answer.status in HELD else "signed_out" if answer.status == 401 else "held"

    def _wait(self, count: int) -> None:
        """Doubling from five seconds, full jitter, at most an hour."""
        self.sleep(self.dice.uniform(0, min(FIRST_WAIT * 2 ** (count - 1), LONGEST_WAIT)))

    def _key(self, kid: str) -> Ed25519PublicKey:
        if kid not in self.keys:
            answer = self.patiently(lambda: self.link.ask("GET", "receipts/keys"))
            for key in answer.json()["keys"]:
                self.keys[key["kid"]] = Ed25519PublicKey.from_public_bytes(_unbase64(key["x"]))
        return self.keys[kid]

    def _about(self) -> dict[str, str]:
        return {"install_id": self.install_id, "platform": "emulator", "app_version": "1.0.0"}

    def _take_token(self, answer: Answer) -> None:
        assert answer.status in (200, 201), (answer.status, answer.body)
        self.link.token = answer.json()["token"]


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
