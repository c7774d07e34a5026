"""Who may do what under /api/v1/office/: nobody of a chain anything, auditors nothing, the office each their part."""

import json
import uuid

import pytest

from audits.api.office_urls import urlpatterns
from audits.models import Override, Quarantine, Score
from tests.audits.delivering import PERFECT, planned
from tests.audits.office.sending import sent
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db
ANYONE_OF_THE_OFFICE, PLANNERS, REVIEWERS, ADMINS = (
    {"paul", "rita", "olga"}, {"paul", "olga"}, {"rita", "olga"}, {"olga"},
)  # fmt: skip
NEVER = ("ada", "bea", "mia", "max", "mona", "eda", "cora", "bob", "stan")
MAY = {
    "office-programmes": {"get": ANYONE_OF_THE_OFFICE, "post": PLANNERS},
    "office-programme": {"get": ANYONE_OF_THE_OFFICE, "patch": PLANNERS},
    "office-components": {"get": ANYONE_OF_THE_OFFICE, "post": PLANNERS},
    "office-component": {"get": ANYONE_OF_THE_OFFICE, "patch": PLANNERS},
    "office-series": {"get": ANYONE_OF_THE_OFFICE, "post": PLANNERS},
    "office-series-detail": {"get": ANYONE_OF_THE_OFFICE, "patch": PLANNERS},
    "office-auditors": {"get": ANYONE_OF_THE_OFFICE},
    "office-audits": {"get": ANYONE_OF_THE_OFFICE, "post": PLANNERS},
    "office-audits-plan": {"post": PLANNERS},
    "office-audits-assign": {"post": PLANNERS},
    "office-audits-release": {"post": ADMINS},
    "office-audit": {"get": ANYONE_OF_THE_OFFICE},
    "office-audit-assign": {"post": PLANNERS},
    "office-audit-cancel": {"post": PLANNERS},
    "office-audit-missed": {"post": PLANNERS},
    "office-assignment-withdraw": {"post": PLANNERS},
    "office-submissions": {"get": REVIEWERS},
    "office-submission": {"get": REVIEWERS},
    "office-submission-accept": {"post": REVIEWERS},
    "office-submission-return": {"post": REVIEWERS},
    "office-submission-void": {"post": REVIEWERS},
    "office-submission-withdraw": {"post": REVIEWERS},
    "office-submission-match": {"post": REVIEWERS},
    "office-submission-amend": {"post": REVIEWERS},
    "office-scores": {"get": REVIEWERS},
    "office-score": {"get": REVIEWERS},
    "office-quarantine": {"get": REVIEWERS},
    "office-quarantined": {"get": REVIEWERS},
    "office-quarantine-release": {"post": REVIEWERS},
    "office-quarantine-dismiss": {"post": REVIEWERS},
    "office-overrides": {"get": REVIEWERS, "post": ADMINS},
    "office-override-end": {"post": ADMINS},
}


@pytest.fixture
def rows(cast, house):
    """One row of Aurora for every address, with words in it that nobody outside the office may read."""
    house.programme.name = "SECRET programme"
    house.programme.save()
    assignment = planned(house.component, house.version, cast.vienna, cast.ada, reference="SECRET")
    submission = sent(assignment, PERFECT, comments={"ARR-001": "SECRET"})
    settle()
    quarantined = Quarantine.objects.create(
        office=cast.office, sender=cast.ada, submission_id=uuid.uuid4(), digest=b"1" * 32, length=1, problem="SECRET",
        body=b"", received_at=NOW,
    )  # fmt: skip
    override = Override.objects.create(
        series=house.series, location=cast.vienna, outcome="one", reason="SECRET", made_at=NOW, from_period=NOW.date()
    )
    return {
        "programme_id": house.programme.pk,
        "component_id": house.component.pk,
        "series_id": house.series.pk,
        "audit_id": assignment.audit_id,
        "assignment_id": assignment.pk,
        "submission_id": submission.pk,
        "score_id": Score.objects.get().pk,
        "row_id": quarantined.pk,
        "override_id": override.pk,
    }


def address(pattern, rows):
    route = str(pattern.pattern)
    for name, value in rows.items():
        for kind in ("uuid", "int"):
            route = route.replace(f"<{kind}:{name}>", str(value))
    assert "<" not in route
    return f"/api/v1/office/{route}"


def send(client, method, path, body="{}"):
    return client.generic(method.upper(), path, "" if method == "get" else body, content_type="application/json")


def test_every_route_is_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == set(MAY)


@pytest.mark.parametrize("person", NEVER)
def test_nobody_of_a_chain_and_no_auditor_comes_in(cast, rows, client, person):
    client.force_login(getattr(cast, person))
    bodies = set()
    for pattern in urlpatterns:
        for method in (*MAY[pattern.name], "delete"):
            answer = send(client, method, address(pattern, rows))
            assert (answer.status_code, b"SECRET" in answer.content) == (403, False), (pattern.name, method)
            document = answer.json()
            bodies.add(json.dumps({name: document[name] for name in ("type", "title", "detail")}))
    assert len(bodies) == 1


def test_the_anonymous_are_asked_to_sign_in(rows, client):
    for pattern in urlpatterns:
        for method in MAY[pattern.name]:
            answer = send(client, method, address(pattern, rows))
            assert (answer.status_code, b"SECRET" in answer.content) == (401, False)


@pytest.mark.parametrize("person", ["paul", "rita", "olga"])
def test_each_of_the_office_has_their_part(cast, rows, client, person):
    """The bodies are empty: whoever passes the gate is told what is missing, or answered."""
    client.force_login(getattr(cast, person))
    for pattern in urlpatterns:
        for method, people in MAY[pattern.name].items():
            if method == "get" and "quarantined" in pattern.name:
                continue
            status = send(client, method, address(pattern, rows), "[]").status_code
            assert (status != 403) == (person in people), (pattern.name, method, status)
            assert status in (200, 400, 403, 409), (pattern.name, method, status)


@pytest.mark.parametrize("method", ["get", "post", "patch"])
def test_what_is_foreign_is_absent(cast, rows, client, method):
    """A planner of another office: the same bytes for rows of Aurora as for rows of nobody."""
    stranger = cast.stan
    stranger.memberships.create(role="office_admin", office=type(cast.office).objects.create(name="Far", slug="far"))
    client.force_login(stranger)
    absent = {name: uuid.uuid4() if isinstance(value, uuid.UUID) else 10**9 for name, value in rows.items()}
    for pattern in urlpatterns:
        if method not in MAY[pattern.name] or "<" not in str(pattern.pattern):
            continue
        seen = []
        for keys in (rows, absent):
            path = address(pattern, keys)
            answer = send(client, method, path)
            seen.append((answer.status_code, answer.content.replace(path.encode(), b"-")))
        assert seen[0] == seen[1], pattern.name
        assert seen[0][0] == 404
