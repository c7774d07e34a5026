"""The bytes that a shopper's phone would send for a past visit of the demo."""

import json
import random
import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime

from audits.services.demonstrating.answering import Report
from audits.services.demonstrating.schedule import Outing
from standards.spec.checklist import Checklist
from standards.spec.scope import Scope, split_key

# The latest visits that give the office something to look at, by branch.
COMMENT_LEFT_OUT = frozenset({"AMS", "MUC"})
DAY_EXCLUDED = frozenset({"FLR"})
NOT_POSSIBLE = frozenset({"INN"})
# Of these the reviewer has sent one back with a question.
RETURNED = frozenset({"MUC"})


@dataclass(frozen=True)
class Envelope:
    """What a delivery refers to."""

    assignment: uuid.UUID
    checklist: Checklist
    checklist_sha256: str
    scope: Scope
    scope_sha256: str


def is_odd(outing: Outing, kind: frozenset[str]) -> bool:
    """Whether this is the latest visit of a branch in one of the sets above."""
    return outing.turn == 0 and outing.place.code in kind


def without_a_compulsory_comment(report: Report, checklist: Checklist) -> Report:
    """The report as a hurried shopper sends it: every comment that a failure had to carry was left out."""
    compulsory = {standard.code for standard in checklist.standards if standard.comment_on_fail}
    kept = {key: text for key, text in report.comments.items() if split_key(key)[0] not in compulsory}
    return replace(report, comments=kept)


def body_of(
    envelope: Envelope, report: Report | None, *, visited_on: date, sealed_at: datetime, draw: random.Random
) -> tuple[uuid.UUID, bytes]:
    """The id and bytes of a submission; without a report the visit was not possible."""
    submission_id = uuid.UUID(int=draw.getrandbits(128), version=4)
    body = {
        "format": 1,
        "id": str(submission_id),
        "assignment": str(envelope.assignment),
        "checklist": envelope.checklist_sha256,
        "scope": envelope.scope_sha256,
        "outcome": "completed" if report else "not_possible",
        "reason": None if report else "closed",
        "visited_on": visited_on.isoformat(),
        "language": "en",
        "instances": [
            {"id": one.id, "section": one.section, "outlet": one.outlet, "name": one.name}
            for one in envelope.scope.instances
        ],
        "answers": report.answers if report else {},
        "comments": report.comments if report else {},
        "entered": report.entered if report else None,
        "evidence": [],
        "replaces": None,
        "query_replies": [],
        "clock": {
            "segments": [
                {"run": f"{draw.getrandbits(32):08x}", "wall": sealed_at.isoformat(timespec="seconds"), "mono_ms": 0}
            ],
            "position": None,
        },
    }
    return submission_id, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
