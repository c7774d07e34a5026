"""What happens between an empty folder and an open house: tables, and the demo where it is wanted."""

import http.client
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from chains.models import Chain, User


def bring_tables_up_to_date(say: Callable[[str], None]) -> None:
    """Apply the migrations that are missing; says nothing where there are none."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        say(f"Bringing the database up to date ({len(waiting)} steps)...")
        call_command("migrate", interactive=False, verbosity=0)


def is_empty() -> bool:
    """Whether nobody has begun here: no chain and no person."""
    return not Chain.objects.exists() and not User.objects.exists()


def load_demo_once(say: Callable[[str], None]) -> None:
    """Load the demo chain into an empty database, where this server shows a demo. All of it or nothing."""
    if settings.DEMO and is_empty():
        say("Loading the demo (only the first time)...")
        call_command("load_demo")


def somebody_answers(address: str) -> bool:
    """Whether the web server answers anything but "I am broken" (500); a database that is away (503) is an answer."""
    parts = urlsplit(address)
    caller = http.client.HTTPConnection(str(parts.hostname), parts.port or 80, timeout=2)
    try:
        caller.request("GET", "/healthz")
        return caller.getresponse().status != http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        caller.close()
