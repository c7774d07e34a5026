"""What was erased, when and why is never told differently later: neither by the code nor past it."""

import pytest
from django.db import IntegrityError, connection, transaction

from audits.models import Erasure
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def proof(cast):
    return Erasure.objects.create(what="evidence", why="retention", subject="x", chain=cast.aurora, erased_at=NOW)


def test_the_models_refuse(proof):
    for refused in (
        lambda: Erasure.objects.filter(pk=proof.pk).update(note="x"),
        lambda: Erasure.objects.all().delete(),
        proof.save,
        proof.delete,
    ):
        with pytest.raises(TypeError):
            refused()
    assert Erasure.objects.filter(note="").count() == 1


def test_the_database_refuses(proof):
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audits_erasure SET note = 'x'")
