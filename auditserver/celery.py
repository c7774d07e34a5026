"""The bell: one Celery application that finds the tasks of the installed rooms."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditserver.settings")

app = Celery("auditserver")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
