"""Jobs over the API: one's own, and a way to stop them."""

import uuid
from datetime import timedelta

import pytest

from chains.models import Job
from tests.cast import NOW

pytestmark = pytest.mark.django_db
JOBS = "/api/v1/jobs"


def job_of(person, **fields):
    return Job.objects.create(**({"kind": "export", "owner": person, "created_at": NOW, "state": "running"} | fields))


def test_lists_own_jobs_newest_first(cast, client):
    first = job_of(cast.mia)
    second = job_of(cast.mia, created_at=NOW + timedelta(hours=1))
    job_of(cast.cora)
    client.force_login(cast.mia)
    assert [row["id"] for row in client.get(JOBS).json()["results"]] == [str(second.id), str(first.id)]


def test_shows_how_far_a_job_is(cast, client):
    job = job_of(cast.mia, done=3, total=7, arguments={"secret": 1})
    client.force_login(cast.mia)
    assert client.get(f"{JOBS}/{job.id}").json() == {
        "id": str(job.id),
        "kind": "export",
        "state": "running",
        "done": 3,
        "total": 7,
        "stop_wanted": False,
        "result": None,
        "created_at": "2026-06-15T12:00:00Z",
        "heartbeat_at": None,
        "finished_at": None,
    }


@pytest.mark.parametrize(
    ("state", "wanted"), [("waiting", True), ("running", True), ("done", False), ("failed", False), ("stopped", False)]
)
def test_stopping_is_a_wish_to_a_job_that_has_not_ended(cast, client, state, wanted):
    job = job_of(cast.mia, state=state)
    client.force_login(cast.mia)
    for _ in range(2):
        answer = client.post(f"{JOBS}/{job.id}/stop")
        assert (answer.status_code, answer.json()["stop_wanted"], answer.json()["state"]) == (200, wanted, state)
    assert Job.objects.get().stop_wanted is wanted


def test_the_job_of_a_colleague_is_absent_and_goes_on(cast, client):
    job = job_of(cast.cora)
    client.force_login(cast.mia)
    keys = (job.id, uuid.uuid4())
    for answers in (
        [client.get(f"{JOBS}/{key}") for key in keys],
        [client.post(f"{JOBS}/{key}/stop") for key in keys],
    ):
        assert [answer.status_code for answer in answers] == [404, 404]
        assert len({a.content.replace(str(k).encode(), b"-") for a, k in zip(answers, keys, strict=True)}) == 1
    assert not Job.objects.get().stop_wanted


def test_a_list_tells_no_results(cast, client):
    job_of(cast.mia, result={"rows": list(range(1000))})
    client.force_login(cast.mia)
    assert "result" not in client.get(JOBS).json()["results"][0]


def test_the_job_of_a_chain_is_gone_for_whoever_has_left_it(cast, client):
    job = job_of(cast.mia, chain=cast.aurora)
    client.force_login(cast.mia)
    assert client.get(f"{JOBS}/{job.id}").status_code == 200
    cast.mia.memberships.all().delete()
    assert client.get(f"{JOBS}/{job.id}").status_code == 404
    assert client.get(JOBS).json()["results"] == []


def test_query_counts(cast, client, django_assert_num_queries):
    job = job_of(cast.mia)
    client.force_login(cast.mia)
    with django_assert_num_queries(4):
        client.get(JOBS)
    with django_assert_num_queries(4):
        client.get(f"{JOBS}/{job.id}")
    with django_assert_num_queries(5):
        client.post(f"{JOBS}/{job.id}/stop")
