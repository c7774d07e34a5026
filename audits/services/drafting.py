"""Drafting: one draft per assignment, saved by whichever phone its person holds; none overwrites another unseen.

Whoever saves says what they replace. One conditional statement decides, so that of two phones that replace the same
draft one is told; what it is told is the draft that stands, so that its person can choose.
"""

import hashlib
import uuid
import zlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from audits.models import Assignment, Draft
from audits.problems import (
    DRAFT_CHANGED,
    DRAFT_DELIVERED,
    DRAFT_TOO_OFTEN,
    DRAFT_UNCONDITIONAL,
    DRAFT_UNREADABLE,
)
from chains.models import User
from chains.problems import NOT_FOUND, Fault, Problem
from standards.spec.parsing import Unreadable, read_json

# No phone needs these any more: the visit is no longer its person's, or took place without them.
ENDED = (Assignment.State.DECLINED, Assignment.State.ABORTED, Assignment.State.WITHDRAWN)


def tag_of(sha256: bytes | memoryview) -> str:
    """The strong entity tag of a draft."""
    return f'"{bytes(sha256).hex()}"'


def draft_of(*, person: User, assignment_id: uuid.UUID) -> Draft:
    """The draft of one's own assignment. Raises Problem (not-found), also once its submission has been delivered."""
    draft: Draft | None = Draft.objects.visible_to(person).going_on().filter(pk=assignment_id).first()
    if draft is None:
        raise Problem(NOT_FOUND)
    return draft


def save(*, assignment: Assignment, body: bytes, replaces: str | None, now: datetime) -> tuple[str, bool]:
    """Keep a draft; return its tag and whether it is the first one.

    `replaces` is the tag of the draft it replaces, "" for none (the first), None where the phone does not say.
    The same bytes again are taken without a change. Raises Problem: draft-unreadable, draft-unconditional,
    draft-delivered, draft-changed (with the draft that stands), draft-too-often.
    """
    submission_id = _submission_in(body)
    wanted = Draft(
        assignment=assignment,
        submission_id=submission_id,
        body=zlib.compress(body),
        sha256=hashlib.sha256(body).digest(),
        saved_at=now,
    )
    if Draft.objects.filter(pk=assignment.pk, sha256=wanted.sha256).exists():
        return tag_of(wanted.sha256), False
    if assignment.submissions.filter(pk=submission_id).exists():
        raise Problem(DRAFT_DELIVERED)
    if replaces is None:
        raise Problem(DRAFT_UNCONDITIONAL)
    if replaces:
        _replace(wanted, replaces, now)
    else:
        _begin(wanted)
    return tag_of(wanted.sha256), not replaces


def forget_drafts(*, now: datetime) -> int:
    """Remove drafts that were delivered, and those of ended assignments after DRAFT_DAYS; return how many.

    Harmless when run twice at once.
    """
    old = now - timedelta(days=settings.DRAFT_DAYS)
    ended = Draft.objects.filter(assignment__state__in=ENDED, saved_at__lt=old)
    return sum(rows.delete()[0] for rows in (Draft.objects.delivered(), ended))


def _begin(wanted: Draft) -> None:
    """The first draft; one whose submission has been delivered makes room for the next report of the visit."""
    try:
        with transaction.atomic():
            Draft.objects.delivered().filter(pk=wanted.pk).delete()
            wanted.save(force_insert=True)
    except IntegrityError:
        raise _changed(wanted.pk) from None


def _replace(wanted: Draft, replaces: str, now: datetime) -> None:
    rows = Draft.objects.filter(pk=wanted.pk, sha256__in=_named(replaces))
    due = now - timedelta(seconds=settings.DRAFT_SECONDS)
    facts = {name: getattr(wanted, name) for name in ("submission_id", "body", "sha256", "saved_at")}
    if rows.filter(saved_at__lte=due).update(**facts):
        return
    saved_at = rows.values_list("saved_at", flat=True).first()
    if saved_at is None:
        raise _changed(wanted.pk)
    wait = (saved_at - due).total_seconds()
    raise Problem(DRAFT_TOO_OFTEN, stored=False, retry_after=max(1, round(wait + 0.5)))


def _named(replaces: str) -> list[bytes]:
    """The sha256s that an `If-Match` names."""
    named = []
    for tag in replaces.split(","):
        try:
            named.append(bytes.fromhex(tag.strip().strip('"')))
        except ValueError:
            continue
    return named


def _changed(assignment_id: uuid.UUID) -> Problem:
    """The problem that tells a phone which draft stands; without one where there is none."""
    stands: Draft | None = Draft.objects.going_on().filter(pk=assignment_id).first()
    told: dict[str, Any] = {"etag": None, "saved_at": None, "draft": None}
    if stands is not None:
        text = stands.text().decode()
        told = {"etag": tag_of(stands.sha256), "saved_at": stands.saved_at.isoformat(), "draft": text}
    return Problem(DRAFT_CHANGED, stored=False, extra=told)


def _submission_in(body: bytes) -> uuid.UUID:
    """The UUID of the submission that a draft is going to be. Raises Problem (draft-unreadable)."""
    try:
        content = read_json(body)
    except Unreadable as error:
        fault = Fault(error.pointer, error.code, error.detail)
        raise Problem(DRAFT_UNREADABLE, fault.detail, errors=[fault]) from None
    name = content.get("submission") if isinstance(content, dict) else None
    try:
        return uuid.UUID(name if isinstance(name, str) else "")
    except ValueError:
        fault = Fault("/submission", "no-uuid", "Name the submission that this draft is going to be by its UUID.")
        raise Problem(DRAFT_UNREADABLE, fault.detail, errors=[fault]) from None
