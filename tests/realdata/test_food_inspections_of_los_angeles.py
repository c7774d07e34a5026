"""991 food inspections with their findings, imported from the published file: scores and grades as published."""

import io
from datetime import date

import pytest
from django.core.management import call_command

from audits.models import Audit, Dirty, Observation, Rating, RawSubmission, Score, Submission
from audits.models.compiled import checklist_of
from audits.scoring.parts import unpack_parts
from audits.scoring.plan import part_names
from standards.spec.checklist import Checklist, Section, Standard
from tests.cast import programme_of, publish_directly, scheme_in_force
from tests.realdata.datasets import dataset, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]

FINDINGS = "la_county_2018_07_findings.csv"
GRADES = {
    "levels": ["no letter", "C", "B", "A"],
    "values": {"score": {"sum": ["findings"], "start": "100", "times": "-1", "floor": "0"}},
    "decide": {"grid": ["score"], "at_least": {"A": ["90"], "B": ["80"], "C": ["70"]}, "else": "no letter"},
    "visits": {"within": "365", "combine": "mean", "minimum": "1"},
}
# Published one or two points lower than the points of their findings come to.
LOWER_THAN_ITS_FINDINGS = 5


def inspection_form() -> Checklist:
    """Every kind of finding that occurs in the file."""
    wording = {row["violation_code"]: row["violation_description"].partition(". ")[2] for row in rows_of(FINDINGS)}
    return Checklist(
        code="food",
        name="Food inspection",
        language="en",
        decimals=0,
        sections=(Section("F", "Findings"),),
        standards=tuple(Standard(code, "F", text, kind="finding") for code, text in sorted(wording.items())),
    )


def published() -> dict[str, tuple[int, str]]:
    """Score and grade of each inspection."""
    return {row["serial_number"]: (int(row["score"]), row["grade"]) for row in rows_of(FINDINGS)}


def import_inspections() -> str:
    """What the command says."""
    said = io.StringIO()
    call_command(
        "import_audits",
        dataset(FINDINGS),
        programme="p",
        audit="serial_number",
        location="serial_number",
        date="activity_date",
        code="violation_code",
        answer="points",
        timezone="America/Los_Angeles",
        create_locations=True,
        settle=True,
        stdout=said,
    )
    return said.getvalue()


@pytest.fixture
def inspections(cast):
    """The programme of the inspections, rated by calendar year."""
    version = publish_directly(cast.aurora, inspection_form())
    programme, _, series = programme_of(version, scheme_in_force(cast.aurora, GRADES, since=date(2000, 1, 1)))
    series.period_kind = "year"
    series.save()
    return programme


def test_scores_and_grades_come_out_as_published_and_a_second_import_changes_nothing(inspections):
    expected = published()
    assert len(expected) == 991
    assert "4796 rows in 991 audits: 991 imported (0 for a reviewer), 0 there already" in import_inspections()

    differing = {
        name: (score, expected[name][0]) for name, score in scores_by_inspection().items() if score != expected[name][0]
    }
    assert len(scores_by_inspection()) == 991
    assert len(differing) == LOWER_THAN_ITS_FINDINGS
    assert all(1 <= computed - told <= 2 for computed, told in differing.values())

    grades = dict(Rating.objects.filter(current=True, state="rated").values_list("location__code", "outcome"))
    assert grades == {name: grade for name, (_, grade) in expected.items()}

    before = rows_there()
    assert "0 imported (0 for a reviewer), 991 there already, 0 not imported" in import_inspections()
    assert rows_there() == before


def scores_by_inspection() -> dict[str, int]:
    found = {}
    for score in Score.objects.filter(current=True).select_related("audit", "observation"):
        names = part_names(checklist_of(score.observation.version_id))
        deducted, _ = unpack_parts(names, bytes(score.parts))["findings"]
        found[score.audit.reference] = 100 - deducted
    return found


def rows_there() -> dict[str, int]:
    models = (Audit, Submission, RawSubmission, Observation, Score, Rating, Dirty)
    return {model.__name__: model.objects.count() for model in models}
