"""Counting how often each standard was met, by branch and period, so that no page ever scans answers."""

import uuid
from collections import defaultdict
from collections.abc import Collection

import numpy as np

from audits.models import Audit, Observation, Series, Submission, Tally
from audits.models.amended import Observed, amended
from audits.models.compiled import checklist_of, plan_of
from audits.scoring.answers import Answers
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
    groups: dict[tuple[uuid.UUID, uuid.UUID], dict[uuid.UUID, list[Answers]]] = defaultdict(lambda: defaultdict(list))
    found = [(place, Observed(*rest)) for place, *rest in rows]
    for (place, row), (_, answers) in zip(found, amended([row for _, row in found]), strict=True):
        groups[place, row.version_id][row.scope_id].append(answers)
    fresh = []
    for (place, version), by_scope in groups.items():
        total = np.zeros((3, len(checklist_of(version).standards)), dtype=np.int64)
        for scope, answers_of in by_scope.items():
            total += count_answers(plan_of(version, scope), answers_of)
        visits = sum(map(len, by_scope.values()))
        fresh.append(
            Tally(
                series=series,
                location_id=place,
                period_start=period.start,
                version_id=version,
                visits=visits,
                counts=total.astype("<u2").tobytes(),
            )
        )
    there = Tally.objects.filter(series=series, period_start=period.start, location_id__in=places)
    known = there.values_list("pk", "location_id", "version_id")
    stale = [pk for pk, place, version in known if (place, version) not in groups]
    Tally.objects.filter(pk__in=stale).delete()
    Tally.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["series", "location", "period_start", "version"],
        update_fields=["visits", "counts"],
    )
