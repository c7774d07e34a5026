"""In whatever order pieces come, from however many senders, and whoever dies: here is a beginning of the file."""

import hashlib
import random
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.models import Evidence, Upload
from audits.models.files import evidence_storage, incoming
from audits.services import evidence, uploading
from chains.models import User
from chains.problems import Problem
from tests.cast import NOW

pytestmark = pytest.mark.django_db
BODY = random.Random(2).randbytes(1000)


class Killed(BaseException):
    """The process is gone: nothing after this point happens."""


def dying(pieces, alive_for):
    """A sender who dies after some pieces; None: it does not."""
    for number, piece in enumerate(pieces):
        if number == alive_for:
            raise Killed
        yield piece


# Where a sender believes the file ends (some are right), how much it sends in which steps, and when it dies.
senders = st.tuples(
    st.one_of(st.none(), st.integers(0, len(BODY))),
    st.integers(1, 600),
    st.integers(1, 200),
    st.one_of(st.none(), st.integers(0, 3)),
)


@pytest.fixture
def ada(db):
    return User.objects.create(username="ada")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(senders, max_size=8))
def test_what_is_here_is_always_a_beginning_and_in_the_end_the_file(ada, tries):
    target = uploading.Target(ada, uuid.uuid4(), uuid.uuid4(), NOW)

    def keep(whole):
        file = evidence.Incoming(target.submission_id, target.evidence_id, ada, whole.length, whole.sha256, target.now)
        return evidence.keep(whole.path, file)

    def here():
        row = Upload.objects.filter(evidence_id=target.evidence_id).first()
        return (incoming() / row.part).read_bytes() if row else BODY

    uploading.begin(target, length=len(BODY), sha256=hashlib.sha256(BODY).digest(), finish=keep)
    for believed, length, step, dies in tries:
        before = here()
        offset = len(before) if believed is None else believed
        piece = BODY[offset : offset + length]
        steps = [piece[at : at + step] for at in range(0, len(piece), step)]
        try:
            done = uploading.append(target, offset=offset, chunks=dying(steps, dies), finish=keep)
        except Problem as problem:
            assert (problem.kind.code, here()) == ("upload-offset", before)
            assert offset != len(before)
        except Killed:
            assert here().startswith(before)
        else:
            assert done.offset == len(here()) == offset + len(piece)
        assert BODY.startswith(here())
    offset = len(here())
    uploading.append(target, offset=offset, chunks=[BODY[offset:]], finish=keep)
    row = Evidence.objects.get(id=target.evidence_id)
    with evidence_storage().open(row.original) as file:
        assert file.read() == BODY
    assert not Upload.objects.filter(evidence_id=target.evidence_id).exists()


def test_a_rival_who_writes_in_between_is_noticed_at_the_next_piece(ada):
    target = uploading.Target(ada, uuid.uuid4(), uuid.uuid4(), NOW)
    finish = pytest.fail
    uploading.begin(target, length=len(BODY), sha256=hashlib.sha256(BODY).digest(), finish=finish)

    def slow():
        yield BODY[:100]
        uploading.append(target, offset=100, chunks=[BODY[100:300]], finish=finish)
        yield BODY[100:200]

    with pytest.raises(Problem) as refused:
        uploading.append(target, offset=0, chunks=slow(), finish=finish)
    assert refused.value.kind.code == "upload-offset"
    assert uploading.progress(target, finish=finish).offset == 300
