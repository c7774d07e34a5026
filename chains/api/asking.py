"""Who asks, and whence. Behind the first gate there is always an account; only the drawing of the schema has none."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from chains.models import User


def asker(request: Request) -> User:
    """The account behind a request that has passed the gate."""
    return cast("User", request.user)


def address_of(request: HttpRequest) -> str:
    """The address that asks: behind our own proxies the one that they say, else the peer's."""
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    believed = min(int(settings.NUM_PROXIES), len(forwarded))
    return forwarded[-believed] if believed else str(request.META.get("REMOTE_ADDR", ""))
