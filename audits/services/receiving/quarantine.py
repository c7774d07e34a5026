"""Quarantine: bytes that cannot be taken as they are, kept for a person of the office. Never dropped."""

import uuid
import zlib
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum

from audits.models import Quarantine
from audits.problems import QUARANTINE_FULL, SUBMISSION_TOO_LARGE
from audits.services.receiving.arrival import Arrival, Delivery, Status
from audits.services.receiving.receipts import sign_receipt
from chains.models import Membership, Role
from chains.problems import Fault, Problem

DEVICE_ENDED = "device-ended"
FULL_RETRY_SECONDS = 3600


def hold(arrival: Arrival, *, problem: str, faults: Sequence[Fault] = ()) -> Quarantine:
    """Keep the bytes, once per (id, digest, sender). Raises Problem (quarantine-full) beyond the person's share."""
    rows = Quarantine.objects.filter(
        submission_id=arrival.submission_id, digest=arrival.digest, sender_id=arrival.sender.pk
    )
    held: Quarantine | None = rows.first()
    if held is not None:
        return held
    waiting = Quarantine.objects.filter(sender_id=arrival.sender.pk, state=Quarantine.State.WAITING)
    used = waiting.aggregate(total=Sum("length"))["total"] or 0
    if used + len(arrival.body) > settings.QUARANTINE_BYTES_PER_PERSON:
        raise Problem(QUARANTINE_FULL, stored=False, retry_after=FULL_RETRY_SECONDS)
    row = Quarantine(
        office_id=_office_of(arrival.sender.pk),
        sender_id=arrival.sender.pk,
        device=arrival.device,
        submission_id=arrival.submission_id,
        digest=arrival.digest,
        length=len(arrival.body),
        body=zlib.compress(arrival.body),
        problem=problem,
        faults=[{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in faults],
        received_at=arrival.now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # Somebody kept the same copy in between.
        row = rows.get()
    return row


def take_from_ended_phone(arrival: Arrival) -> Delivery:
    """Keep the work of a phone that is signed out already, and give a receipt for it; a person decides about it."""
    return _with_receipt(hold(arrival, problem=DEVICE_ENDED), arrival)


def keep_unread(arrival: Arrival) -> Delivery:
    """Keep a submission that is too large to be read, and give a receipt for it. Raises Problem (quarantine-full)."""
    return _with_receipt(hold(arrival, problem=SUBMISSION_TOO_LARGE.code), arrival)


def _with_receipt(row: Quarantine, arrival: Arrival) -> Delivery:
    if not row.receipt:
        receipt = sign_receipt(
            submission_id=arrival.submission_id, digest=arrival.digest, received_at=row.received_at, seq=row.pk
        )
        # Two at once sign the same facts; the first one's receipt is the one that stays.
        Quarantine.objects.filter(pk=row.pk, receipt="").update(receipt=receipt)
        row.refresh_from_db(fields=["receipt"])
    return quarantined(row)


def quarantined(row: Quarantine) -> Delivery:
    """The answer for bytes in quarantine that have a receipt."""
    return Delivery("quarantined", row.receipt, Status("quarantined", flags=(row.problem,)))


def _office_of(person_id: int) -> uuid.UUID | None:
    """The office that sends this person, to whose people the row is shown."""
    rows = Membership.objects.filter(user_id=person_id, role=Role.AUDITOR).order_by("pk")
    office_id: uuid.UUID | None = rows.values_list("office_id", flat=True).first()
    return office_id
