"""Two-step sign-in switched on and off by its person, or off by who administers them."""

import secrets
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from chains.models import RecoveryCode, SecondStep, User
from chains.models.sign_in import counted_try
from chains.problems import INVALID, SECOND_STEP_STATE, Fault, Problem

RECOVERY_CODES = 10


class Standing(NamedTuple):
    """Where a person's two-step sign-in stands: switched on, begun (its secret waits for a first code), or neither."""

    on: SecondStep | None
    waiting: SecondStep | None
    recovery_codes: int


def standing(*, person: User) -> Standing:
    """Where it stands, and how many recovery codes are left."""
    on = SecondStep.objects.confirmed(person)
    left = RecoveryCode.objects.filter(user=person).count() if on else 0
    return Standing(on, None if on else unconfirmed(person=person), left)


def begin(*, person: User, now: datetime) -> SecondStep:
    """A new secret to be scanned; nothing changes until a code of it is shown. Raises Problem (second-step-state)."""
    with transaction.atomic():
        if SecondStep.objects.confirmed(person) is not None:
            raise Problem(SECOND_STEP_STATE, "Two-step sign-in is switched on already.")
        step, _ = SecondStep.objects.update_or_create(
            user=person,
            defaults={"secret": secrets.token_bytes(20), "made_at": now, "confirmed_at": None, "last_step": 0},
        )
    return step


def unconfirmed(*, person: User) -> SecondStep | None:
    """The secret that waits for its first code."""
    step: SecondStep | None = SecondStep.objects.filter(user=person, confirmed_at__isnull=True).first()
    return step


def confirm(*, person: User, code: str, now: datetime) -> list[str]:
    """Switch it on by the first code; return the recovery codes, told once.

    Raises Problem: second-step-state, invalid.
    """
    with transaction.atomic():
        step = unconfirmed(person=person)
        if step is None:
            raise Problem(SECOND_STEP_STATE, "Begin by scanning the QR.")
        if not step.takes(code, now=now):
            raise _wrong()
        SecondStep.objects.filter(pk=person.pk).update(confirmed_at=now)
        return RecoveryCode.objects.renew(person, RECOVERY_CODES)


def renew_recovery_codes(*, person: User, code: str, address: str, now: datetime) -> list[str]:
    """New recovery codes in the place of all before, for who shows a code.

    Wrong codes count like failed sign-ins. Raises Problem: invalid, too-many-attempts.
    """
    with counted_try(username=person.username, address=address, now=now), transaction.atomic():
        if not SecondStep.objects.takes(person, code, now=now):
            raise _wrong()
        return RecoveryCode.objects.renew(person, RECOVERY_CODES)


def switch_off(*, person: User, code: str, address: str, now: datetime) -> None:
    """Back to the password alone, for who shows a code.

    Wrong codes count like failed sign-ins. Raises Problem: invalid, too-many-attempts.
    """
    with counted_try(username=person.username, address=address, now=now), transaction.atomic():
        if not SecondStep.objects.takes(person, code, now=now):
            raise _wrong()
        forget(person=person)


def forget(*, person: User) -> None:
    """Switch it off for somebody who lost app and paper alike; harmless where it is off."""
    with transaction.atomic():
        SecondStep.objects.filter(user=person).delete()
        RecoveryCode.objects.filter(user=person).delete()


def _wrong() -> Problem:
    fault = Fault("/code", "wrong", "This code is not right, or was used before.")
    return Problem(INVALID, fault.detail, errors=[fault])
