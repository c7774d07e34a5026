"""The admin site: who may come in, and its name."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest


class AuditAdminSite(AdminSite):
    """Django's admin under our name. `is_staff` opens the door and gives no data by itself."""

    site_header = "Audit server"
    site_title = "Audit server"
    index_title = "Standards, visits and ratings"
    # With APPEND_SLASH off the catch-all view could only answer 404s that leak nothing and help nobody.
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this person may open the admin at all: an active staff account."""
        return bool(request.user.is_active and request.user.is_staff)
