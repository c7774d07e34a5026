"""What a phone may know of what it delivered."""

import uuid

from audits.models import Quarantine, Submission, flags
from audits.models.awaited import awaited_files
from audits.services.receiving.arrival import Delivery, Status
from audits.services.receiving.quarantine import quarantined
from chains.models import User
from chains.problems import NOT_FOUND, Problem


def status_of(submission: Submission) -> Status:
    """State, evidence still awaited, and the notes that a phone may know."""
    told = [flag for flag in submission.flags if flag not in flags.NEVER_TOLD]
    return Status(submission.state, awaited_files([submission]).get(submission.pk, []), told)


def delivered(*, person: User, submission_id: uuid.UUID) -> Delivery:
    """Receipt and present status of what this person delivered under an id. Raises Problem (not-found)."""
    submission = Submission.objects.filter(pk=submission_id, sender=person).first()
    if submission is not None:
        return Delivery("same", submission.receipt, status_of(submission))
    held = Quarantine.objects.filter(submission_id=submission_id, sender=person).exclude(receipt="").first()
    if held is None:
        raise Problem(NOT_FOUND)
    return quarantined(held)
