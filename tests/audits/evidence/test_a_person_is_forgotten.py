"""Forgetting a person: whatever tells who they were is gone, whatever counts is the same to the byte."""

import base64
import io
import json
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from audits.models import Draft, Erasure, Evidence, Quarantine, Query, Rating, RawSubmission, Score, Submission, Upload
from audits.models.files import incoming, stored
from audits.models.sent import sent_bytes
from audits.services import erasing, receiving
from chains.models import Device, Job, Membership, PairingCode, User
from chains.problems import Problem
from tests.audits.delivering import planned
from tests.audits.evidence.pictures import photo
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db
MARK = "Qzadamark"
GOES = {
    "phones": 1,
    "unfinished uploads": 1,
    "drafts": 1,
    "originals of files": 3,
    "reports as sent": 1,
    "reports in quarantine": 1,
    "name and account": 1,
}


@pytest.fixture
def ada(cast):
    ada = cast.ada
    ada.first_name, ada.last_name, ada.email = MARK, MARK, f"ada@{MARK}.example"
    ada.username = MARK
    ada.save()
    return ada


@pytest.fixture
def visit(showing, ada, cast, arranged):
    """A released visit of Ada's with a photo and a receipt, and everything else a house can hold of a person."""
    visit = showing({"room": photo(), "bill": photo("blue"), "paper": b"%PDF-"}, {"bill": "receipt"})
    device = Device.objects.create(
        user=ada,
        install_id=MARK,
        platform=MARK,
        token_sha256=b"1" * 32,
        paired_at=NOW,
        last_used_at=NOW,
        expires_at=NOW,
    )
    Submission.objects.filter(pk=visit.submission.pk).update(device=device)
    PairingCode.objects.create(code_sha256=b"1" * 32, user=ada, created_at=NOW, expires_at=NOW)
    over = planned(arranged.component, arranged.version, cast.graz, ada)
    over.state, over.reason = "aborted", f"I am {MARK}"
    over.save()
    Draft.objects.create(assignment=over, submission_id=uuid.uuid4(), body=b"x", sha256=b"2" * 32, saved_at=NOW)
    Query.objects.create(submission=visit.submission, text="Who?", reply=f"I, {MARK}")
    Quarantine.objects.create(
        office=cast.office, sender=ada, device=device, submission_id=uuid.uuid4(), digest=b"3" * 32, length=1,
        body=MARK.encode(), problem="submission-unreadable", faults=[{"detail": MARK}], received_at=NOW,
    )  # fmt: skip
    Upload.objects.create(
        owner=ada, submission_id=uuid.uuid4(), length=9, sha256=b"4" * 32, part="x.part", created_at=NOW, expires_at=NOW
    )
    (incoming() / "x.part").write_bytes(b"half")
    member = Membership.objects.get(user=ada)
    for row in (ada, member):
        LogEntry.objects.log_actions(cast.olga.pk, [row], 2, "changed", single_object=True)
    return visit


def forget(person, **options):
    return erasing.forget(person=person, now=NOW, **options)


def counted():
    """Every figure there is, to the byte."""
    return [list(model.objects.order_by("pk").values()) for model in (Score, Rating)]


def everything():
    """All that the database holds, as text."""
    rows = [str(list(model._base_manager.values())) for model in apps.get_models() if model._meta.managed]
    return "\n".join(rows)


def test_nothing_tells_any_more_who_it_was_and_every_figure_is_the_same(visit, ada):
    before = counted()
    assert before[0] and before[1] and MARK in everything()
    assert erasing.plan_of(ada).goes == GOES
    assert forget(ada) == GOES
    assert MARK not in everything()
    assert counted() == before
    nameless = User.objects.get(pk=ada.pk)
    assert nameless.username.startswith("forgotten-")
    assert not (nameless.is_active or nameless.is_staff or nameless.has_usable_password())
    out = io.StringIO()
    call_command("recompute", "--verify", "--processes", "1", stdout=out)
    assert "1 scores and 1 ratings made again: 0 differences" in out.getvalue()


def test_the_bytes_and_originals_are_gone_and_copies_of_photos_stay(visit, ada, cast, client):
    forget(ada)
    assert not RawSubmission.objects.exists()
    assert [file.name for file in stored("originals")] == []
    assert [file.name for file in stored("copies")] == [visit.rows["room"].derivative]
    assert [path.name for path in incoming().iterdir()] == []
    assert set(Evidence.objects.values_list("state", "owner", "original")) == {("erased", None, "")}
    client.force_login(cast.mia)
    address = f"/api/v1/visits/{visit.audit.visit_id}"
    (shown,) = client.get(address).json()["evidence"]
    assert client.get(f"{address}/evidence/{shown['id']}").status_code == 200
    with pytest.raises(RawSubmission.DoesNotExist):
        sent_bytes(visit.submission.pk)


def test_a_receipt_can_still_be_verified(visit, ada):
    receipt = Submission.objects.get(pk=visit.submission.pk).receipt
    forget(ada)
    kept = Submission.objects.get(pk=visit.submission.pk)
    header, payload, signature = receipt.split(".")
    (key,) = receiving.published_keys()
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
    public.verify(base64.urlsafe_b64decode(signature + "=="), f"{header}.{payload}".encode())
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert (kept.receipt, kept.sender, kept.device) == (receipt, None, None)
    assert said["digest"].endswith(bytes(kept.digest).hex())


def test_there_is_a_proof_of_everything_that_was_acknowledged(visit, ada, cast):
    digest = bytes(Submission.objects.get(pk=visit.submission.pk).digest)
    forget(ada)
    proofs = Erasure.objects.filter(why="forgotten", erased_at=NOW)
    assert sorted(proofs.values_list("what", flat=True)) == [
        "account", "device", "draft", "evidence", "evidence", "evidence", "quarantine", "submission",
    ]  # fmt: skip
    assert bytes(proofs.get(what="submission").sha256) == digest
    files = {(row.subject, bytes(row.sha256)) for row in proofs.filter(what="evidence", chain=cast.aurora)}
    assert files == {(str(row.id), bytes(row.sha256)) for row in visit.rows.values()}


def test_a_run_that_is_killed_again_and_again_goes_on_where_it_ended(visit, ada):
    class Killed(BaseException):
        pass

    def die(done, total):
        raise Killed

    before = counted()
    runs = 0
    while not User.objects.get(pk=ada.pk).username.startswith("forgotten-"):
        with pytest.raises(Killed):
            forget(User.objects.get(pk=ada.pk), advance=die)
        runs += 1
    assert runs == sum(GOES.values())
    assert (MARK in everything(), counted() == before) == (False, True)
    assert Erasure.objects.count() == sum(GOES.values()) - 1


def test_a_file_whose_erasure_was_killed_before_its_proof_is_proven_by_the_next_run(visit, ada):
    storages["evidence"].delete(visit.rows["room"].original)
    forget(ada)
    assert Erasure.objects.filter(subject=str(visit.rows["room"].id)).count() == 1


def test_later_ratings_come_out_as_if_nobody_had_been_forgotten(visit, ada):
    forget(ada)
    before = counted()
    settle()
    assert counted() == before


def test_somebody_with_visits_still_to_make_is_not_forgotten(visit, ada, cast, arranged):
    planned(arranged.component, arranged.version, cast.linz, ada)
    with pytest.raises(Problem) as refused:
        forget(ada)
    assert refused.value.kind.code == "forgetting-refused"
    assert (Erasure.objects.count(), User.objects.get(pk=ada.pk).is_active) == (0, True)


def test_the_command_shows_what_will_go_and_asks(visit, ada, monkeypatch):
    out = io.StringIO()
    call_command("forget_person", MARK, "--show", stdout=out)
    assert "3  originals of files" in out.getvalue()
    monkeypatch.setattr("builtins.input", lambda question: "no")
    with pytest.raises(CommandError, match="nothing was erased"):
        call_command("forget_person", MARK, stdout=out)
    assert MARK in everything()
    monkeypatch.setattr("builtins.input", lambda question: MARK)
    call_command("forget_person", MARK, stdout=out)
    assert MARK not in everything()
    assert "Erased: 1 phones" in out.getvalue()


def test_an_office_admin_asks_for_it_on_a_page_that_shows_what_will_go(visit, ada, cast, client):
    client.force_login(cast.olga)
    address = f"/admin/chains/user/act/forget/?ids={ada.pk}"
    page = client.get(address).content.decode()
    assert "3 × originals of files" in page
    client.post(address, {"username": "wrong"})
    assert not Job.objects.exists()
    client.post(address, {"username": MARK})
    job = Job.objects.get()
    assert (job.kind, job.owner, job.total) == ("forgetting", cast.olga, sum(GOES.values()))
    erasing.run(job_id=job.pk, clock=lambda: NOW)
    job.refresh_from_db()
    assert (job.state, job.done, job.result) == ("done", sum(GOES.values()), {"erased": GOES})
    assert MARK not in everything()


def test_a_job_that_is_to_stop_erases_nothing_more(visit, ada, cast):
    job = erasing.ask_to_forget(person=ada, by=cast.olga, confirmed=MARK, now=NOW)
    Job.objects.update(stop_wanted=True)
    erasing.run(job_id=job.pk, clock=lambda: NOW)
    assert (Job.objects.get().state, MARK in everything()) == ("stopped", True)
