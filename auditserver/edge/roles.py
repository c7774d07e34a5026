"""The first gate: a view that does not say who may use it is closed (rule 9).

A view carries `may`, a mapping from method to the roles it is open to (`Role` values), or to ANYONE or
SIGNED_IN from `chains.access`. HEAD and OPTIONS follow GET. Object-level questions are the second gate's (scoping).
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from chains import problems
from chains.access import ANYONE, DEVICE_DELIVERS, DEVICE_FETCHES, DEVICE_READS, SIGNED_IN
from chains.models import Device


def roles_allowed(view: Any, method: str) -> frozenset[str]:
    """The roles that a view opens `method` to; empty where it says nothing."""
    may = getattr(view, "may", None) or {}
    return frozenset(may.get("GET" if method in ("HEAD", "OPTIONS") else method, ()))


def opens_to(allowed: frozenset[str], user: Any) -> bool:
    """Whether a person passes: anyone, anyone signed in, or a holder of one of the roles."""
    if allowed == ANYONE:
        return True
    if not allowed or not user.is_authenticated or not user.is_active:
        return False
    return allowed == SIGNED_IN or user.is_superuser or bool(allowed & user.roles)


class MayGate(BasePermission):
    """Lets a request pass where the view's `may` opens it, and a phone only where a phone has business."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raises Problem rather than answer False, so that the answer says what to do."""
        allowed = roles_allowed(view, str(request.method))
        if allowed == ANYONE:
            return True
        if not request.user or not request.user.is_authenticated:
            raise problems.Problem(problems.NOT_SIGNED_IN)
        if isinstance(request.auth, Device):
            self._check_phone(request, request.auth)
        if not opens_to(allowed, request.user):
            raise problems.Problem(problems.NOT_ALLOWED)
        return True

    @staticmethod
    def _check_phone(request: Request, phone: Device) -> None:
        match = request.resolver_match
        route = (str(request.method), match.url_name if match else "")
        if route in DEVICE_DELIVERS:
            return
        if route not in DEVICE_READS or phone.ended:
            raise problems.Problem(problems.DEVICE_ENDED if phone.ended else problems.NOT_ALLOWED)
        if route in DEVICE_FETCHES and phone.is_older_than(settings.MINIMUM_APP_VERSION):
            detail = f"Version {phone.app_version} fetches no work; {settings.MINIMUM_APP_VERSION} does."
            raise problems.Problem(problems.APP_TOO_OLD, detail)


class PageGateMiddleware:
    """The same gate for pages: any view that is neither DRF's nor the admin's must carry `may`, else 403.

    Whoever is not signed in is sent to sign in, where the page is open to anybody at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse a page before it runs; DRF views and admin views have gates of their own."""
        # Views behind the admin's door carry `admin_site`, the pages of a model `model_admin`: both ask who comes.
        # A page that somebody hangs below /admin/ without that door stays shut here; the login page says `may`.
        if hasattr(view, "admin_site") or hasattr(view, "model_admin"):
            return None
        if hasattr(getattr(view, "cls", None), "permission_classes"):
            return None
        target = getattr(view, "view_class", view)
        allowed = roles_allowed(target, str(request.method))
        if opens_to(allowed, request.user):
            return None
        if allowed and request.method == "GET" and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return HttpResponseForbidden("This page is not open to you.", content_type="text/plain")
