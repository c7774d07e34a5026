"""A rehearsal is asked for over HTTP, and a real worker does it."""

import uuid

import pytest

from audits import tasks
from chains.models import Job, Membership, User
from chains.models.jobs import LOST_AFTER
from tests.cast import NOW

REHEARSALS = "/api/v1/rehearsals"


def ask(client, june, **body):
    return client.post(REHEARSALS, {"series": str(june.series.pk)} | body, content_type="application/json")


@pytest.mark.django_db
class TestAsking:
    def test_the_answer_is_the_job(self, june, client):
        client.force_login(june.cast.cora)
        answer = ask(client, june, version=str(june.version.pk), period="2026-06-17")
        job = Job.objects.get()
        assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/jobs/{job.pk}")
        assert answer.json() == {
            "id": str(job.pk),
            "kind": "rehearsal",
            "state": "waiting",
            "done": 0,
            "total": 0,
            "stop_wanted": False,
            "created_at": answer.json()["created_at"],
            "heartbeat_at": None,
            "finished_at": None,
            "result": None,
        }
        assert (job.owner, job.chain) == (june.cast.cora, june.cast.aurora)

    @pytest.mark.parametrize("name", ["series", "version", "scheme_version"])
    def test_what_is_not_there_is_named_by_its_pointer(self, june, client, name):
        client.force_login(june.cast.cora)
        answer = ask(client, june, **{"version": str(june.version.pk), name: str(uuid.uuid4())})
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:problem:invalid")
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"]

    def test_unknown_members_are_refused(self, june, client):
        client.force_login(june.cast.cora)
        answer = ask(client, june, draft="x")
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/draft"]

    def test_an_editor_without_branches_who_does_not_publish_is_told_whom_to_ask(self, june, client):
        client.force_login(june.cast.eda)
        answer = ask(client, june, version=str(june.version.pk))
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:problem:not-allowed")

    def test_an_editor_who_publishes_sees_what_it_does_to_every_branch(self, june, client):
        draft = june.draft({"ARR-003": {"weight": "3"}})
        Membership.objects.filter(user=june.cast.eda).update(publishes=True)
        client.force_login(june.cast.eda)
        assert ask(client, june, version=str(draft.pk)).status_code == 202
        found = june.rehearse(draft, by=User.objects.get(pk=june.cast.eda.pk))
        assert found == june.rehearse(draft)
        assert {line["code"] for line in found["locations"]} == {"VIE", "GRA", "LIN"}

    def test_query_count(self, june, client, django_assert_num_queries):
        client.force_login(june.cast.cora)
        with django_assert_num_queries(10):
            assert ask(client, june, version=str(june.version.pk)).status_code == 202


def done(job):
    return lambda: Job.objects.filter(pk=job.pk, state="done").first()


def test_a_worker_does_it(live, june, client):
    client.force_login(june.cast.cora)
    job = Job.objects.get(pk=ask(client, june, version=str(june.draft({"ARR-003": {"weight": "3"}}).pk)).json()["id"])
    found = live.until(done(job))
    assert (found.result["gained"], found.result["lost"], found.tries) == (1, 1, 1)


def test_a_bell_that_was_lost_is_rung_again(live, june):
    job = june.start(june.version)
    assert tasks.tend_jobs() == 1
    assert live.until(done(job)).tries == 1


def test_a_job_whose_worker_was_killed_is_finished_by_another(live, june):
    job = june.start(june.version)
    # What a killed worker leaves behind: a job that it had taken, and of which nothing was heard since.
    Job.objects.take(job.pk, now=NOW - LOST_AFTER)
    assert tasks.tend_jobs() == 1
    assert live.until(done(job)).tries == 2
