"""The scored visits that a rating may count, read in one query for many branches."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from audits.models import Audit, Score, Series, Submission
from audits.models.compiled import part_names_of
from audits.scoring.outcome import Visit
from audits.scoring.visit import unpack_parts


class ScoredVisit(NamedTuple):
    """One released visit with its current score: `visit` is what the scheme reads, the rest is how to follow it."""

    visit: Visit
    score_id: int
    visit_id: uuid.UUID
    component_id: uuid.UUID
    facts: bytes


FIELDS = (
    "audit__location_id",
    "audit__component_id",
    "audit__visited_on",
    "audit__kind",
    "audit__visit_id",
    "observation__version_id",
    "observation__digest",
    "amendments_digest",
    "engine",
    "pk",
    "parts",
    "critical_failed",
    "assessed",
    "assessable",
)


def scored_visits(
    *, series: Series, period_end: date, window: timedelta | None, location_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[ScoredVisit]]:
    """Released, scored visits of these branches up to the period's end; competitors' branches never count."""
    rows = Score.objects.filter(
        current=True,
        audit__state=Audit.State.RELEASED,
        audit__programme_id=series.programme_id,
        audit__location_id__in=location_ids,
        audit__visited_on__lte=period_end,
        observation__submission__state=Submission.State.ACCEPTED,
    ).exclude(audit__kind=Audit.Kind.COMPETITOR)
    if window is not None:
        rows = rows.filter(audit__visited_on__gt=period_end - window)
    found: dict[uuid.UUID, list[ScoredVisit]] = defaultdict(list)
    for row in rows.values_list(*FIELDS).iterator(chunk_size=2000):
        found[row[0]].append(_visit(row))
    return found


def _visit(row: tuple) -> ScoredVisit:
    (_, component, day, kind, visit_id, version, digest, amendments, engine, pk, parts, critical, assessed, asked) = row
    pairs = unpack_parts(part_names_of(version), bytes(parts))
    plain = {"critical_failed": critical, "findings": pairs.findings}
    visit = Visit(
        visited_on=day,
        parts=plain,
        kind=kind,
        pairs=pairs.pairs | {"coverage": (assessed, asked)},
        label=str(pk),
    )
    facts = b"%b%b%d%s" % (bytes(digest), bytes(amendments), engine, day.isoformat().encode())
    return ScoredVisit(visit, pk, visit_id, component, facts)
