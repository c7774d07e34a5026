"""The history of drafts: who changed what and when, and what it then said, so that it can come back."""

import uuid
from typing import TYPE_CHECKING, Any

import orjson
from django.db import models
from django.db.models import Q

from chains.models import Chain, VisibleQuerySet
from standards.models.briefs import BriefVersion
from standards.models.checklists import WRITERS, ChecklistVersion
from standards.models.frozen import pressed, unpressed
from standards.models.schemes import SchemeVersion

if TYPE_CHECKING:
    from chains.models import User


class RevisionQuerySet(VisibleQuerySet):
    """Revisions: for the chain's writers only, like drafts."""

    def visible_q(self, user: "User") -> Q | None:
        """Revisions of the chains that `user` writes for."""
        return Q() if user.is_superuser else Q(chain_id__in=user.chain_ids(*WRITERS))


class Revision(models.Model):
    """One change of one draft of a checklist, brief or scheme.

    `lines` say in words what changed; `body` is the whole draft after it (pressed JSON), so that it can be restored.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.ForeignKey(Chain, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(
        ChecklistVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="revisions"
    )
    brief_version = models.ForeignKey(
        BriefVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="revisions"
    )
    scheme_version = models.ForeignKey(
        SchemeVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="revisions"
    )
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("chains.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=200)
    lines = models.JSONField(default=list, blank=True)
    body = models.BinaryField()

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(version__isnull=False, brief_version__isnull=True, scheme_version__isnull=True)
                | Q(version__isnull=True, brief_version__isnull=False, scheme_version__isnull=True)
                | Q(version__isnull=True, brief_version__isnull=True, scheme_version__isnull=False),
                name="revision_is_of_one_thing",
            ),
            models.UniqueConstraint(fields=["version", "number"], name="revision_once_per_checklist_version"),
            models.UniqueConstraint(fields=["brief_version", "number"], name="revision_once_per_brief_version"),
            models.UniqueConstraint(fields=["scheme_version", "number"], name="revision_once_per_scheme_version"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.action}"

    def content(self) -> Any:
        """The whole draft as it was after this change."""
        return orjson.loads(unpressed(self.body))

    @staticmethod
    def packed(content: Any) -> bytes:
        """A draft's content as `body` keeps it."""
        return pressed(orjson.dumps(content))
