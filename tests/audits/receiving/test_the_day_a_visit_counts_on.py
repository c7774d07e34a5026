"""DESIGN §5.8: the claimed local day is believed between assignment and receipt, else the nearer bound is taken."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from audits.models import Submission, flags
from tests.audits.receiving.delivery import content_of, deliver, written
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("claimed", "believed", "odd"),
    [
        ("2026-06-13", date(2026, 6, 13), False),  # the day it was assigned
        ("2026-06-15", date(2026, 6, 15), False),  # the day it was received
        ("2026-06-12", date(2026, 6, 13), True),
        ("2026-06-16", date(2026, 6, 15), True),
        ("2025-06-15", date(2026, 6, 13), True),  # a clock a year slow
        ("2027-06-15", date(2026, 6, 15), True),  # a clock a year fast
        ("0001-01-01", date(2026, 6, 13), True),
        ("9999-12-31", date(2026, 6, 15), True),
    ],
)
def test_between_assignment_and_receipt(assignment, claimed, believed, odd):
    delivery = deliver(written(content_of(assignment, visited_on=claimed)), assignment.auditor)
    row = Submission.objects.get()
    assert row.visited_on == believed
    assert (flags.VISITED_ON_UNBELIEVABLE in row.flags) is odd
    assert flags.VISITED_ON_UNBELIEVABLE not in delivery.status.flags


def test_the_days_are_the_branchs_own(cast, visit_of):
    # 22:30 UTC on the 15th is half past midnight on the 16th in Vienna.
    received = datetime(2026, 6, 15, 22, 30, tzinfo=UTC)
    assignment = visit_of(cast.ada, cast.vienna)
    deliver(written(content_of(assignment, visited_on="2026-06-16")), cast.ada, now=received)
    assert (Submission.objects.get().visited_on, Submission.objects.get().flags) == (date(2026, 6, 16), [])


@pytest.mark.parametrize(
    ("claimed", "believed"),
    [("2019-01-01", date(2019, 1, 1)), ("2026-06-16", date(2026, 6, 16)), ("2026-06-17", date(2026, 6, 16))],
)
def test_without_an_assignment_every_day_that_has_begun_somewhere_is_believed(cast, assignment, claimed, believed):
    body = written(content_of(assignment, assignment=str(uuid.uuid4()), visited_on=claimed))
    deliver(body, cast.ada, now=NOW)
    assert Submission.objects.get().visited_on == believed


def test_a_visit_assigned_after_it_was_made_counts_on_the_day_of_its_assignment(cast, visit_of):
    assignment = visit_of(cast.ada, cast.vienna, now=NOW + timedelta(days=1))
    deliver(written(content_of(assignment, visited_on="2026-06-10")), cast.ada, now=NOW + timedelta(days=1))
    assert Submission.objects.get().visited_on == date(2026, 6, 14)
