"""One report put together for a reviewer: answers in words beside what was sent, commented, shown and corrected."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from audits.api.office_timing import timing_of
from audits.api.words import (
    Told,
    class_rows,
    exact_points,
    findings_of,
    parts_of,
    percent,
    section_rows,
    told_answers,
    whole_of,
)
from audits.models import Amendment, Evidence, Observation, Query, RawSubmission, Review, Score, Submission
from audits.models.amended import Observed, amended
from audits.models.compiled import checklist_of, layout_of
from audits.models.sent import Damaged, sent_bytes
from audits.scoring.packing import unpack
from audits.scoring.vector import decode
from chains.models import User

STANDING = (Submission.State.RECEIVED, Submission.State.RETURNED, Submission.State.ACCEPTED)


class Raw(NamedTuple):
    """What only the bytes as sent tell; `state` says whether they are held, erased or damaged."""

    state: str
    comments: Mapping[str, str]
    entered: Any = None
    clock: Any = None


def row_of(submission: Submission, score: Score | None) -> dict[str, Any]:
    """A report in the list."""
    audit = submission.assignment.audit if submission.assignment else None
    return {
        "id": submission.pk,
        "state": submission.state,
        "outcome": submission.outcome,
        "received_at": submission.received_at,
        "visited_on": (audit and audit.visited_on) or submission.visited_on,
        "flags": submission.flags,
        "auditor": _person(submission.sender),
        "audit": audit and audit.pk,
        "audit_state": audit and audit.state,
        "programme": audit and _named(audit.programme),
        "component": audit and _named(audit.component),
        "location": audit and _named(audit.location),
        "score": score and percent(score.earned, score.possible),
        "coverage": score and percent(score.assessed, score.assessable),
    }


def report_of(submission: Submission) -> dict[str, Any]:
    """A whole report."""
    observation = Observation.objects.filter(submission=submission).first()
    amendments = list(Amendment.objects.filter(submission=submission).select_related("made_by"))
    scores = list(
        Score.objects.filter(observation__submission=submission)
        .select_related("audit", "observation")
        .defer("observation__answers")
        .order_by("-pk")
    )
    current = next((score for score in scores if score.current), None)
    raw = _raw(submission)
    rivals = Submission.objects.filter(assignment=submission.assignment, state__in=STANDING).exclude(pk=submission.pk)
    return row_of(submission, current) | {
        "reason": submission.reason,
        "digest": bytes(submission.digest).hex(),
        "replaces": submission.replaces,
        "replaced_by": _ids(Submission.objects.filter(replaces=submission.pk, sender_id=submission.sender_id)),
        "rivals": _ids(rivals) if submission.assignment else [],
        "raw": raw.state,
        "classifications": class_rows(observation.version_id, _parts(current, observation)) if observation else [],
        "sections": _sections(submission, observation, current, raw.comments) if observation else [],
        "timing": timing_of(submission, observation, raw.entered, raw.clock),
        "evidence": _evidence(submission),
        "queries": _queries(submission),
        "amendments": [_amendment(row) for row in amendments],
        "reviews": _reviews(submission),
        "scores": [score_row(score) for score in scores],
    }


def score_row(score: Score) -> dict[str, Any]:
    """A score with its parts and the digests of its facts; `score.audit` and `score.observation` are at hand."""
    version_id = score.observation.version_id
    decimals = checklist_of(version_id).decimals
    parts = parts_of(score, version_id)
    return {
        "id": score.pk,
        "submission": score.observation.submission_id,
        "audit": score.audit_id,
        "visit_id": score.audit.visit_id,
        "current": score.current,
        "scored_at": score.scored_at,
        "score": whole_of(parts),
        "earned": exact_points(score.earned, decimals),
        "possible": exact_points(score.possible, decimals),
        "findings": findings_of(parts, decimals),
        "assessed": score.assessed,
        "assessable": score.assessable,
        "failed": score.failed,
        "critical_failed": score.critical_failed,
        "parts": {name: percent(*pair) for name, pair in parts.items() if name != "findings"},
        "digests": {
            "observation": bytes(score.observation.digest).hex(),
            "scope": bytes(score.scope_sha256).hex(),
            "amendments": bytes(score.amendments_digest).hex(),
            "checklist": bytes(score.checklist_sha256).hex(),
            "engine": score.engine,
        },
    }


def _sections(
    submission: Submission, observation: Observation, score: Score | None, comments: Mapping[str, str]
) -> list[dict[str, Any]]:
    version_id, scope_id = observation.version_id, observation.scope_id
    observed = Observed(submission.pk, version_id, scope_id, bytes(observation.answers))
    ((_, standing),) = amended([observed])
    sent = decode(layout_of(version_id, scope_id), unpack(bytes(observation.answers)))
    shown: dict[str, list[str]] = defaultdict(list)
    for item in submission.expected_evidence:
        for key in item.get("for", ()):
            shown[key].append(item["id"])
    by_section: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for told in told_answers(version_id, scope_id, standing):
        row = _answer(told) | {
            "sent": sent.get(told.key),
            "comment": comments.get(told.key, ""),
            "evidence": shown[told.key],
        }
        by_section[told.standard.section].append(row)
    rows = section_rows(version_id, _parts(score, observation))
    return [row | {"answers": by_section[row["code"]]} for row in rows]


def _answer(told: Told) -> dict[str, Any]:
    standard = told.standard
    return {
        "key": told.key,
        "code": standard.code,
        "outlet": told.outlet,
        "wording": standard.wording,
        "guidance": standard.guidance,
        "classification": standard.classification,
        "severity": standard.severity,
        "kind": standard.kind,
        "answer": told.token,
        "words": told.words,
        "state": told.state,
        "earned": told.earned,
        "possible": told.possible,
    }


def _raw(submission: Submission) -> Raw:
    try:
        body = msgspec.json.decode(sent_bytes(submission.pk))
    except RawSubmission.DoesNotExist:
        return Raw("erased", {})
    except Damaged:
        return Raw("damaged", {})
    return Raw("held", body.get("comments", {}), body.get("entered"), body.get("clock"))


def _evidence(submission: Submission) -> list[dict[str, Any]]:
    """What was announced, in that order, then what came without being announced."""
    files = {
        row.id: row
        for row in Evidence.objects.filter(submission_id=submission.pk, owner_id=submission.sender_id).exclude(
            state=Evidence.State.CONFLICT
        )
    }
    announced = {uuid.UUID(item["id"]): item for item in submission.expected_evidence}
    rows = [_file(name, item, files.pop(name, None)) for name, item in announced.items()]
    return rows + [_file(row.id, {}, row) for row in sorted(files.values(), key=lambda row: row.row)]


def _file(name: uuid.UUID, announced: Mapping[str, Any], row: Evidence | None) -> dict[str, Any]:
    """One file; what is held under its id with another hash than announced is still awaited."""
    differs = row is not None and row.state == Evidence.State.HELD and announced
    if row and differs and bytes(row.sha256).hex() != announced["sha256"]:
        row = None
    return {
        "id": name,
        "type": announced.get("type") or (row.type if row else Evidence.Type.PHOTO),
        "state": row.state if row else "awaited",
        "answers": announced.get("for", []),
        "length": row.length if row else announced["length"],
        "sha256": bytes(row.sha256).hex() if row else announced["sha256"],
        "flags": row.flags if row else [],
        "reason": row.reason if row else "",
        "received_at": row.received_at if row else None,
    }


def _queries(submission: Submission) -> list[dict[str, Any]]:
    fields = ("id", "answer_key", "text", "due_on", "reply", "reply_evidence")
    return list(Query.objects.filter(submission=submission).order_by("answer_key", "id").values(*fields))


def _amendment(row: Amendment) -> dict[str, Any]:
    return {
        "answer_key": row.answer_key,
        "before": row.before,
        "after": row.after,
        "reason": row.reason,
        "source": row.source,
        "made_by": _person(row.made_by),
        "made_at": row.made_at,
    }


def _reviews(submission: Submission) -> list[dict[str, Any]]:
    rows = Review.objects.filter(submission=submission).select_related("reviewer").order_by("pk")
    return [
        {"decision": r.decision, "reviewer": _person(r.reviewer), "note": r.note, "decided_at": r.decided_at}
        for r in rows
    ]


def _parts(score: Score | None, observation: Observation) -> Mapping[str, tuple[int, int]]:
    return parts_of(score, observation.version_id) if score else {}


def _person(user: User | None) -> dict[str, Any] | None:
    return None if user is None else {"id": user.pk, "username": user.username, "name": user.get_full_name()}


def _named(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "code": row.code, "name": row.name}


def _ids(rows: Any) -> list[uuid.UUID]:
    return list(rows.order_by("received_at", "pk").values_list("pk", flat=True))
