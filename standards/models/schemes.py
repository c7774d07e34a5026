"""Rating schemes: how scores become stars, as documents with a day from which each is in force."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from chains.models import Chain, VisibleQuerySet
from standards.models.checklists import READERS, WRITERS
from standards.models.guards import KeptRow, KeptWhenFrozen

if TYPE_CHECKING:
    from chains.models import User


class RatingSchemeQuerySet(VisibleQuerySet):
    """Schemes: seen by all who read the chain's standards."""

    def visible_q(self, user: "User") -> Q | None:
        """Schemes of the chains whose standards `user` may read."""
        return Q() if user.is_superuser else Q(chain_id__in=user.chain_ids(*READERS))


class RatingScheme(models.Model):
    """The lasting identity of a way to turn scores into an outcome."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)

    objects = RatingSchemeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["chain", "code"], name="scheme_code_once_per_chain")]

    def __str__(self) -> str:
        return self.name


class SchemeVersionQuerySet(KeptWhenFrozen):
    """Versions: drafts for the chain's writers, published ones for all who read."""

    def frozen_q(self) -> Q:
        """Whatever has been published."""
        return Q(published_at__isnull=False)

    def visible_q(self, user: "User") -> Q | None:
        """Drafts of the chains `user` writes for, published ones of the chains they may read."""
        if user.is_superuser:
            return Q()
        drafts = Q(published_at__isnull=True, scheme__chain_id__in=user.chain_ids(*WRITERS))
        published = Q(published_at__isnull=False, scheme__chain_id__in=user.chain_ids(*READERS))
        return drafts | published

    def in_force(self, *, scheme_id: uuid.UUID, day: date) -> "SchemeVersionQuerySet":
        """The published version in force on a day, as a queryset of at most one row first."""
        known = self.filter(scheme_id=scheme_id, published_at__isnull=False, effective_from__lte=day)
        return known.order_by("-effective_from", "-number")


class SchemeVersion(KeptRow):
    """One document in the scheme language; frozen once published. `document` holds its canonical JSON text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scheme = models.ForeignKey(RatingScheme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    effective_from = models.DateField()
    document = models.TextField()
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    note = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("chains.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = SchemeVersionQuerySet.as_manager()

    class Meta:
        ordering = ["scheme", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="scheme_version_number_once"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | ~Q(sha256=""),
                name="scheme_version_is_digested_once_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} v{self.number}"
