"""The visits of one chain for the authorization table: released ones, one that waits for its release, one to come."""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from PIL import Image

from audits.models import (
    Amendment,
    Assignment,
    Audit,
    CutPoints,
    Dirty,
    Erasure,
    Evidence,
    GroupRating,
    GroupTally,
    Outbox,
    Override,
    Period,
    Quarantine,
    Query,
    Rating,
    RawSubmission,
    Review,
    Score,
    SharedComment,
    Standing,
    Submission,
    Tally,
)
from audits.services import comparing, rating, releasing, reviewing
from audits.services.receiving.receipts import sign_receipt
from chains.models import Location, User
from tests.audits.delivering import PERFECT, delivered, planned
from tests.authorization.content import Content
from tests.cast import NOW, Cast, programme_of

WAITING_DAY = date(2026, 5, 11)


@dataclass
class Visits:
    """Every row by name, and the words that must not leave the office."""

    rows: dict[str, Any]
    unreleased: set[str] = field(default_factory=set)
    of_auditors: dict[str, set[str]] = field(default_factory=lambda: {"ada": set(), "bea": set()})

    def keep_secret(self, auditor: User, *words: Any) -> None:
        """Words that would tell of this auditor."""
        self.of_auditors[auditor.username] |= {str(word) for word in words}


def hold_visits(cast: Cast, side: str, content: Content, mark: Callable[[str], str]) -> Visits:
    """Ada visits Vienna; Bea visits Graz, Linz and Oslo. All in May, the exact days being nobody's business."""
    programme, component, series = programme_of(content.version, content.scheme)
    programme.name, programme.shares_evidence = f"Programme {mark(side)}", True
    programme.save()
    component.brief, series.name = content.brief, f"Monthly league {mark(side)}"
    component.save(), series.save()
    trips: list[tuple[Location, User, int]] = (
        [(cast.vienna, cast.ada, 7), (cast.graz, cast.bea, 8), (cast.linz, cast.bea, 9)]
        if side == "aurora"
        else [(cast.oslo, cast.bea, 7)]
    )
    visits = Visits({"programme": programme, "component": component, "series": series})
    first = None
    for place, auditor, day in trips:
        sent = _go(visits, content, component, place, auditor, date(2026, 5, day), mark)
        first = first or sent
    _settle()
    programme.release_mode = "daily"
    programme.save()
    place, auditor, _ = trips[0]
    waiting = _go(visits, content, component, place, auditor, WAITING_DAY, mark, state="waiting")
    _settle()
    to_come = planned(
        component, content.version, place, auditor, reference=f"no. 17 {mark('secret')}", brief=content.brief_version
    )
    visits.keep_secret(auditor, to_come.pk)
    visits.unreleased |= {str(to_come.audit_id), str(to_come.pk)}
    assert first is not None
    _judge(visits, cast, first, waiting, mark, side)
    _publish(visits, cast, place, to_come, side)
    return visits


def _go(
    visits: Visits,
    content: Content,
    component: Any,
    place: Location,
    auditor: User,
    day: date,
    mark: Callable[[str], str],
    state: str = "released",
) -> Submission:
    """One visit, delivered with everything a phone tells of its person."""
    assignment = planned(component, content.version, place, auditor, reference=f"{day} {mark('secret')}")
    sent = delivered(assignment, PERFECT, visited_on=day)
    sent.receipt = sign_receipt(
        submission_id=sent.pk, digest=bytes(sent.digest), received_at=sent.received_at, seq=sent.seq or 0
    )
    sent.save()
    private = f'{{"comments": {{"ARR-001": "{mark("secret")}"}}, "device": "{mark(auditor.username)}"}}'
    RawSubmission.objects.create(submission=sent, body=zlib.compress(private.encode()))
    visits.keep_secret(auditor, sent.pk, assignment.pk, assignment.audit_id, sent.receipt)
    if state != "released":
        visits.unreleased |= {str(sent.pk), str(assignment.audit_id)}
    return sent


def _settle() -> None:
    stages = (reviewing.score_due, releasing.release_due, rating.rate_due, comparing.rank_due)
    while sum(stage(now=NOW) for stage in stages):
        pass


def _judge(
    visits: Visits, cast: Cast, sent: Submission, waiting: Submission, mark: Callable[[str], str], side: str
) -> None:
    """What the office and the phone add to a submission."""
    auditor = sent.sender
    assert auditor is not None and sent.assignment is not None and waiting.assignment is not None
    audit = Audit.objects.get(pk=sent.assignment.audit_id)
    unseen = Audit.objects.get(pk=waiting.assignment.audit_id)
    assert (audit.state, unseen.state) == ("released", "accepted")
    photo = Evidence.objects.create(
        id=uuid4(),
        submission_id=sent.pk,
        owner=auditor,
        state="held",
        sha256=b"\1" * 32,
        media_type="image/jpeg",
        original=storages["evidence"].save(f"{mark(auditor.username)}.jpg", ContentFile(_photo())),
        received_at=NOW,
        copy_state="made",
        shown_id=uuid4(),
        derivative=storages["evidence"].save("copies/clean.jpg", ContentFile(_photo())),
    )
    announced = {"id": str(photo.id), "sha256": "01" * 32, "for": ["ARR-001"], "type": "photo", "length": 1}
    Submission.objects.filter(pk=sent.pk).update(expected_evidence=[announced])
    visits.keep_secret(auditor, photo.id)
    rows = {
        "erasure": Erasure.objects.create(
            what="evidence",
            why="retention",
            type="photo",
            subject=mark("secret"),
            chain=audit.programme.chain,
            erased_at=NOW,
        ),
        "submission": sent,
        "assignment": sent.assignment,
        "audit": audit,
        "scope": audit.scope,
        "raw_submission": sent.raw,
        "observation": sent.observation,
        "score": Score.objects.get(audit=audit),
        "review": Review.objects.filter(submission=sent)[0],
        "evidence": photo,
        "query": Query.objects.create(submission=sent, text=f"Who was it? {mark('secret')}"),
        "amendment": Amendment.objects.create(
            submission=sent,
            answer_key="ARR-001",
            before="met",
            after="met",
            reason=f"Seen on the photo {mark('secret')}",
            source="review",
            made_by=cast.rita,
            made_at=NOW,
        ),
        "comment": SharedComment.objects.create(audit=audit, answer_key="ARR-001", text=f"Warm. {mark(side)}"),
        "unseen_comment": SharedComment.objects.create(audit=unseen, answer_key="ARR-001", text=mark("secret")),
        "quarantine": Quarantine.objects.create(
            office=cast.office,
            sender=auditor,
            submission_id=uuid4(),
            digest=b"\2" * 32,
            length=9,
            body=zlib.compress(mark(auditor.username).encode()),
            problem="submission-unreadable",
            received_at=NOW,
        ),
    }
    visits.rows |= rows


def _photo() -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (8, 8)).save(body, "JPEG")
    return body.getvalue()


def _publish(visits: Visits, cast: Cast, place: Location, to_come: Assignment, side: str) -> None:
    """What is published from the visits, and what is still to be done."""
    series = visits.rows["series"]
    month = date(2026, 5, 1)
    period, _ = Period.objects.get_or_create(series=series, starts_on=month, defaults={"ends_on": date(2026, 5, 31)})
    standing = Standing.objects.filter(series=series, location=place, period_start=month)[0]
    cuts, _ = CutPoints.objects.get_or_create(
        series=series, group=None, period_start=month, defaults={"cuts": {}, "members_digest": b"\3" * 32}
    )
    Dirty.objects.mark([Dirty.score(submission_id=visits.rows["submission"].pk, now=NOW)])
    visits.rows |= {
        "assignment_to_come": to_come,
        "audit_to_come": to_come.audit,
        "period": period,
        "rating": Rating.objects.get(series=series, location=place, period_start=month, current=True),
        "standing": standing,
        "cut_points": cuts,
        "tally": Tally.objects.filter(series=series, location=place)[0],
        "override": Override.objects.create(
            series=series, location=place, outcome="five", reason="-", made_by=cast.olga, made_at=NOW, from_period=month
        ),
        "dirty": Dirty.objects.latest("pk"),
        "outbox": Outbox.objects.create(kind="mail", payload={}, created_at=NOW, next_try_at=NOW),
    }


def results_of_groups(visits: Visits) -> dict[str, Any]:
    """The results of the whole chain. They are made anew with every order: to be asked for when all is settled."""
    series = visits.rows["series"]
    return {
        "group_rating": GroupRating.objects.filter(series=series, group=None)[0],
        "group_tally": GroupTally.objects.filter(series=series, group=None)[0],
    }
