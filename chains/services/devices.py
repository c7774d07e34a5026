"""Phones: bound to a person by a code or password, named by the hash of a random token, ended by revocation or age."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from chains.models import Device, PairingCode, User
from chains.models.sign_in import counted_try
from chains.problems import NOT_FOUND, PAIRING_FAILED, Problem


@dataclass(frozen=True)
class Phone:
    """What an installed app says of itself; `install_id` is made once per installation."""

    install_id: str
    platform: str = ""
    app_version: str = ""


@dataclass(frozen=True)
class NewCode:
    """A pairing code in clear, shown once; only its hash is kept."""

    code: str
    expires_at: datetime


@dataclass(frozen=True)
class Paired:
    """A phone and its token in clear, told once; only its hash is kept."""

    token: str
    device: Device


def issue_code(*, person: User, now: datetime) -> NewCode:
    """A code that binds one phone to a person within PAIRING_MINUTES."""
    code = secrets.token_urlsafe(16)
    expires_at = now + timedelta(minutes=settings.PAIRING_MINUTES)
    PairingCode.objects.filter(user=person, expires_at__lt=now).delete()
    PairingCode.objects.create(code_sha256=_sha256(code), user=person, created_at=now, expires_at=expires_at)
    return NewCode(code, expires_at)


def pair(*, code: str, phone: Phone, address: str, now: datetime) -> Paired:
    """Bind a phone by its code. The same code and installation again replaces the token: the answer may have been lost.

    Raises Problem: pairing-failed for an unknown code, one older than its minutes, or used by another installation;
    too-many-attempts where wrong ones keep coming from an address.
    """
    with counted_try(address=address, now=now), transaction.atomic():
        known = PairingCode.objects.select_related("user", "device").filter(code_sha256=_sha256(code)).first()
        if known is None or known.expires_at <= now or not known.user.is_active:
            raise Problem(PAIRING_FAILED)
        paired = _bind(known.user, phone, now)
        claimed = PairingCode.objects.filter(pk=known.pk, device__isnull=True).update(device=paired.device)
        if not claimed and not PairingCode.objects.filter(pk=known.pk, device=paired.device).exists():
            raise Problem(PAIRING_FAILED)
    return paired


def sign_in(*, person: User, phone: Phone, now: datetime) -> Paired:
    """Bind a phone of a person who has just proved who they are."""
    with transaction.atomic():
        return _bind(person, phone, now)


def revoke(*, person: User, device_id: uuid.UUID, now: datetime) -> None:
    """End a phone that `person` may see; harmless when repeated. Raises Problem (not-found)."""
    rows = Device.objects.visible_to(person).filter(pk=device_id)
    if not rows.filter(revoked_at__isnull=True).update(revoked_at=now) and not rows.exists():
        raise Problem(NOT_FOUND)


def _bind(person: User, phone: Phone, now: datetime) -> Paired:
    token = secrets.token_urlsafe(32)
    facts = {
        "platform": phone.platform,
        "app_version": phone.app_version,
        "token_sha256": _sha256(token),
        "paired_at": now,
        "last_used_at": now,
        "expires_at": now + timedelta(days=settings.DEVICE_DAYS),
        "revoked_at": None,
    }
    device, _ = Device.objects.update_or_create(user=person, install_id=phone.install_id, defaults=facts)
    return Paired(token, device)


def _sha256(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
