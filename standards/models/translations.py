"""A checklist in other languages: texts while it is a draft, frozen documents once published."""

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from chains.models import Chain
from standards.models.checklists import READERS, ChecklistVersion, document_chain_ids
from standards.models.content import Section, Standard
from standards.models.frozen import unpressed
from standards.models.guards import KeptRow, KeptWhenFrozen

if TYPE_CHECKING:
    from chains.models import User


def _published_in_its_language(version: str) -> Q:
    documents = TranslationDocument.objects.filter(version=OuterRef(version), language=OuterRef("language"))
    return Q(Exists(documents))


class VersionTranslationQuerySet(KeptWhenFrozen):
    """Seen with their version."""

    def frozen_q(self) -> Q:
        """Texts of a language in which their version has been published."""
        return _published_in_its_language("version")

    def visible_q(self, user: "User") -> Q | None:
        """Rows of the versions that `user` may see."""
        return Q(version__in=ChecklistVersion.objects.visible_to(user))


class VersionTranslation(KeptRow):
    """The checklist's own name and its classifications in another language."""

    version = models.ForeignKey(ChecklistVersion, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=20)
    name = models.CharField(max_length=200, blank=True)
    classifications = models.JSONField(default=dict, blank=True, help_text='{"classification code": "name"}')

    objects = VersionTranslationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="version_translated_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.language}"


class SectionTranslationQuerySet(KeptWhenFrozen):
    """Seen with their section."""

    def frozen_q(self) -> Q:
        """Texts of a language in which their version has been published."""
        return _published_in_its_language("section__version")

    def visible_q(self, user: "User") -> Q | None:
        """Rows of the sections that `user` may see."""
        return Q(section__in=Section.objects.visible_to(user))


class SectionTranslation(KeptRow):
    """A section's name in another language."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=20)
    name = models.CharField(max_length=200)

    objects = SectionTranslationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["section", "language"], name="section_translated_once")]

    def __str__(self) -> str:
        return f"{self.section_id} {self.language}"


class StandardTranslationQuerySet(KeptWhenFrozen):
    """Seen with their standard."""

    def frozen_q(self) -> Q:
        """Texts of a language in which their version has been published."""
        return _published_in_its_language("standard__version")

    def visible_q(self, user: "User") -> Q | None:
        """Rows of the standards that `user` may see."""
        return Q(standard__in=Standard.objects.visible_to(user))


class StandardTranslation(KeptRow):
    """A standard's wording, guidance and options in another language."""

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=20)
    wording = models.TextField(max_length=500, blank=True)
    guidance = models.TextField(max_length=2000, blank=True)
    options = models.JSONField(default=dict, blank=True, help_text='{"option code": "label"}')

    objects = StandardTranslationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["standard", "language"], name="standard_translated_once")]

    def __str__(self) -> str:
        return f"{self.standard_id} {self.language}"


class TranslationDocumentQuerySet(KeptWhenFrozen):
    """Frozen translations: seen by all who read the chain's standards."""

    def frozen_q(self) -> Q:
        """All of them."""
        return Q()

    def readable_by(self, user: "User") -> Self:
        """Documents that `user` may fetch: the chain's people and its office, auditors included."""
        rows = self.all() if user.is_superuser else self.filter(chain_id__in=document_chain_ids(user))
        rows.narrowed = True
        return rows

    def visible_q(self, user: "User") -> Q | None:
        """Documents of the chains whose standards `user` may read."""
        return Q() if user.is_superuser else Q(chain_id__in=user.chain_ids(*READERS))


class TranslationDocument(KeptRow):
    """One language of one published version, frozen: canonical bytes named by their sha256."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ChecklistVersion, on_delete=models.PROTECT, related_name="translation_documents")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()

    objects = TranslationDocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="translation_once_per_language"),
            models.UniqueConstraint(fields=["chain", "sha256", "version"], name="translation_content_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.language}"

    def frozen(self) -> bytes:
        """The canonical bytes."""
        return unpressed(self.body)
