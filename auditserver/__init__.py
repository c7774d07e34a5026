"""The server: wiring, imported by nobody but manage.py and the tests."""

from auditserver.celery import app as celery_app

__all__ = ["celery_app"]
