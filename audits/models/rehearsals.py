"""Rehearsals among the jobs: what the admin lists as such."""

from typing import ClassVar

from django.db import models

from chains.models import Job
from chains.models.jobs import JobQuerySet


class RehearsalManager(models.Manager.from_queryset(JobQuerySet)):  # type: ignore[misc]
    """Jobs that are rehearsals."""

    def get_queryset(self) -> JobQuerySet:
        rows: JobQuerySet = super().get_queryset()
        return rows.filter(kind=Rehearsal.KIND)


class Rehearsal(Job):
    """A job that replays past visits against a draft and a scheme."""

    KIND: ClassVar[str] = "rehearsal"

    objects: ClassVar[RehearsalManager] = RehearsalManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Rehearsal of {self.created_at:%Y-%m-%d %H:%M}"
