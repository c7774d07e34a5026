"""Long work that a person started: how far it is, and a way to stop it."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from chains.models.places import Chain
from chains.models.scoping import VisibleQuerySet

if TYPE_CHECKING:
    from chains.models.people import User

# A running job that has not been heard of for so long is given up by whoever worked on it, and may be taken again.
LOST_AFTER = timedelta(seconds=60)
# A waiting job that nobody has taken for so long is rung for again: its bell was lost.
UNHEARD_AFTER = timedelta(seconds=10)
MOST_TRIES = 3
GIVEN_UP = {"problem": "job-lost", "detail": f"It was begun {MOST_TRIES} times and never came to its end."}


class JobQuerySet(VisibleQuerySet):
    """Jobs: seen by the person who started them, as long as they belong to the chain it is about."""

    def visible_q(self, user: "User") -> Q | None:
        """Own jobs only: a job's result may hold what others may not see."""
        if user.is_superuser:
            return Q()
        return Q(owner=user) & (Q(chain__isnull=True) | Q(chain_id__in=user.chain_ids()))

    def untended(self, now: datetime) -> "JobQuerySet":
        """Jobs that nobody works on although they have not ended: their bell was lost, or their worker."""
        waiting = Q(state=Job.State.WAITING, created_at__lte=now - UNHEARD_AFTER)
        return self.filter(waiting | self._lost(now))

    def attended(self, now: datetime) -> "JobQuerySet":
        """Jobs that somebody works on."""
        return self.filter(state=Job.State.RUNNING).exclude(self._lost(now))

    def take(self, job_id: uuid.UUID, *, now: datetime) -> "Job | None":
        """Take a job that waits, or whose worker is lost; None where there is nothing to take.

        Of two who try at once one gets it. A job that was lost too often has failed, and says so.
        """
        rows = self.filter(Q(state=Job.State.WAITING) | self._lost(now), pk=job_id)
        claim = uuid.uuid4()
        taken = rows.filter(tries__lt=MOST_TRIES).update(
            state=Job.State.RUNNING, claim=claim, tries=F("tries") + 1, heartbeat_at=now, done=0
        )
        if taken:
            job: Job = self.get(pk=job_id)
            return job
        rows.filter(tries__gte=MOST_TRIES).update(state=Job.State.FAILED, result=GIVEN_UP, finished_at=now)
        return None

    def claimed_as(self, job: "Job") -> "JobQuerySet":
        """The row of a job as long as nobody else has taken it since."""
        return self.filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING)

    @staticmethod
    def _lost(now: datetime) -> Q:
        return Q(state="running", heartbeat_at__lt=now - LOST_AFTER)


class Job(models.Model):
    """One import, export, rehearsal or recompute: progress, heartbeat, result, and the wish to stop it.

    waiting → running → done | failed | stopped. `claim` names who works on it now: whoever was given up and comes back
    finds another claim and lets go.
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
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    claim = models.UUIDField(null=True, editable=False)
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

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in (self.State.DONE, self.State.FAILED, self.State.STOPPED)

    @property
    def problem(self) -> str:
        """Why it failed, as a sentence; empty where it did not."""
        result: Any = self.result
        failed = self.state == self.State.FAILED and isinstance(result, dict)
        return str(result.get("detail", "")) if failed else ""
