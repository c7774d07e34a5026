"""Counting how often each standard was met, by branch and period, so that no page ever scans answers."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection

import numpy as np

from audits.models import Audit, Observation, Series, Submission, Tally
from audits.models.amended import Observed, amended_batch
from audits.models.compiled import checklist_of, plan_of
from audits.scoring.periods import Period
from audits.scoring.tally import count_answers


def tally(*, series: Series, period: Period, places: Collection[uuid.UUID]) -> None:
    """Recount the visits made in this period at these branches. One row per (branch, checklist version)."""
    rows = (
        Observation.objects.filter(
            submission__state=Submission.State.ACCEPTED,
            submission__assignment__audit__state=Audit.State.RELEASED,
            submission__assignment__audit__programme_id=series.programme_id,
            submission__assignment__audit__location_id__in=places,
            submission__assignment__audit__visited_on__range=(period.start, period.end),
        )
        .exclude(submission__assignment__audit__kind=Audit.Kind.COMPETITOR)
        .values_list("submission__assignment__audit__location_id", "submission_id", "version_id", "scope_id", "answers")
    )
    found = [(place, Observed(*rest)) for place, *rest in rows]
    by_version: dict[uuid.UUID, dict[uuid.UUID, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index, (_, row) in enumerate(found):
        by_version[row.version_id][row.scope_id].append(index)
    fresh = []
    for version, by_scope in by_version.items():
        owners = {place: n for n, place in enumerate(sorted({found[i][0] for m in by_scope.values() for i in m}))}
        total = np.zeros((len(owners), 3, len(checklist_of(version).standards)), dtype=np.int64)
        visits = Counter(found[i][0] for members in by_scope.values() for i in members)
        for scope, members in by_scope.items():
            belongs = [owners[found[i][0]] for i in members]
            answers = amended_batch([found[i][1] for i in members])
            total += count_answers(plan_of(version, scope), answers, belongs, len(owners))
        fresh += [
            Tally(
                series=series,
                location_id=place,
                period_start=period.start,
                version_id=version,
                visits=visits[place],
                counts=total[n].astype("<u2").tobytes(),
            )
            for place, n in owners.items()
        ]
    counted = {(row.location_id, row.version_id) for row in fresh}
    there = Tally.objects.filter(series=series, period_start=period.start, location_id__in=places)
    known = there.values_list("pk", "location_id", "version_id")
    stale = [pk for pk, place, version in known if (place, version) not in counted]
    Tally.objects.filter(pk__in=stale).delete()
    Tally.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["series", "location", "period_start", "version"],
        update_fields=["visits", "counts"],
    )
