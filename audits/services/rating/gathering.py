"""The scored visits that a rating may count, read in one query for many branches."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from audits.models import Audit, Score, Series, Submission
from audits.models.compiled import checklist_of, part_names_of
from audits.scoring.outcome import Column, Visit, column_of, column_of_ratios
from audits.scoring.parts import COVERAGE, CRITICAL_FAILED, KIND, names_read, unpack_many_parts
from audits.scoring.plan import FINDINGS
from audits.services.rating.deciding import values_of
from audits.services.rating.standard_parts import Pairs, standard_pairs
from standards.spec.scheme import Scheme

# Percentages of parts are averaged for display in 10^-6 points: 100 × earned × FINE stays within 64 bits.
FINE = 1_000_000


@dataclass(frozen=True)
class Shown:
    """All parts of many visits, for display: int64 (visits × parts); `fine` in 10^-6 points, -1 where absent."""

    names: tuple[str, ...]
    fine: np.ndarray
    earned: np.ndarray
    possible: np.ndarray


class ScoredVisit(NamedTuple):
    """One released visit with its current score: `visit` is what the scheme reads, the rest how to follow it.

    `value` is the deciding value of this visit by itself in 10^-4 points, None where it has none; `line` its line in
    `shown`.
    """

    visit: Visit
    score_id: int
    visit_id: uuid.UUID
    component_id: uuid.UUID
    facts: bytes
    auditor_id: int
    value: int | None
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


def _visits(version_id: uuid.UUID, rows: Sequence[_Row], scheme: Scheme) -> Iterator[ScoredVisit]:
    """The visits of one checklist version, worked out column by column."""
    names = part_names_of(version_id)
    earned, possible = unpack_many_parts(len(names), (bytes(row.parts) for row in rows))
    has = possible > 0
    shown = Shown(names, np.where(has, 100 * FINE * earned // np.where(has, possible, 1), -1), earned, possible)
    wanted = names_read(scheme, names)
    standards = standard_pairs(
        [(row.submission_id, row.version_id, row.scope_id) for row in rows],
        [name for name in wanted if name.startswith("standard.")],
    )
    columns = _columns(version_id, rows, wanted, earned, possible, standards)
    values, known = values_of(scheme, columns)
    pooled = scheme.visits is not None and scheme.visits.combine == "pooled"
    pairs = _pairs(names, wanted, earned, possible, standards) if pooled else [{}] * len(rows)
    lines = zip(rows, _parts(columns), pairs, values.tolist(), known.tolist(), range(len(rows)), strict=True)
    for row, parts, own, value, has_value, line in lines:
        yield ScoredVisit(
            Visit(row.visited_on, parts, row.kind, (), own, row.audit_id.hex),
            row.score_id,
            row.visit_id,
            row.component_id,
            b"%b%b%d%s" % (row.digest, row.amendments_digest, row.engine, row.visited_on.isoformat().encode()),
            row.auditor_id,
            value if has_value else None,
            shown,
            line,
        )


def _columns(
    version_id: uuid.UUID,
    rows: Sequence[_Row],
    wanted: Sequence[str],
    earned: np.ndarray,
    possible: np.ndarray,
    standards: Sequence[Pairs],
) -> dict[str, Column]:
    """What the scheme reads of these visits, one column for each part; exact, and each distinct fraction made once."""
    names = part_names_of(version_id)
    columns: dict[str, Column] = {}
    for name in wanted:
        if name in names:
            above, below = earned[:, names.index(name)], possible[:, names.index(name)]
            if name == FINDINGS:
                scale = np.full(len(rows), 10 ** checklist_of(version_id).decimals, dtype=np.int64)
                columns[name] = column_of_ratios(above, scale)
            else:
                columns[name] = column_of_ratios(above, below, 100)
        else:
            given = np.array([one.get(name, (0, 0)) for one in standards], dtype=np.int64).reshape(len(rows), 2)
            columns[name] = column_of_ratios(given[:, 0], given[:, 1], 100)
    assessed, assessable = np.array([(row.assessed, row.assessable) for row in rows], dtype=np.int64).T
    columns[CRITICAL_FAILED] = column_of([row.critical_failed for row in rows])
    columns[KIND] = column_of([row.kind for row in rows])
    columns[COVERAGE] = column_of_ratios(assessed, assessable, 100)
    return columns


def _parts(columns: Mapping[str, Column]) -> Iterable[dict[str, Any]]:
    """The parts of each visit by name; what is absent is left out."""
    names = tuple(columns)
    # The place of what is absent is -1: the None at the end.
    distinct = {name: (*column.distinct, None) for name, column in columns.items()}
    lists = [[distinct[name][place] for place in column.index.tolist()] for name, column in columns.items()]
    found = (dict(zip(names, values, strict=True)) for values in zip(*lists, strict=True))
    if all(column.present().all() for column in columns.values()):
        return found
    return ({name: part for name, part in parts.items() if part is not None} for parts in found)


def _pairs(
    names: Sequence[str],
    wanted: Sequence[str],
    earned: np.ndarray,
    possible: np.ndarray,
    standards: Sequence[Pairs],
) -> list[Pairs]:
    """(earned, possible) of the parts that are percentages, for averages over all points."""
    columns = [names.index(name) for name in wanted if name in names and name != FINDINGS]
    picked = [names[column] for column in columns]
    above, below = earned[:, columns].tolist(), possible[:, columns].tolist()
    return [
        dict(zip(picked, zip(a, b, strict=True), strict=True)) | given
        for a, b, given in zip(above, below, standards, strict=True)
    ]
