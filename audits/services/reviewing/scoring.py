"""Scoring: every submission marked dirty is measured with the version and scope it names, then perhaps accepted.

Rows are worked on in batches, grouped by (version, scope), so that a whole batch is one pass over a matrix.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from audits.models import Audit, Dirty, Observation, Score, Submission
from audits.models.amended import Observed, amended
from audits.models.compiled import plan_of
from audits.models.marking import CountedVisit, mark_ratings
from audits.scoring import ENGINE
from audits.scoring.visit import VisitScore, pack_parts, score_together
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
    accept_automatically(observations, {o.pk: score for o, (_, score) in zip(observations, measured, strict=True)}, now)


def measure(observations: Sequence[Observation]) -> list[tuple[bytes, VisitScore]]:
    """For each observation, in order: the digest of its amendments, and its score with them applied."""
    answers = amended([Observed(o.submission_id, o.version_id, o.scope_id, o.answers) for o in observations])
    groups: dict[tuple[uuid.UUID, uuid.UUID], list[int]] = defaultdict(list)
    for index, observation in enumerate(observations):
        groups[observation.version_id, observation.scope_id].append(index)
    scores: dict[int, VisitScore] = {}
    for (version_id, scope_id), members in groups.items():
        together = score_together(plan_of(version_id, scope_id), [answers[i][1] for i in members])
        scores.update(zip(members, together, strict=True))
    return [(answers[i][0], scores[i]) for i in range(len(observations))]


def _keep(
    observations: Sequence[Observation], measured: Sequence[tuple[bytes, VisitScore]], now: datetime
) -> list[Observation]:
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
    for observation, (digest, score) in zip(observations, measured, strict=True):
        there = known.get((observation.pk, digest, ENGINE))
        if there is None:
            new.append(_row(observation, digest, score, now))
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


def _row(observation: Observation, digest: bytes, score: VisitScore, now: datetime) -> Score:
    plan = plan_of(observation.version_id, observation.scope_id)
    return Score(
        audit=_audit_of(observation),
        observation=observation,
        amendments_digest=digest,
        scope_sha256=bytes.fromhex(plan.scope_sha256),
        checklist_sha256=bytes.fromhex(plan.checklist_sha256),
        engine=ENGINE,
        earned=score.earned,
        possible=score.possible,
        assessed=score.assessed,
        assessable=score.assessable,
        critical_failed=score.critical_failed,
        failed=len(score.failed),
        parts=pack_parts(score),
        scored_at=now,
    )


def _audit_of(observation: Observation) -> Audit:
    assignment = observation.submission.assignment
    assert assignment is not None
    return assignment.audit
