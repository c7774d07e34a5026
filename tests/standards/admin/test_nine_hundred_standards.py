"""Pages of a big version ask the database exactly so often, which is as often as those of a small one."""

import pytest
from django.urls import reverse

from standards.models import Section, Standard
from standards.models.drafts import checklist_of, write_translation
from standards.services import authoring
from standards.spec.translation import translation_from_texts
from tests.standards.admin.browsing import fields_of, page_of, row_prefix, save
from tests.standards.drafting import NOW, draft_of, many_standards, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast, client):
    client.force_login(cast.cora)
    return client


@pytest.fixture
def version(cast):
    return draft_of(cast.cora, many_standards(900))


@pytest.fixture
def second(cast):
    """A draft made from a published version, half translated."""
    base = published(cast.cora, many_standards(900))
    draft = authoring.new_draft_from(version_id=base.pk, by=cast.cora, now=NOW)
    texts = {f"/standards/S{place // 38:02}-{place:04}/wording": "Übersetzt 😀" for place in range(100)}
    write_translation(draft, translation_from_texts("de", texts))
    return draft


def test_the_page_of_the_version(browser, version, django_assert_num_queries):
    browser.get(page_of(version))
    with django_assert_num_queries(8):
        assert browser.get(page_of(version)).status_code == 200


def test_the_page_of_a_section(browser, version, django_assert_num_queries):
    section = Section.objects.filter(version=version).first()
    browser.get(page_of(section))
    with django_assert_num_queries(9):
        assert browser.get(page_of(section)).status_code == 200


def test_the_page_of_a_standard(browser, version, django_assert_num_queries):
    standard = Standard.objects.get(version=version, code="S00-0001")
    page = browser.get(page_of(standard))
    assert (page.context["before"].code, page.context["after"].code) == ("S00-0000", "S00-0002")
    with django_assert_num_queries(11):
        assert browser.get(page_of(standard)).status_code == 200


def test_the_list_of_all_comes_in_pages(browser, version, django_assert_num_queries):
    address = f"{reverse('admin:standards_standard_changelist')}?version__id__exact={version.pk}&all="
    browser.get(address)
    with django_assert_num_queries(10):
        page = browser.get(address)
    assert (len(page.context["cl"].result_list), page.context["cl"].result_count) == (100, 900)


def test_saving_the_version_and_a_dragged_section(browser, version, django_assert_num_queries):
    page = browser.get(page_of(version))
    last = row_prefix(page, Section.objects.filter(version=version).last())
    sent = fields_of(page) | {f"{last}-position": 0, "note": "New."}
    with django_assert_num_queries(26):
        assert browser.post(page_of(version), sent).status_code == 302
    assert checklist_of(version).sections[0].code == "S23"


def test_saving_a_section_with_every_standard_dragged_and_reworded(browser, version, django_assert_num_queries):
    section = Section.objects.filter(version=version).first()
    page = browser.get(page_of(section))
    rows = list(Standard.objects.filter(section=section))
    sent = fields_of(page)
    for place, row in enumerate(rows):
        prefix = row_prefix(page, row)
        sent |= {f"{prefix}-position": len(rows) - place, f"{prefix}-wording": f"Other words {place}."}
    with django_assert_num_queries(26):
        assert browser.post(page_of(section), sent).status_code == 302
    assert checklist_of(version).standards[0].wording == f"Other words {len(rows) - 1}."


def test_saving_one_standard(browser, version, django_assert_num_queries):
    address = page_of(Standard.objects.get(version=version, code="S00-0000"))
    sent = fields_of(browser.get(address)) | {"wording": "Other words."}
    with django_assert_num_queries(30):
        assert browser.post(address, sent).status_code == 302


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("changes", 8),
        ("preview", 9),
        ("publish", 18),
        ("languages", 11),
        ("translate", 10),
        ("history_of", 6),
        ("import", 5),
        ("export", 6),
    ],
)
def test_the_other_pages(browser, second, django_assert_num_queries, page, queries):
    address = f"{page_of(second, page)}?language=de"
    browser.get(address)
    with django_assert_num_queries(queries):
        assert browser.get(address).status_code == 200


@pytest.mark.parametrize(
    ("typed", "queries"),
    [
        ({"weight": "2", "classification": "courtesy"}, 31),
        ({"section": "S05"}, 34),
        ({"severity": "major", "section": "S05"}, 48),
    ],
)
def test_changing_and_moving_many(browser, version, django_assert_num_queries, typed, queries):
    if "section" in typed:
        typed = typed | {"section": Section.objects.get(version=version, code=typed["section"]).pk}
    keys = list(Standard.objects.filter(version=version).values_list("pk", flat=True)[:100])
    address = f"{reverse('admin:standards_standard_changelist')}?version__id__exact={version.pk}"
    sent = {"action": "change_many", "_selected_action": keys, "_set": "1"} | typed
    with django_assert_num_queries(queries):
        assert browser.post(address, sent).status_code == 302


def test_a_section_too_long_for_one_form_can_still_be_ordered_and_read(cast, browser):
    long = draft_of(cast.cora, many_standards(150, sections=1))
    section = Section.objects.get(version=long)
    page = browser.get(page_of(section))
    assert len(fields_of(page)) < 1_000
    assert "standards-0-position" in fields_of(page) and "standards-0-wording" not in fields_of(page)
    last = row_prefix(page, Standard.objects.filter(version=long).last())
    assert save(browser, page_of(section), **{f"{last}-position": 0}).status_code == 302
    assert checklist_of(long).standards[0].code == "S00-0149"
