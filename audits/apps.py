"""Application configuration."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    """What was seen, and what it is worth."""

    name = "audits"
    verbose_name = "Visits and results"
