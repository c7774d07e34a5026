"""Is the house well? Database, broker, and the age of the oldest thing not yet done."""

import time

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from kombu.connection import Connection

from audits.models import Dirty
from chains.access import ANYONE

BROKER_SECONDS = 1.0


def database_answers() -> bool:
    """Whether the database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except Error:
        return False


def broker_answers() -> bool:
    """Whether the broker lets us in within a second; a dead one delays ratings and loses nothing."""
    try:
        with Connection(  # type: ignore[no-untyped-call]
            settings.CELERY_BROKER_URL,
            connect_timeout=BROKER_SECONDS,
            transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS | {"socket_timeout": BROKER_SECONDS},
        ) as broker:
            broker.ensure_connection(**settings.GIVE_UP_SOON, timeout=BROKER_SECONDS)
            return True
    except Exception:  # noqa: BLE001 - whatever the transport raises, the answer is "no"
        return False


def oldest_dirty_seconds() -> float | None:
    """Age in seconds of the oldest row still to be done; None where nothing waits. Parked rows wait for a person."""
    since = Dirty.objects.filter(parked_at__isnull=True).order_by("since").values_list("since", flat=True).first()
    return None if since is None else max(0.0, (timezone.now() - since).total_seconds())


@method_decorator(never_cache, name="dispatch")
class Health(View):
    """200 while the database answers, 503 otherwise: without the broker visits are still taken safely."""

    may = {"GET": ANYONE}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The state as JSON."""
        started = time.perf_counter()
        database = database_answers()
        content = {
            "database": "ok" if database else "down",
            "broker": "ok" if broker_answers() else "down",
            "oldest_dirty_seconds": oldest_dirty_seconds() if database else None,
            "parked": Dirty.objects.filter(parked_at__isnull=False).count() if database else None,
            "milliseconds": round((time.perf_counter() - started) * 1000, 1),
        }
        return JsonResponse(content, status=200 if database else 503)
