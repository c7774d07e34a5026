"""Who asks, typed: behind the first gate there is always an account (only the drawing of the schema has none)."""

from typing import cast

from rest_framework.request import Request

from chains.models import User


def asker(request: Request) -> User:
    """The account behind a request that has passed the gate."""
    return cast("User", request.user)
