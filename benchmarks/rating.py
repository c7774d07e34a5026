"""Rating a chain of 10,000 branches × 24 visits in one recompute, and the first page of its league, on PostgreSQL.

    python -m benchmarks.rating [--branches 10000] [--visits 24]

Needs DATABASE_URL of a scratch database that has been migrated: it makes chains of its own there and removes nothing.
"""

import argparse
import os
import statistics
import time
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditserver.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from audits.models import Dirty, Rating  # noqa: E402
from audits.models.marking import CountedVisit, mark_ratings  # noqa: E402
from audits.services import comparing, rating  # noqa: E402
from benchmarks.world import NOW, World  # noqa: E402


def rate(world: World) -> dict[str, float]:
    """Mark all branches for one year and settle; seconds of each stage."""
    mark_ratings((CountedVisit(world.programme.pk, p.pk, date(2026, 6, 1)) for p in world.places), now=NOW)
    took = {"visits": 0.0, "rating": 0.0, "ranking": 0.0}
    for name, stage in (("rating", rating.rate_due), ("ranking", comparing.rank_due)):
        started = time.perf_counter()
        while stage(now=NOW):
            pass
        took[name] = round(time.perf_counter() - started, 2)
    assert not Dirty.objects.filter(series_id=world.series.pk).exists()
    took["visits"] = Rating.objects.filter(series=world.series, current=True).count()
    return took


def first_page(world: World, times: int = 30) -> tuple[float, int]:
    """Median milliseconds of the league's first page in the server, and its number of queries."""
    client = Client()
    client.force_login(world.boss)
    url = f"/api/v1/comparisons/league?series={world.series.pk}&period=2026-06-01"
    assert len(client.get(url).json()["results"]) == 50
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        client.get(url)
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), len(queries)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--branches", type=int, default=10_000)
    parser.add_argument("--visits", type=int, default=24)
    options = parser.parse_args()
    small = World(100, options.visits)
    print("100 branches:", rate(small))
    started = time.perf_counter()
    large = World(options.branches, options.visits)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what autovacuum does within a minute; the rows came in one go
    print(f"built {options.branches} × {options.visits} visits in {time.perf_counter() - started:.0f} s")
    print(f"{options.branches} branches, seconds:", rate(large))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    few, queries = first_page(small)
    many, queries_of_many = first_page(large)
    print(f"league, first page: {few:.1f} ms of 100, {many:.1f} ms of {options.branches}: ratio {many / few:.2f}")
    print(f"queries: {queries} and {queries_of_many}")


if __name__ == "__main__":
    main()
