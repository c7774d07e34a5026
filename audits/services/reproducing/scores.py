"""Scores made again from the stored answers, thousands at a time: one matrix for all visits of a version and scope."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction

from audits.models import Amendment, Dirty, Observation, Score, Submission
from audits.models.amended import Observed, amended
from audits.models.compiled import digests_of, plan_of
from audits.scoring.answers import Answers, digest
from audits.scoring.packing import Batch, unpack_many
from audits.scoring.parts import pack_many_parts
from audits.scoring.plan import ENGINE
from audits.scoring.vector import amendments_digest
from audits.scoring.visits import score_many
from audits.services.reproducing.differing import Difference, differences

SCORED = (Submission.Outcome.COMPLETED, Submission.Outcome.PARTIAL)
UNAMENDED = amendments_digest([])
COUNTED = ("assessed", "assessable", "failed", "critical_failed")
STORED = ("amendments_digest", "scope_sha256", "checklist_sha256", "earned", "possible", *COUNTED, "parts")


class _Row(NamedTuple):
    pk: int
    submission_id: uuid.UUID
    version_id: uuid.UUID
    scope_id: uuid.UUID
    answers: bytes
    digest: bytes


class Made(NamedTuple):
    """What the facts of one observation give: the columns of its score, and the digest of its answers."""

    row: _Row
    answers_digest: bytes
    figures: dict[str, Any]


def score_work(chain_ids: Collection[uuid.UUID] | None, size: int = 2000) -> Iterator[list[int]]:
    """Observations that have a score, in pieces; those of one version and scope stand together.

    Of these chains, or of all. A piece is what one process checks at a time.
    """
    rows = _scored(Observation.objects.all())
    if chain_ids is not None:
        rows = rows.filter(submission__assignment__audit__programme__chain_id__in=chain_ids)
    keys = rows.order_by("version_id", "scope_id", "pk").values_list("pk", flat=True).iterator(chunk_size=20_000)
    while piece := list(islice(keys, size)):
        yield piece


def check_scores(pks: Sequence[int]) -> list[Difference]:
    """What is stored otherwise than these observations give. Those still to be scored are left out. Stores nothing."""
    found: list[Difference] = []
    stored = _stored(pks)
    for made in make_again(pks):
        row = made.row
        where = f"submission {row.submission_id}"
        if made.answers_digest != bytes(row.digest):
            told = (bytes(row.digest).hex(), made.answers_digest.hex())
            found.append(Difference("answers", row.pk, where, "digest of the answers", *told))
        if row.pk in stored:
            found += differences("score", row.pk, where, stored[row.pk], made.figures)
        else:
            found.append(Difference("score", row.pk, where, "score", "missing", "there"))
    return found


def make_again(pks: Sequence[int]) -> Iterator[Made]:
    """The scores of these observations, made from the stored answers and their corrections."""
    groups: dict[tuple[uuid.UUID, uuid.UUID], list[_Row]] = defaultdict(list)
    fields = ("pk", "submission_id", "version_id", "scope_id", "answers", "digest")
    pending = Dirty.objects.filter(kind=Dirty.Kind.SCORE).values("submission_id")
    rows = _scored(Observation.objects.filter(pk__in=pks)).exclude(submission_id__in=pending)
    for values in rows.values_list(*fields):
        row = _Row(*values)
        groups[row.version_id, row.scope_id].append(row)
    corrected = _corrected([row for group in groups.values() for row in group])
    for group in groups.values():
        yield from _scored_again(group, corrected)


def put_right(pks: Sequence[int], *, now: datetime) -> int:
    """Store what these observations give: the same facts have one score, so that a wrong one is replaced in place.

    Facts that had no score yet (another engine, another correction) get a row of their own. Returns how many changed.
    """
    changed = 0
    audits = dict(_scored(Observation.objects.filter(pk__in=pks)).values_list("pk", "submission__assignment__audit_id"))
    for made in list(make_again(pks)):
        with transaction.atomic():
            facts = {"observation_id": made.row.pk, "amendments_digest": made.figures["amendments_digest"]}
            Score.objects.filter(observation_id=made.row.pk, current=True).update(current=False)
            Score.objects.update_or_create(
                **facts,
                engine=ENGINE,
                defaults=made.figures | {"current": True},
                create_defaults=made.figures | {"audit_id": audits[made.row.pk], "scored_at": now, "current": True},
            )
            changed += 1
    return changed


def _scored(rows: Any) -> Any:
    return rows.filter(submission__outcome__in=SCORED, submission__assignment__isnull=False)


def _stored(pks: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = Score.objects.filter(observation_id__in=pks, current=True).values("observation_id", *STORED)
    return {row.pop("observation_id"): row for row in rows}


def _corrected(rows: Sequence[_Row]) -> dict[int, tuple[bytes, Answers]]:
    """Digest of the corrections and corrected answers of the few that have any, by observation."""
    names = Amendment.objects.filter(submission_id__in=[row.submission_id for row in rows])
    having = set(names.values_list("submission_id", flat=True))
    mine = [row for row in rows if row.submission_id in having]
    observed = [Observed(row.submission_id, row.version_id, row.scope_id, row.answers) for row in mine]
    return dict(zip([row.pk for row in mine], amended(observed), strict=True))


def _scored_again(group: Sequence[_Row], corrected: Mapping[int, tuple[bytes, Answers]]) -> Iterator[Made]:
    """One pass over the visits of one version and scope."""
    version_id, scope_id = group[0].version_id, group[0].scope_id
    batch = unpack_many([bytes(row.answers) for row in group])
    digests = _digests(batch)
    changes = {line: corrected[row.pk] for line, row in enumerate(group) if row.pk in corrected}
    plan = plan_of(version_id, scope_id)
    scores = score_many(plan, batch.replaced({line: answers for line, (_, answers) in changes.items()}))
    parts = pack_many_parts(scores.earned, scores.possible)
    columns = {"earned": scores.earned[:, 0].tolist(), "possible": scores.possible[:, 0].tolist()}
    columns |= {name: getattr(scores, name).tolist() for name in COUNTED}
    scope, checklist = digests_of(version_id, scope_id)
    for line, row in enumerate(group):
        figures: dict[str, Any] = {
            "amendments_digest": changes[line][0] if line in changes else UNAMENDED,
            "scope_sha256": scope,
            "checklist_sha256": checklist,
            "parts": parts[line],
        }
        yield Made(row, digests[line], figures | {name: values[line] for name, values in columns.items()})


def _digests(batch: Batch) -> list[bytes]:
    wide: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for line, position, number in batch.wide:
        wide[line].append((position, number))
    codes = batch.matrix.astype("<i2")
    return [digest(Answers(codes[line].tobytes(), tuple(wide[line]))) for line in range(len(codes))]
