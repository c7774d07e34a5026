"""Automatic acceptance waits for every announced file: held as announced, or declared lost."""

import hashlib
import uuid

import pytest

from audits.models import Audit, Dirty
from audits.services import evidence, receiving
from tests.audits.delivering import PERFECT, planned
from tests.audits.evidence.conftest import hold
from tests.audits.evidence.pictures import photo
from tests.audits.office.sending import sent
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def report(cast, arranged):
    """Ada's report of two photos, of which none has come yet, in a programme that accepts automatically."""
    arranged.programme.automatic_acceptance = True
    arranged.programme.save()
    announced = [
        {"id": str(name), "for": [], "type": "photo", "sha256": hashlib.sha256(photo(c)).hexdigest(), "length": 1}
        for name, c in ((ONE, "red"), (TWO, "blue"))
    ]
    report = sent(planned(arranged.component, arranged.version, cast.vienna, cast.ada), PERFECT, evidence=announced)
    settle()
    return report


def missing(report, cast):
    return receiving.delivered(person=cast.ada, submission_id=report.pk).status.missing_evidence


def state():
    return Audit.objects.get().state


def test_it_waits_until_the_last_file_is_held(report, cast):
    assert (state(), missing(report, cast)) == ("delivered", [ONE, TWO])
    hold(report.pk, ONE, cast.ada, photo("red"))
    settle()
    assert (state(), missing(report, cast)) == ("delivered", [TWO])
    hold(report.pk, TWO, cast.ada, photo("blue"))
    settle()
    assert (state(), missing(report, cast)) == ("released", [])


def test_a_file_that_is_lost_is_waited_for_no_longer(report, cast):
    hold(report.pk, ONE, cast.ada, photo("red"))
    evidence.declare_lost(submission_id=report.pk, evidence_id=TWO, owner=cast.ada, reason="Pool.", now=NOW)
    settle()
    assert (state(), missing(report, cast)) == ("released", [])


def test_another_file_than_announced_or_another_persons_does_not_count(report, cast):
    hold(report.pk, ONE, cast.ada, photo("green"))
    hold(report.pk, TWO, cast.bea, photo("blue"))
    settle()
    assert (state(), missing(report, cast)) == ("delivered", [ONE, TWO])


def test_files_of_a_report_that_waits_for_nothing_mark_nothing(cast):
    hold(uuid.uuid4(), ONE, cast.ada, photo())
    assert not Dirty.objects.exists()
