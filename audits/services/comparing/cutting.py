"""Cut points of rank bands: where they lie now, until the period closes and they are frozen."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

from audits.models import CutPoints, Dirty, Rating, Series
from audits.scoring.outcome import cut_points
from standards.spec.scheme import Scheme


def recut(
    *, series: Series, scheme: Scheme, group_id: uuid.UUID | None, start: date, ratings: Sequence[Rating], now: datetime
) -> bool:
    """Recompute the chain's cut points from the members' values; where they moved, mark every member to be rated again.

    Frozen cuts stay: a late visit is measured against them. Returns whether they moved.
    """
    if group_id is not None:
        return False
    members = [
        (str(r.location_id), "", Fraction(r.exact)) for r in ratings if r.exact and r.state != Rating.State.PROVISIONAL
    ]
    if not members:
        return False
    cuts = cut_points(scheme, members)
    tree, digest = cuts.to_tree(), bytes.fromhex(cuts.members_digest)
    there = CutPoints.objects.filter(series=series, group=None, period_start=start).first()
    if there and (there.frozen_at or bytes(there.members_digest) == digest):
        return False
    if there:
        CutPoints.objects.filter(pk=there.pk, frozen_at__isnull=True).update(cuts=tree, members_digest=digest)
    else:
        CutPoints.objects.create(series=series, period_start=start, cuts=tree, members_digest=digest)
    Dirty.objects.mark(
        Dirty.rate(series_id=series.pk, location_id=r.location_id, period_start=start, now=now) for r in ratings
    )
    return True
