"""The life of a version in the admin: each step is shown, asked about, and then done by the services."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from standards.models import ChecklistVersion, RatingScheme, Revision, Standard, TranslationDocument
from standards.models.drafts import checklist_of, translations_of, write_translation
from standards.services import authoring, briefs, schemes
from standards.services.translating import export_language
from tests.standards.admin.browsing import page_of, save, told
from tests.standards.drafting import NOW, draft_of, published, small_checklist
from tests.standards.services.test_a_draft_becomes_a_published_version import GERMAN

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast, client):
    client.force_login(cast.cora)
    return client


def text_of(response) -> str:
    return response.content.decode()


def uploaded(name, body):
    return SimpleUploadedFile(name, body)


def test_publishing_shows_what_changed_and_asks_for_a_note(cast, browser):
    base = published(cast.cora)
    draft = authoring.new_draft_from(version_id=base.pk, by=cast.cora, now=NOW)
    standard = Standard.objects.get(version=draft, code="ARR-001")
    save(browser, page_of(standard), wording="The guest was welcomed.", weight="2")
    page = browser.get(page_of(draft, "publish"))
    assert "Reworded (1)" in text_of(page) and "Reweighted (1)" in text_of(page)
    assert "The guest was welcomed." in text_of(page)
    assert "This field is required" in text_of(browser.post(page_of(draft, "publish"), {"note": ""}))
    done = browser.post(page_of(draft, "publish"), {"note": "Warmer."}, follow=True)
    assert told(done) == ["Stay v2 is published."]
    draft.refresh_from_db()
    assert (draft.state, draft.note, draft.published_by) == ("published", "Warmer.", cast.cora)


def test_faults_are_listed_and_then_there_is_nothing_to_press(cast, browser):
    draft = draft_of(cast.cora, small_checklist(decimals=0))
    page = browser.get(page_of(draft, "publish"))
    assert "/standards/ARR-003/weight" in text_of(page)
    assert 'value="Publish"' not in text_of(page)
    refused = browser.post(page_of(draft, "publish"), {"note": "x"})
    assert refused.status_code == 422
    assert ChecklistVersion.objects.get().state == "draft"


def test_languages_are_chosen_when_publishing(cast, browser):
    draft = draft_of(cast.cora)
    write_translation(draft, GERMAN)
    page = browser.get(page_of(draft, "publish"))
    assert page.context["form"].fields["languages"].initial == ["de"]
    browser.post(page_of(draft, "publish"), {"note": "x", "languages": ["de"]})
    assert TranslationDocument.objects.get().language == "de"


@pytest.mark.parametrize(("page", "state"), [("close", "closing"), ("retire", "retired")])
def test_closing_and_retiring_ask_again_first(cast, browser, page, state):
    version = published(cast.cora)
    assert browser.get(page_of(version, page)).status_code == 200
    version.refresh_from_db()
    assert version.state == "published"
    browser.post(page_of(version, page))
    version.refresh_from_db()
    assert version.state == state


def test_a_step_taken_twice_says_so(cast, browser):
    version = published(cast.cora)
    browser.post(page_of(version, "retire"), follow=True)
    assert told(browser.post(page_of(version, "retire"), follow=True)) == [
        "This version is retired; it cannot become retired."
    ]


def test_a_new_draft_from_a_version_opens_at_once(cast, browser):
    version = published(cast.cora)
    page = browser.post(page_of(version, "new_draft"), follow=True)
    draft = ChecklistVersion.objects.get(number=2)
    assert page.redirect_chain[-1][0] == page_of(draft)
    assert checklist_of(draft) == small_checklist()


@pytest.mark.parametrize(
    ("action", "page"),
    [("publish_one", "publish"), ("close_one", "close"), ("retire_one", "retire"), ("draft_of_one", "new_draft")],
)
def test_actions_of_the_list_lead_to_the_page_that_asks(cast, browser, action, page):
    version, other = published(cast.cora), draft_of(cast.cora, small_checklist(code="other"))
    address = reverse("admin:standards_checklistversion_changelist")
    one = browser.post(address, {"action": action, "_selected_action": [version.pk]})
    assert one["Location"] == page_of(version, page)
    two = browser.post(address, {"action": action, "_selected_action": [version.pk, other.pk]}, follow=True)
    assert told(two) == ["Choose one version."]


def test_the_preview_shows_what_an_auditor_answers_right_to_left_text_included(cast, browser):
    version = draft_of(cast.cora)
    save(browser, page_of(Standard.objects.get(version=version, code="ARR-001")), wording="هل رحب بالضيف؟ 😀")
    page = text_of(browser.get(page_of(version, "preview")))
    assert "هل رحب بالضيف؟ 😀" in page and 'dir="auto"' in page
    assert "Not met" in page and "<em>critical</em>" in page and "A comment is needed on a fail." in page


class TestLanguages:
    def test_the_share_is_shown_and_a_table_is_taken(self, cast, browser):
        draft = draft_of(cast.cora)
        write_translation(draft, GERMAN)
        assert "12 of 12 (100 %)" in text_of(browser.get(page_of(draft, "languages")))
        table = export_language(draft, "de").body.replace(b"Aufenthalt", "Séjour 😀".encode())
        typed = {"language": "fr", "file": uploaded("fr.csv", table)}
        assert told(browser.post(page_of(draft, "languages"), typed, follow=True)) == ["fr: 12 of 12 texts."]
        assert translations_of(draft)["fr"].name == "Séjour 😀"

    def test_a_faulty_table_is_refused_with_its_rows(self, cast, browser):
        draft = draft_of(cast.cora)
        body = b"key,original,translation\n/name,Stay,Aufenthalt\n/nonsense,x,y\n"
        page = browser.post(page_of(draft, "languages"), {"language": "de", "file": uploaded("de.csv", body)})
        assert page.status_code == 422 and "Row 3: nothing here is called /nonsense." in text_of(page)
        assert translations_of(draft) == {}

    def test_a_section_is_translated_beside_its_original(self, cast, browser):
        draft = draft_of(cast.cora)
        address = f"{page_of(draft, 'translate')}?language=ar&section=ARR"
        assert "The guest was greeted." in text_of(browser.get(address))
        typed = {"/standards/ARR-001/wording": "تم الترحيب بالضيف", "/standards/BAR-001/wording": "not of this page"}
        assert told(browser.post(address, typed, follow=True)) == ["ar: 1 of 12 texts."]
        assert list(translations_of(draft)["ar"].standards) == ["ARR-001"]
        assert "تم الترحيب بالضيف" in text_of(browser.get(address))

    def test_one_page_leaves_the_texts_of_others_alone(self, cast, browser):
        draft = draft_of(cast.cora)
        write_translation(draft, GERMAN)
        browser.post(f"{page_of(draft, 'translate')}?language=de&section=BAR", {"/standards/BAR-001/wording": ""})
        translation = translations_of(draft)["de"]
        assert "BAR-001" not in translation.standards
        assert translation.standards["ARR-001"] == GERMAN.standards["ARR-001"]

    def test_the_own_language_is_refused_with_everything_typed(self, cast, browser):
        draft = draft_of(cast.cora)
        page = browser.post(f"{page_of(draft, 'translate')}?language=en&section=head", {"/name": "Typed"})
        assert page.status_code == 422
        assert "Typed" in text_of(page) and "language of the checklist itself" in text_of(page)

    def test_a_language_finished_late_is_published_alone(self, cast, browser):
        version = published(cast.cora)
        write_translation(version, GERMAN)
        page = browser.post(page_of(version, "publish_language"), {"language": "de"}, follow=True)
        assert told(page) == ["de is published."]
        assert TranslationDocument.objects.get().version == version


class TestHistory:
    def test_an_older_draft_is_brought_back(self, cast, browser):
        draft = draft_of(cast.cora)
        save(browser, page_of(Standard.objects.get(version=draft, code="ARR-001")), wording="Other.")
        page = text_of(browser.get(page_of(draft, "history_of")))
        assert "reworded ARR-001" in page and "cora" in page
        filled = Revision.objects.get(version=draft, number=2)
        assert "Bring this draft back" in text_of(browser.get(page_of(filled)))
        assert browser.get(page_of(filled, "restore")).status_code == 302
        assert Standard.objects.get(code="ARR-001").wording == "Other."
        done = browser.post(page_of(filled, "restore"), follow=True)
        assert told(done) == ["Stay v1 says again what it said after change 2."]
        assert Standard.objects.get(code="ARR-001").wording == "The guest was greeted."

    def test_briefs_and_schemes_have_one_too(self, cast, browser):
        known = {"chain_id": cast.aurora.pk, "code": "x", "name": "X", "by": cast.cora, "now": NOW}
        brief = briefs.new_brief(text="First.", **known)
        scheme = schemes.new_scheme(document="levels: [a, b]", effective_from=NOW.date(), **known)
        save(browser, page_of(brief), text="Second.")
        save(browser, page_of(scheme), document="levels: [c, d]")
        for row, lines in ((brief, ["-First.", "+Second."]), (scheme, ["-levels: [a, b]", "+levels: [c, d]"])):
            assert page_of(row, "history_of") in text_of(browser.get(page_of(row)))
            history = browser.get(page_of(row, "history_of"))
            assert history.context["rows"][0].lines == lines and lines[0] in text_of(history)
            assert f'href="{page_of(row)}"' in text_of(history)
        for first in (
            Revision.objects.get(brief_version=brief, number=1),
            Revision.objects.get(scheme_version=scheme, number=1),
        ):
            browser.post(page_of(first, "restore"))
        brief.refresh_from_db()
        scheme.refresh_from_db()
        assert (brief.text, scheme.document) == ("First.", "levels: [a, b]")


def test_a_scheme_shows_its_faults_or_the_direction_of_its_parts(cast, browser):
    typed = {"chain": cast.aurora.pk, "code": "s", "name": "S", "effective_from": "2026-01-01"}
    browser.post(reverse("admin:standards_ratingscheme_add"), typed | {"document": "levels: [bad, good]"})
    version = RatingScheme.objects.get().versions.get()
    assert "add decide or peers" in text_of(browser.get(page_of(version)))
    assert "add decide or peers" in text_of(browser.post(page_of(version, "publish"), follow=True))
    document = "levels: [bad, good]\r\ndecide: {grid: [whole], at_least: {good: 80}, else: bad}\r\n"
    save(browser, page_of(version), document=document)
    assert "<td>whole</td><td>up</td>" in text_of(browser.get(page_of(version)))
    browser.post(page_of(version, "publish"))
    version.refresh_from_db()
    assert version.published_by == cast.cora and len(version.sha256) == 64
    browser.post(page_of(version, "new_draft"))
    assert RatingScheme.objects.get().versions.count() == 2
