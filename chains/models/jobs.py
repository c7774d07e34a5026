"""Long work that a person started: how far it is, and a way to stop it."""

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from chains.models.places import Chain
from chains.models.scoping import VisibleQuerySet

if TYPE_CHECKING:
    from chains.models.people import User


class JobQuerySet(VisibleQuerySet):
    """Jobs: seen by the person who started them."""

    def visible_q(self, user: "User") -> Q | None:
        """Own jobs only: a job's result may hold what others may not see."""
        return Q() if user.is_superuser else Q(owner=user)


class Job(models.Model):
    """One import, export, rehearsal or recompute: progress, heartbeat, result, and the wish to stop it.

    waiting → running → done | failed | stopped
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Stopped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    chain = models.ForeignKey(Chain, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey("chains.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    stop_wanted = models.BooleanField(default=False)
    arguments = models.JSONField(default=dict, blank=True)
    result = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed", "stopped"]),
                name="job_state_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.done}/{self.total}"
