"""The editable rows of a draft: sections and standards. A published version's rows are never written again."""

import uuid
from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from standards.models.checklists import ChecklistVersion, VersionState
from standards.models.guards import KeptRow, KeptWhenFrozen
from standards.spec.checklist import CHANNELS, CODE_PATTERN, KINDS, SEVERITIES

if TYPE_CHECKING:
    from chains.models import User

known_code = RegexValidator(CODE_PATTERN, "Use letters, digits, dot, dash and underscore (at most 40).")


def _choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value.replace("_", " ").capitalize()) for value in values]


class ContentQuerySet(KeptWhenFrozen):
    """Sections and standards: seen with their version."""

    def frozen_q(self) -> Q:
        """Whatever has been published."""
        return ~Q(version__state=VersionState.DRAFT)

    def visible_q(self, user: "User") -> Q | None:
        """Rows of the versions that `user` may see."""
        return Q(version__in=ChecklistVersion.objects.visible_to(user))


class Section(KeptRow):
    """Where in the journey; two levels at most; may repeat per outlet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ChecklistVersion, on_delete=models.CASCADE, related_name="sections")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.RESTRICT, related_name="subsections")
    position = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=40, validators=[known_code])
    name = models.CharField(max_length=200)
    repeats = models.BooleanField(default=False, help_text="Asked once for every outlet of this kind.")

    objects = ContentQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="section_code_once_per_version")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Standard(KeptRow):
    """One thing to check. `rule` holds what its kind needs (unit, limits, ladder, options, cap, max, pass_at)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ChecklistVersion, on_delete=models.CASCADE, related_name="standards")
    section = models.ForeignKey(Section, on_delete=models.RESTRICT, related_name="standards")
    position = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=40, validators=[known_code])
    wording = models.TextField(max_length=500)
    guidance = models.TextField(max_length=2000, blank=True)
    classification = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=_choices(KINDS), default="met")
    channel = models.CharField(max_length=10, choices=_choices(CHANNELS), default="in_person")
    weight = models.CharField(max_length=12, default="1", help_text="A decimal such as 1 or 2.5.")
    severity = models.CharField(max_length=10, choices=_choices(SEVERITIES), default="normal")
    objective = models.BooleanField(default=True)
    na = models.BooleanField("not applicable allowed", default=True)
    comment_on_fail = models.BooleanField(default=False)
    photo_on_fail = models.BooleanField(default=False)
    bonus = models.BooleanField(default=False)
    tags = models.JSONField(default=list, blank=True, help_text='["service"] or ["facility"]')
    facilities = models.JSONField(default=list, blank=True)
    only_if = models.JSONField(null=True, blank=True, help_text='{"code": "ARR-004", "is": "met"}')
    rule = models.JSONField(default=dict, blank=True)

    objects = ContentQuerySet.as_manager()

    class Meta:
        ordering = ["section__position", "position"]
        indexes = [models.Index(fields=["section", "position"], name="standard_in_section_order")]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="standard_code_once_per_version"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="standard_kind_is_known"),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="standard_channel_is_known"),
            models.CheckConstraint(condition=Q(severity__in=SEVERITIES), name="standard_severity_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.wording}"
