"""Asking for a rehearsal: who may, on what, for which period. What was asked stands in the job's arguments."""

import uuid
from datetime import date, datetime

from django.db.models import QuerySet

from audits import problems
from audits.models import Component, Rating, Rehearsal, Series
from chains import problems as ground
from chains.models import Job, Location, User
from chains.problems import Fault, Problem
from standards import problems as standards_problems
from standards.models import ChecklistVersion, SchemeVersion
from standards.models.checklists import may_write
from standards.models.drafts import checklist_of
from standards.spec.checklist_faults import checklist_faults
from standards.spec.scheme import FaultyScheme, parse_scheme

KIND = Rehearsal.KIND
# A rehearsal keeps a processor busy for up to a minute: nobody queues up more of them than they can look at.
MOST_WAITING = 5


def start(
    *,
    series: Series,
    version: ChecklistVersion | None,
    scheme_version: SchemeVersion | None,
    day: date | None,
    by: User,
    now: datetime,
) -> Job:
    """A job that replays the visits of a series' period against a version and a scheme; somebody must be rung for.

    `version` None leaves the standards as they were, `scheme_version` None takes the scheme in force; `day` is any day
    of the period, None the newest that has stars. It takes whoever writes the chain's standards and is told of branches
    by `branches_told`.

    Raises Problem: not-allowed, invalid, not-publishable (a draft with faults), scheme-invalid, rehearsal-refused.
    """
    chain_id = series.programme.chain_id
    if not may_write(by, chain_id):
        raise Problem(ground.NOT_ALLOWED)
    if not branches_told(by, chain_id).exists():
        detail = "A rehearsal tells stars of branches, and you see none of this chain; ask whoever publishes for it."
        raise Problem(ground.NOT_ALLOWED, detail)
    _check_choice(series, version, scheme_version)
    if version is not None:
        _check_checklist(version)
    if scheme_version is not None:
        _check_scheme(scheme_version)
    start_of_period = _period(series, day)
    mine = Job.objects.filter(owner=by, kind=KIND, state__in=[Job.State.WAITING, Job.State.RUNNING])
    if mine.count() >= MOST_WAITING:
        detail = f"{MOST_WAITING} rehearsals of yours are waiting or running; stop one of them or wait."
        raise Problem(problems.REHEARSAL_REFUSED, detail)
    return Job.objects.create(
        kind=KIND,
        chain_id=chain_id,
        owner=by,
        created_at=now,
        arguments={
            "series": str(series.pk),
            "period": start_of_period.isoformat(),
            "version": str(version.pk) if version else None,
            "scheme_version": str(scheme_version.pk) if scheme_version else None,
        },
    )


def branches_told(person: User, chain_id: uuid.UUID) -> QuerySet[Location]:
    """The branches of a chain whose stars a rehearsal tells a person.

    All of them to whoever may publish for the chain: what they publish decides these stars, and its effect is to be
    seen before. Anybody else is told of those they see anyway.
    """
    rows = Location.objects.all() if person.may_publish(chain_id) else Location.objects.visible_to(person)
    return rows.filter(chain_id=chain_id)


def _check_choice(series: Series, version: ChecklistVersion | None, scheme_version: SchemeVersion | None) -> None:
    chain_id = series.programme.chain_id
    faults: list[Fault] = []
    if version is None and scheme_version is None:
        faults.append(Fault("/version", "required", "Choose a version of a checklist, a scheme, or both."))
    if version is not None:
        used = Component.objects.filter(programme_id=series.programme_id, checklist_id=version.checklist_id)
        if version.chain_id != chain_id or not used.exists():
            faults.append(Fault("/version", "not-audited", "This series' programme does not use this checklist."))
    if scheme_version is not None and scheme_version.scheme.chain_id != chain_id:
        faults.append(Fault("/scheme_version", "another-chain", "This scheme belongs to another chain."))
    if faults:
        raise Problem(ground.INVALID, errors=faults)


def _check_checklist(version: ChecklistVersion) -> None:
    faults = [Fault(pointer, code, detail) for pointer, code, detail in checklist_faults(checklist_of(version))]
    if faults:
        raise Problem(standards_problems.NOT_PUBLISHABLE, errors=faults)


def _check_scheme(version: SchemeVersion) -> None:
    try:
        parse_scheme(version.document)
    except FaultyScheme as error:
        faults = [Fault(fault.path, fault.code, fault.message) for fault in error.faults]
        raise Problem(standards_problems.SCHEME_INVALID, errors=faults) from None


def _period(series: Series, day: date | None) -> date:
    rated = Rating.objects.filter(series=series, current=True, visits__gt=0)
    if day is not None:
        rated = rated.filter(period_start=series.days_of(day).start)
    newest: date | None = rated.order_by("-period_start").values_list("period_start", flat=True).first()
    if newest is None:
        detail = "No branch has stars there yet: there is nothing to replay."
        raise Problem(ground.INVALID, errors=[Fault("/period", "not-rated", detail)])
    return newest


def asked_ids(job: Job) -> tuple[uuid.UUID, date, uuid.UUID | None, uuid.UUID | None]:
    """Series, first day of the period, checklist version and scheme version of a job."""
    known = job.arguments
    version, scheme = (uuid.UUID(known[name]) if known[name] else None for name in ("version", "scheme_version"))
    return uuid.UUID(known["series"]), date.fromisoformat(known["period"]), version, scheme
