"""Application configuration."""

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    """What is expected: checklists, briefs and rating schemes; knows nothing of audits."""

    name = "standards"
    verbose_name = "Standards and schemes"
