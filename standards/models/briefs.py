"""Briefs: the scenario an auditor must play, versioned and frozen like a checklist."""

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from chains.models import Chain, Role, VisibleQuerySet
from standards.models.frozen import unpressed
from standards.models.guards import KeptRow, KeptWhenFrozen

if TYPE_CHECKING:
    from chains.models import User

# A brief tells what a shopper pretends to be: it is for those who write it and those who send it, never for managers.
BRIEF_READERS = (Role.EDITOR, Role.CHAIN_ADMIN, Role.PLANNER, Role.REVIEWER, Role.OFFICE_ADMIN)


class BriefQuerySet(VisibleQuerySet):
    """Briefs of a chain."""

    def visible_q(self, user: "User") -> Q | None:
        """Briefs of the chains for which `user` writes or sends shoppers."""
        return Q() if user.is_superuser else Q(chain_id__in=user.chain_ids(*BRIEF_READERS))


class Brief(models.Model):
    """The lasting identity of a scenario."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)

    objects = BriefQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "code"], name="brief_code_once_per_chain")]

    def __str__(self) -> str:
        return self.name


class BriefVersionQuerySet(KeptWhenFrozen):
    """Versions: seen with their brief."""

    def frozen_q(self) -> Q:
        """Whatever has been published."""
        return Q(sha256__isnull=False)

    def visible_q(self, user: "User") -> Q | None:
        """Versions of the briefs that `user` may see."""
        return Q() if user.is_superuser else Q(chain_id__in=user.chain_ids(*BRIEF_READERS))

    def readable_by(self, user: "User") -> Self:
        """Frozen briefs whose document `user` may fetch: those who write it, send it or play it; never managers."""
        rows = self.filter(sha256__isnull=False)
        if not user.is_superuser:
            chains = user.chain_ids(*BRIEF_READERS) | user.served_chain_ids(Role.AUDITOR)
            rows = rows.filter(chain_id__in=chains)
        rows.narrowed = True
        return rows


class BriefVersion(KeptRow):
    """One wording of a scenario: a draft, then frozen canonical bytes named by their sha256."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="versions")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=20, default="en")
    text = models.TextField()
    sha256 = models.CharField(max_length=64, null=True, blank=True, editable=False)
    body = models.BinaryField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = BriefVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "number"], name="brief_version_number_once"),
            models.UniqueConstraint(fields=["chain", "sha256"], name="brief_content_once_per_chain"),
            models.CheckConstraint(
                condition=Q(sha256__isnull=True, body__isnull=True) | Q(sha256__isnull=False, body__isnull=False),
                name="brief_version_is_frozen_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brief} v{self.number}"

    def frozen(self) -> bytes:
        """The canonical bytes of a published brief."""
        if self.body is None:
            raise ValueError(f"{self} is a draft and has no frozen bytes.")
        return unpressed(self.body)
