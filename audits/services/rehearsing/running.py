"""Working on a rehearsal: read, score, rate, find the causes, tell. Stores nothing but the job's own row."""

import uuid
from typing import Any

from audits.models import Series
from audits.services.rehearsing.asking import KIND, asked_ids
from audits.services.rehearsing.causes import causes_of
from audits.services.rehearsing.past import past_visits
from audits.services.rehearsing.replaying import Replay
from audits.services.rehearsing.setting import Setting, setting_of
from audits.services.rehearsing.target import Target
from audits.services.rehearsing.telling import in_order, told, visible_places
from chains import problems as ground
from chains.models import Job
from chains.models.working import Advance, Clock, work_on
from chains.problems import Problem
from standards.models import ChecklistVersion, SchemeVersion

# A third each for reading and scoring, for rating, and for the causes; the number of visits is nobody's business.
STEPS = 999


def run(*, job_id: uuid.UUID, clock: Clock) -> None:
    """Work on a rehearsal to its end. Safe beside itself and when run twice: one takes the job, the others let it be.

    While another job is being worked on this one waits: a rehearsal must never keep all workers from the stars.
    """
    if Job.objects.attended(clock()).exists():
        return
    work_on(job_id, clock=clock, do=rehearse)


def rehearse(job: Job, advance: Advance) -> dict[str, Any]:
    """What a rehearsal comes to. Raises Problem where what was asked for is gone."""
    setting = _setting(job)
    visits = past_visits(
        series=setting.series,
        period_end=setting.period.end,
        window=setting.window(),
        beat=lambda: advance(0, STEPS),
    )
    replay = Replay(setting, visits)
    done = 0
    for number in replay.score():
        done += number
        advance(STEPS * done // len(visits) // 3, STEPS)
    replay.rate(lambda: advance(STEPS // 3, STEPS))
    advance(2 * STEPS // 3, STEPS)
    places = visible_places(replay, job.owner)
    changed = set(replay.changed())
    wanted = in_order(replay, [place for place in places if place in changed])
    causes = causes_of(replay, wanted, lambda share: advance(int((2 + share) * STEPS / 3), STEPS))
    return told(replay, causes, places)


def _setting(job: Job) -> Setting:
    assert job.kind == KIND
    series_id, day, version_id, scheme_id = asked_ids(job)
    series = Series.objects.select_related("programme").filter(pk=series_id).first()
    versions = ChecklistVersion.objects.select_related("checklist")
    version = versions.filter(pk=version_id).first() if version_id else None
    schemes = SchemeVersion.objects.select_related("scheme")
    scheme = schemes.filter(pk=scheme_id).first() if scheme_id else None
    if series is None or (version_id and version is None) or (scheme_id and scheme is None):
        raise Problem(ground.NOT_FOUND, "The draft has been discarded meanwhile.")
    setting = setting_of(series, series.days_of(day), scheme, Target(version) if version else None)
    if setting is None:
        raise Problem(ground.INVALID, "No scheme is in force in this period.")
    return setting
