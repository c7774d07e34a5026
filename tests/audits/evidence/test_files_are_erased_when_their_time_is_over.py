"""Retention by the programme's rules, and the sweep of what belongs to nothing; each with its proof."""

import io
import os
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command

from audits import tasks
from audits.models import Erasure, Evidence, Upload
from audits.models.files import incoming, place_bytes, remove, stored
from audits.services import erasing
from tests.audits.evidence.conftest import hold, make_copies
from tests.audits.evidence.pictures import photo
from tests.cast import NOW

pytestmark = pytest.mark.django_db
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
DAY = timedelta(days=1)


def names(*folders):
    return sorted(file.name for folder in folders for file in stored(folder))


@pytest.fixture
def kept(arranged):
    """Photos are kept for 30 days, receipts for 60, papers for ever."""
    arranged.programme.retention_days = {"photo": 30, "receipt": 60}
    arranged.programme.save()
    return arranged


def states(visit):
    return {name: Evidence.objects.get(pk=row.pk).state for name, row in visit.rows.items()}


FILES = {"room": photo(), "bill": photo("blue"), "paper": b"%PDF-"}
TYPES = {"bill": "receipt", "paper": "document"}


def test_each_type_is_erased_on_its_day_with_its_copy_and_a_proof(kept, showing, cast, client):
    visit = showing(FILES, TYPES)
    assert erasing.erase_overdue(now=NOW + 30 * DAY) == 0
    assert erasing.erase_overdue(now=NOW + 31 * DAY) == 1
    assert states(visit) == {"room": "erased", "bill": "held", "paper": "held"}
    assert erasing.erase_overdue(now=NOW + 900 * DAY) == 1
    assert states(visit) == {"room": "erased", "bill": "erased", "paper": "held"}
    assert (names("originals"), names("copies")) == ([visit.rows["paper"].original], [])
    proof = Erasure.objects.get(subject=str(visit.rows["room"].id))
    assert (proof.what, proof.why, proof.type, proof.erased_at, proof.chain, proof.office) == (
        "evidence", "retention", "photo", NOW + 31 * DAY, cast.aurora, cast.office,
    )  # fmt: skip
    assert bytes(proof.sha256) == bytes(visit.rows["room"].sha256)
    client.force_login(cast.mia)
    assert client.get(f"/api/v1/visits/{visit.audit.visit_id}").json()["evidence"] == []


def test_nothing_is_erased_before_the_report_is_judged(kept, showing):
    visit = showing(FILES, TYPES, released=False)
    assert erasing.erase_overdue(now=NOW + 900 * DAY) == 0
    assert set(states(visit).values()) == {"held"}


def test_a_phone_that_sends_an_erased_file_again_is_told_it_was_held_and_nothing_comes_back(
    kept, showing, cast, client
):
    visit = showing(FILES, TYPES)
    erasing.erase_overdue(now=NOW + 31 * DAY)
    row = visit.rows["room"]
    assert hold(row.submission_id, row.id, cast.ada, FILES["room"]) is False
    assert (Evidence.objects.get(pk=row.pk).state, row.original in names("originals")) == ("erased", False)
    client.force_login(cast.ada)
    assert client.head(f"/api/v1/submissions/{row.submission_id}/evidence/{row.id}").status_code == 200
    answer = client.get(f"/api/v1/submissions/{row.submission_id}").json()
    assert answer["status"]["missing_evidence"] == []


def test_one_that_was_killed_between_file_and_proof_is_ended_by_the_next(kept, showing):
    visit = showing(FILES, TYPES)
    remove(visit.rows["room"].original)
    assert erasing.erase_overdue(now=NOW + 31 * DAY) == 1
    assert erasing.erase_overdue(now=NOW + 31 * DAY) == 0
    assert Erasure.objects.count() == 1


def test_it_happens_by_itself_once_a_day(kept, showing):
    visit = showing(FILES, TYPES)
    Evidence.objects.update(received_at=NOW - 9000 * DAY)
    tasks.turn_the_day()
    assert states(visit)["room"] == "erased"


# --- the sweep ---


@pytest.fixture
def world(showing, cast):
    """One visit in order; a file whose report never came; a file without a row; a row without its file; a dead part."""
    visit = showing({"room": photo()})
    hold(ONE, TWO, cast.ada, photo("green"))
    make_copies()
    orphan = Evidence.objects.get(submission_id=ONE)
    stray = place_bytes(b"stray", "originals/zz/stray.jpg")
    stale, alive = incoming() / "stale", incoming() / "alive.part"
    for path in (stale, alive):
        path.write_bytes(b"x")
        os.utime(path, (0, 0))
    Upload.objects.create(
        owner=cast.ada, submission_id=ONE, length=9, sha256=b"1" * 32, part="alive.part", created_at=NOW, expires_at=NOW
    )
    return visit, orphan, stray


def found(**options):
    now = Evidence.objects.latest("pk").received_at + 100 * DAY + 30_000 * DAY
    return now, {one.kind: one.name for one in erasing.look(now=now, **options)}


def test_looking_finds_each_kind_and_changes_nothing(world):
    visit, orphan, stray = world
    remove(visit.rows["room"].original)
    before = names("originals", "copies")
    out = io.StringIO()
    now, kinds = found()
    assert kinds == {
        "file without a report": str(orphan.id),
        "file without a row": stray,
        "row without its file": visit.rows["room"].original,
        "unfinished upload": "stale",
    }
    with pytest.raises(SystemExit):
        call_command("sweep_evidence", stdout=out)
    assert "Nothing was changed." in out.getvalue()
    assert (names("originals", "copies"), Evidence.objects.count()) == (before, 2)


def test_what_has_just_come_is_left_alone(world, cast):
    assert {one.kind for one in erasing.look(now=NOW)} == {"unfinished upload"}


def test_clearing_takes_what_belongs_to_nothing_and_leaves_the_rest(world):
    visit, orphan, stray = world
    now, _ = found()
    cleared = [one.kind for one in list(erasing.look(now=now)) if erasing.clear(one, now=now)]
    assert cleared == ["file without a report", "file without a row", "unfinished upload"]
    room = visit.rows["room"]
    assert names("originals", "copies") == sorted([room.original, room.derivative])
    assert [path.name for path in incoming().iterdir()] == ["alive.part"]
    assert [row.pk for row in Evidence.objects.all()] == [room.pk]
    proof = Erasure.objects.get()
    assert (proof.why, proof.subject, bytes(proof.sha256)) == ("orphan", str(orphan.id), bytes(orphan.sha256))


def test_a_report_that_comes_after_the_look_saves_its_file(world, showing, cast):
    visit, orphan, _ = world
    now, _ = found()
    (one,) = [one for one in erasing.look(now=now) if one.row == orphan]
    Evidence.objects.filter(pk=orphan.pk).update(submission_id=visit.submission.pk)
    assert erasing.clear(one, now=now) is False
    assert orphan.original in names("originals")
