"""How long files are kept: so many days by their type, as the programme says, from the day they came.

Nothing is erased of a report that still waits to be judged. A type the programme does not name is kept.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from audits.models import Audit, Erasure, Evidence, Programme, Submission
from audits.services.erasing.files import Belonging, erase_file

KEPT = (Evidence.State.HELD, Evidence.State.CONFLICT)


def overdue(now: datetime) -> Iterator[tuple[Evidence, Belonging]]:
    """Files whose time is over, oldest first by programme and type."""
    for programme in Programme.objects.exclude(retention_days={}).select_related("chain").order_by("pk"):
        belonging = Belonging(programme.chain_id, programme.chain.office_id)
        judged = Submission.objects.filter(assignment__audit__programme=programme).exclude(_is_awaited())
        for type_, days in sorted(programme.retention_days.items()):
            rows = Evidence.objects.filter(
                Q(state__in=KEPT) | Q(state=Evidence.State.ERASED, copy_state=Evidence.Copy.MADE),
                type=type_,
                received_at__lt=now - timedelta(days=days),
                submission_id__in=judged.values("pk"),
            )
            for row in rows.order_by("received_at", "row").iterator(chunk_size=500):
                yield row, belonging


def erase_overdue(*, now: datetime, limit: int = 500) -> int:
    """Erase files whose time is over, with their copies; return how many. Safe beside itself."""
    erased = 0
    for row, belonging in overdue(now):
        if erased >= limit:
            break
        erased += erase_file(row, why=Erasure.Why.RETENTION, now=now, belonging=belonging)
    return erased


def _is_awaited() -> Q:
    return Q(
        state__in=(Submission.State.RECEIVED, Submission.State.RETURNED),
        assignment__audit__state=Audit.State.DELIVERED,
    )
