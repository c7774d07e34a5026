"""What exactly a phone sent, read back from its stored form."""

import hashlib
import uuid

from audits.models.compiled import layout_of
from audits.models.pressing import columns_text, unpress
from audits.models.submissions import Observation, RawSubmission
from audits.scoring.packing import unpack


class Damaged(RuntimeError):
    """Stored bytes do not have the digest they were acknowledged with: a fault of ours or of the disk."""


def sent_bytes(submission_id: uuid.UUID) -> bytes:
    """The exact bytes of a submission.

    Raises RawSubmission.DoesNotExist where they were erased, Damaged where they are not what was acknowledged.
    """
    raw = RawSubmission.objects.select_related("submission").get(submission_id=submission_id)
    rows = Observation.objects.filter(submission_id=submission_id).select_related("version", "scope")
    observed = rows.defer("version__body", "scope__body").first()
    shas = {"checklist": observed.version.sha256, "scope": observed.scope.sha256} if observed else {}
    claimed = str(raw.submission.claimed_assignment)
    try:
        body = unpress(
            bytes(raw.body),
            known=columns_text(submission_id=str(submission_id), assignment=claimed, **shas),
            layout=layout_of(observed.version_id, observed.scope_id) if observed else None,
            answers=unpack(bytes(observed.answers)) if observed else None,
        )
    except ValueError as error:
        raise Damaged(f"{submission_id}: {error}") from None
    if hashlib.sha256(body).digest() != bytes(raw.submission.digest):
        raise Damaged(f"{submission_id}: the bytes do not have the digest they were acknowledged with.")
    return body
