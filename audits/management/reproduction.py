"""Makes scores and ratings again in several processes, and reports what differs.

Checking is done by all processes, writing by this one alone: an embedded database has one writer.
"""

import os
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from multiprocessing import get_context
from typing import Any

from django.db import connection
from django.utils import timezone

from audits.management.beginning import begin
from audits.models import Rating, Series
from audits.services import rating, reproducing
from audits.services.reproducing import Difference, RatingWork

Advance = Callable[[str, int], object]
Check = Callable[[Any], list[Difference]]


@dataclass
class Outcome:
    """What a recompute came to."""

    scores: int = 0
    ratings: int = 0
    found: list[Difference] = field(default_factory=list)
    put_right: int = 0
    superseded: int = 0


def reproduce(
    *,
    chain_ids: Collection[uuid.UUID] | None,
    processes: int,
    advance: Advance,
    reason: str | None,
    now: datetime,
) -> Outcome:
    """Check all scores and then all ratings; with a `reason` also put right what differs.

    What differs is looked at a second time before it is believed: a visit may be judged while this runs.
    """
    outcome = Outcome()
    with _checking(processes) as check_all:
        pieces = reproducing.score_work(chain_ids)
        for piece, found in check_all(reproducing.check_scores, pieces):
            outcome.scores += len(piece)
            outcome.found += _still(reproducing.check_scores, found, _observations)
            advance("scores", len(piece))
        if reason is not None:
            # Where the answers themselves are damaged, no score made from them would be right.
            damaged = set(_observations(outcome.found, ("answers",)))
            wrong = [key for key in _observations(outcome.found) if key not in damaged]
            outcome.put_right = reproducing.put_right(wrong, now=now)
        for work, found in check_all(check_ratings, reproducing.rating_work(chain_ids)):
            outcome.ratings += len(work.location_ids)
            outcome.found += _still(_check_again, found, _branches)
            advance("ratings", len(work.location_ids))
    if reason is not None:
        wrong_ratings = _branches(outcome.found)
        outcome.superseded = reproducing.supersede(wrong_ratings, rate=rows_of, reason=reason, now=now)
    return outcome


def rows_of(series: Series, start: date, places: Collection[uuid.UUID]) -> Sequence[Rating]:
    """Ratings of branches as the rating room makes them."""
    rated = rating.rate_places(series=series, start=start, location_ids=places, now=timezone.now())
    return [one.row for one in rated]


def check_ratings(work: RatingWork) -> list[Difference]:
    """What differs among these branches."""
    return reproducing.check_ratings(work, rows_of)


def _check_again(keys: Sequence[tuple[uuid.UUID, date, uuid.UUID]]) -> list[Difference]:
    return [d for series_id, start, place in keys for d in check_ratings(RatingWork(series_id, start, (place,)))]


def _still(check: Check, found: list[Difference], keys_of: Callable[[list[Difference]], list[Any]]) -> list[Difference]:
    return check(keys_of(found)) if found else []


def _observations(found: Iterable[Difference], kinds: Collection[str] = ("score", "answers")) -> list[Any]:
    return sorted({difference.key for difference in found if difference.kind in kinds})


def _branches(found: Iterable[Difference]) -> list[Any]:
    return sorted({difference.key for difference in found if difference.kind == "rating"})


CheckAll = Callable[[Check, Iterable[Any]], Iterator[tuple[Any, list[Difference]]]]


@contextmanager
def _checking(processes: int) -> Iterator[CheckAll]:
    """A way to check pieces of work: here where one process is enough, else in a pool of them."""
    if processes <= 1:
        yield lambda check, work: ((piece, check(piece)) for piece in work)
        return
    database = connection.settings_dict["NAME"]
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=begin, initargs=(str(database),))
    try:
        yield lambda check, work: _in_pool(pool, processes, check, work)
    finally:
        pool.shutdown(cancel_futures=True)


def _in_pool(
    pool: ProcessPoolExecutor, processes: int, check: Check, work: Iterable[Any]
) -> Iterator[tuple[Any, list[Difference]]]:
    """Results as they come, with only a few pieces waiting: the list of all work may be long."""
    pieces = iter(work)
    running: dict[Future[list[Difference]], Any] = {}
    while True:
        for piece in islice(pieces, 2 * processes - len(running)):
            running[pool.submit(check, piece)] = piece
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            yield running.pop(future), future.result()


def usual_processes() -> int:
    """As many as there are processors for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
