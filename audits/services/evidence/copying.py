"""Clean copies, made by a worker: the row of a file that waits for its copy is all there is to know.

Nothing of this is in a transaction or in a request: opening a photo takes a tenth of a second and more. A file is
claimed by moving its next try ahead; the try is counted before the file is opened, so that one that kills the worker is
left alone after a few times.
"""

import logging
import secrets
import uuid
from datetime import datetime, timedelta

from audits.models import Evidence, flags
from audits.models.files import COPIES, evidence_storage, place_bytes, remove
from audits.services.evidence.derivatives import Derived, derive_photo

log = logging.getLogger(__name__)
WAITING, MADE, NONE = Evidence.Copy.WAITING, Evidence.Copy.MADE, Evidence.Copy.NONE
MAX_TRIES = 5
# So long a worker may take for one file before another takes it over.
LEASE = timedelta(minutes=5)


def make_copies_due(*, now: datetime, limit: int = 20) -> int:
    """Make the clean copies that are waited for; return how many files were worked on. Safe beside itself."""
    due = Evidence.objects.filter(copy_state=WAITING, copy_due_at__lte=now).order_by("copy_due_at", "row")
    return sum(_work_on(row, now) for row in list(due[:limit]))


def _work_on(row: Evidence, now: datetime) -> bool:
    tries = row.copy_tries + 1
    mine = Evidence.objects.filter(pk=row.pk, copy_state=WAITING, copy_due_at=row.copy_due_at, original=row.original)
    if not mine.update(copy_due_at=now + LEASE * tries, copy_tries=tries):
        return False
    if tries > MAX_TRIES:
        _without_copy(row, flags.COPY_FAILED)
        return True
    try:
        with evidence_storage().open(row.original) as file:
            derived = derive_photo(file)
    except Exception:
        # A storage that is away, a library that breaks on a file: the lease ends, and it is tried again.
        log.exception("no copy could be made of evidence %s", row.pk)
        return True
    _keep(row, derived) if derived.body else _without_copy(row, derived.flag)
    return True


def _keep(row: Evidence, derived: Derived) -> None:
    shown_id = uuid.uuid4()
    name = place_bytes(derived.body, f"{COPIES}/{shown_id.hex[:2]}/{shown_id.hex}{secrets.token_hex(4)}.jpg")
    waiting = Evidence.objects.filter(pk=row.pk, copy_state=WAITING, original=row.original)
    if not waiting.update(copy_state=MADE, copy_due_at=None, derivative=name, shown_id=shown_id):
        # Erased, or made by another, in between.
        remove(name)


def _without_copy(row: Evidence, flag: str) -> None:
    waiting = Evidence.objects.filter(pk=row.pk, copy_state=WAITING, original=row.original)
    waiting.update(copy_state=NONE, copy_due_at=None, flags=sorted({*row.flags, flag}))
