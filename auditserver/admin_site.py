"""The admin site: who may come in, by which methods, and its name."""

from collections.abc import Callable
from typing import Any, Final, cast

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audits.web.entrance import SignIn
from auditserver.waiting import waiting_for
from chains.access import ANYONE
from chains.models import User

METHODS: Final = ["GET", "HEAD", "POST"]


class AuditAdminSite(AdminSite):
    """Django's admin under our name. `is_staff` opens the door and gives no data by itself."""

    site_header = "Audit server"
    site_title = "Audit server"
    index_title = "Standards, visits and ratings"
    # With APPEND_SLASH off the catch-all view could only answer 404s that leak nothing and help nobody.
    final_catch_all_view = False

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The front page, with what waits for the person on top."""
        waiting = waiting_for(cast(User, request.user), self, timezone.now().date())
        return super().index(request, {"waiting": waiting, **(extra_context or {})})

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this person may open the admin at all: an active staff account."""
        return bool(request.user.is_active and request.user.is_staff)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """A view behind the door of the admin. Django's pages take a PUT or DELETE for a GET; here they are refused."""
        behind: Any = require_http_methods(METHODS)(super().admin_view(view, cacheable))
        # By this the page gate knows that the view asks who comes (edge/roles.py).
        behind.admin_site = self
        return behind

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The one sign-in page there is: a second form would be a door with counters of its own."""
        answer: HttpResponse = SignIn.as_view()(request)  # type: ignore[assignment]
        return answer

    login.may = {"GET": ANYONE, "POST": ANYONE}  # type: ignore[attr-defined]
