"""Forgetting a person: everything that tells who they were goes, everything that counts stays as it was.

Gone: reports as sent (with position, clock and comments in their own words), originals of files, drafts, quarantined
reports, phones, one-time secrets, name and account. Kept: answers, scores, ratings, receipts, reviewed comments, clean
copies of photos, and a nameless account that past visits go on to point at: without it nobody could tell any more which
visits were made by the same hand, and ratings would not come out the same.

Nothing can be undone, so that it is asked for twice: `plan_of` says what will go, `forget` takes it. Every step may be
repeated; a run that was killed or stopped goes on where it ended.
"""

import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet

from audits.models import (
    Assignment,
    Audit,
    Draft,
    Erasure,
    Evidence,
    Quarantine,
    Query,
    RawSubmission,
    Submission,
    Upload,
)
from audits.models.files import incoming
from audits.problems import FORGETTING_REFUSED
from audits.services.erasing.files import NOBODYS, Belonging, belongings, erase_file
from chains.models import Device, Job, Membership, PairingCode, RecoveryCode, SecondStep, User
from chains.models.sign_in import SignInTries, account_key
from chains.models.working import Advance, Clock, work_on
from chains.problems import NOT_FOUND, Fault, Problem

KIND = "forgetting"
NAMELESS = "forgotten-"
ERASED = "(erased)"
BATCH = 200
LIVING = (Assignment.State.OFFERED, Assignment.State.ACCEPTED)
What, Why = Erasure.What, Erasure.Why


@dataclass(frozen=True)
class Plan:
    """What will go, by what it is called; and what must be done first, as sentences."""

    goes: dict[str, int]
    hindrances: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many things."""
        return sum(self.goes.values())


def plan_of(person: User) -> Plan:
    """What forgetting this person would erase now. Changes nothing."""
    parts = {name: rows.count() for name, rows in _parts(person).items()}
    goes = {name: count for name, count in parts.items() if count} | {"name and account": 1}
    return Plan(goes, tuple(_hindrances(person)), tuple(_warnings(person)))


def ask_to_forget(*, person: User, by: User, confirmed: str, now: datetime) -> Job:
    """A job that forgets the person; `confirmed` is their username, typed. Raises Problem (forgetting-refused)."""
    if confirmed != person.username:
        fault = Fault("/username", "differs", "Type the username as it is written above; nothing was erased.")
        raise Problem(FORGETTING_REFUSED, fault.detail, errors=[fault])
    plan = plan_of(person)
    if plan.hindrances:
        raise Problem(FORGETTING_REFUSED, " ".join(plan.hindrances))
    return Job.objects.create(kind=KIND, owner=by, arguments={"person": person.pk}, total=plan.total, created_at=now)


def forget(*, person: User, now: datetime, advance: Advance = lambda done, total: None) -> dict[str, int]:
    """Erase all of it; return what was erased, by what it is called. Raises Problem (forgetting-refused).

    `advance` hears how many of how many are done, and stops the work by raising.
    """
    plan = plan_of(person)
    if plan.hindrances:
        raise Problem(FORGETTING_REFUSED, " ".join(plan.hindrances))
    erased: dict[str, int] = dict.fromkeys(plan.goes, 0)
    # First the way in, so that nothing new comes while the rest is being erased.
    User.objects.filter(pk=person.pk).update(is_active=False)
    for done, name in enumerate(_erase_all(person, now), start=1):
        erased[name] = erased.get(name, 0) + 1
        advance(done, max(plan.total, done))
    return erased


def run(*, job_id: uuid.UUID, clock: Clock) -> None:
    """Work on a job that forgets somebody. Safe beside itself: one takes the job, the others let it be."""
    work_on(job_id, clock=clock, do=lambda job, advance: _forget_for(job, advance, clock()))


def _forget_for(job: Job, advance: Advance, now: datetime) -> dict[str, Any]:
    person = User.objects.filter(pk=job.arguments["person"]).first()
    if person is None:
        raise Problem(NOT_FOUND)
    return {"erased": forget(person=person, now=now, advance=advance)}


def _parts(person: User) -> dict[str, QuerySet[Any]]:
    """What there is of a person, in the order in which it goes."""
    return {
        "phones": Device.objects.filter(user=person),
        "unfinished uploads": Upload.objects.filter(owner=person),
        "drafts": Draft.objects.filter(assignment__auditor=person),
        "originals of files": Evidence.objects.filter(owner=person),
        "reports as sent": RawSubmission.objects.filter(submission__sender=person),
        "reports in quarantine": Quarantine.objects.filter(sender=person),
    }


def _hindrances(person: User) -> Iterator[str]:
    if person.is_superuser:
        yield "A superuser cannot be forgotten; take that away first."
    living = Assignment.objects.filter(auditor=person, state__in=LIVING).count()
    if living:
        yield f"{living} {'visit is' if living == 1 else 'visits are'} still theirs to make: withdraw them first."


def _warnings(person: User) -> Iterator[str]:
    waiting = Submission.objects.filter(
        sender=person,
        state__in=(Submission.State.RECEIVED, Submission.State.RETURNED),
        assignment__audit__state=Audit.State.DELIVERED,
    ).count()
    if waiting:
        yield f"{waiting} of their reports are not judged yet; their comments and originals go unread."
    if Membership.objects.filter(user=person).exclude(role="auditor").exists():
        yield "They hold other roles than that of an auditor; all of them end."


def _erase_all(person: User, now: datetime) -> Iterator[str]:
    yield from _phones(person, now)
    yield from _uploads(person)
    yield from _drafts(person, now)
    yield from _files(person, now)
    yield from _reports(person, now)
    yield from _quarantined(person, now)
    _words(person)
    _account(person, now)
    yield "name and account"


def _phones(person: User, now: datetime) -> Iterator[str]:
    for device in list(Device.objects.filter(user=person)):
        with transaction.atomic():
            device.delete()
            _prove(What.DEVICE, str(device.pk), now)
        yield "phones"


def _uploads(person: User) -> Iterator[str]:
    """Never acknowledged, so that there is nothing to prove."""
    for upload in list(Upload.objects.filter(owner=person)):
        (incoming() / upload.part).unlink(missing_ok=True)
        upload.delete()
        yield "unfinished uploads"


def _drafts(person: User, now: datetime) -> Iterator[str]:
    for draft in list(Draft.objects.filter(assignment__auditor=person)):
        with transaction.atomic():
            Draft.objects.filter(pk=draft.pk).delete()
            _prove(What.DRAFT, str(draft.pk), now, sha256=bytes(draft.sha256))
        yield "drafts"


def _files(person: User, now: datetime) -> Iterator[str]:
    """Originals go, and every copy but those of photos: on a receipt or a paper stand names and numbers."""
    while rows := list(Evidence.objects.filter(owner=person).order_by("row")[:BATCH]):
        known = belongings([row.submission_id for row in rows])
        for row in rows:
            if row.state in (Evidence.State.HELD, Evidence.State.CONFLICT):
                photo = row.type == Evidence.Type.PHOTO
                belonging = known.get(row.submission_id, NOBODYS)
                erase_file(row, why=Why.FORGOTTEN, now=now, belonging=belonging, keep_copy=photo, forget=True)
            else:
                Evidence.objects.filter(pk=row.pk).update(owner=None, reason="")
            yield "originals of files"


def _reports(person: User, now: datetime) -> Iterator[str]:
    """The bytes go; what was scored from them, the receipt and its digest stay."""
    while rows := list(RawSubmission.objects.filter(submission__sender=person).select_related("submission")[:BATCH]):
        known = belongings([row.submission_id for row in rows])
        for raw in rows:
            belonging = known.get(raw.submission_id, NOBODYS)
            with transaction.atomic():
                RawSubmission.objects.filter(pk=raw.pk).delete()
                sha256 = bytes(raw.submission.digest)
                _prove(What.SUBMISSION, str(raw.submission_id), now, sha256=sha256, belonging=belonging)
                Submission.objects.filter(pk=raw.submission_id).update(sender=None, device=None)
            yield "reports as sent"
    Submission.objects.filter(sender=person).update(sender=None, device=None)


def _quarantined(person: User, now: datetime) -> Iterator[str]:
    for row in list(Quarantine.objects.filter(sender=person).defer("body")):
        with transaction.atomic():
            Quarantine.objects.filter(pk=row.pk).update(sender=None, device=None, body=b"", faults=[])
            _prove(
                What.QUARANTINE,
                str(row.submission_id),
                now,
                sha256=bytes(row.digest),
                belonging=Belonging(None, row.office_id),
            )
        yield "reports in quarantine"


def _words(person: User) -> None:
    """What they wrote themselves beside their reports. Repeating it changes nothing."""
    mine = Assignment.objects.filter(auditor=person)
    mine.exclude(reason="").update(reason=ERASED)
    asked = Query.objects.filter(submission__assignment__in=mine.values("pk"))
    asked.exclude(reply="").update(reply=ERASED)


def _account(person: User, now: datetime) -> None:
    offices = list(Membership.objects.filter(user=person, office__isnull=False).values_list("office_id", flat=True))
    with transaction.atomic():
        held = [str(pk) for pk in Membership.objects.filter(user=person).values_list("pk", flat=True)]
        for model in (PairingCode, RecoveryCode, SecondStep, Membership):
            model.objects.filter(user=person).delete()
        SignInTries.objects.clear(account_key(person.username))
        for about, keys in ((User, [str(person.pk)]), (Membership, held)):
            logged = ContentType.objects.get_for_model(about)
            LogEntry.objects.filter(content_type=logged, object_id__in=keys).delete()
        nameless = User.objects.get(pk=person.pk)
        nameless.username = f"{NAMELESS}{secrets.token_hex(8)}"
        nameless.first_name = nameless.last_name = nameless.email = ""
        nameless.is_active = nameless.is_staff = False
        nameless.last_login = None
        nameless.set_unusable_password()
        nameless.save()
        belonging = Belonging(None, offices[0] if offices else None)
        _prove(What.ACCOUNT, str(person.pk), now, belonging=belonging)


def _prove(
    what: str, subject: str, now: datetime, *, sha256: bytes | None = None, belonging: Belonging = NOBODYS
) -> None:
    Erasure.objects.create(
        what=what,
        why=Why.FORGOTTEN,
        subject=subject,
        sha256=sha256,
        chain_id=belonging.chain_id,
        office_id=belonging.office_id,
        erased_at=now,
    )
