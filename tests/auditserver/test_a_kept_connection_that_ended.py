"""A web server keeps its database connection; one that the database ended meanwhile costs no request."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

POSTGRES = connection.vendor == "postgresql"
pytestmark = pytest.mark.django_db(transaction=True)


def end_connection() -> None:
    """As a restart or a failover does."""
    if POSTGRES:
        with psycopg.connect(settings.DATABASE_URL, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", [connection.connection.info.backend_pid])


def test_the_next_request_meets_a_new_one(client: Client) -> None:
    assert client.get("/healthz").json()["database"] == "ok"
    before = connection.connection
    end_connection()
    assert client.get("/healthz").json()["database"] == "ok"
    assert (connection.connection is not before) == POSTGRES


def test_one_that_lives_is_kept(client: Client) -> None:
    client.get("/healthz")
    before = connection.connection
    assert client.get("/healthz").json()["database"] == "ok"
    assert connection.connection is before
