"""Single standards as parts of a scheme ("standard.ARR-004"): read from the answers, only where a scheme names them."""

import uuid
from collections.abc import Sequence

from audits.models import Observation
from audits.models.amended import Observed, amended
from audits.models.compiled import plan_of
from audits.scoring.answers import Answers
from audits.scoring.visit import score, standard_part

Pairs = dict[str, tuple[int, int]]


def standard_pairs(visits: Sequence[tuple[uuid.UUID, uuid.UUID, uuid.UUID]], names: Sequence[str]) -> list[Pairs]:
    """(earned, possible) of the named standards for each (submission, version, scope); empty without names."""
    if not names:
        return [{} for _ in visits]
    packed = dict(
        Observation.objects.filter(submission_id__in=[visit[0] for visit in visits]).values_list(
            "submission_id", "answers"
        )
    )
    observed = [Observed(*visit, answers=packed[visit[0]]) for visit in visits]
    return [_pairs(row, answers, names) for row, (_, answers) in zip(observed, amended(observed), strict=True)]


def _pairs(row: Observed, answers: Answers, names: Sequence[str]) -> Pairs:
    plan = plan_of(row.version_id, row.scope_id)
    visit = score(plan, answers)
    return {name: standard_part(plan, visit, name.removeprefix("standard.")) for name in names}
