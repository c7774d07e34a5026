"""A branch is served clean copies of what a released visit shows, and nothing else, whatever was sent."""

import io
import uuid
from pathlib import Path

import pytest
from django.core.files.storage import storages
from PIL import Image

from audits.models import Evidence, Submission
from audits.services import evidence
from chains.problems import Problem
from tests.audits.evidence.conftest import hold, make_copies
from tests.audits.evidence.pictures import HOSTILE, SCRIPT, heic, photo, striped, telling_exif
from tests.cast import NOW

pytestmark = pytest.mark.django_db

SECRETS = (b"SECRET", SCRIPT, b"SecretPhone", b"Exif", b"PK\x03\x04")
UNKNOWN, PIXELS, UNREADABLE = ["unknown-kind"], ["too-many-pixels"], ["unreadable-image"]


def told(client, visit):
    return client.get(f"/api/v1/visits/{visit.audit.visit_id}").json()["evidence"]


def fetch(client, visit, name):
    return client.get(f"/api/v1/visits/{visit.audit.visit_id}/evidence/{visit.rows[name].shown_id}")


def test_whatever_is_sent_is_kept_and_only_what_opens_is_served_as_pixels(showing, cast, client):
    visit = showing(HOSTILE)
    for name, body in HOSTILE.items():
        with storages["evidence"].open(visit.rows[name].original) as file:
            assert file.read() == body, name
    assert {name: (row.copy_state, row.flags) for name, row in visit.rows.items()} == {
        "an SVG": ("none", UNKNOWN),
        "a GIF that is a script": ("none", UNKNOWN),
        "a ZIP": ("none", UNKNOWN),
        "a JPEG that is a ZIP": ("made", []),
        "a PNG of 900 megapixels": ("none", PIXELS),
        "a PNG of 144 megapixels": ("none", PIXELS),
        "a photo that tells its place": ("made", []),
        "a photo with a script in its comment": ("made", []),
        "a truncated photo": ("none", UNREADABLE),
        "a PNG called JPEG": ("made", []),
        "a JPEG header and a script": ("none", UNREADABLE),
        "a PDF": ("none", []),
        "nothing at all": ("none", UNKNOWN),
    }
    client.force_login(cast.mia)
    shown = {one["id"] for one in told(client, visit)}
    assert shown == {str(row.shown_id) for row in visit.rows.values() if row.copy_state == "made"}
    for name, row in visit.rows.items():
        if row.copy_state == "made":
            served = fetch(client, visit, name).content
            assert not [secret for secret in SECRETS if secret in served], name
            assert Image.open(io.BytesIO(served)).format == "JPEG"


def test_what_is_served_tells_no_name_time_or_size_and_can_do_nothing(showing, cast, client):
    visit = showing({"a": photo()})
    client.force_login(cast.mia)
    answer = fetch(client, visit, "a")
    assert answer.status_code == 200
    headers = {name: value for name, value in answer.headers.items() if name not in ("Date", "Server-Time")}
    assert {name: headers[name] for name in ("Content-Type", "Content-Disposition", "Cache-Control")} == {
        "Content-Type": "image/jpeg",
        "Content-Disposition": 'attachment; filename="evidence.jpg"',
        "Cache-Control": "private, no-store",
    }
    assert (headers["X-Content-Type-Options"], headers["Content-Security-Policy"]) == (
        "nosniff",
        "sandbox; default-src 'none'",
    )
    assert not {"ETag", "Last-Modified"} & set(headers)
    said = str(told(client, visit)) + str(headers)
    row = visit.rows["a"]
    assert not [word for word in (str(row.id), str(row.submission_id), row.sha256.hex(), "ada") if word in said]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_copy_is_turned_upright(form):
    body = io.BytesIO(striped(form, exif=telling_exif(), **({"lossless": True} if form == "WEBP" else {})))
    with Image.open(io.BytesIO(evidence.derive_photo(body).body)) as copy:
        assert copy.size == (20, 40)
        top, bottom = copy.getpixel((10, 5)), copy.getpixel((10, 35))
        assert top[0] > 200 and bottom[2] > 200
        assert not copy.info.get("exif") and not copy.info.get("comment")


def test_heic_is_shown_as_jpeg():
    with Image.open(io.BytesIO(evidence.derive_photo(io.BytesIO(heic())).body)) as copy:
        assert (copy.format, copy.size) == ("JPEG", (64, 48))


def test_what_is_transparent_is_white_and_what_is_large_is_made_smaller():
    body = io.BytesIO()
    Image.new("RGBA", (3000, 300), (255, 0, 0, 0)).save(body, "PNG")
    with Image.open(io.BytesIO(evidence.derive_photo(body).body)) as copy:
        assert (copy.size, copy.getpixel((0, 0))) == ((2048, 205), (255, 255, 255))


def test_receipts_and_papers_are_the_offices_until_a_reviewer_shows_them(showing, cast, client):
    types = {"bill": "receipt", "paper": "document"}
    visit = showing({"room": photo(), "bill": photo("blue"), "paper": b"%PDF-1.7"}, types)
    client.force_login(cast.mia)
    assert [one["type"] for one in told(client, visit)] == ["photo"]
    assert fetch(client, visit, "bill").status_code == 404
    assert evidence.decide_audience(rows=[visit.rows["bill"].pk], audience="branch") == 1
    assert sorted(one["type"] for one in told(client, visit)) == ["photo", "receipt"]
    assert fetch(client, visit, "bill").status_code == 200
    with pytest.raises(Problem) as refused:
        evidence.decide_audience(rows=[visit.rows["bill"].pk, visit.rows["paper"].pk], audience="branch")
    assert refused.value.kind.code == "evidence-state"


def test_a_reviewer_may_keep_a_photo_back(showing, cast, client):
    visit = showing({"mirror": photo()})
    evidence.decide_audience(rows=[visit.rows["mirror"].pk], audience="office")
    client.force_login(cast.mia)
    assert (told(client, visit), fetch(client, visit, "mirror").status_code) == ([], 404)


def test_nothing_is_shown_where_the_programme_shares_none(showing, arranged, cast, client):
    visit = showing({"a": photo()})
    arranged.programme.shares_evidence = False
    arranged.programme.save()
    client.force_login(cast.mia)
    assert (told(client, visit), fetch(client, visit, "a").status_code) == ([], 404)


def test_nothing_is_shown_before_the_release_and_nothing_to_others(showing, cast, client):
    unseen = showing({"a": photo()}, released=False)
    visit = showing({"a": photo()})
    unseen.audit.visit_id = visit.audit.visit_id
    client.force_login(cast.mia)
    assert fetch(client, unseen, "a").status_code == 404
    for person, status in (("mia", 200), ("cora", 200), ("max", 404), ("bob", 404), ("ada", 403)):
        client.force_login(cast.people[person])
        assert fetch(client, visit, "a").status_code == status, person


def test_a_file_that_was_not_announced_or_differs_is_not_shown(showing, cast, client):
    visit = showing({"a": photo()})
    hold(visit.submission.pk, uuid.uuid4(), cast.ada, photo("blue"))
    expected = Submission.objects.get(pk=visit.submission.pk).expected_evidence
    make_copies()
    client.force_login(cast.mia)
    assert len(told(client, visit)) == 1
    Submission.objects.filter(pk=visit.submission.pk).update(expected_evidence=[expected[0] | {"sha256": "00" * 32}])
    assert told(client, visit) == []


def test_copies_stand_in_the_order_of_the_checklist_not_in_that_of_their_arrival(showing, cast, client):
    visit = showing({name: photo(name) for name in ("red", "blue", "green")})
    rows = visit.submission.expected_evidence
    Submission.objects.filter(pk=visit.submission.pk).update(expected_evidence=rows[::-1])
    client.force_login(cast.mia)
    assert [one["answers"] for one in told(client, visit)] == [["ARR-001"], ["ARR-002"], ["ARR-003"]]


def test_the_office_sees_copies_and_saves_papers_but_gets_no_picture_as_it_was_sent(showing, cast, client):
    visit = showing({"a": photo(exif=telling_exif()), "torn": photo()[:300], "svg": HOSTILE["an SVG"], "pdf": b"%PDF-"})
    client.force_login(cast.rita)

    def look(name):
        return client.get(f"/admin/audits/evidence/{visit.rows[name].pk}/file/")

    assert b"SecretPhone" not in look("a").content
    assert [look(name).status_code for name in ("a", "torn", "svg", "pdf")] == [200, 404, 404, 200]
    assert look("pdf")["Content-Type"] == "application/octet-stream"
    page = client.get(f"/admin/audits/submission/{visit.submission.pk}/change/")
    assert page.status_code == 200
    assert f"/admin/audits/evidence/{visit.rows['a'].pk}/file/" in page.content.decode()
    assert "unreadable-image" in page.content.decode()


def test_the_page_of_a_visit_shows_its_copies(showing, cast, client):
    visit = showing({"a": photo()})
    client.force_login(cast.mia)
    page = client.get(f"/visits/{visit.audit.visit_id}").content.decode()
    assert f'src="/api/v1/visits/{visit.audit.visit_id}/evidence/{visit.rows["a"].shown_id}"' in page
    assert not [word for word in ("ada", str(visit.submission.pk), str(visit.rows["a"].id)) if word in page]


def test_a_worker_that_dies_over_a_file_leaves_it_to_others_and_in_the_end_alone(cast, settings, tmp_path):
    """Each try is counted before the file is opened: five times at most, further apart each time."""
    hold(uuid.UUID(int=1), uuid.UUID(int=2), cast.ada, photo())
    row = Evidence.objects.get()
    body = tmp_path / "kept"
    where = Path(storages["evidence"].path(row.original))
    where.rename(body)
    tries = 0
    moment = NOW
    while Evidence.objects.get().copy_state == "waiting":
        moment = Evidence.objects.get().copy_due_at
        assert evidence.make_copies_due(now=moment) == 1
        tries += 1
    assert (tries, Evidence.objects.get().flags) == (6, ["copy-failed"])
    body.rename(where)


def test_two_workers_never_make_two_copies_of_a_file(cast):
    hold(uuid.UUID(int=1), uuid.UUID(int=2), cast.ada, photo())
    assert evidence.make_copies_due(now=NOW) == 1
    assert evidence.make_copies_due(now=NOW) == 0
    row = Evidence.objects.get()
    assert (row.copy_state, row.copy_tries, storages["evidence"].exists(row.derivative)) == ("made", 1, True)
