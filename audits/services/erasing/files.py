"""Erasing files: gone from the storage first, then the row that says so and the proof, in one transaction.

In this order a kill leaves a row whose file is gone, and the next run ends it; in the other it would leave a proof of
something that is still there.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from audits.models import Erasure, Evidence, Submission
from audits.models.files import remove

State, Copy = Evidence.State, Evidence.Copy


class Belonging(NamedTuple):
    """The chain that a report belongs to, and the office that served it; neither where nobody knows."""

    chain_id: uuid.UUID | None
    office_id: uuid.UUID | None


NOBODYS = Belonging(None, None)


def belongings(submission_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Belonging]:
    """Where reports belong that were matched to a visit."""
    chain = "assignment__audit__programme__chain"
    rows = Submission.objects.filter(pk__in=set(submission_ids), assignment__isnull=False)
    return {
        pk: Belonging(chain_id, office_id)
        for pk, chain_id, office_id in rows.values_list("pk", f"{chain}_id", f"{chain}__office_id")
    }


def erase_file(
    row: Evidence,
    *,
    why: str,
    now: datetime,
    belonging: Belonging = NOBODYS,
    keep_copy: bool = False,
    forget: bool = False,
) -> bool:
    """Erase a file; its row and digest stay, so that nobody waits for it. False where another was faster.

    `keep_copy` leaves the clean copy, `forget` takes the row's owner away; a conflicting copy loses its row as well.
    """
    remove(row.original) if row.original else None
    keeps = keep_copy and row.copy_state == Copy.MADE
    if row.derivative and not keeps:
        remove(row.derivative)
    with transaction.atomic():
        rows = Evidence.objects.filter(pk=row.pk, state=row.state, original=row.original)
        if row.state == State.CONFLICT:
            gone = rows.delete()[0]
        else:
            changes = {"state": State.ERASED, "original": "", "copy_due_at": None}
            changes |= {} if keeps else {"copy_state": Copy.NONE, "derivative": "", "shown_id": None}
            gone = rows.update(**changes, **({"owner": None, "reason": ""} if forget else {}))
        if gone:
            Erasure.objects.create(
                what=Erasure.What.EVIDENCE,
                why=why,
                type=row.type,
                subject=str(row.id),
                submission_id=row.submission_id,
                sha256=bytes(row.sha256),
                chain_id=belonging.chain_id,
                office_id=belonging.office_id,
                erased_at=now,
            )
    return bool(gone)
