"""The doorbell: what Celery rings and what it sets going. One line per task; every task may run beside itself.

The database is the truth about what is to be done. A bell that is lost costs a few seconds, until the sweep.
"""

import logging
import time
import uuid
from typing import Any

import redis
from celery import shared_task
from django.conf import settings
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from audits.bell import Bellringer
from audits.services import (
    advising,
    comparing,
    drafting,
    erasing,
    evidence,
    rating,
    rehearsing,
    releasing,
    reviewing,
    uploading,
)
from chains.models import Job, SignInTries

log = logging.getLogger(__name__)

# A bell rung and not yet answered is not rung again; it is forgotten after so many seconds, in case it was lost.
RUNG_FOR_SECONDS = 2
# After the broker failed, this process leaves it alone for a while.
QUIET_SECONDS = 5.0
_quiet_until = 0.0


@shared_task(name="audits.tasks.settle", ignore_result=True)
def settle() -> int:
    """Do all that is due, stage after stage, until nothing is: score, release, rate, rank. Returns rows worked on."""
    _answer_bell()
    done = 0
    while worked := settle_once():
        done += worked
    return done


def settle_once() -> int:
    """One round through the stages; each reads the rows that the one before left."""
    now = timezone.now()
    stages = (
        reviewing.score_due,
        releasing.release_due,
        rating.rate_due,
        comparing.rank_due,
        evidence.make_copies_due,
    )
    return sum(stage(now=now) for stage in stages)


@shared_task(name="audits.tasks.turn_the_day", ignore_result=True)
def turn_the_day() -> int:
    """Open the periods that have begun, close those that are over, see who changed groups, forget what had its time.

    That is delivered drafts, old sign-in tries, uploads that nobody goes on with, files kept as long as they may be.

    Harmless however often it runs.
    """
    now = timezone.now()
    drafting.forget_drafts(now=now)
    uploading.expire(now=now)
    erasing.erase_overdue(now=now)
    SignInTries.objects.sweep(now=now)
    comparing.mark_moved(now=now)
    return rating.turn_periods(now=now)


@shared_task(name="audits.tasks.advise", ignore_result=True)
def advise() -> int:
    """Work out where the branches with new ratings had best spend first; the sweep after it goes on where it ends."""
    return advising.advise_due(now=timezone.now())


@shared_task(name="audits.tasks.rehearse", ignore_result=True)
def rehearse(job_id: str) -> None:
    """Work on a rehearsal; does nothing where somebody works on it, or it has ended."""
    rehearsing.run(job_id=uuid.UUID(job_id), clock=timezone.now)


@shared_task(name="audits.tasks.forget", ignore_result=True)
def forget(job_id: str) -> None:
    """Forget a person; does nothing where somebody works on it, or it has ended."""
    erasing.run(job_id=uuid.UUID(job_id), clock=timezone.now)


# Which task works on a job of which kind.
WORKED_ON_BY = {rehearsing.KIND: rehearse, erasing.KIND: forget}


@shared_task(name="audits.tasks.tend_jobs", ignore_result=True)
def tend_jobs() -> int:
    """Ring for jobs that nobody works on: their bell or their worker was lost, or they waited for another job."""
    untended = list(Job.objects.untended(timezone.now()).filter(kind__in=WORKED_ON_BY).order_by("created_at")[:5])
    for job in untended:
        ring_for(job)
    return len(untended)


def ring_for(job: Job) -> None:
    """Have a worker take up a job, after a commit. Never raises: beat rings for what the bell missed."""
    try:
        WORKED_ON_BY[job.kind].apply_async([str(job.pk)], retry=False, expires=60)
    except Exception as error:  # noqa: BLE001 - whatever the transport raises, the job waits in the database
        log.warning("the bell for a job could not be rung: %s", error)


def ring() -> None:
    """Wake a worker, after a commit. Never raises and never waits: the sweep finds what the bell missed."""
    _ringer.ring()


def _pull_bell() -> None:
    """Send for a worker, unless one was sent for that has not begun yet. Never raises and never waits long."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        if _bell().set(_bell_key(), 1, nx=True, ex=RUNG_FOR_SECONDS):
            settle.apply_async(retry=False, expires=60)
    except Exception as error:  # noqa: BLE001 - whatever the transport raises, the work is safe in the database
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("the bell could not be rung: %s", error)


# Requests ring by the dozen; the broker is asked ten times a second at most, and never while a request waits.
_ringer = Bellringer(_pull_bell, pause=0.1)


def _answer_bell() -> None:
    """From here on a new bell rings again: what was committed before it will be read by this run."""
    try:
        _bell().delete(_bell_key())
    except redis.RedisError as error:
        log.warning("the bell could not be answered: %s", error)


_client: redis.Redis | None = None


def _bell() -> redis.Redis:
    """This process's connection to the broker for the bell, with time limits far below a request's."""
    global _client
    if _client is None:
        # By default the client tries again, and a request would wait for a broker that is gone.
        limits: dict[str, Any] = {
            "socket_timeout": 0.5,
            "socket_connect_timeout": 0.5,
            "retry": Retry(NoBackoff(), 0),
        }
        if settings.REDIS_URL:
            _client = redis.Redis.from_url(settings.REDIS_URL, **limits)
        else:
            _client = redis.Redis(unix_socket_path=str(settings.BROKER_SOCKET), **limits)
    return _client


def _bell_key() -> str:
    return f"{settings.CELERY_TASK_DEFAULT_QUEUE}:bell"
