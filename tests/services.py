"""Fails with a clear sentence where PostgreSQL or Redis cannot be reached: `python -m tests.services`."""

import os
import sys
from urllib.parse import urlsplit

import psycopg
import redis


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    parts = urlsplit(url)
    return url if parts.password is None else url.replace(f":{parts.password}@", ":***@")


def faults() -> list[str]:
    """What cannot be reached, one sentence each."""
    found = []
    for name, reach, error_class in (
        ("DATABASE_URL", reach_database, psycopg.Error),
        ("REDIS_URL", reach_redis, redis.RedisError),
    ):
        url = os.environ.get(name, "")
        if not url:
            found.append(f"{name} is not set.")
            continue
        try:
            reach(url)
        except (error_class, OSError, ValueError) as error:
            found.append(f"{name}={without_password(url)} cannot be reached: {error}")
    return found


def reach_database(url: str) -> None:
    """Raises psycopg.Error."""
    psycopg.connect(url, connect_timeout=5).close()


def reach_redis(url: str) -> None:
    """Raises redis.RedisError."""
    with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
        client.ping()


if __name__ == "__main__":
    if unreachable := faults():
        print("The tests on services need both of them:", *unreachable, sep="\n  ", file=sys.stderr)
        sys.exit(1)
