"""Automatic acceptance: where the programme allows it, one candidate, whole, and nothing that blocks."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from audits.models import Audit, Observation, Review, Submission, flags
from audits.models.awaited import awaited_files
from chains.models.dialects import held


def accept_automatically(
    observations: Sequence[Observation], coverage: Mapping[int, tuple[int, int]], now: datetime
) -> list[Review]:
    """Accept those of these submissions that may be accepted without a reviewer; `coverage` is (assessed, assessable).

    One whose files have not all come waits: it is marked again when they come or are declared lost.
    All in the transaction that scored them: conditional updates let exactly one submission of an assignment through.
    """
    candidates = [o for o in observations if _may(o, *coverage[o.pk])]
    if not candidates:
        return []
    assignments = [o.submission.assignment_id for o in candidates if o.submission.assignment_id]
    rivals = Counter(
        Submission.objects.filter(assignment_id__in=assignments)
        .exclude(state__in=[Submission.State.REPLACED, Submission.State.WITHDRAWN])
        .values_list("assignment_id", flat=True)
    )
    awaited = awaited_files([o.submission for o in candidates])
    alone = [o for o in candidates if rivals[o.submission.assignment_id] == 1 and o.submission_id not in awaited]
    return _accept(alone, now)


def _may(observation: Observation, assessed: int, assessable: int) -> bool:
    submission = observation.submission
    assert submission.assignment is not None
    audit = submission.assignment.audit
    return (
        audit.programme.automatic_acceptance
        and audit.state == Audit.State.DELIVERED
        and submission.state == Submission.State.RECEIVED
        and submission.outcome == Submission.Outcome.COMPLETED
        and not flags.BLOCKING & set(submission.flags)
        and assessed * 100 >= audit.component.minimum_coverage * assessable
    )


def _accept(observations: Sequence[Observation], now: datetime) -> list[Review]:
    """Lock audits, then submissions (the order everybody keeps), and move those still where they were."""
    audits = {o.submission_id: o.submission.assignment.audit_id for o in observations if o.submission.assignment}
    waiting = Audit.objects.filter(pk__in=audits.values(), state=Audit.State.DELIVERED).order_by("pk")
    still_delivered = set(held(waiting).values_list("pk", flat=True))
    received = Submission.objects.filter(pk__in=audits, state=Submission.State.RECEIVED).order_by("pk")
    still_open = set(held(received).values_list("pk", flat=True))
    days: dict[date, list[uuid.UUID]] = defaultdict(list)
    for observation in observations:
        if observation.submission_id in still_open and audits[observation.submission_id] in still_delivered:
            days[observation.submission.visited_on].append(observation.submission_id)
    moved = [pk for members in days.values() for pk in members]
    for day, members in days.items():
        Audit.objects.filter(pk__in=[audits[pk] for pk in members]).update(
            state=Audit.State.ACCEPTED, accepted_at=now, visited_on=day
        )
    Submission.objects.filter(pk__in=moved).update(state=Submission.State.ACCEPTED)
    return Review.objects.bulk_create(
        Review(submission_id=pk, decision=Review.Decision.ACCEPT, decided_at=now) for pk in moved
    )
