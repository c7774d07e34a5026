"""What a phone may know of what it delivered."""

import uuid

from django.db.models import Q

from audits.models import Evidence, Quarantine, Submission, flags
from audits.services.receiving.arrival import Delivery, Status
from audits.services.receiving.quarantine import quarantined
from chains.models import User
from chains.problems import NOT_FOUND, Problem


def status_of(submission: Submission) -> Status:
    """State, evidence still awaited, and the notes that a phone may know."""
    told = [flag for flag in submission.flags if flag not in flags.NEVER_TOLD]
    return Status(submission.state, missing_evidence(submission), told)


def missing_evidence(submission: Submission) -> list[uuid.UUID]:
    """Files that were announced and are neither held as announced nor declared lost, in the order announced."""
    expected = submission.expected_evidence
    if not expected:
        return []
    rows = Evidence.objects.filter(
        Q(state=Evidence.State.LOST) | Q(state=Evidence.State.HELD),
        submission_id=submission.pk,
        owner_id=submission.sender_id,
    ).values_list("id", "state", "sha256")
    settled = {(pk, "" if state == Evidence.State.LOST else bytes(sha256).hex()) for pk, state, sha256 in rows}
    missing = []
    for item in expected:
        name = uuid.UUID(item["id"])
        if (name, "") not in settled and (name, item["sha256"]) not in settled:
            missing.append(name)
    return missing


def delivered(*, person: User, submission_id: uuid.UUID) -> Delivery:
    """Receipt and present status of what this person delivered under an id. Raises Problem (not-found)."""
    submission = Submission.objects.filter(pk=submission_id, sender=person).first()
    if submission is not None:
        return Delivery("same", submission.receipt, status_of(submission))
    held = Quarantine.objects.filter(submission_id=submission_id, sender=person).exclude(receipt="").first()
    if held is None:
        raise Problem(NOT_FOUND)
    return quarantined(held)
