"""Working on a job: taken once, heard of every second, stopped when asked, and never left without an end.

Whatever works on a job may be killed at any point: it stores nothing before its end, and the job is taken again.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError

from chains import problems
from chains.models.jobs import Job
from chains.problems import Problem

log = logging.getLogger(__name__)
HEARD_EVERY = timedelta(seconds=1)

Clock = Callable[[], datetime]
Advance = Callable[[int, int], None]


class Stopped(Exception):
    """The person who started the job has asked it to stop."""


class TakenOver(Exception):
    """Somebody else works on this job by now."""


class Heartbeat:
    """What the work calls as it goes: `(done, total)`. Writes at most once a second.

    Raises Stopped or TakenOver, so that the work ends there.
    """

    def __init__(self, job: Job, clock: Clock) -> None:
        self._job, self._clock = job, clock
        self._next = clock()

    def __call__(self, done: int, total: int) -> None:
        now = self._clock()
        if now < self._next:
            return
        self._next = now + HEARD_EVERY
        rows = Job.objects.claimed_as(self._job)
        if not rows.update(done=done, total=total, heartbeat_at=now):
            raise TakenOver
        if rows.filter(stop_wanted=True).exists():
            raise Stopped


def work_on(job_id: uuid.UUID, *, clock: Clock, do: Callable[[Job, Advance], dict[str, Any]]) -> None:
    """Take a job, let `do` work on it, and write how it ended. Does nothing where somebody else works on it.

    A Problem that `do` raises is the job's result and told as one. A database that goes away is raised: the job is
    found again when it is back.
    """
    job = Job.objects.take(job_id, now=clock())
    if job is None:
        return
    try:
        if job.stop_wanted:
            raise Stopped
        _end(job, Job.State.DONE, clock, do(job, Heartbeat(job, clock)))
    except Stopped:
        _end(job, Job.State.STOPPED, clock, None)
    except TakenOver:
        log.warning("job %s was given up and is worked on elsewhere", job.pk)
    except (OperationalError, InterfaceError):
        raise
    except Problem as problem:
        faults = [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in problem.errors]
        told = {"problem": problem.kind.code, "detail": problem.detail or problem.kind.title, "errors": faults}
        _end(job, Job.State.FAILED, clock, told)
    except Exception:
        log.exception("job %s failed", job.pk)
        _end(job, Job.State.FAILED, clock, {"problem": problems.BROKEN.code, "detail": problems.BROKEN.title})


def _end(job: Job, state: str, clock: Clock, result: dict[str, Any] | None) -> None:
    now = clock()
    ended: dict[str, Any] = {"state": state, "result": result, "finished_at": now, "heartbeat_at": now}
    if state == Job.State.DONE:
        # Everything is done, whatever was written of it last.
        total = job.total or Job.objects.values_list("total", flat=True).get(pk=job.pk)
        ended |= {"done": total}
    Job.objects.claimed_as(job).update(**ended)
