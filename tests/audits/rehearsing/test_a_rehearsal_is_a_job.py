"""A rehearsal as work that takes a while: it is watched, stopped, taken up again, and never done by two."""

import re
from datetime import timedelta

import pytest

from audits.models import Audit, Rating
from audits.services import rehearsing
from chains.models import Job
from chains.models.jobs import LOST_AFTER, MOST_TRIES
from chains.models.working import Heartbeat, TakenOver, work_on
from chains.problems import Problem
from chains.services import stopping
from standards.models import SchemeVersion
from standards.services import authoring
from tests.cast import NOW

pytestmark = pytest.mark.django_db


class Watch:
    """A clock that goes on by some seconds every time somebody looks at it."""

    def __init__(self, seconds: float = 2.0) -> None:
        self.now, self.seconds = NOW, seconds

    def __call__(self):
        self.now += timedelta(seconds=self.seconds)
        return self.now


def run(job, clock=None):
    rehearsing.run(job_id=job.pk, clock=clock or Watch())
    job.refresh_from_db()
    return job


def refused(code, **asked):
    with pytest.raises(Problem) as caught:
        asked.pop("june").start(**asked)
    assert caught.value.kind.code == code
    return caught.value


def test_when_done_everything_is_done(june):
    job = run(june.start(june.draft({})))
    assert (job.state, job.done, job.total, job.tries) == ("done", 999, 999, 1)
    assert job.finished_at is not None
    assert job.result["branches"] == 3


def test_done_once_it_is_not_done_again(june):
    job = run(june.start(june.version))
    first = (job.finished_at, job.tries)
    assert (run(job).finished_at, job.tries) == first


def test_asked_to_stop_before_it_began_it_stops_at_once(june):
    job = june.start(june.version)
    stopping.stop_job(job_id=job.pk, user=june.cast.cora)
    assert (run(job).state, job.result) == ("stopped", None)


def test_asked_to_stop_while_it_runs_it_stops_at_the_next_heartbeat(june):
    job = june.start(june.version)

    def clock():
        Job.objects.filter(pk=job.pk, state="running").update(stop_wanted=True)
        return watch()

    watch = Watch()
    assert (run(job, clock).state, job.result) == ("stopped", None)
    assert job.done < job.total


def test_two_workers_do_not_do_it_twice(june):
    job = june.start(june.version)
    taken = Job.objects.take(job.pk, now=NOW)
    assert Job.objects.take(job.pk, now=NOW) is None
    assert run(job, lambda: NOW).state == "running"
    assert Job.objects.claimed_as(taken).exists()


def test_while_one_is_worked_on_the_next_waits(june):
    first, second = june.start(june.version), june.start(june.version)
    Job.objects.take(first.pk, now=NOW)
    assert run(second, lambda: NOW).state == "waiting"
    assert not Job.objects.untended(NOW).exists()
    assert list(Job.objects.untended(NOW + timedelta(seconds=10))) == [second]


def test_a_job_whose_worker_is_lost_is_taken_up_again(june):
    job = june.start(june.version)
    Job.objects.take(job.pk, now=NOW)
    later = NOW + LOST_AFTER + timedelta(seconds=1)
    assert list(Job.objects.untended(later)) == [job]
    assert (run(job, lambda: later).state, job.tries) == ("done", 2)


def test_a_worker_that_comes_back_finds_its_job_taken_and_lets_go(june):
    job = june.start(june.version)
    lost = Job.objects.take(job.pk, now=NOW)
    Job.objects.take(job.pk, now=NOW + LOST_AFTER * 2)
    with pytest.raises(TakenOver):
        Heartbeat(lost, Watch())(1, 2)
    job.refresh_from_db()
    assert (job.state, job.done) == ("running", 0)


def test_a_job_that_was_lost_too_often_has_failed_and_says_so(june):
    job = june.start(june.version)
    now = NOW
    for _ in range(MOST_TRIES):
        assert Job.objects.take(job.pk, now=now)
        now += LOST_AFTER * 2
    assert run(job, lambda: now).state == "failed"
    assert job.result["problem"] == "job-lost"
    assert job.problem == "It was begun 3 times and never came to its end."
    assert not Job.objects.untended(now + LOST_AFTER * 2).exists()


def test_a_draft_that_was_discarded_meanwhile_fails_it_with_a_sentence(june):
    draft = june.draft({})
    job = june.start(draft)
    authoring.discard_draft(version_id=draft.pk, by=june.cast.cora)
    assert (run(job).state, job.problem) == ("failed", "The draft has been discarded meanwhile.")


def test_whatever_breaks_fails_it_without_telling_how(june):
    job = june.start(june.version)

    def broken(job, advance):
        raise KeyError("secret")

    work_on(job.pk, clock=Watch(), do=broken)
    job.refresh_from_db()
    assert (job.state, job.result["problem"]) == ("failed", "broken")
    assert "secret" not in str(job.result)


def test_no_word_of_visits_or_auditors_is_in_it(june):
    text = str(run(june.start(june.draft({"ARR-003": {"weight": "3"}}))).result)
    for audit in Audit.objects.all():
        assert str(audit.pk) not in text and str(audit.visit_id) not in text
        assert audit.visited_on.isoformat() not in text
    assert not re.search(r"\bada\b", text)


def test_visits_not_yet_released_do_not_count(june):
    Audit.objects.filter(location=june.cast.graz).update(state="accepted")
    result = run(june.start(june.version)).result
    assert {row["code"] for row in result["locations"]} == {"VIE", "LIN"}


def test_an_editor_who_sees_no_branch_is_refused(june):
    problem = refused("not-allowed", june=june, version=june.version, by=june.cast.eda)
    assert "ask whoever publishes" in problem.detail
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", ["mia", "paul", "olga", "bob", "ada"])
def test_nobody_rehearses_who_does_not_write_standards(june, name):
    refused("not-allowed", june=june, version=june.version, by=getattr(june.cast, name))


def test_something_must_be_rehearsed(june):
    assert [f.pointer for f in refused("invalid", june=june).errors] == ["/version"]


def test_a_month_without_stars_cannot_be_rehearsed(june):
    problem = refused("invalid", june=june, version=june.version, day=NOW.date().replace(year=2020))
    assert [f.pointer for f in problem.errors] == ["/period"]


def test_the_newest_month_with_stars_is_taken(june):
    assert june.start(june.version).arguments["period"] == "2026-06-01"
    assert Rating.objects.filter(period_start="2026-06-01").count() == 3


def test_a_draft_with_faults_is_refused_with_all_of_them(june):
    draft = june.draft({"ARR-001": {"wording": ""}})
    problem = refused("not-publishable", june=june, version=draft)
    assert problem.errors


def test_a_scheme_with_faults_is_refused_by_path(june):
    scheme = SchemeVersion.objects.create(
        scheme=june.scheme.scheme, number=9, effective_from=NOW.date(), document="levels: [one]\ndecide: nothing\n"
    )
    assert refused("scheme-invalid", june=june, scheme=scheme).errors


def test_only_so_many_wait_for_one_person(june):
    for _ in range(5):
        june.start(june.version)
    refused("rehearsal-refused", june=june, version=june.version)
