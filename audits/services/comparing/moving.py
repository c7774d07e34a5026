"""Branches that changed groups: the orders of these groups are made anew, in the periods that are still open.

Which branch is in which group is kept on the ground floor, which knows nothing of orders, so that the change is found
by comparing: the branches a group should order are those with a current rating that belong to it on the period's end.
"""

import uuid
from collections import defaultdict
from datetime import datetime

from django.db import transaction

from audits.models import Dirty, Period, Rating, Standing
from chains.models import GroupMembership, LocationGroup

Members = dict[uuid.UUID, set[uuid.UUID]]


def mark_moved(*, now: datetime) -> int:
    """Mark every group of an open period whose order has other branches than it should; return how many."""
    open_now = Period.objects.filter(closed_at__isnull=True, starts_on__lte=now.date())
    marked = 0
    for period in open_now.select_related("series__programme"):
        should, ordered = _should_order(period), _orders(period)
        moved = [group for group in {*should, *ordered} if should.get(group) != ordered.get(group)]
        rows = [
            Dirty.rank(series_id=period.series_id, group_id=group, period_start=period.starts_on, now=now)
            for group in moved
        ]
        with transaction.atomic():
            Dirty.objects.mark(rows)
        marked += len(rows)
    return marked


def _orders(period: Period) -> Members:
    """The branches that each group's order has."""
    rows = Standing.objects.filter(series=period.series, period_start=period.starts_on, group__isnull=False)
    found: Members = defaultdict(set)
    for group, place in rows.values_list("group_id", "location_id"):
        found[group].add(place)
    return found


def _should_order(period: Period) -> Members:
    """The rated branches that belong to each group, or to a region below it, on the period's last day."""
    current = Rating.objects.filter(series=period.series, period_start=period.starts_on, current=True)
    rated = set(current.values_list("location_id", flat=True))
    groups = LocationGroup.objects.filter(chain_id=period.series.programme.chain_id)
    above = dict(groups.values_list("pk", "parent_id"))
    memberships = GroupMembership.objects.on(period.ends_on).filter(group_id__in=above)
    found: Members = defaultdict(set)
    for lowest, place in memberships.values_list("group_id", "location_id"):
        group: uuid.UUID | None = lowest
        while group is not None and place in rated and place not in found[group]:
            found[group].add(place)
            group = above.get(group)
    return {group: places for group, places in found.items() if places}
