"""When the demo's visits took place: about one per branch and month, counted back from the last day."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from audits.services.demonstrating.places import Place

MONTH = 30
# A new branch gets its first shopper after so many days.
SETTLED_AFTER = 12


@dataclass(frozen=True)
class Outing:
    """One visit that took place: where, when, in which window it was allowed, how many days until it was delivered.

    `turn` counts a branch's visits backwards: 0 is the latest.
    """

    place: Place
    turn: int
    window_from: date
    window_until: date
    visited_on: date
    delivered_after: int

    @property
    def months_ago(self) -> float:
        """How long before the latest visit, in months."""
        return float(self.turn)


def outings(places: Sequence[Place], *, last_day: date, visits: int, seed: int) -> list[Outing]:
    """Up to `visits` visits per branch in the order in which they were delivered, the last before `last_day`.

    Fewer where a branch opened later or was closed for works. Windows are MONTH days long and end the day before the
    next one begins.
    """
    found = [outing for place in places for outing in _of(place, last_day, visits, seed)]
    return sorted(found, key=lambda o: (o.visited_on + timedelta(days=o.delivered_after), o.place.code))


def _of(place: Place, last_day: date, visits: int, seed: int) -> Iterator[Outing]:
    draw = random.Random(f"{seed}:{place.code}:days")
    turn = 0
    for month in range(visits):
        until = last_day - timedelta(days=1 + MONTH * month)
        begin = until - timedelta(days=MONTH - 1)
        days = [begin + timedelta(days=n) for n in range(MONTH - 4)]
        wanted, lag = draw.random(), draw.choice((0, 0, 1, 1, 1, 2, 3))
        if not in_business(place, begin, last_day) or not in_business(place, until, last_day):
            continue
        yield Outing(place, turn, begin, until, days[int(wanted * len(days))], lag)
        turn += 1


def in_business(place: Place, day: date, last_day: date) -> bool:
    """Whether a branch could be visited on a day."""
    if place.opened is not None and day < opening_day(place, last_day) + timedelta(days=SETTLED_AFTER):
        return False
    works = works_days(place, last_day)
    return works is None or not works[0] <= day <= works[1]


def opening_day(place: Place, last_day: date) -> date:
    """The first day of a branch that opened during the demo's time."""
    return last_day - timedelta(days=place.opened or 0)


def works_days(place: Place, last_day: date) -> tuple[date, date] | None:
    """First and last day of a renovation."""
    if place.closed_for_works is None:
        return None
    first, last = place.closed_for_works
    return last_day - timedelta(days=first), last_day - timedelta(days=last)
