"""The scored visits that a rating may count, read in one query for many branches."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from audits.models import Audit, Score, Series, Submission
from audits.models.compiled import checklist_of, part_names_of
from audits.scoring.outcome import Visit
from audits.scoring.parts import names_read, parts_for_scheme, unpack_many_parts
from audits.services.rating.standard_parts import standard_pairs
from standards.spec.scheme import Scheme

# Percentages of parts are averaged for display in 10^-6 points: 100 × earned × FINE stays within 64 bits.
FINE = 1_000_000


@dataclass(frozen=True)
class Shown:
    """Percentages of all parts of many visits, for display: int64 (visits × parts), 10^-6 points, -1 where absent."""

    names: tuple[str, ...]
    fine: np.ndarray


class ScoredVisit(NamedTuple):
    """One released visit with its current score: `visit` is what the scheme reads, the rest how to follow it."""

    visit: Visit
    score_id: int
    visit_id: uuid.UUID
    component_id: uuid.UUID
    facts: bytes
    auditor_id: int
    shown: Shown
    line: int


class _Row(NamedTuple):
    audit_id: uuid.UUID
    location_id: uuid.UUID
    component_id: uuid.UUID
    visited_on: date
    kind: str
    visit_id: uuid.UUID
    version_id: uuid.UUID
    scope_id: uuid.UUID
    submission_id: uuid.UUID
    auditor_id: int
    digest: bytes
    amendments_digest: bytes
    engine: int
    score_id: int
    parts: bytes
    critical_failed: int
    assessed: int
    assessable: int


_FIELDS = (
    "audit_id",
    "audit__location_id",
    "audit__component_id",
    "audit__visited_on",
    "audit__kind",
    "audit__visit_id",
    "observation__version_id",
    "observation__scope_id",
    "observation__submission_id",
    "observation__submission__assignment__auditor_id",
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
    *,
    series: Series,
    scheme: Scheme,
    period_end: date,
    window: timedelta | None,
    location_ids: Collection[uuid.UUID],
) -> dict[uuid.UUID, list[ScoredVisit]]:
    """Released, scored visits of these branches up to the period's end; competitors' branches never count.

    Each visit carries the parts that the scheme names, and no others.
    """
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
    by_version: dict[uuid.UUID, list[_Row]] = defaultdict(list)
    for values in rows.values_list(*_FIELDS).iterator(chunk_size=5000):
        row = _Row(*values)
        by_version[row.version_id].append(row)
    found: dict[uuid.UUID, list[ScoredVisit]] = defaultdict(list)
    for version_id, members in by_version.items():
        for row, visit in zip(members, _visits(version_id, members, scheme), strict=True):
            found[row.location_id].append(visit)
    return found


def _visits(version_id: uuid.UUID, rows: Sequence[_Row], scheme: Scheme) -> list[ScoredVisit]:
    names = part_names_of(version_id)
    earned, possible = unpack_many_parts(len(names), (bytes(row.parts) for row in rows))
    has = possible > 0
    fine = np.where(has, 100 * FINE * earned // np.where(has, possible, 1), -1)
    shown = Shown(names, fine)
    wanted = names_read(scheme, names)
    columns = [names.index(name) for name in wanted if name in names]
    pairs_of = _pairs(names, columns, earned, possible)
    standards = standard_pairs(
        [(row.submission_id, row.version_id, row.scope_id) for row in rows],
        [name for name in wanted if name.startswith("standard.")],
    )
    decimals = checklist_of(version_id).decimals
    return [
        ScoredVisit(
            visit=_visit(row, pairs_of[line] | standards[line], wanted, decimals),
            score_id=row.score_id,
            visit_id=row.visit_id,
            component_id=row.component_id,
            facts=b"%b%b%d%s"
            % (bytes(row.digest), bytes(row.amendments_digest), row.engine, row.visited_on.isoformat().encode()),
            auditor_id=row.auditor_id,
            shown=shown,
            line=line,
        )
        for line, row in enumerate(rows)
    ]


def _pairs(
    names: Sequence[str], columns: Sequence[int], earned: np.ndarray, possible: np.ndarray
) -> list[dict[str, tuple[int, int]]]:
    picked = [names[column] for column in columns]
    above, below = earned[:, columns].tolist(), possible[:, columns].tolist()
    return [dict(zip(picked, zip(a, b, strict=True), strict=True)) for a, b in zip(above, below, strict=True)]


def _visit(row: _Row, pairs: Mapping[str, tuple[int, int]], wanted: Sequence[str], decimals: int) -> Visit:
    parts = parts_for_scheme(
        pairs,
        decimals=decimals,
        assessed=row.assessed,
        assessable=row.assessable,
        critical_failed=row.critical_failed,
        kind=row.kind,
        only=wanted,
    )
    return Visit(visited_on=row.visited_on, parts=parts, kind=row.kind, pairs=pairs, label=str(row.audit_id))
