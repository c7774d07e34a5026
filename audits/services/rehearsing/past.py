"""The visits that a rehearsal replays: released ones, as a rating counts them, with their answers as corrected."""

import uuid
from datetime import date, timedelta
from typing import NamedTuple

from audits.models import Amendment, Audit, Observation, Series, Submission
from audits.models.amended import Observed, amended
from audits.scoring.packing import pack
from audits.scoring.replay import Beat

SCORED = (Submission.Outcome.COMPLETED, Submission.Outcome.PARTIAL)


class PastVisit(NamedTuple):
    """One released visit: what decides where it counts, and its packed answers."""

    audit_id: uuid.UUID
    location_id: uuid.UUID
    component_id: uuid.UUID
    visited_on: date
    kind: str
    submission_id: uuid.UUID
    version_id: uuid.UUID
    scope_id: uuid.UUID
    answers: bytes


def past_visits(*, series: Series, period_end: date, window: timedelta | None, beat: Beat) -> list[PastVisit]:
    """Released visits up to the period's end; had accepted ones counted too, a star would tell of them too early."""
    rows = Observation.objects.filter(
        submission__state=Submission.State.ACCEPTED,
        submission__outcome__in=SCORED,
        submission__assignment__audit__state=Audit.State.RELEASED,
        submission__assignment__audit__programme_id=series.programme_id,
        submission__assignment__audit__visited_on__lte=period_end,
    ).exclude(submission__assignment__audit__kind=Audit.Kind.COMPETITOR)
    if window is not None:
        rows = rows.filter(submission__assignment__audit__visited_on__gt=period_end - window)
    audit = "submission__assignment__audit"
    fields = [f"{audit}_id", *(f"{audit}__{name}" for name in ("location_id", "component_id", "visited_on", "kind"))]
    fields += ["submission_id", "version_id", "scope_id", "answers"]
    # Read to the end before anything is written: SQLite refuses to write in the middle of an outdated read.
    found = [PastVisit(*values) for values in rows.values_list(*fields).iterator(chunk_size=5000)]
    beat()
    amendments = Amendment.objects.filter(submission__assignment__audit__programme_id=series.programme_id)
    having = set(amendments.values_list("submission_id", flat=True))
    ordered = sorted(found, key=lambda one: (one.version_id, one.scope_id, one.location_id, one.audit_id))
    return _corrected(ordered, having)


def _corrected(visits: list[PastVisit], having: set[uuid.UUID]) -> list[PastVisit]:
    mine = [place for place, visit in enumerate(visits) if visit.submission_id in having]
    observed = [Observed(v.submission_id, v.version_id, v.scope_id, v.answers) for v in (visits[p] for p in mine)]
    for place, (_, answers) in zip(mine, amended(observed), strict=True):
        visits[place] = visits[place]._replace(answers=pack(answers))
    return visits
