"""Rating a chain of 10,000 branches × 24 visits in one recompute, and the first page of its league, on PostgreSQL.

Seconds are by the clock, and beside them the processor's, of this process and of its PostgreSQL: other work on the
machine spoils the former only. Tallies are counted in the same run and timed apart.

    python -m benchmarks.rating [--branches 10000] [--visits 24]

Needs DATABASE_URL of a scratch database: it makes chains of its own there and removes nothing.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditserver.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from audits.models import Dirty, Rating  # noqa: E402
from audits.models.marking import CountedVisit, mark_ratings  # noqa: E402
from audits.services import comparing, rating  # noqa: E402
from audits.services.rating import recomputing  # noqa: E402
from benchmarks.world import NOW, World  # noqa: E402


@dataclass
class Spent:
    """Seconds by the clock, of this process, and of its PostgreSQL backend (where it runs on this machine)."""

    clock: float = 0.0
    here: float = 0.0
    postgres: float = 0.0

    def __str__(self) -> str:
        return f"{self.clock:.1f} s (processor: {self.here:.1f} + {self.postgres:.1f})"

    def less(self, other: "Spent") -> "Spent":
        """What remains without another's share."""
        return Spent(self.clock - other.clock, self.here - other.here, self.postgres - other.postgres)


@contextmanager
def adding_to(spent: Spent) -> Iterator[None]:
    """What is done meanwhile, added up."""
    before = time.perf_counter(), time.process_time(), backend_seconds()
    yield
    after = time.perf_counter(), time.process_time(), backend_seconds()
    clock, here, postgres = (now - then for now, then in zip(after, before, strict=True))
    spent.clock, spent.here, spent.postgres = spent.clock + clock, spent.here + here, spent.postgres + postgres


def backend_seconds() -> float:
    """The processor's seconds of this connection's backend; 0 where it runs elsewhere."""
    connection.ensure_connection()
    info = getattr(connection.connection, "info", None)
    stat = Path(f"/proc/{info.backend_pid}/stat") if info else Path("/nowhere")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rate(world: World) -> str:
    """Mark all branches for one year and settle; what each stage took."""
    mark_ratings((CountedVisit(world.programme.pk, p.pk, date(2026, 6, 1)) for p in world.places), now=NOW)
    rated, tallied, ordered = Spent(), Spent(), Spent()
    count = recomputing.tally

    def timed(**which: Any) -> None:
        with adding_to(tallied):
            count(**which)

    recomputing.tally = timed
    try:
        with adding_to(rated):
            while rating.rate_due(now=NOW):
                pass
    finally:
        recomputing.tally = count
    with adding_to(ordered):
        while comparing.rank_due(now=NOW):
            pass
    assert not Dirty.objects.filter(series_id=world.series.pk).exists()
    ratings = Rating.objects.filter(series=world.series, current=True).count()
    return f"{ratings} rated in {rated.less(tallied)}; tallies {tallied}; order, groups and sums {ordered}"


def first_page(world: World, times: int = 30) -> tuple[float, int]:
    """Median milliseconds of the league's first page in the server, and its number of queries."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(world.boss)
    url = f"/api/v1/comparisons/league?series={world.series.pk}&period=2026-06-01"
    assert len(client.get(url).json()["results"]) == 50
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    asked = len(queries)  # read now: the next request empties the log
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        client.get(url)
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), asked


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--branches", type=int, default=10_000)
    parser.add_argument("--visits", type=int, default=24)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    small = World(100, options.visits)
    print("100 branches:", rate(small))
    started = time.perf_counter()
    large = World(options.branches, options.visits)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what autovacuum does within a minute; the rows came in one go
    print(f"built {options.branches} × {options.visits} visits in {time.perf_counter() - started:.0f} s")
    print(f"{options.branches} branches:", rate(large))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    few, queries = first_page(small)
    many, queries_of_many = first_page(large)
    print(f"league, first page: {few:.1f} ms of 100, {many:.1f} ms of {options.branches}: ratio {many / few:.2f}")
    print(f"queries: {queries} and {queries_of_many}")


if __name__ == "__main__":
    main()
