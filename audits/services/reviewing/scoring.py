"""Scoring: every submission marked dirty is measured with the version and scope it names, then perhaps accepted.

Rows are worked on in batches, grouped by (version, scope), so that a whole batch is one pass over a matrix.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from audits.models import Audit, Dirty, Observation, Score, Submission
from audits.models.amended import Observed, amended
from audits.models.compiled import digests_of, plan_of
from audits.models.marking import CountedVisit, mark_ratings
from audits.scoring.packing import as_batch
from audits.scoring.parts import pack_many_parts
from audits.scoring.plan import ENGINE
from audits.scoring.visits import VisitScores, score_many
from audits.services.reviewing.automatic import accept_automatically

SCORED = (Submission.Outcome.COMPLETED, Submission.Outcome.PARTIAL)


def score_due(*, now: datetime, limit: int = 200) -> int:
    """Score the submissions marked dirty; return how many rows were taken. Safe beside itself."""
    return Dirty.objects.work(kind=Dirty.Kind.SCORE, now=now, limit=limit, handle=lambda rows: _score(rows, now))


def _score(rows: Sequence[Dirty], now: datetime) -> None:
    observations = list(
        Observation.objects.filter(
            submission_id__in=[row.submission_id for row in rows],
            submission__outcome__in=SCORED,
            submission__assignment__isnull=False,
        ).select_related("submission__assignment__audit__component", "submission__assignment__audit__programme")
    )
    if not observations:
        return
    measured = measure(observations)
    fresh = _keep(observations, measured, now)
    released = [audit for audit in map(_audit_of, fresh) if audit.state == Audit.State.RELEASED]
    mark_ratings([CountedVisit(a.programme_id, a.location_id, a.visited_on) for a in released if a.visited_on], now=now)
    covered = {o.pk: (m.assessed, m.assessable) for o, m in zip(observations, measured, strict=True)}
    accept_automatically(observations, covered, now)


class Measured(NamedTuple):
    """What scoring found for one observation: the figures of a Score row."""

    amendments_digest: bytes
    earned: int
    possible: int
    assessed: int
    assessable: int
    critical_failed: int
    failed: int
    parts: bytes


def measure(observations: Sequence[Observation]) -> list[Measured]:
    """The figures of each observation, in order, with its amendments applied. Reads, stores nothing."""
    answers = amended([Observed(o.submission_id, o.version_id, o.scope_id, bytes(o.answers)) for o in observations])
    groups: dict[tuple[uuid.UUID, uuid.UUID], list[int]] = defaultdict(list)
    for index, observation in enumerate(observations):
        groups[observation.version_id, observation.scope_id].append(index)
    measured: dict[int, Measured] = {}
    for (version_id, scope_id), members in groups.items():
        scores = score_many(plan_of(version_id, scope_id), as_batch(answers[i][1] for i in members))
        parts = pack_many_parts(scores.earned, scores.possible)
        for line, i in enumerate(members):
            measured[i] = _figures(answers[i][0], scores, line, parts[line])
    return [measured[i] for i in range(len(observations))]


def _figures(amendments_digest: bytes, scores: VisitScores, line: int, parts: bytes) -> Measured:
    return Measured(
        amendments_digest=amendments_digest,
        earned=int(scores.earned[line, 0]),
        possible=int(scores.possible[line, 0]),
        assessed=int(scores.assessed[line]),
        assessable=int(scores.assessable[line]),
        critical_failed=int(scores.critical_failed[line]),
        failed=int(scores.failed[line]),
        parts=parts,
    )


def _keep(observations: Sequence[Observation], measured: Sequence[Measured], now: datetime) -> list[Observation]:
    """Insert the scores that are not there yet and make them current; return the observations that got a new one.

    The same inputs (observation, amendments, engine) make no new row.
    """
    ids = [o.pk for o in observations]
    known = {
        (score.observation_id, bytes(score.amendments_digest), score.engine): score
        for score in Score.objects.filter(observation_id__in=ids)
    }
    new: list[Score] = []
    changed: list[Observation] = []
    revived: list[Score] = []
    for observation, figures in zip(observations, measured, strict=True):
        there = known.get((observation.pk, figures.amendments_digest, ENGINE))
        if there is None:
            new.append(_row(observation, figures, now))
        elif not there.current:
            revived.append(there)
        else:
            continue
        changed.append(observation)
    if known and changed:
        Score.objects.filter(observation__in=changed, current=True).update(current=False)
    Score.objects.bulk_create(new)
    if revived:
        Score.objects.filter(pk__in=[score.pk for score in revived]).update(current=True)
    return changed


def _row(observation: Observation, figures: Measured, now: datetime) -> Score:
    scope, checklist = digests_of(observation.version_id, observation.scope_id)
    return Score(
        audit=_audit_of(observation),
        observation=observation,
        scope_sha256=scope,
        checklist_sha256=checklist,
        engine=ENGINE,
        scored_at=now,
        **figures._asdict(),
    )


def _audit_of(observation: Observation) -> Audit:
    assignment = observation.submission.assignment
    assert assignment is not None
    return assignment.audit
