"""Stopping long work: the wish is written into the job's row, and whoever works on it looks there."""

import uuid

from chains import problems
from chains.models import Job, User
from chains.problems import Problem


def stop_job(*, job_id: uuid.UUID, user: User) -> Job:
    """Ask a job of `user` to stop; one that has ended stays as it is. Raises Problem (not-found)."""
    rows = Job.objects.visible_to(user).filter(pk=job_id)
    rows.filter(state__in=[Job.State.WAITING, Job.State.RUNNING]).update(stop_wanted=True)
    job: Job | None = rows.first()
    if job is None:
        raise Problem(problems.NOT_FOUND)
    return job
