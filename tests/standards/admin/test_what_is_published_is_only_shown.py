"""Nothing that was published changes through the admin: not by pages, bulk actions, or forms shaped by hand."""

import pytest
from django.urls import reverse

from standards.models import (
    BriefVersion,
    ChecklistVersion,
    SchemeVersion,
    Section,
    SectionTranslation,
    Standard,
    StandardTranslation,
    VersionTranslation,
)
from standards.models.drafts import write_translation
from standards.services import briefs, publishing, schemes
from tests.standards.admin.browsing import fields_of, page_of, told
from tests.standards.drafting import NOW, draft_of
from tests.standards.services.test_a_draft_becomes_a_published_version import GERMAN

pytestmark = pytest.mark.django_db

ROWS = (ChecklistVersion, Section, Standard, StandardTranslation, SectionTranslation, VersionTranslation)
SCHEME = "levels: [bad, good]\ndecide: {grid: [whole], at_least: {good: 80}, else: bad}\n"


@pytest.fixture
def browser(cast, client):
    client.force_login(cast.cora)
    return client


@pytest.fixture
def version(cast):
    row = draft_of(cast.cora)
    write_translation(row, GERMAN)
    publishing.publish(version_id=row.pk, by=cast.cora, now=NOW)
    return ChecklistVersion.objects.get(pk=row.pk)


@pytest.fixture
def untouched(version):
    """Everything of the version, to be compared byte by byte."""

    def content():
        return [list(model.objects.order_by("pk").values()) for model in ROWS]

    before = content()
    yield
    assert content() == before


def rows_of(version):
    return [
        version,
        Section.objects.filter(version=version).first(),
        Standard.objects.filter(version=version).first(),
    ]


def test_its_pages_have_nothing_to_type_into(browser, version, untouched):
    for row in rows_of(version):
        page = browser.get(page_of(row))
        assert page.status_code == 200
        assert not page.context["has_change_permission"]
        assert 'name="_save"' not in page.content.decode()


def test_a_form_shaped_by_hand_is_answered_with_what_it_says_and_changes_nothing(browser, version, untouched):
    for row in rows_of(version):
        typed = {"wording": "Typed in vain", "name": "Typed in vain", "note": "Typed in vain", "_save": "Save"}
        response = browser.post(page_of(row), typed)
        assert response.status_code == 409
        assert response.content.decode().count("Typed in vain") == 3


def test_a_draft_published_while_somebody_writes_gives_the_writer_everything_back(cast, browser):
    draft = draft_of(cast.cora)
    section = Section.objects.filter(version=draft).first()
    sent = fields_of(browser.get(page_of(section))) | {"name": "A name typed for long"}
    publishing.publish(version_id=draft.pk, by=cast.cora, now=NOW)
    response = browser.post(page_of(section), sent)
    assert response.status_code == 409
    assert "A name typed for long" in response.content.decode()
    assert Section.objects.get(pk=section.pk).name == "Arrival"


@pytest.mark.parametrize("action", ["change_many", "duplicate_many", "delete_selected"])
def test_bulk_actions_on_its_standards(browser, version, untouched, action):
    keys = list(Standard.objects.values_list("pk", flat=True))
    address = f"{reverse('admin:standards_standard_changelist')}?version__id__exact={version.pk}"
    typed = {"action": action, "_selected_action": keys, "_set": "1", "weight": "9", "post": "yes"}
    page = browser.post(address, typed, follow=True)
    assert any("A published version never changes" in message for message in told(page))


def test_deleting_any_of_it(browser, version, untouched):
    for row in rows_of(version):
        assert browser.post(page_of(row, "delete"), {"post": "yes"}).status_code == 403
    for model in ("checklistversion", "section"):
        keys = [version.pk] if model == "checklistversion" else [one.pk for one in version.sections.all()]
        typed = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
        page = browser.post(reverse(f"admin:standards_{model}_changelist"), typed, follow=True)
        assert "A published version never changes" in " ".join(told(page)) or page.context["protected"]


def test_a_standard_or_section_slipped_into_it(browser, cast, version, untouched):
    section = Section.objects.filter(version=version).first()
    address = f"{reverse('admin:standards_standard_add')}?section={section.pk}"
    typed = {"section": section.pk, "code": "NEW-1", "wording": "New.", "kind": "met", "weight": "1"}
    typed |= {"severity": "normal", "channel": "in_person"}
    page = browser.post(address, typed)
    assert page.status_code == 200
    assert "section" in page.context["adminform"].form.errors


@pytest.mark.parametrize("page", ["import", "translate", "publish", "languages"])
def test_its_other_pages_refuse_as_well(browser, version, untouched, page):
    typed = {"/name": "Anders", "note": "Again.", "language": "de"}
    response = browser.post(f"{page_of(version, page)}?language=de", typed)
    assert response.status_code in (200, 302, 422)


def test_dragging_over_the_wire(browser, version, untouched):
    keys = [[str(one.pk), 10 - place] for place, one in enumerate(Standard.objects.all())]
    for model in ("standard", "section", "checklistversion"):
        address = f"/admin/standards/{model}/adminsortable2_update/"
        response = browser.post(address, {"updatedItems": keys}, content_type="application/json")
        assert response.status_code in (302, 404)


def test_published_briefs_and_schemes(cast, browser):
    brief = briefs.new_brief(chain_id=cast.aurora.pk, code="b", name="B", text="You are two.", by=cast.cora, now=NOW)
    scheme = schemes.new_scheme(
        chain_id=cast.aurora.pk, code="s", name="S", document=SCHEME, effective_from=NOW.date(), by=cast.cora, now=NOW
    )
    for row in (brief, scheme):
        browser.post(page_of(row, "publish"))
    before = [list(model.objects.values()) for model in (BriefVersion, SchemeVersion)]
    assert all(rows[0]["sha256"] for rows in before)
    assert browser.post(page_of(brief), {"text": "Typed in vain", "language": "en"}).status_code == 409
    typed = {"document": "Typed in vain", "effective_from": "2020-01-01", "note": ""}
    assert browser.post(page_of(scheme), typed).status_code == 409
    for row in (brief, scheme):
        assert browser.post(page_of(row, "delete"), {"post": "yes"}).status_code == 403
        page = browser.post(page_of(row, "publish"), follow=True)
        assert told(page) == ["A published version never changes; make a new draft from it."]
    assert [list(model.objects.values()) for model in (BriefVersion, SchemeVersion)] == before


def test_even_a_superuser_only_looks(cast, client, version, untouched):
    cast.stan.is_superuser = True
    cast.stan.save()
    client.force_login(cast.stan)
    for row in rows_of(version):
        assert client.post(page_of(row), {"wording": "x"}).status_code == 409
        assert client.post(page_of(row, "delete"), {"post": "yes"}).status_code == 403
