"""One language out as a table and back in: every text the same, whatever people write; and all the way to the phone."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from chains.problems import Problem
from standards.models import ChecklistVersion, TranslationDocument
from standards.models.drafts import checklist_of, translations_of
from standards.services import publishing, translating
from standards.services.exporting import write_checklist
from standards.services.importing import read_file
from standards.spec import checklist as spec
from standards.spec.languages import fallback_order, in_language
from standards.spec.translation import Translation, texts_given, texts_needed, translation_from_texts
from tests.standards.drafting import NOW, draft_of, small_checklist
from tests.standards.services.test_files_round_trip import TEXT, checklists


@st.composite
def translated(draw) -> tuple[spec.Checklist, dict[str, str]]:
    """A checklist, and some of its texts in another language."""
    checklist = draw(checklists())
    keys = [key for key, _ in texts_needed(checklist)]
    return checklist, draw(st.dictionaries(st.sampled_from(keys), TEXT, max_size=len(keys)))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@given(case=translated())
@settings(max_examples=40, deadline=None)
def test_a_table_reads_back_to_the_same_texts(kind, case):
    checklist, texts = case
    table = translating.write_language(checklist, translation_from_texts("de", texts), kind)
    back = translating.read_language(checklist, "de", table)
    assert texts_given(back) == texts
    assert translating.write_language(checklist, back, kind) == table or kind == "xlsx"


@given(case=translated(), other=st.dictionaries(st.just("/name"), TEXT))
@settings(max_examples=40, deadline=None)
def test_a_checklist_reads_in_a_language_as_far_as_it_is_translated(case, other):
    checklist, texts = case
    known = {"pt": translation_from_texts("pt", texts), "pt-BR": translation_from_texts("pt-BR", other)}
    shown = dict(texts_needed(in_language(checklist, known, "pt-BR")))
    assert shown == dict(texts_needed(checklist)) | texts | other
    assert in_language(checklist, known, "en") == checklist


@pytest.mark.parametrize(
    ("wanted", "there", "order"),
    [
        ("pt-BR", ["de", "pt-BR", "pt"], ["pt-BR", "pt"]),
        ("pt-br", ["pt-BR"], ["pt-BR"]),
        ("pt", ["pt-PT", "pt-BR"], ["pt-BR", "pt-PT"]),
        ("zh-Hant-TW", ["zh", "zh-Hant", "zh-Hans"], ["zh-Hant", "zh", "zh-Hans"]),
        ("fr", ["de"], []),
        ("p", ["pt"], []),
    ],
)
def test_the_nearest_language_comes_first_and_no_foreign_one_at_all(wanted, there, order):
    assert fallback_order(wanted, there) == order


def test_a_translation_of_nothing_is_the_checklist_itself():
    assert in_language(small_checklist(), {}, "de") == small_checklist()
    assert in_language(small_checklist(), {"de": Translation(checklist="", language="de")}, "de") == small_checklist()


# Right to left with its marks, four-byte letters, an emoji of several code points, both ends of a plane, and what a
# spreadsheet would run.
SPOKEN = "هل رُحِّبَ بالضيف؟ \u200f(نعم) שלום"
LETTERS = "𝔄𠜎 👩🏽‍🚒🇦🇹 \U0001f600\U0010fffd"
RUNS = '=1+1; "x"\n+2'


@pytest.mark.django_db
def test_right_to_left_and_four_byte_characters_reach_the_phone_as_they_were_written(cast):
    first = small_checklist().standards[0]
    said = [SPOKEN, LETTERS, RUNS]
    standards = tuple(
        spec.Standard(f"ARR-{place}", "ARR", text, guidance=text, classification=first.classification)
        for place, text in enumerate(said)
    )
    content = small_checklist(language="ar", name=SPOKEN, sections=(spec.Section("ARR", LETTERS),), standards=standards)
    reading = read_file("x.csv", write_checklist(content, "csv"), head={"name": SPOKEN})
    version = draft_of(cast.cora, reading.checklist)
    texts = {key: f"{LETTERS} {text}" for key, text in texts_needed(checklist_of(version))}
    table = translating.write_language(checklist_of(version), translation_from_texts("he", texts), "csv")
    translation = translating.read_language(checklist_of(version), "he", table)
    translating.save_language(version_id=version.pk, translation=translation, source="x", by=cast.cora, now=NOW)
    publishing.publish(version_id=version.pk, by=cast.cora, now=NOW, languages=["he"])
    frozen = ChecklistVersion.objects.get(pk=version.pk)
    phone = APIClient()
    phone.force_authenticate(cast.ada)
    checklist = phone.get(f"/api/v1/checklists/{frozen.sha256}")
    assert json.loads(checklist.content)["sections"][0]["name"] == LETTERS
    assert [one["wording"] for one in json.loads(checklist.content)["standards"]] == said
    assert LETTERS.encode() in checklist.content and SPOKEN.encode() in checklist.content
    document = TranslationDocument.objects.get(version=frozen, language="he")
    told = json.loads(phone.get(f"/api/v1/translations/{document.sha256}").content)
    assert [told["standards"][f"ARR-{place}"]["guidance"] for place in range(3)] == [f"{LETTERS} {one}" for one in said]
    assert texts_given(translations_of(frozen)["he"]) == texts


@pytest.mark.django_db
def test_the_checklists_own_language_is_no_translation(cast):
    version = draft_of(cast.cora)
    translation = translation_from_texts("en", {"/name": "Stay"})
    with pytest.raises(Problem) as caught:
        translating.save_language(version_id=version.pk, translation=translation, source="x", by=cast.cora, now=NOW)
    assert caught.value.errors[0].code == "original-language"
