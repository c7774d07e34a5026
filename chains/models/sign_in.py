"""Tries to sign in, counted per account and per address in the database: every process and every door shares them."""

import hashlib
import ipaddress
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F

from chains.models.scoping import VisibleToStaffOnly
from chains.problems import CODE_NEEDED, TOO_MANY_ATTEMPTS, Problem


def account_key(username: str) -> bytes:
    """One account however its name is typed: case and the normal forms of Unicode make no difference."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).casefold())
    return _key("account", folded.strip())


def address_key(address: str) -> bytes:
    """One sender however many addresses a network gives it: of IPv6 the first 64 bits count."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return _key("address", address)
    if known.version == 6 and known.ipv4_mapped is None:
        return _key("address", str(ipaddress.ip_network((known, 64), strict=False)))
    return _key("address", str(getattr(known, "ipv4_mapped", None) or known))


def _key(kind: str, subject: str) -> bytes:
    return hashlib.sha256(f"{kind}\0{subject}".encode()).digest()


class SignInTriesQuerySet(VisibleToStaffOnly):
    """Counters of tries: taken before a secret is looked at, so that no two at once pass together."""

    def take(self, key: bytes, *, now: datetime) -> tuple[int, datetime]:
        """Count one more try; return how many there are in this window, and when it began."""
        fresh = now - timedelta(seconds=settings.LOGIN_WINDOW_SECONDS)
        rows = self.filter(key=key)
        with transaction.atomic():
            counted = rows.filter(since__gt=fresh).update(tries=F("tries") + 1)
            counted = counted or rows.filter(since__lte=fresh).update(tries=1, since=now)
            if not counted:
                self.bulk_create([SignInTries(key=key, tries=0, since=now)], ignore_conflicts=True)
                rows.update(tries=F("tries") + 1)
            tries, since = rows.values_list("tries", "since").get()
        return tries, since

    def give_back(self, keys: Sequence[bytes]) -> None:
        """Take back a try that was no failure."""
        self.filter(key__in=list(keys), tries__gt=0).update(tries=F("tries") - 1)

    def clear(self, key: bytes) -> None:
        """Begin anew: the right secret was shown."""
        self.filter(key=key).delete()

    def sweep(self, *, now: datetime) -> int:
        """Remove counters whose window is over; return how many."""
        over = now - timedelta(seconds=settings.LOGIN_WINDOW_SECONDS)
        return int(self.filter(since__lte=over).delete()[0])


class SignInTries(models.Model):
    """How often signing in was tried for one account, or from one address, since the window began."""

    key = models.BinaryField(max_length=32, primary_key=True, editable=False)
    tries = models.PositiveIntegerField()
    since = models.DateTimeField(db_index=True)

    objects = SignInTriesQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.tries} tries since {self.since}"


@contextmanager
def counted_try(*, address: str, now: datetime, username: str = "") -> Iterator[None]:
    """Let one try through, counted before its secret is looked at; a failure (a Problem raised inside) stays counted.

    Success clears the account's count and gives the address its try back. Raises Problem (too-many-attempts).
    """
    limits = {address_key(address): settings.LOGIN_ADDRESS_LIMIT}
    if account := account_key(username) if username else b"":
        limits[account] = settings.LOGIN_FAILURE_LIMIT
    waits = [_wait(key, limit, now) for key, limit in sorted(limits.items())]
    if wait := max(waits):
        raise Problem(TOO_MANY_ATTEMPTS, retry_after=wait)
    try:
        yield
    except Problem as problem:
        if problem.kind is CODE_NEEDED:
            # Half of the way is neither a failure nor a success.
            SignInTries.objects.give_back(list(limits))
        raise
    SignInTries.objects.give_back([address_key(address)])
    if account:
        SignInTries.objects.clear(account)


def _wait(key: bytes, limit: int, now: datetime) -> int:
    """Count a try; the seconds until there may be another where this one is beyond the limit, else 0."""
    tries, since = SignInTries.objects.take(key, now=now)
    if tries <= limit:
        return 0
    over = since + timedelta(seconds=settings.LOGIN_WINDOW_SECONDS)
    return max(1, int((over - now).total_seconds()))
