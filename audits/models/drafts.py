"""Drafts: what an auditor has entered so far, kept so that another of their phones can go on with it."""

import zlib
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from audits.models.submissions import Submission
from audits.models.visits import Assignment
from chains.models import VisibleQuerySet

if TYPE_CHECKING:
    from chains.models import User


class DraftQuerySet(VisibleQuerySet):
    """Drafts: one's own, and nobody else's. What is not delivered yet is not the office's to read."""

    def visible_q(self, user: "User") -> Q | None:
        """Drafts of one's own assignments."""
        return Q(assignment__auditor=user)

    def going_on(self) -> "DraftQuerySet":
        """Drafts whose submission has not been delivered yet."""
        return self.filter(~_delivered())

    def delivered(self) -> "DraftQuerySet":
        """Drafts that are of no use any more: their submission is here."""
        return self.filter(_delivered())


def _delivered() -> Exists:
    sent = Submission.objects.filter(pk=OuterRef("submission_id"), sender=OuterRef("assignment__auditor"))
    return Exists(sent)


class Draft(models.Model):
    """The latest state of one unfinished report, as the phone wrote it (zlib); `sha256` names it.

    It holds the UUID of the submission to be, so that a second phone goes on with the same one.
    """

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="+", primary_key=True)
    submission_id = models.UUIDField()
    body = models.BinaryField()
    sha256 = models.BinaryField(max_length=32)
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    def __str__(self) -> str:
        return f"draft of {self.assignment_id}"

    def text(self) -> bytes:
        """The bytes as the phone wrote them."""
        return zlib.decompress(bytes(self.body))
