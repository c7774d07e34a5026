"""The door for a web server: `gunicorn auditserver.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditserver.settings")

application = get_wsgi_application()
# All addresses and what stands behind them, before the web server forks: else every process would import them by itself
# at its first request, a fifth of a second each.
resolve("/healthz")
