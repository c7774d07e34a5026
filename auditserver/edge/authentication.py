"""Who is asking: a phone by its token, or a person by the session of a page."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.request import Request

from chains import problems
from chains.models import Device, User, device_by_token

# How stale `last_used_at` may grow: a write on every request would cost more than the answer to most.
USE_NOTED_EVERY = timedelta(hours=1)


class DeviceAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`: the sha256 of the token names the phone.

    `request.auth` is the Device. A phone that was revoked or has expired is let in for DEVICE_GRACE_DAYS,
    marked `ended`: the gate lets it deliver finished work and nothing else. `App-Version` tells that the app was
    updated since the phone was paired.
    """

    def authenticate(self, request: Request) -> tuple[User, Device] | None:
        """The phone's person and the phone; None without a token. Raises Problem for a token that is no good."""
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        digest = hashlib.sha256(token.strip()).digest()
        device = device_by_token(digest)
        if device is None or not device.user.is_active:
            raise problems.Problem(problems.NOT_SIGNED_IN)
        now = timezone.now()
        ended_at = device.ended_at(now)
        device.ended = ended_at is not None
        if ended_at and ended_at + timedelta(days=settings.DEVICE_GRACE_DAYS) < now:
            raise problems.Problem(problems.DEVICE_ENDED)
        version = request.META.get("HTTP_APP_VERSION", device.app_version)[:20]
        if not ended_at and (device.last_used_at + USE_NOTED_EVERY < now or version != device.app_version):
            expires = now + timedelta(days=settings.DEVICE_DAYS)
            Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(
                last_used_at=now, expires_at=expires, app_version=version
            )
        device.app_version = version
        return device.user, device

    def authenticate_header(self, request: Request) -> str:
        """The challenge that makes DRF answer 401 where nobody is signed in."""
        return "Bearer"


class PageSession(SessionAuthentication):
    """The session of a signed-in page, CSRF checked for whatever changes something."""
