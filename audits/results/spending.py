"""Where to spend first: over a branch, a group or the chain, which failed standards would lift most branches."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import QuerySet

from audits.models import Advice, Rating
from audits.results.asking import Asked
from audits.results.words import Wording, wordings_of
from chains.models import GroupMembership, LocationGroup, User

UNIT = 10_000
MOST_NAMED = 20


class Lifted(NamedTuple):
    """A branch that one standard alone would have lifted, with the rating to follow."""

    rating: uuid.UUID
    name: str


@dataclass(slots=True)
class _Sum:
    """What is added up for one standard over the branches."""

    failing: int = 0
    visits: int = 0
    stake: int = 0
    lifted: list[Lifted] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Worth:
    """One failed standard: the branches it failed at, those it alone would lift, and the points at stake.

    `stake` is in 10^-4 points of the figure that decides, added up over the branches. `lifted` names the first branches
    that would have been better by a level or more; `lifts` counts all.
    """

    code: str
    wording: Wording
    failing: int
    visits: int
    lifts: int
    stake: int
    lifted: tuple[Lifted, ...]


@dataclass(frozen=True, slots=True)
class Spending:
    """The standards in order, over `looked_at` branches; `waiting` are rated but not worked out yet."""

    standards: Sequence[Worth]
    looked_at: int
    waiting: int


def where_to_spend(user: User, asked: Asked, *, location: uuid.UUID | None = None) -> Spending:
    """Failed standards by the branches each alone would lift, then by the score at stake, then by code.

    Over the branches of the chain or group that `user` may see, or one of them.
    """
    ratings = _ratings(user, asked, location)
    rows = Advice.objects.visible_to(user).filter(rating__in=ratings.values("pk"))
    sums: dict[str, _Sum] = defaultdict(_Sum)
    looked_at = 0
    told = rows.order_by("rating__location__code").values_list("rating_id", "rating__location__name", "singles")
    for rating, name, singles in told.iterator(chunk_size=500):
        looked_at += 1
        for code, visits, lifts, stake in singles:
            one = sums[code]
            one.failing += 1
            one.visits += visits
            one.stake += stake
            if lifts:
                one.lifted.append(Lifted(rating, name))
    wordings = wordings_of(asked.series, user) if sums else {}
    ordered = sorted(sums.items(), key=lambda item: (-len(item[1].lifted), -item[1].stake, item[0]))
    standards = [_worth(code, one, wordings.get(code) or Wording(code, "", False)) for code, one in ordered]
    return Spending(standards, looked_at, ratings.count() - looked_at)


def _worth(code: str, one: _Sum, wording: Wording) -> Worth:
    named = tuple(one.lifted[:MOST_NAMED])
    return Worth(code, wording, one.failing, one.visits, len(one.lifted), one.stake, named)


def _ratings(user: User, asked: Asked, location: uuid.UUID | None) -> QuerySet[Rating]:
    rows: QuerySet[Rating] = Rating.objects.visible_to(user).filter(
        series=asked.series, period_start=asked.period.start, current=True
    )
    if location is not None:
        rows = rows.filter(location_id=location)
    if asked.group is not None:
        groups = LocationGroup.objects.visible_to(user).with_regions_below({asked.group.pk})
        members = GroupMembership.objects.visible_to(user).on(asked.period.end).filter(group_id__in=groups)
        rows = rows.filter(location_id__in=members.values("location_id"))
    return rows
