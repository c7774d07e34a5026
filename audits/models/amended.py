"""Answers as they stand after the office's corrections: what scoring and counting read."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from audits.models.compiled import layout_of
from audits.models.reviews import Amendment
from audits.scoring.answers import Answers
from audits.scoring.packing import Batch, unpack, unpack_many
from audits.scoring.vector import amend, amendments_digest


class Observed(NamedTuple):
    """What is needed of an observation: whose, in which version and scope, and the packed answers."""

    submission_id: uuid.UUID
    version_id: uuid.UUID
    scope_id: uuid.UUID
    answers: bytes


def amended(observed: Sequence[Observed]) -> list[tuple[bytes, Answers]]:
    """For each observation, in order: the digest of its amendments, and its answers with them applied."""
    changes = _amendments(row.submission_id for row in observed)
    result = []
    for row in observed:
        answers = unpack(bytes(row.answers))
        mine = changes.get(row.submission_id, [])
        if mine:
            answers = amend(layout_of(row.version_id, row.scope_id), answers, mine)
        result.append((amendments_digest(mine), answers))
    return result


def amended_batch(observed: Sequence[Observed]) -> Batch:
    """The answers of many observations of one version and scope, with the amendments of the few that have any."""
    batch = unpack_many([bytes(row.answers) for row in observed])
    changes = _amendments(row.submission_id for row in observed)
    if not changes:
        return batch
    lines = {line: row for line, row in enumerate(observed) if row.submission_id in changes}
    return batch.replaced(
        {
            line: amend(layout_of(row.version_id, row.scope_id), unpack(bytes(row.answers)), changes[row.submission_id])
            for line, row in lines.items()
        }
    )


def _amendments(submission_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, str]]]:
    found: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    rows = Amendment.objects.filter(submission_id__in=list(submission_ids)).order_by("id")
    for submission_id, key, after in rows.values_list("submission_id", "answer_key", "after"):
        found[submission_id].append((key, after))
    return found
