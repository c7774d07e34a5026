"""Corrections of answers: append-only, checked against what the visit was asked, scored anew."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from audits.models import Amendment, Dirty, Observation, Submission
from audits.models.amended import Observed, amended
from audits.models.compiled import layout_of
from audits.problems import REVIEW_REFUSED
from audits.scoring.vector import BadAmendment, decode, read_token
from chains.models import User
from chains.models.dialects import held
from chains.problems import Fault, Problem

JUDGEABLE = (Submission.State.RECEIVED, Submission.State.RETURNED, Submission.State.ACCEPTED)


class Correction(NamedTuple):
    """One answer corrected: its key, the new answer as the phone would send it ("" for not assessed), and why."""

    answer_key: str
    after: str
    reason: str


def amend(
    *, submission_id: uuid.UUID, made_by: User, corrections: Sequence[Correction], source: str, now: datetime
) -> list[Amendment]:
    """Correct answers; the score is made anew and, for a released visit, the ratings after it.

    Raises Problem (review-refused) with every fault: no reason, a key that was not asked, no answer to it, no change.
    """
    if not corrections:
        fault = Fault("/corrections", "empty", "Name at least one correction.")
        raise Problem(REVIEW_REFUSED, fault.detail, errors=[fault])
    with transaction.atomic():
        observation = _observation(submission_id)
        before = _before(observation, corrections)
        rows = Amendment.objects.bulk_create(
            Amendment(
                submission_id=submission_id,
                answer_key=correction.answer_key,
                before=known,
                after=correction.after,
                reason=correction.reason,
                source=source,
                made_by=made_by,
                made_at=now,
            )
            for correction, known in zip(corrections, before, strict=True)
        )
        Dirty.objects.mark([Dirty.score(submission_id=submission_id, now=now)])
    return rows


def _observation(submission_id: uuid.UUID) -> Observation:
    # Held, so that of two who correct the same answer the second one sees what the first one wrote.
    submission = held(Submission.objects.filter(pk=submission_id, state__in=JUDGEABLE)).first()
    observation: Observation | None = Observation.objects.filter(submission=submission).first() if submission else None
    if observation is None:
        raise Problem(REVIEW_REFUSED, "There are no answers of a standing submission to correct.")
    return observation


def _before(observation: Observation, corrections: Sequence[Correction]) -> list[str]:
    """The answers as they stand, as text. Raises Problem with the faults of all corrections."""
    layout = layout_of(observation.version_id, observation.scope_id)
    observed = Observed(
        observation.submission_id, observation.version_id, observation.scope_id, bytes(observation.answers)
    )
    ((_, answers),) = amended([observed])
    tokens = {key: str(token) for key, token in decode(layout, answers).items()}
    before: list[str] = []
    faults: list[Fault] = []
    for index, correction in enumerate(corrections):
        at = f"/corrections/{index}"
        if not correction.reason.strip():
            faults.append(Fault(f"{at}/reason", "empty", "Give the reason for this correction."))
        try:
            token = read_token(layout, correction.answer_key, correction.after)
        except BadAmendment as bad:
            known = correction.answer_key in layout.slots
            faults.append(Fault(f"{at}/{'after' if known else 'answer_key'}", bad.fault.code, bad.fault.detail))
            continue
        before.append(tokens.get(correction.answer_key, ""))
        if before[-1] == correction.after:
            faults.append(Fault(f"{at}/after", "unchanged", "This is the answer as it stands."))
        tokens[correction.answer_key] = "" if token is None else str(token)
    if faults:
        raise Problem(REVIEW_REFUSED, faults[0].detail, errors=faults)
    return before
