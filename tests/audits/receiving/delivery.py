"""Deliveries as a phone makes them: bodies, digests, and the two ways in (the service, and the door over HTTP)."""

import base64
import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.test import Client

from audits.models import Assignment, Dirty, Evidence, Observation, Quarantine, RawSubmission, Submission
from audits.services import receiving
from audits.services.receiving import Delivery
from chains.models import Device, User
from tests.cast import NOW

ANSWERS = {"ARR-001": "met", "ARR-002": 45, "ARR-003": 7, "ROOM-001": "met", "ROOM-002": "met"}


def content_of(assignment: Assignment, /, **members: Any) -> dict[str, Any]:
    """A whole, plausible submission of an assignment; `members` replace its members."""
    return {
        "format": 1,
        "id": str(uuid.uuid4()),
        "assignment": str(assignment.pk),
        "checklist": assignment.audit.version.sha256,
        "scope": assignment.audit.scope.sha256,
        "outcome": "completed",
        "reason": None,
        "visited_on": "2026-06-15",
        "language": "en",
        "instances": [],
        "answers": ANSWERS,
        "comments": {"ARR-002": "Two people were served before."},
        "entered": [0, 3, 9, 14, 15],
        "evidence": [],
        "replaces": None,
        "query_replies": [],
        "clock": {"segments": [], "position": None},
    } | members


def written(content: dict[str, Any]) -> bytes:
    """As phones write JSON: no spaces."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def digest_header(body: bytes) -> str:
    """Content-Digest of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def deliver(
    body: bytes, sender: User, *, name: str | uuid.UUID | None = None, device: Device | None = None, now: Any = NOW
) -> Delivery:
    """Straight to the service, at a moment of the test's choice; under the id that the body names unless told."""
    identity = uuid.UUID(str(name or json.loads(body)["id"]))
    return receiving.receive(receiving.Arrival(identity, body, hashlib.sha256(body).digest(), sender, device, now))


@dataclass
class Door:
    """The door over HTTP, for one phone with its token."""

    client: Client
    token: str

    def put(self, name: str | uuid.UUID, body: bytes, **headers: str) -> Any:
        """PUT a body; headers replace the right ones, those given as "" are left out."""
        wanted = {"authorization": f"Bearer {self.token}", "content-digest": digest_header(body)} | {
            key.replace("_", "-"): value for key, value in headers.items()
        }
        return self.client.generic(
            "PUT",
            f"/api/v1/submissions/{name}",
            body,
            content_type="application/json",
            headers={key: value for key, value in wanted.items() if value},
        )

    def get(self, path: str, **headers: str) -> Any:
        """GET below /api/v1/."""
        return self.client.get(f"/api/v1/{path}", headers={"authorization": f"Bearer {self.token}"} | headers)

    def post(self, path: str, content: Any) -> Any:
        """POST JSON below /api/v1/."""
        return self.client.post(
            f"/api/v1/{path}",
            content,
            content_type="application/json",
            headers={"authorization": f"Bearer {self.token}"},
        )


def rows() -> dict[str, int]:
    """How many rows of every kind that a delivery can leave behind."""
    kinds = (Submission, RawSubmission, Observation, Dirty, Quarantine, Evidence)
    return {kind.__name__: kind.objects.count() for kind in kinds}


NOTHING = dict.fromkeys(("Submission", "RawSubmission", "Observation", "Dirty", "Quarantine", "Evidence"), 0)
ONE = NOTHING | {"Submission": 1, "RawSubmission": 1, "Observation": 1, "Dirty": 1}
HELD = NOTHING | {"Quarantine": 1}
