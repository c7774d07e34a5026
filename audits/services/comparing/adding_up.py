"""Tallies of branches added up for groups and the chain, so that no page reads ten thousand of them."""

import uuid
from datetime import date

import numpy as np
from django.db.models import QuerySet

from audits.models import GroupTally, Series, Tally
from audits.scoring.tally import NOT_MET

READ_AT_ONCE = 500


def add_up(*, series: Series, group_id: uuid.UUID | None, start: date, tallies: QuerySet[Tally]) -> None:
    """Store the sums of these tallies of one period as those of the group (the chain where empty), one per version."""
    sums: dict[uuid.UUID, _Sum] = {}
    for version, visits, counts in tallies.values_list("version_id", "visits", "counts").iterator(READ_AT_ONCE):
        if version not in sums:
            sums[version] = _Sum(len(counts) // 6)
        sums[version].add(visits, counts)
    GroupTally.objects.filter(series=series, group_id=group_id, period_start=start).delete()
    GroupTally.objects.bulk_create(
        GroupTally(
            series=series,
            group_id=group_id,
            period_start=start,
            version_id=version,
            branches=one.branches,
            visits=one.visits,
            counts=one.counts.astype("<u4").tobytes(),
        )
        for version, one in sorted(sums.items())
    )


class _Sum:
    """The sums of one checklist version."""

    def __init__(self, standards: int) -> None:
        self.branches = self.visits = 0
        self.counts = np.zeros((4, standards), dtype=np.int64)

    def add(self, visits: int, packed: bytes | memoryview) -> None:
        """Add one branch's tally."""
        counts = np.frombuffer(bytes(packed), dtype="<u2").reshape(3, -1)
        self.branches += 1
        self.visits += visits
        self.counts[:3] += counts
        self.counts[3] += counts[NOT_MET] > 0
