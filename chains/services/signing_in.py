"""Signing in: name, password and, where a person has switched it on, a one-time code; the same through every door."""

import unicodedata
from datetime import datetime
from typing import Final

from django.contrib.auth import authenticate
from django.core import signing

from chains.models import SecondStep, User
from chains.models.sign_in import counted_try
from chains.problems import CODE_NEEDED, SIGN_IN_FAILED, Problem

# A page asks in two steps: what was shown in the first one is remembered so long, signed, in the second one's form.
FIRST_STEP_SECONDS: Final = 300
_SALT: Final = "chains.signing-in.first-step"


def prove(*, username: str, password: str, code: str = "", address: str, now: datetime) -> User:
    """The person whose name and password these are, and whose one-time code where they have switched that on.

    Raises Problem: sign-in-failed, one-time-code-needed, too-many-attempts (with `retry_after`).
    """
    name = unicodedata.normalize("NFKC", username)
    with counted_try(username=name, address=address, now=now):
        person = authenticate(None, username=name, password=password)
        if not isinstance(person, User):
            raise Problem(SIGN_IN_FAILED)
        if SecondStep.objects.confirmed(person) is not None:
            if not code.strip():
                raise Problem(CODE_NEEDED)
            if not SecondStep.objects.takes(person, code, now=now):
                raise Problem(SIGN_IN_FAILED)
    return person


def first_step(*, username: str, password: str, address: str, now: datetime) -> tuple[User | None, str]:
    """Name and password alone: the person, or where a code is still to come None and what the second step needs.

    Raises Problem: sign-in-failed, too-many-attempts.
    """
    try:
        return prove(username=username, password=password, address=address, now=now), ""
    except Problem as problem:
        if problem.kind is not CODE_NEEDED:
            raise
    person = User.objects.get(username=unicodedata.normalize("NFKC", username))
    return None, signing.dumps([person.pk, person.get_session_auth_hash()], salt=_SALT)


def second_step(*, first: str, code: str, address: str, now: datetime) -> User:
    """The person of a first step that is at most five minutes old, by their code.

    Raises Problem: sign-in-failed (then the first step is to be done again or the code was wrong), too-many-attempts.
    """
    person = person_of_first_step(first)
    if person is None:
        raise Problem(SIGN_IN_FAILED)
    with counted_try(username=person.username, address=address, now=now):
        if not SecondStep.objects.takes(person, code, now=now):
            raise Problem(SIGN_IN_FAILED)
    return person


def person_of_first_step(first: str) -> User | None:
    """Whose first step this is; None where it is too old, forged, or the password was changed in between."""
    try:
        key, proof = signing.loads(first, salt=_SALT, max_age=FIRST_STEP_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    person: User | None = User.objects.filter(pk=key, is_active=True).first()
    return person if person is not None and proof == person.get_session_auth_hash() else None
