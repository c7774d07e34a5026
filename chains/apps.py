"""Application configuration."""

from django.apps import AppConfig


class ChainsConfig(AppConfig):
    """Who and where: offices, chains, places, people, devices, jobs."""

    name = "chains"
    verbose_name = "Places and people"
