"""Publishing: what is frozen, what stands against it, who may."""

import dataclasses

import pytest

from chains.models import Membership, User
from chains.problems import Problem
from standards.models import ChecklistVersion, Revision, TranslationDocument
from standards.models.drafts import translations_of, write_translation
from standards.services import authoring, publishing
from standards.spec import checklist as spec
from standards.spec.digest import sha256_hex
from standards.spec.translation import StandardText, Translation, read_translation
from tests.standards.drafting import NOW, draft_of, published, small_checklist

pytestmark = pytest.mark.django_db

GERMAN = Translation(
    checklist="",
    language="de",
    name="Aufenthalt",
    sections={"ARR": "Ankunft", "ROOM": "Zimmer", "BAR": "Bar"},
    classifications={"courtesy": "Höflichkeit", "cleanliness": "Sauberkeit"},
    standards={standard.code: StandardText(wording=f"„{standard.code}“ ✓") for standard in small_checklist().standards},
)


def refusal(call) -> Problem:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value


def test_the_frozen_bytes_are_the_canonical_bytes_of_what_the_draft_said(cast):
    version = published(cast.cora)
    assert version.state == "published"
    assert version.frozen() == spec.frozen_bytes(small_checklist())
    assert version.sha256 == sha256_hex(version.frozen())
    assert version.content() == small_checklist()
    assert (version.published_at, version.published_by) == (NOW, cast.cora)


def test_every_fault_is_listed_by_the_code_of_its_section_or_standard(cast):
    content = small_checklist(
        sections=(*small_checklist().sections, spec.Section("LOB", "  ")),
        standards=(
            *small_checklist().standards,
            spec.Standard("BAR-002", "BAR", "", weight="0"),
            spec.Standard("BAR/3", "BAR", "Ice.", classification="nonsense"),
        ),
    )
    version = draft_of(cast.cora, content)
    problem = refusal(lambda: publishing.publish(version_id=version.pk, by=cast.cora, now=NOW))
    assert problem.kind.code == "not-publishable"
    assert [fault.pointer for fault in problem.errors] == [
        "/sections/LOB/name",
        "/standards/BAR~13/code",
        "/standards/BAR-002/wording",
        "/standards/BAR-002/weight",
        "/standards/BAR~13/classification",
    ]
    version.refresh_from_db()
    assert (version.state, version.body) == ("draft", None)


def test_publishing_needs_the_publishers_right(cast):
    version = draft_of(cast.eda)
    assert refusal(lambda: publishing.publish(version_id=version.pk, by=cast.eda, now=NOW)).kind.code == "not-allowed"
    Membership.objects.filter(user=cast.eda).update(publishes=True)
    eda = User.objects.get(pk=cast.eda.pk)
    assert publishing.publish(version_id=version.pk, by=eda, now=NOW).state == "published"


@pytest.mark.parametrize("name", ["mia", "bob", "ada", "paul", "olga", "stan"])
def test_nobody_without_a_writers_role_publishes(cast, name):
    version = draft_of(cast.eda)
    person = getattr(cast, name)
    assert refusal(lambda: publishing.publish(version_id=version.pk, by=person, now=NOW)).kind.code == "not-allowed"


def test_the_second_of_two_who_press_is_told_that_it_is_no_draft_any_more(cast):
    version = draft_of(cast.cora)
    first = publishing.publish(version_id=version.pk, by=cast.cora, now=NOW)
    assert refusal(lambda: publishing.publish(version_id=version.pk, by=cast.cora, now=NOW)).kind.code == "not-a-draft"
    version.refresh_from_db()
    assert version.sha256 == first.sha256
    assert Revision.objects.filter(version=version, action="published").count() == 1


def test_the_same_content_again_is_refused_with_the_version_that_has_it(cast):
    first = published(cast.cora)
    again = authoring.new_draft_from(version_id=first.pk, by=cast.cora, now=NOW)
    problem = refusal(lambda: publishing.publish(version_id=again.pk, by=cast.cora, now=NOW))
    assert problem.kind.code == "not-publishable"
    assert [(fault.code, fault.detail) for fault in problem.errors] == [
        ("same-content", "Stay v1 says exactly the same; there is nothing new to publish.")
    ]
    again.refresh_from_db()
    assert again.state == "draft"


def test_another_chain_may_publish_the_same_content(cast):
    published(cast.cora)
    Membership.objects.create(user=cast.stan, role="chain_admin", chain=cast.borealis, publishes=True)
    other = published(User.objects.get(pk=cast.stan.pk))
    assert ChecklistVersion.objects.filter(sha256=other.sha256).count() == 2


def test_a_complete_translation_is_frozen_with_its_checklist(cast):
    version = draft_of(cast.cora)
    write_translation(version, GERMAN)
    frozen = publishing.publish(version_id=version.pk, by=cast.cora, now=NOW)
    document = TranslationDocument.objects.get(version=version)
    assert document.language == "de"
    assert document.sha256 == sha256_hex(document.frozen())
    content = read_translation(document.frozen())
    assert content.checklist == frozen.sha256
    assert content.standards["ARR-001"].wording == "„ARR-001“ ✓"
    assert content.sections == GERMAN.sections


def test_publishing_in_a_language_needs_all_of_it(cast):
    version = draft_of(cast.cora)
    partial = Translation(checklist="", language="de", name="Aufenthalt", standards=GERMAN.standards)
    write_translation(version, partial)
    problem = refusal(
        lambda: publishing.publish(version_id=version.pk, by=cast.cora, now=NOW, languages=["de", "en", "fr"])
    )
    pointers = [fault.pointer for fault in problem.errors]
    assert pointers[:5] == [f"/translations/de/{part}" for part in (
        "classifications/courtesy", "classifications/cleanliness", "sections/ARR", "sections/ROOM", "sections/BAR"
    )]  # fmt: skip
    assert pointers[5] == "/translations/en"
    assert pointers.count("/translations/fr/standards/BAR-001/wording") == 1
    assert len(pointers) == 5 + 2 * 12 + 1


def test_unfinished_languages_stay_behind_when_none_is_named_and_can_follow_later(cast):
    version = draft_of(cast.cora)
    write_translation(version, Translation(checklist="", language="de", standards=GERMAN.standards))
    publishing.publish(version_id=version.pk, by=cast.cora, now=NOW)
    assert not TranslationDocument.objects.exists()
    version = ChecklistVersion.objects.select_related("checklist").get(pk=version.pk)
    assert publishing.translation_shares(version) == {"de": (6, 12)}
    write_translation(version, GERMAN)
    late = publishing.publish_translation(version_id=version.pk, language="de", by=cast.cora, now=NOW)
    assert read_translation(late.frozen()).checklist == version.sha256
    again = refusal(lambda: publishing.publish_translation(version_id=version.pk, language="de", by=cast.cora, now=NOW))
    assert again.kind.code == "wrong-state"


def test_leftovers_of_removed_standards_are_not_frozen(cast):
    version = draft_of(cast.cora, small_checklist(standards=small_checklist().standards[:3]))
    write_translation(version, dataclasses.replace(GERMAN) if dataclasses.is_dataclass(GERMAN) else GERMAN)
    publishing.publish(version_id=version.pk, by=cast.cora, now=NOW)
    frozen = read_translation(TranslationDocument.objects.get().frozen())
    assert sorted(frozen.standards) == ["ARR-001", "ARR-002", "ARR-003"]
    assert translations_of(version)["de"].name == "Aufenthalt"


def test_a_version_closes_and_retires_and_never_goes_back(cast):
    version = published(cast.cora)
    assert publishing.close(version_id=version.pk, by=cast.cora).state == "closing"
    assert refusal(lambda: publishing.close(version_id=version.pk, by=cast.cora)).kind.code == "wrong-state"
    assert publishing.retire(version_id=version.pk, by=cast.cora).state == "retired"
    assert refusal(lambda: publishing.retire(version_id=version.pk, by=cast.cora)).kind.code == "wrong-state"
    version.refresh_from_db()
    assert version.frozen() == spec.frozen_bytes(small_checklist())


def test_closing_needs_the_publishers_right_and_a_published_version(cast):
    version = published(cast.cora)
    assert refusal(lambda: publishing.close(version_id=version.pk, by=cast.eda)).kind.code == "not-allowed"
    draft = authoring.new_draft_from(version_id=version.pk, by=cast.eda, now=NOW)
    assert refusal(lambda: publishing.close(version_id=draft.pk, by=cast.cora)).kind.code == "wrong-state"
