"""How one signs in, told to the OpenAPI document. Importing this module registers both ways."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class PhoneToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A phone's own token."""

    target_class = "auditserver.edge.authentication.DeviceAuthentication"
    name = "phone"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """`Authorization: Bearer <token>`."""
        return {"type": "http", "scheme": "bearer", "description": "The token a phone was given when it was paired."}


class PageCookie(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A signed-in page."""

    target_class = "auditserver.edge.authentication.PageSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """The session cookie; whatever changes something also needs `X-CSRFToken`."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


__all__ = ["PageCookie", "PhoneToken"]
