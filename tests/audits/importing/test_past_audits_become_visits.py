"""`manage.py import_audits`: past audits go the way of visits, once; what is refused is told, and nothing half."""

import io
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command

from audits.models import Assignment, Audit, Component, Dirty, Quarantine, Rating, Submission
from audits.models.sent import sent_bytes
from audits.models.windows import WindowRules
from audits.services.importing import importer_of
from audits.services.planning import Visit, assign, plan
from chains.models import Location, Outlet, User
from tests.cast import programme_of, publish_directly, scheme_in_force, small_checklist

pytestmark = pytest.mark.django_db

HEAD = "audit_id,location,date,code,answer,comment\n"
GOOD = (
    HEAD
    + "A-1,VIE,2026-03-01,ARR-001,met,\n"
    + "A-1,VIE,2026-03-01,ARR-002,45,\n"
    + "A-1,VIE,2026-03-01,ROOM-001,not_met,Hair in the bath.\n"
    + "A-2,Graz,2026-03-02,ARR-001,no,\n"
    + "A-2,Graz,2026-03-02,ARR-003,8,Friendly enough.\n"
)


@pytest.fixture
def programme(cast):
    """Aurora's programme "p" with one checklist, which accepts by itself and releases at once."""
    version = publish_directly(cast.aurora, small_checklist())
    programme, _, _ = programme_of(version, scheme_in_force(cast.aurora))
    return programme


@pytest.fixture
def run(tmp_path, programme):
    """Import a text; the exit code and what was said."""

    def import_text(text: str, **options) -> tuple[int, str]:
        path = tmp_path / "past.csv"
        path.write_text(text, encoding="utf-8")
        said = io.StringIO()
        try:
            call_command("import_audits", path, stdout=said, **({"programme": "p", "settle": True} | options))
        except CommandError as error:
            return error.returncode, f"{said.getvalue()}{error}"
        return 0, said.getvalue()

    return import_text


def rows_there() -> list[int]:
    return [model.objects.count() for model in (Audit, Assignment, Submission, Quarantine, Dirty, Rating, User)]


def test_each_audit_becomes_an_accepted_visit_on_its_own_day(run, cast):
    code, said = run(GOOD)
    assert (code, said) == (
        0,
        "5 rows in 2 audits: 2 imported (0 for a reviewer), 0 there already, 0 not imported.\n",
    )
    visits = Audit.objects.order_by("reference").values_list("reference", "location__name", "state", "visited_on")
    assert list(visits) == [
        ("A-1", "Vienna", "released", date(2026, 3, 1)),
        ("A-2", "Graz", "released", date(2026, 3, 2)),
    ]
    assert [submission.flags for submission in Submission.objects.all()] == [["imported"], ["imported"]]
    assert Rating.objects.filter(location=cast.vienna, period_start=date(2026, 3, 1), current=True).count() == 1


def test_answers_and_comments_are_kept_as_a_phone_would_have_sent_them(run):
    run(GOOD)
    body = sent_bytes(Submission.objects.get(assignment__audit__reference="A-1").pk)
    assert b'"answers":{"ARR-001":"met","ARR-002":45,"ROOM-001":"not_met"}' in body
    assert b'"comments":{"ROOM-001":"Hair in the bath."}' in body


def test_a_second_import_of_the_same_file_changes_nothing(run):
    run(GOOD)
    before = rows_there()
    code, said = run(GOOD)
    assert (code, said) == (
        0,
        "5 rows in 2 audits: 0 imported (0 for a reviewer), 2 there already, 0 not imported.\n",
    )
    assert rows_there() == before


def test_a_visit_planned_by_an_import_that_was_cut_short_is_delivered_by_the_next(run, programme, cast):
    component, importer = Component.objects.get(), importer_of(cast.office)
    eve = datetime(2026, 3, 1, tzinfo=UTC)
    visit = Visit(
        cast.graz, date(2026, 3, 2), date(2026, 3, 2), reference="A-2", rules=WindowRules(deliver_by=date.max)
    )
    assign(audit_id=plan(component=component, visit=visit, now=eve).pk, auditor=importer, now=eve)
    code, said = run(GOOD)
    assert (code, said.split(": ", 1)[1]) == (0, "2 imported (0 for a reviewer), 0 there already, 0 not imported.\n")
    assert Audit.objects.filter(state="released").count() == Audit.objects.count() == 2


def test_an_audit_with_other_answers_than_before_is_refused_and_both_are_kept(run):
    run(GOOD)
    code, said = run(GOOD.replace("ARR-002,45", "ARR-002,46"))
    assert code == 1
    assert "lines 2–4 (3 rows): audit A-1: Another content was delivered under this id before; both are kept." in said
    assert Quarantine.objects.count() == 1
    assert b'"ARR-002":45' in sent_bytes(Submission.objects.get(assignment__audit__reference="A-1").pk)


def test_an_audit_with_a_refused_line_is_held_back_whole(run):
    code, said = run(GOOD.replace("ARR-002,45", "ARR-999,45"))
    assert code == 1
    assert said.splitlines() == [
        "line 2: audit A-1: Held back: other lines of audit A-1 were refused.",
        "line 3: audit A-1: ARR-999 is not a standard of this checklist.",
        "line 4: audit A-1: Held back: other lines of audit A-1 were refused.",
        "5 rows in 2 audits: 1 imported (0 for a reviewer), 0 there already, 1 not imported.",
        "Lines refused: 3.",
    ]
    assert list(Audit.objects.values_list("reference", flat=True)) == ["A-2"]


def test_gaps_are_allowed_by_name_only(run):
    code, said = run(GOOD.replace("ARR-002,45", "ARR-999,45"), allow_gaps=True)
    assert code == 1
    assert said.splitlines()[0] == "line 3: audit A-1: ARR-999 is not a standard of this checklist."
    assert Audit.objects.count() == 2


def test_a_line_without_an_audit_holds_nobody_back(run):
    code, said = run(GOOD + ",VIE,2026-03-01,ARR-001,met,\n")
    assert code == 1
    assert "line 7: The column audit_id is empty." in said
    assert Submission.objects.count() == 2


def test_unknown_branches_are_listed_and_made_only_when_asked(run, cast):
    text = GOOD.replace("Graz", "A castle by the lake whose name is rather long")
    code, said = run(text)
    assert code == 1
    assert "Branches not there: 1 (--create-locations makes them).\n  A castle by the lake whose" in said
    assert Location.objects.filter(chain=cast.aurora).count() == 3
    code, said = run(text, create_locations=True, timezone="Europe/Vienna")
    assert (code, Submission.objects.count()) == (0, 2)
    made = Location.objects.get(chain=cast.aurora, name="A castle by the lake whose name is rather long")
    assert (made.timezone, len(made.code)) == ("Europe/Vienna", 40)
    assert made.code.startswith("A castle by the lake whose name-")


def test_a_branch_of_another_chain_is_no_branch(run, cast):
    code, said = run(GOOD.replace("Graz", "Oslo"))
    assert code == 1
    assert "audit A-2: There is no branch Oslo." in said
    assert not Audit.objects.filter(location=cast.oslo).exists()


def test_a_branch_that_was_closed_on_that_day_refuses_its_audit_only(run, cast):
    Location.objects.filter(pk=cast.graz.pk).update(opened_on=date(2026, 4, 1))
    code, said = run(GOOD)
    assert code == 1
    assert "lines 5–6 (2 rows): audit A-2: GRA Graz is not open on 2026-03-02." in said
    assert list(Audit.objects.values_list("reference", flat=True)) == ["A-1"]


def test_a_visit_of_the_office_with_the_same_number_is_left_alone(run, programme, cast):
    run(GOOD.replace("A-2,Graz,2026-03-02", "A-2,Linz,2026-05-05"))
    code, said = run(GOOD)
    assert code == 1
    assert "audit A-2: Another visit of this programme has the reference A-2 already." in said
    assert Audit.objects.get(reference="A-2").location == cast.linz


def test_repeated_sections_are_those_of_the_branch(run, cast):
    Outlet.objects.create(location=cast.vienna, section_code="BAR", code="bar-1", name="Lobby bar")
    text = HEAD + "A-1,VIE,2026-03-01,BAR-001,met,\nA-2,GRA,2026-03-01,BAR-001,met,\n"
    code, said = run(text)
    assert code == 1
    assert "line 3: audit A-2: BAR-001 is not asked at this branch." in said
    assert b'"BAR-001@bar-1":"met"' in sent_bytes(Submission.objects.get().pk)


def test_where_a_reviewer_decides_the_visits_wait(run, programme):
    programme.automatic_acceptance = False
    programme.save()
    code, said = run(GOOD)
    assert (code, said.split(": ", 1)[1]) == (0, "2 imported (2 for a reviewer), 0 there already, 0 not imported.\n")
    assert set(Audit.objects.values_list("state", flat=True)) == {"delivered"}


def test_a_missing_compulsory_comment_waits_for_a_reviewer(run):
    code, said = run(GOOD.replace("Hair in the bath.", ""))
    assert (code, said.split(": ", 1)[1]) == (0, "2 imported (1 for a reviewer), 0 there already, 0 not imported.\n")
    assert Submission.objects.get(assignment__audit__reference="A-1").flags == ["comment-missing", "imported"]


def test_the_past_is_imported_in_the_name_of_nobody_who_can_sign_in(run, cast):
    run(GOOD)
    person = User.objects.get(username="imported-keen-eyes")
    assert not person.has_usable_password()
    assert not person.is_staff
    assert set(Submission.objects.values_list("sender", flat=True)) == {person.pk}


def test_an_auditor_may_be_named(run, cast):
    code, _ = run(GOOD, auditor="ada")
    assert code == 0
    assert set(Submission.objects.values_list("sender__username", flat=True)) == {"ada"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"programme": "q"}, "There is no programme q."),
        ({"chain": "borealis"}, "There is no programme p."),
        ({"component": "call"}, "There is no component of Programme."),
        ({"timezone": "Mars/Base"}, "Mars/Base is not a time zone; write one like Europe/Vienna."),
        ({"auditor": "zoe"}, "There is nobody called zoe."),
        ({"auditor": "paul"}, "paul is no auditor of Aurora Hotels's office."),
        ({"code": "what"}, "The file has no column what; it has audit_id, location, date, code, answer, comment."),
    ],
)  # fmt: skip
def test_what_cannot_be_begun_exits_with_two_and_changes_nothing(run, options, said):
    assert run(GOOD, **options) == (2, said)
    assert Audit.objects.count() == Submission.objects.count() == 0


def test_of_several_components_one_must_be_named(run, programme):
    one = Component.objects.get()
    Component.objects.create(programme=programme, code="call", name="Call", checklist=one.checklist)
    assert run(GOOD) == (2, "More than one component of Programme; say which with --component.")
    assert run(GOOD, component="stay")[0] == 0
