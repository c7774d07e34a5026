"""What belongs to nothing: files without a report, files without a row, rows without their file, uploads never ended.

Looking changes nothing. Each kind has a time of grace, so that what is just on its way is never taken for lost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Literal

from django.db.models import Exists, OuterRef, Q

from audits.models import Erasure, Evidence, Quarantine, Submission, Upload
from audits.models.files import COPIES, ORIGINALS, Stored, incoming, is_there, remove, stored
from audits.services.erasing.files import erase_file
from audits.services.erasing.retention import KEPT

# Phones are offline for weeks, and files may come before their report.
REPORT_GRACE = timedelta(days=90)
ROW_GRACE = timedelta(days=1)
BATCH = 500

Kind = Literal["file without a report", "file without a row", "row without its file", "unfinished upload"]


@dataclass(frozen=True)
class Found:
    """One thing that belongs to nothing: what, and by what name it is known."""

    kind: Kind
    name: str
    row: Evidence | None = None
    path: Path | None = None

    @property
    def may_go(self) -> bool:
        """Whether it can be cleared away; a row that lost its file is told, and stays for a person to look at."""
        return self.kind != "row without its file"


def look(*, now: datetime, report_grace: timedelta = REPORT_GRACE) -> Iterator[Found]:
    """Everything that belongs to nothing."""
    yield from _without_report(now - report_grace)
    for folder in (ORIGINALS, COPIES):
        yield from _without_row(folder, now - ROW_GRACE)
    yield from _without_file(now - ROW_GRACE)
    yield from unfinished(now=now)


def clear(found: Found, *, now: datetime) -> bool:
    """Clear one thing away, files that were acknowledged with a proof; False where it was kept or gone before."""
    if not found.may_go:
        return False
    if found.row is not None:
        if Evidence.objects.filter(_has_report(), pk=found.row.pk).exists():
            return False
        cleared = erase_file(found.row, why=Erasure.Why.ORPHAN, now=now)
        # Without its row, the file may come again: perhaps its report is only very late.
        Evidence.objects.filter(pk=found.row.pk, state=Evidence.State.ERASED).filter(~_has_report()).delete()
        return cleared
    if found.path is not None:
        found.path.unlink(missing_ok=True)
        return True
    if _names_in_use([found.name]):
        return False
    remove(found.name)
    return True


def unfinished(*, now: datetime) -> Iterator[Found]:
    """Files that stopped growing and that no upload waits for any more."""
    for path in sorted(incoming().iterdir()):
        try:
            touched = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
        except FileNotFoundError:
            continue
        if touched < now - ROW_GRACE and not Upload.objects.filter(part=path.name).exists():
            yield Found("unfinished upload", path.name, path=path)


def _has_report() -> Q:
    sent = Submission.objects.filter(pk=OuterRef("submission_id"))
    waiting = Quarantine.objects.filter(submission_id=OuterRef("submission_id"))
    return Q(Exists(sent)) | Q(Exists(waiting))


def _without_report(before: datetime) -> Iterator[Found]:
    rows = Evidence.objects.filter(~_has_report(), state__in=KEPT, received_at__lt=before).order_by("row")
    for row in rows.iterator(chunk_size=BATCH):
        yield Found("file without a report", str(row.id), row=row)


def _without_row(folder: str, before: datetime) -> Iterator[Found]:
    files = (file for file in stored(folder) if file.modified_at < before)
    while batch := list(islice(files, BATCH)):
        used = _names_in_use([file.name for file in batch])
        yield from (Found("file without a row", file.name) for file in batch if _is_free(file, used))


def _is_free(file: Stored, used: set[str]) -> bool:
    return file.name not in used


def _names_in_use(names: Sequence[str]) -> set[str]:
    rows = Evidence.objects.filter(Q(original__in=names) | Q(derivative__in=names))
    return {name for pair in rows.values_list("original", "derivative") for name in pair if name}


def _without_file(before: datetime) -> Iterator[Found]:
    rows = Evidence.objects.filter(state__in=KEPT, received_at__lt=before).order_by("row")
    for row in rows.iterator(chunk_size=BATCH):
        if not is_there(row.original):
            yield Found("row without its file", row.original, row=row)
        if row.copy_state == Evidence.Copy.MADE and not is_there(row.derivative):
            yield Found("row without its file", row.derivative, row=row)
