"""A rehearsal begun from the page of a draft, watched, stopped, and read."""

import pytest
from django.urls import reverse

from audits.services import rehearsing
from chains.models import Job
from tests.cast import NOW

pytestmark = pytest.mark.django_db
BEGIN = reverse("admin:audits_rehearsal_act_begin")


@pytest.fixture
def admin(june, client):
    """Cora's browser."""
    client.force_login(june.cast.cora)
    return client


def page_of(job):
    return reverse("admin:audits_rehearsal_change", args=(job.pk,))


def text(answer):
    return " ".join(answer.content.decode().split())


def test_the_pages_of_a_draft_and_of_a_scheme_lead_there(june, admin):
    draft = june.draft({})
    for page in ("change", "publish"):
        address = reverse(f"admin:standards_checklistversion_{page}", args=(draft.pk,))
        assert f'href="{BEGIN}?version={draft.pk}"' in text(admin.get(address))
    scheme = reverse("admin:standards_schemeversion_change", args=(june.scheme.pk,))
    assert f'href="{BEGIN}?scheme_version={june.scheme.pk}"' in text(admin.get(scheme))


def test_what_one_comes_from_is_chosen_already(june, admin):
    draft = june.draft({})
    found = text(admin.get(f"{BEGIN}?version={draft.pk}"))
    assert f'<option value="{draft.pk}" selected>Stay v2 (draft)</option>' in found


def test_it_begins_and_one_lands_on_its_page(june, admin):
    draft = june.draft({})
    answer = admin.post(BEGIN, {"series": june.series.pk, "version": draft.pk, "sure": "yes"})
    job = Job.objects.get(kind="rehearsal")
    assert (answer.status_code, answer["Location"]) == (302, page_of(job))
    assert (job.owner, job.arguments["version"]) == (june.cast.cora, str(draft.pk))


def test_a_refusal_stands_beside_the_form(june, admin):
    answer = admin.post(BEGIN, {"series": june.series.pk, "sure": "yes"})
    assert "Choose a version of a checklist, a scheme, or both." in text(answer)
    assert not Job.objects.exists()


def test_while_it_runs_a_bar_shows_how_far_it_is_and_a_button_stops_it(june, admin):
    job = june.start(june.version)
    Job.objects.filter(pk=job.pk).update(state="running", done=3, total=9, heartbeat_at=NOW)
    answer = admin.get(page_of(job))
    assert '<progress max="9" value="3">' in text(answer)
    assert f'data-job="/api/v1/jobs/{job.pk}"' in text(answer)
    stop = f"{reverse('admin:audits_rehearsal_act_stop')}?ids={job.pk}"
    assert f'href="{stop}"' in text(answer)
    assert "<script>" not in text(answer)
    admin.post(stop, {"sure": "yes"})
    assert Job.objects.get(pk=job.pk).stop_wanted


def test_once_done_it_tells_branches_and_causes(june, admin):
    job = june.start(june.draft({"ARR-003": {"weight": "3"}}))
    rehearsing.run(job_id=job.pk, clock=lambda: NOW)
    found = text(admin.get(page_of(job)))
    assert "<strong>1</strong> of 3 branches would gain stars, <strong>1</strong> would lose some." in found
    assert "<td>ARR-003</td> <td>weight</td> <td>2</td><td>1</td><td>1</td>" in found
    assert '<tr class="lost"> <td>GRA Graz</td> <td>five</td><td>90.6</td> <td>four</td><td>81.3</td>' in found
    assert reverse("admin:audits_rehearsal_act_stop") not in found
    assert "<progress" not in found


def test_a_failure_says_why(june, admin):
    job = june.start(june.version)
    told = {"problem": "not-found", "detail": "The draft has been discarded meanwhile."}
    Job.objects.filter(pk=job.pk).update(state="failed", result=told)
    assert "It failed: The draft has been discarded meanwhile." in text(admin.get(page_of(job)))


def test_query_counts(june, admin, django_assert_num_queries):
    job = june.start(june.version)
    rehearsing.run(job_id=job.pk, clock=lambda: NOW)
    with django_assert_num_queries(6):
        admin.get(page_of(job))
