"""Application configuration of the server itself and of its admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AuditAdminConfig(AdminConfig):
    """Django's admin, with our site as the default one."""

    default_site = "auditserver.admin_site.AuditAdminSite"


class ServerConfig(AppConfig):
    """The server: commands that run it (`manage.py up`) and templates around the admin."""

    name = "auditserver"
    label = "auditserver"
