"""`manage.py recompute`: all made again equals what is stored; what differs is listed, or put right with a reason."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from audits.models import Amendment, Dirty, Observation, Rating, Score, Standing
from audits.scoring.packing import pack
from audits.scoring.vector import Answers
from audits.services import reviewing
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import NOW, build_cast, programme_of, publish_directly, scheme_in_force, small_checklist

pytestmark = pytest.mark.django_db
SIX = [
    PERFECT,
    PERFECT | {"ARR-002": 61},
    PERFECT | {"ARR-002": 70_000, "ARR-003": 3},
    PERFECT | {"ROOM-001": "not_met"},
    {"ARR-001": "na", "ARR-003": 0, "ROOM-002": "not_met"},
    {"ARR-002": 999_999_999},
]


def fill(cast):
    """Six released visits in two chains, one of them corrected after its release."""
    houses = {}
    for chain, places in ((cast.aurora, (cast.vienna, cast.graz)), (cast.borealis, (cast.oslo,))):
        version = publish_directly(chain, small_checklist())
        _, component, series = programme_of(version, scheme_in_force(chain))
        submissions = [
            delivered(planned(component, version, place, cast.ada), answers) for place in places for answers in SIX
        ]
        houses[chain.slug] = SimpleNamespace(version=version, series=series, submissions=submissions)
    settle()
    reviewing.amend(
        submission_id=houses["aurora"].submissions[2].pk,
        made_by=cast.rita,
        corrections=[reviewing.Correction("ARR-002", "80000", "r"), reviewing.Correction("ROOM-001", "na", "r")],
        source="review",
        now=NOW,
    )
    settle()
    return houses


@pytest.fixture
def houses(cast):
    return fill(cast)


def recompute(capsys, *options, processes=1):
    """What it prints, and what it ends with."""
    try:
        call_command("recompute", *options, processes=processes)
    except SystemExit as end:
        return capsys.readouterr().out.splitlines(), end.code
    return capsys.readouterr().out.splitlines(), 0


@contextmanager
def taken_back():
    """What is stored inside is taken back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Score, Rating, Standing, Amendment, Dirty)]


def test_what_was_settled_is_reproduced_to_the_last_digit(houses, capsys):
    before = everything()
    assert recompute(capsys, "--verify") == (["18 scores and 3 ratings made again: 0 differences"], 0)
    assert everything() == before


def test_a_chain_by_itself(houses, capsys):
    assert recompute(capsys, "--verify", "--chain", "borealis")[0] == [
        "6 scores and 1 ratings made again: 0 differences"
    ]
    with pytest.raises(CommandError, match="no chain 'nowhere'"):
        call_command("recompute", "--verify", "--chain", "nowhere")


WRONG_SCORES = {
    "earned": 7, "possible": 70, "failed": 2, "critical_failed": 3, "assessed": 1, "parts": b"\x02",
    "scope_sha256": b"0" * 32, "checklist_sha256": b"0" * 32, "amendments_digest": b"0" * 32,
}  # fmt: skip
WRONG_RATINGS = {
    "outcome": "five", "tenths": 999, "exact": "99", "sort_key": 1, "spread": b"", "visits": 5, "figures": {},
    "parts": {}, "state": "unrated", "inputs_digest": b"0" * 32, "score_ids": [1],
}  # fmt: skip


def test_a_score_that_differs_is_listed_and_nothing_stored(houses, capsys):
    submission = houses["borealis"].submissions[1]
    for field, wrong in WRONG_SCORES.items():
        with taken_back():
            Score.objects.filter(observation__submission=submission).update(**{field: wrong})
            before = everything()
            lines, code = recompute(capsys, "--verify", "--chain", "borealis")
            assert code == 1
            assert lines[0].startswith(f"submission {submission.pk}: {field} is ")
            assert everything() == before


def test_a_rating_that_differs_is_listed(cast, houses, capsys):
    for field, wrong in WRONG_RATINGS.items():
        with taken_back():
            Rating.objects.filter(location=cast.oslo, current=True).update(**{field: wrong})
            lines, code = recompute(capsys, "--verify")
            assert code == 1
            assert lines[0].startswith(f"league 2026-06 of branch {cast.oslo.pk}: {field} is ")
            assert lines[1] == "18 scores and 3 ratings made again: 1 differences"


def test_what_is_missing_is_listed(cast, houses, capsys):
    Score.objects.filter(observation__submission=houses["aurora"].submissions[0]).update(current=False)
    Rating.objects.filter(location=cast.oslo).update(current=False)
    lines, code = recompute(capsys, "--verify")
    assert code == 1
    assert lines[0] == f"submission {houses['aurora'].submissions[0].pk}: score is missing, should be there"
    assert f"league 2026-06 of branch {cast.vienna.pk}: visits is 6, should be 5" in lines
    assert f"league 2026-06 of branch {cast.oslo.pk}: rating is missing, should be one" in lines
    assert len([line for line in lines if str(cast.oslo.pk) in line]) == 1


def test_damaged_answers_are_listed_and_no_score_is_made_of_them(houses, capsys):
    observation = Observation.objects.get(submission=houses["borealis"].submissions[0])
    Observation.objects.filter(pk=observation.pk).update(answers=pack(Answers(b"\x00\x00" * 5)))
    stored = list(Score.objects.order_by("pk").values())
    lines, code = recompute(capsys, "--verify")
    assert (code, "digest of the answers is " in lines[0]) == (1, True)
    lines, _ = recompute(capsys, "--reason", "Disk.")
    assert lines[-1] == "18 scores and 3 ratings made again: 0 scores put right, 0 ratings superseded"
    assert list(Score.objects.order_by("pk").values()) == stored


def test_what_is_still_to_be_done_is_left_out(cast, houses, capsys):
    submission = houses["borealis"].submissions[1]
    Score.objects.filter(observation__submission=submission).update(earned=1)
    Rating.objects.filter(location=cast.oslo).update(tenths=1)
    start = Rating.objects.filter(location=cast.oslo).get().period_start
    Dirty.objects.mark([
        Dirty.score(submission_id=submission.pk, now=NOW),
        Dirty.rate(series_id=houses["borealis"].series.pk, location_id=cast.oslo.pk, period_start=start, now=NOW),
    ])  # fmt: skip
    assert recompute(capsys, "--verify")[1] == 0


def test_without_a_reason_nothing_is_put_right(houses):
    with pytest.raises(CommandError, match="--reason"):
        call_command("recompute")


def test_wrong_scores_are_put_right_and_their_ratings_superseded(cast, houses, capsys):
    submission = houses["borealis"].submissions[0]
    Score.objects.filter(observation__submission=submission).update(earned=0, parts=b"\x02")
    Rating.objects.filter(location=cast.graz).update(outcome="five", tenths=1000)
    scores = Score.objects.count()
    lines, code = recompute(capsys, "--reason", "The engine of May was wrong.")
    assert (code, lines[-1]) == (0, "18 scores and 3 ratings made again: 1 scores put right, 1 ratings superseded")
    assert (Score.objects.count(), Rating.objects.count()) == (scores, 5)
    fresh = Rating.objects.get(location=cast.graz, current=True)
    assert (fresh.reason, fresh.supersedes.outcome) == ("The engine of May was wrong.", "five")
    settle(fresh.rated_at)
    assert Standing.objects.get(location=cast.graz, group=None).rating == fresh
    assert recompute(capsys, "--verify")[1] == 0


def test_a_score_of_an_older_engine_is_followed_by_one_of_todays(houses, capsys):
    submission = houses["borealis"].submissions[0]
    Score.objects.filter(observation__submission=submission).update(engine=0, earned=1)
    lines, _ = recompute(capsys, "--reason", "A new engine.")
    old, new = Score.objects.filter(observation__submission=submission).order_by("pk")
    assert (old.engine, old.earned, old.current, new.current) == (0, 1, False, True)
    assert lines[-1].endswith("1 scores put right, 1 ratings superseded")
    assert recompute(capsys, "--verify")[1] == 0


@pytest.mark.django_db(transaction=True)
def test_several_processes_find_the_same(capsys):
    cast = build_cast()
    houses = fill(cast)
    assert recompute(capsys, "--verify", processes=2) == (["18 scores and 3 ratings made again: 0 differences"], 0)
    Score.objects.filter(observation__submission=houses["aurora"].submissions[3]).update(earned=7)
    Rating.objects.filter(location=cast.oslo, current=True).update(tenths=1)
    alone, code = recompute(capsys, "--verify")
    assert (recompute(capsys, "--verify", processes=2), code) == ((alone, 1), 1)
