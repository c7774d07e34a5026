"""A second step of signing in that a person may switch on: one-time codes of an app, and codes on paper beside it."""

import base64
import hashlib
import re
import secrets
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from django.db import models
from django_otp.oath import TOTP

from chains.models.people import User
from chains.models.scoping import VisibleToStaffOnly

# A code of the time step before or after the present one is taken too: clocks differ.
TOLERANCE: Final = 1
ISSUER: Final = "Audits"


class SecondStepQuerySet(VisibleToStaffOnly):
    """Secrets of one-time codes."""

    def confirmed(self, user: User) -> "SecondStep | None":
        """The second step that a person has switched on."""
        found: SecondStep | None = self.filter(user=user, confirmed_at__isnull=False).first()
        return found

    def takes(self, user: User, code: str, *, now: datetime) -> bool:
        """Whether a code is right: a one-time code of the app or a recovery code. Each is good once."""
        step = self.confirmed(user)
        return step is not None and (step.takes(code, now=now) or RecoveryCode.objects.takes(user, code))


class SecondStep(models.Model):
    """The secret behind a person's one-time codes (TOTP, RFC 6238: SHA-1, 30 s, 6 digits).

    It counts once `confirmed_at` is set, that is once its person has shown a code of it. `last_step` is the time step
    of the code that was used last: each is good once.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+", primary_key=True)
    secret = models.BinaryField(max_length=20, editable=False)
    last_step = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    objects = SecondStepQuerySet.as_manager()

    def __str__(self) -> str:
        return f"one-time codes of {self.user}"

    def takes(self, code: str, *, now: datetime) -> bool:
        """Whether this is a one-time code of now that was not used before; it is used with that."""
        digits = re.sub(r"\s", "", code)
        if not re.fullmatch(r"[0-9]{6}", digits):
            return False
        reader = TOTP(bytes(self.secret))  # type: ignore[no-untyped-call]
        reader.time = now.timestamp()
        if not reader.verify(int(digits), tolerance=TOLERANCE):  # type: ignore[no-untyped-call]
            return False
        at = int(reader.t())  # type: ignore[no-untyped-call]
        # Of two at once that show the same code one moves the step on.
        return bool(SecondStep.objects.filter(pk=self.pk, last_step__lt=at).update(last_step=at))

    def secret_text(self) -> str:
        """The secret as apps take it by hand."""
        return base64.b32encode(bytes(self.secret)).decode()

    def address(self) -> str:
        """The text of the QR that apps scan."""
        named = quote(f"{ISSUER}:{self.user.get_username()}")
        return f"otpauth://totp/{named}?{urlencode({'secret': self.secret_text(), 'issuer': ISSUER})}"


class RecoveryCodeQuerySet(VisibleToStaffOnly):
    """Recovery codes."""

    def takes(self, user: User, code: str) -> bool:
        """Whether this is one of a person's codes; it is gone with that."""
        return bool(self.filter(user=user, code_sha256=recovery_digest(code)).delete()[0])

    def renew(self, user: User, count: int) -> list[str]:
        """New codes in clear in the place of all before, told once. Call it in a transaction."""
        self.filter(user=user).delete()
        codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(count)]
        self.bulk_create(RecoveryCode(user=user, code_sha256=recovery_digest(code)) for code in codes)
        return [f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}" for code in codes]


class RecoveryCode(models.Model):
    """A code on paper that stands in once for a one-time code: 80 random bits, only its sha256 is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    code_sha256 = models.BinaryField(max_length=32, editable=False)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_sha256"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"recovery code of {self.user}"


def recovery_digest(code: str) -> bytes:
    """The digest of a recovery code however it is typed: hyphens, spaces and case make no difference."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).lower().encode()).digest()
