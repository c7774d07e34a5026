"""`manage.py load_demo`: a whole year through the product's own services, once, and never beside anything real."""

import io
import json
import stat
from collections import Counter
from datetime import date

import msgspec
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from audits.models import Assignment, Audit, Dirty, Period, Query, Rating, Series, Standing, Submission
from audits.models.sent import sent_bytes
from audits.services import rehearsing
from chains.models import Chain, GroupMembership, Location, LocationGroup, Office, User
from standards.models import ChecklistVersion, SchemeVersion, TranslationDocument
from standards.services import authoring, publishing
from standards.spec.checklist import Checklist
from tests.audits.rehearsing.reality import rated_again

VISITS = 5


def load(**options) -> str:
    said = io.StringIO()
    call_command("load_demo", stdout=said, **options)
    return said.getvalue()


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo with a few months, loaded once for the tests of this file; the folder of its logins."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr("django.conf.settings.DEMO", True)
        patch.setattr("django.conf.settings.VAR_DIR", folder)
        assert "The demo is loaded" in load(visits=VISITS)
        yield folder
        transaction.set_rollback(True)


def test_an_agency_serves_two_chains_with_their_branches_and_regions(demo):
    assert Office.objects.count() == 1
    assert {c.slug: c.locations.count() for c in Chain.objects.all()} == {"linden-quay": 24, "copper-spoon": 5}
    assert LocationGroup.objects.filter(chain__slug="linden-quay", kind="region").count() == 3
    assert GroupMembership.objects.count() == 29


def test_the_packs_are_published_with_their_languages_and_schemes(demo):
    versions = ChecklistVersion.objects.select_related("checklist")
    assert {v.checklist.code: v.state for v in versions} == {"hotel-luxury": "published", "restaurant": "published"}
    hotel = versions.get(checklist__code="hotel-luxury")
    assert len(hotel.content().standards) == 974
    assert list(TranslationDocument.objects.values_list("version", "language")) == [(hotel.pk, "de")]
    assert SchemeVersion.objects.filter(published_at__isnull=True).count() == 0


def test_what_phones_delivered_was_accepted_released_rated_and_ordered(demo):
    # Five months of 29 branches, but only one of the youngest.
    visits = Submission.objects.count()
    assert visits == 5 * 28 + 1
    odd = Submission.objects.exclude(state="accepted")
    assert Counter(odd.values_list("state", "outcome")) == {
        ("received", "completed"): 2,
        ("received", "not_possible"): 1,
        ("returned", "completed"): 1,
    }
    assert Audit.objects.filter(state="released").count() == visits - 4
    assert Dirty.objects.count() == 0
    for series in Series.objects.all():
        newest = Period.objects.filter(series=series).order_by("-starts_on")[0].starts_on
        places = series.programme.chain.locations.count()
        assert Standing.objects.filter(series=series, group=None, period_start=newest).count() == places


def test_branches_differ_so_that_every_screen_has_something_to_show(demo):
    rows = Standing.objects.filter(group=None, series__code="quarterly", series__programme__chain__slug="linden-quay")
    newest = rows.order_by("-period_start")[0].period_start
    rows = {row.location.code: row for row in rows.filter(period_start=newest).select_related("rating", "location")}
    stars = Counter(row.rating.outcome for row in rows.values())
    assert len(stars) >= 4
    assert stars["provisional"] == 1
    assert rows["VLT"].rank is None
    # A critical failure costs a star that the score would have given.
    assert (rows["VIE"].rating.outcome, rows["VIE"].rating.tenths > 900) == ("four stars", True)
    prague = rows["PRG"].rating
    assert prague.parts["section.HSK"] + 150 < prague.tenths


def test_the_bytes_of_every_visit_are_those_that_were_sent(demo):
    for submission in Submission.objects.all()[::10]:
        assert json.loads(sent_bytes(submission.pk))["id"] == str(submission.pk)


def test_the_auditor_has_work_to_do_right_now(demo):
    mine = Assignment.objects.filter(auditor__username="auditor", audit__state="assigned").select_related("audit")
    assert Counter(mine.filter(submissions=None).values_list("state", flat=True)) == {"offered": 1, "accepted": 3}
    (returned,) = mine.filter(submissions__state="returned")
    assert (returned.state, Query.objects.get().submission.assignment) == ("accepted", returned)
    assert Audit.objects.filter(state="planned").count() == 6


def test_everybody_can_sign_in_with_the_password_that_only_the_owner_of_the_folder_can_read(demo):
    path = demo / "demo_logins.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    logins = json.loads(path.read_text())
    names = ["auditor", "planner", "reviewer", "manager", "headoffice", "editor", "bistro", "admin"]
    assert [login["username"] for login in logins] == names
    assert len({login["password"] for login in logins}) == len(logins)
    for login in logins:
        person = User.objects.get(username=login["username"])
        assert person.check_password(login["password"])
        assert person.is_superuser == (login["username"] == "admin")
    assert not any(p.has_usable_password() for p in User.objects.filter(username__startswith="shopper-"))


def test_each_sees_their_own_chain_only(demo):
    def branches(name: str) -> int:
        return Location.objects.visible_to(User.objects.get(username=name)).count()

    assert {name: branches(name) for name in ("manager", "headoffice", "bistro", "planner", "auditor")} == {
        "manager": 8,
        "headoffice": 24,
        "bistro": 5,
        "planner": 29,
        "auditor": 0,
    }


def test_a_second_load_says_that_it_is_there_and_changes_nothing(demo):
    before = (Submission.objects.count(), Rating.objects.count(), (demo / "demo_logins.json").read_bytes())
    assert load() == "The demo is loaded already.\n"
    assert (Submission.objects.count(), Rating.objects.count(), (demo / "demo_logins.json").read_bytes()) == before


def test_what_a_rehearsal_foretells_of_the_hotels_comes_true(demo):
    with transaction.atomic():
        boss = User.objects.get(username="headoffice")
        series = Series.objects.get(code="quarterly", programme__chain__slug="linden-quay")
        version = ChecklistVersion.objects.get(checklist__code="hotel-luxury")
        draft = authoring.new_draft_from(version_id=version.pk, by=None, now=timezone.now())
        content = edited(version.content())
        authoring.replace_content(version_id=draft.pk, checklist=content, action="changed", by=None, now=timezone.now())
        draft.refresh_from_db()
        job = rehearsing.start(series=series, version=draft, scheme_version=None, day=None, by=boss, now=timezone.now())
        rehearsing.run(job_id=job.pk, clock=timezone.now)
        job.refresh_from_db()
        foretold = {row["code"]: row["after"] for row in job.result["locations"]}
        assert len(foretold) == 24
        assert any(row["changed"] for row in job.result["locations"])
        published = publishing.publish(version_id=draft.pk, by=None, now=timezone.now())
        was = {standard.code: standard.code for standard in published.content().standards}
        start = date.fromisoformat(job.arguments["period"])
        assert rated_again(series, published, was, start=start, now=timezone.now()) == foretold
        transaction.set_rollback(True)


def edited(content: Checklist) -> Checklist:
    """The hotel's standards as an editor may leave them: some weigh more, some are of the other tag, some are gone."""
    standards = []
    for place, standard in enumerate(content.standards):
        if place % 30 == 7:
            standard = msgspec.structs.replace(standard, weight="6")
        elif place % 50 == 8:
            standard = msgspec.structs.replace(standard, tags=("facility",))
        if place % 60 != 9:
            standards.append(standard)
    kept = {standard.code for standard in standards}
    whole = [one for one in standards if one.only_if is None or one.only_if.code in kept]
    return msgspec.structs.replace(content, standards=tuple(whole))


@pytest.mark.django_db
def test_it_stays_away_from_a_database_with_other_chains(cast, settings, tmp_path):
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    with pytest.raises(CommandError, match=r"This database has other chains \((aurora, borealis|borealis, aurora)\)"):
        load()
    assert Chain.objects.count() == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_it_is_refused_where_no_demo_is_wanted(settings, tmp_path):
    settings.DEMO, settings.VAR_DIR = False, tmp_path
    with pytest.raises(CommandError, match="This server shows no demo"):
        load()
    assert (Chain.objects.count(), list(tmp_path.iterdir())) == (0, [])
