"""Checklists and their versions."""

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from chains.models import Chain, Role, VisibleQuerySet
from chains.models.people import OFFICE_ROLES
from standards.models.frozen import unpressed
from standards.models.guards import KeptRow, KeptWhenFrozen
from standards.spec import checklist as spec

if TYPE_CHECKING:
    from chains.models import User

# Who may look at a chain's standards at all (an auditor reads the frozen documents of their assignments).
READERS = (Role.EDITOR, Role.CHAIN_ADMIN, Role.MANAGER, Role.PLANNER, Role.REVIEWER, Role.OFFICE_ADMIN)
# Who may look at drafts.
WRITERS = (Role.EDITOR, Role.CHAIN_ADMIN)


def may_write(user: "User | None", chain_id: uuid.UUID) -> bool:
    """Whether somebody may change drafts of a chain; None stands for the operator at the shell."""
    return user is None or user.is_superuser or chain_id in user.own_chain_ids(*WRITERS)


def document_chain_ids(user: "User") -> set[uuid.UUID]:
    """Chains whose frozen checklists a person may fetch: their own and those of their office, also as an auditor."""
    return user.own_chain_ids() | user.served_chain_ids(*OFFICE_ROLES)


class VersionState(models.TextChoices):
    """draft → published → closing (no new visits, late phones accepted) → retired."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    CLOSING = "closing", "Closing"
    RETIRED = "retired", "Retired"


class ChecklistQuerySet(VisibleQuerySet):
    """Checklists: seen by the people of the chain and of its office."""

    def visible_q(self, user: "User") -> Q | None:
        """Checklists of the chains whose standards `user` may read."""
        return Q() if user.is_superuser else Q(chain_id__in=user.chain_ids(*READERS))


class Checklist(models.Model):
    """The lasting identity of a checklist; what it says lives in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["chain", "code"], name="checklist_code_once_per_chain")]

    def __str__(self) -> str:
        return self.name


class ChecklistVersionQuerySet(KeptWhenFrozen):
    """Versions: drafts for the chain's writers, frozen ones for all who read its standards."""

    def frozen_q(self) -> Q:
        """Whatever has been published."""
        return ~Q(state=VersionState.DRAFT)

    def visible_q(self, user: "User") -> Q | None:
        """Drafts of the chains `user` writes for, other states of the chains they may read."""
        if user.is_superuser:
            return Q()
        drafts = Q(state=VersionState.DRAFT, checklist__chain_id__in=user.chain_ids(*WRITERS))
        frozen = ~Q(state=VersionState.DRAFT) & Q(checklist__chain_id__in=user.chain_ids(*READERS))
        return drafts | frozen

    def readable_by(self, user: "User") -> Self:
        """Frozen versions whose document `user` may fetch: the chain's people and its office, auditors included."""
        rows = self.exclude(state=VersionState.DRAFT)
        if not user.is_superuser:
            rows = rows.filter(chain_id__in=document_chain_ids(user))
        rows.narrowed = True
        return rows


class ChecklistVersion(KeptRow):
    """One version: an editable draft, then frozen canonical bytes named by their sha256, for ever.

    draft → published → closing (no new visits, late phones accepted) → retired. `chain` repeats the checklist's chain
    so that the database itself keeps sha256 unique in a chain.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="versions")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    language = models.CharField(max_length=20, default="en")
    decimals = models.PositiveSmallIntegerField(default=0, help_text="Scores are whole numbers of 10^-decimals points.")
    classifications = models.JSONField(default=list, blank=True, help_text='[{"code": "courtesy", "name": "Courtesy"}]')
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    code_map = models.JSONField(
        default=dict, blank=True, help_text="New code → old code, so that trends run across versions."
    )
    sha256 = models.CharField(max_length=64, null=True, blank=True, editable=False)
    body = models.BinaryField(null=True, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("chains.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = ChecklistVersionQuerySet.as_manager()

    class Meta:
        ordering = ["checklist", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "number"], name="checklist_version_number_once"),
            models.UniqueConstraint(fields=["chain", "sha256"], name="checklist_content_once_per_chain"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "closing", "retired"]),
                name="checklist_version_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", sha256__isnull=True, body__isnull=True)
                | (~Q(state="draft") & Q(sha256__isnull=False, body__isnull=False)),
                name="checklist_version_is_frozen_once_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checklist} v{self.number}"

    def frozen(self) -> bytes:
        """The canonical bytes of a published version."""
        if self.body is None:
            raise ValueError(f"{self} is a draft and has no frozen bytes.")
        return unpressed(self.body)

    def content(self) -> spec.Checklist:
        """The published content as values."""
        return spec.read_checklist(self.frozen())
