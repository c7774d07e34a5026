"""The database itself refuses to change what was published, whoever asks."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from chains.problems import Problem
from standards.models import (
    BriefVersion,
    ChecklistVersion,
    SchemeVersion,
    Section,
    SectionTranslation,
    Standard,
    StandardTranslation,
    TranslationDocument,
    VersionTranslation,
)
from standards.models.drafts import write_translation
from standards.services import briefs, publishing
from tests.cast import scheme_in_force
from tests.standards.drafting import NOW, draft_of, published
from tests.standards.services.test_a_draft_becomes_a_published_version import GERMAN

pytestmark = pytest.mark.django_db


def refused(call) -> None:
    with pytest.raises(IntegrityError, match="a published version never changes"), transaction.atomic():
        call()


@pytest.fixture
def frozen(cast):
    version = draft_of(cast.cora)
    write_translation(version, GERMAN)
    publishing.publish(version_id=version.pk, by=cast.cora, now=NOW)
    return ChecklistVersion.objects.get(pk=version.pk)


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"x"},
        {"sha256": "0" * 64},
        {"state": "draft", "sha256": None, "body": None},
        {"language": "fr"},
        {"decimals": 3},
        {"number": 9},
        {"classifications": []},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_frozen_columns_of_a_version(frozen, change):
    before = frozen.frozen()
    refused(lambda: ChecklistVersion.objects.filter(pk=frozen.pk).update(**change))
    assert ChecklistVersion.objects.get(pk=frozen.pk).frozen() == before


def test_state_and_note_may_still_move_on(frozen):
    assert ChecklistVersion.objects.filter(pk=frozen.pk).update(state="closing", note="Used no more.") == 1


def test_its_sections_and_standards(frozen):
    section, standard = Section.objects.filter(version=frozen).first(), Standard.objects.filter(version=frozen).first()
    refused(lambda: Standard.objects.filter(version=frozen).update(wording="Something else."))
    refused(lambda: Section.objects.filter(version=frozen).update(name="Something else"))
    refused(standard.save)
    refused(lambda: Standard.objects.create(version=frozen, section=section, code="NEW-1", wording="New."))
    refused(lambda: Section.objects.bulk_create([Section(id=uuid.uuid4(), version=frozen, code="NEW", name="New")]))
    refused(lambda: Standard.objects.bulk_update([standard], ["wording"]))


def test_a_standard_of_a_draft_cannot_be_slipped_into_a_published_version(cast, frozen):
    draft = draft_of(cast.cora, frozen.content().__class__(**{**_fields(frozen.content()), "code": "other"}))
    refused(lambda: Standard.objects.filter(version=draft).update(version=frozen))


def _fields(content):
    return {name: getattr(content, name) for name in content.__struct_fields__}


def test_texts_of_a_published_language_and_its_document(frozen):
    refused(lambda: StandardTranslation.objects.update(wording="Etwas anderes."))
    refused(lambda: SectionTranslation.objects.update(name="Etwas anderes"))
    refused(lambda: VersionTranslation.objects.update(name="Etwas anderes"))
    refused(lambda: TranslationDocument.objects.update(body=b"x"))
    refused(lambda: VersionTranslation.objects.filter(language="de").update(language="fr"))


def test_texts_of_a_language_that_is_not_published_yet_may_still_be_written(frozen):
    VersionTranslation.objects.create(version=frozen, language="fr", name="Séjour")
    assert VersionTranslation.objects.filter(language="fr").update(name="Le séjour") == 1


def test_briefs_and_schemes(cast):
    brief = briefs.new_brief(
        chain_id=cast.aurora.pk, code="couple", name="A couple", text="You are two.", by=cast.cora, now=NOW
    )
    assert BriefVersion.objects.update(text="You are a couple.") == 1
    briefs.publish_brief(version_id=brief.pk, by=cast.cora, now=NOW)
    refused(lambda: BriefVersion.objects.update(text="You are three."))
    scheme = scheme_in_force(cast.aurora)
    refused(lambda: SchemeVersion.objects.filter(pk=scheme.pk).update(document="{}"))
    refused(lambda: SchemeVersion.objects.filter(pk=scheme.pk).update(published_at=None))


@pytest.mark.parametrize("model", [Standard, ChecklistVersion, TranslationDocument, StandardTranslation])
def test_nothing_frozen_is_deleted_by_rows_or_one_by_one(frozen, model):
    before = model.objects.count()
    for call in (model.objects.all().delete, model.objects.first().delete):
        with pytest.raises(Problem) as caught:
            call()
        assert caught.value.kind.code == "not-a-draft"
    assert model.objects.count() == before


def test_a_draft_is_deleted_with_all_its_rows(cast):
    version = draft_of(cast.cora)
    write_translation(version, GERMAN)
    version.delete()
    assert (Standard.objects.count(), Section.objects.count(), StandardTranslation.objects.count()) == (0, 0, 0)


def test_a_published_version_keeps_its_bytes_through_every_attempt(cast):
    version = published(cast.cora)
    before = bytes(version.body)
    for attempt in ({"body": b""}, {"sha256": "f" * 64}):
        refused(lambda change=attempt: ChecklistVersion.objects.update(**change))
    assert bytes(ChecklistVersion.objects.get(pk=version.pk).body) == before
