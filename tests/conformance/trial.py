"""One scenario under way: a phone behind the proxy, a straight line to the server, the office, and what went wrong."""

import hashlib
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.faults import Link as LinkState
from tests.conformance.faults import Planned
from tests.conformance.proxy import Proxy
from tests.conformance.stage import NotStaged, Stage, today
from tests.phone import Answer, Link, Phone, Sealed
from tests.phone.link import digest_header

# The bytes a JPEG begins with; what follows is noise, which no link can make smaller.
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"


def photo(size: int, seed: int = 0) -> bytes:
    """A file of so many bytes that begins like a JPEG."""
    return JPEG + random.Random(seed).randbytes(size - len(JPEG))


@dataclass
class Trial:
    """What a scenario works with. `expect` notes what is not as it should be; nothing is raised for that."""

    proxy: Proxy
    stage: Stage
    phone: Phone
    straight: Link
    faults: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    audit: str = ""

    def expect(self, right: bool, otherwise: str) -> None:
        """Note a fault unless `right`."""
        if not right:
            self.faults.append(otherwise)

    def break_link(self, *planned: Planned, **state: Any) -> None:
        """From now on the link is like this."""
        self.proxy.use(LinkState(planned=planned, **state))

    def work(self) -> dict[str, Any]:
        """A visit of our own, planned for this scenario where somebody can plan, else any that is offered."""
        assignment = ""
        if self.stage.can("planner"):
            self.audit, assignment = self.stage.plan_visit()
        open_ones = [one for one in self.phone.fetch_manifest() if one["state"] in ("offered", "accepted")]
        fitting = [one for one in open_ones if one["id"] == assignment or not assignment]
        if not fitting:
            raise NotStaged("the auditor has no open assignment, and nobody was named who could plan one")
        if fitting[0]["state"] == "offered":
            self.phone.accept(fitting[0])
        return fitting[0]

    def seal(self, work: dict[str, Any], *, photos: int = 1, size: int = 20_000, **members: Any) -> Sealed:
        """A whole visit with photos."""
        keys = self.phone.document("scopes", work["scope"])["keys"]
        files = [photo(size, seed=self.phone.dice.getrandbits(30)) for _ in range(photos)]
        sealed = self.phone.seal(work, visited_on=today(), **members)
        if not photos:
            return sealed
        names = [str(uuid.UUID(int=self.phone.dice.getrandbits(128), version=4)) for _ in files]
        evidence = [
            {"id": name, "for": [keys[place % len(keys)]], "type": "photo", "length": len(file),
             "sha256": hashlib.sha256(file).hexdigest()}
            for place, (name, file) in enumerate(zip(names, files, strict=True))
        ]  # fmt: skip
        body = json.dumps(json.loads(sealed.body) | {"evidence": evidence}, separators=(",", ":")).encode()
        return Sealed(sealed.id, body, dict(zip(map(uuid.UUID, names), files, strict=True)))

    def deliver(self, sealed: Sealed) -> Sealed:
        """Let the phone deliver, and hold the server to all it has promised."""
        self.phone.deliver(sealed)
        self.expect(sealed.state == "complete", f"the phone ended {sealed.state} {sealed.problem or ''}")
        self.is_whole(sealed)
        return sealed

    def is_whole(self, sealed: Sealed) -> None:
        """Asked straight, the server has this once, completely, and answers the same bytes with the same receipt."""
        again = self.put(sealed.id, sealed.body)
        self.expect(again.status == 200, f"the same bytes again are answered {again.status}")
        receipt = (again.json() or {}).get("receipt", "")
        self.expect(self.phone.proves(receipt, sealed), "the receipt proves nothing")
        self.expect(not sealed.receipt or receipt == sealed.receipt, "the same bytes get another receipt")
        status = (again.json() or {}).get("status", {})
        self.expect(status.get("missing_evidence") == [], f"files are missing: {status.get('missing_evidence')}")
        for name, content in sealed.evidence.items():
            self.is_held(sealed.id, name, content)

    def is_held(self, submission: uuid.UUID, name: uuid.UUID, content: bytes) -> None:
        """The server holds this file with exactly these bytes."""
        answer = self.straight.ask("HEAD", f"submissions/{submission}/evidence/{name}")
        right = answer.status == 200 and answer.headers.get("content-digest") == digest_header(content)
        self.expect(right, f"file {name}: HEAD says {answer.status} {answer.headers.get('content-digest', '')}")

    def put(self, submission: uuid.UUID, body: bytes) -> Answer:
        """PUT a submission straight to the server."""
        headers = {"Content-Type": "application/json", "Content-Digest": digest_header(body)}
        return self.straight.ask("PUT", f"submissions/{submission}", body, headers)

    def problem(self, answer: Answer, status: int, code: str) -> None:
        """The answer is this problem, with the bytes kept."""
        problem = answer.problem() or {}
        right = (
            answer.status == status and problem.get("type") == f"urn:problem:{code}" and problem.get("stored") is True
        )
        self.expect(right, f"expected {status} {code} with stored: true, got {answer.status} {problem.get('type')}")


Act = Callable[[Trial], None]
