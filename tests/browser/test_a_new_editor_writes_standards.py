"""A new editor's first hour, in a real browser against the real server: from an empty list to a published change."""

import re

import pytest
from playwright.sync_api import Page, expect

from chains.models import Membership
from standards.models import ChecklistVersion
from tests.browser.chromium import Visit, chromium
from tests.cast import Cast, person
from tests.live import Live

pytestmark = pytest.mark.browser

REWORDED = "The phone was picked up within three rings — 😀 مرحبا"
ADDED = "The caller was told who was speaking\nbefore anything was asked."


@pytest.fixture
def editor(cast: Cast) -> str:
    """A new editor of Aurora with the publisher's right; the name by which they sign in."""
    new = person("nora")
    Membership.objects.create(user=new, chain=cast.aurora, role="editor", publishes=True)
    return "nora"


def test_from_a_pack_to_a_published_change(live: Live, editor: str) -> None:
    with chromium(live.url) as visit:
        sign_in(visit, editor)
        load_the_pack(visit)
        publish(visit, note="As it came.")
        make_a_draft(visit)
        open_the_first_section(visit)
        reword_and_drag(visit)
        add_a_standard(visit)
        look_at_the_preview(visit)
        publish_what_changed(visit)
        assert visit.complaints == []
    first, second = ChecklistVersion.objects.order_by("number")
    assert (second.state, second.note, second.published_by.username) == ("published", "Warmer words.", "nora")
    before, after = first.content(), second.content()
    assert len(after.standards) == len(before.standards) + 1
    codes = [standard.code for standard in after.standards if standard.section == "RESP"]
    assert codes[:3] == ["RESP-002", "RESP-003", "RESP-001"]
    said = {standard.code: standard.wording for standard in after.standards}
    assert (said["RESP-001"], said[codes[-1]]) == (REWORDED, ADDED)
    assert {standard.code: standard.wording for standard in before.standards}["RESP-001"] != REWORDED


def sign_in(visit: Visit, name: str) -> None:
    visit.open("/admin/")
    visit.page.locator("[name=username]").fill(name)
    visit.page.locator("[name=password]").fill(name.upper())
    visit.page.locator("[name=password]").press("Enter")
    expect(visit.page.get_by_role("heading", name="Standards, visits and ratings")).to_be_visible()


def load_the_pack(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("link", name="Checklists", exact=True).click()
    page.get_by_role("link", name="Load one that comes with the product").click()
    page.get_by_label("Pack").select_option("hotel-luxury")
    page.get_by_role("button", name="Show what would be made").click()
    expect(page.get_by_text("written in en and translated into de")).to_be_visible()
    visit.picture("editor-import")
    page.get_by_role("button", name="Import all of it").click()
    told(page, "Luxury hotel, full stay v1 is a draft now.")
    visit.picture("editor-version")


def publish(visit: Visit, *, note: str) -> None:
    page = visit.page
    page.get_by_role("link", name="Publish …").click()
    page.get_by_label("Note").fill(note)
    page.get_by_role("button", name="Publish").click()
    told(page, "is published.")


def make_a_draft(visit: Visit) -> None:
    visit.page.get_by_role("link", name="New draft from this …").click()
    visit.page.get_by_role("button", name="Make a new draft").click()
    told(visit.page, "Luxury hotel, full stay v2: draft.")


def open_the_first_section(visit: Visit) -> None:
    visit.page.get_by_role("link", name=re.compile(r"^\d+ standards$")).first.click()
    expect(visit.page.get_by_role("heading", name="RESP Reservation by phone")).to_be_visible()


def reword_and_drag(visit: Visit) -> None:
    page = visit.page
    rows = page.locator("#standards-group tr.has_original")
    rows.first.locator("textarea").fill(REWORDED)
    handle = rows.first.locator("td.original p")
    handle.drag_to(rows.nth(2).locator("td.original p"), target_position={"x": 8, "y": 26})
    expect(rows.nth(2).locator("textarea")).to_have_value(REWORDED)
    visit.picture("editor-section")
    page.get_by_role("button", name="Save and continue editing").click()
    told(page, "was changed successfully")
    expect(rows.nth(2).locator("textarea")).to_have_value(REWORDED)


def add_a_standard(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("link", name="Add a standard").click()
    page.get_by_label("Code").fill("RESP-900")
    page.get_by_label("Wording").fill(ADDED)
    page.get_by_label("Classification").select_option("courtesy")
    page.get_by_label("Service").check()
    page.get_by_label("Kind:").select_option("choice")
    page.get_by_label("Options").fill("both|Name\\; and hotel|2\nname|الاسم فقط 😀|1\nnone|Neither|0")
    live = page.get_by_label("How the auditor sees it")
    expect(live.get_by_text("Name; and hotel")).to_be_visible()
    expect(page.get_by_label("Unit", exact=True)).to_be_hidden()
    visit.picture("editor-standard")
    shown = live.inner_text()
    page.get_by_role("button", name="Save and continue editing").click()
    told(page, "was added successfully")
    expect(live.get_by_text("Name; and hotel")).to_be_visible()
    assert live.inner_text() == shown
    page.get_by_role("link", name="Back to the section").click()
    page.get_by_role("link", name="Preview").click()
    # What is shown while it is typed is what the page of the whole checklist shows.
    assert page.locator('article[data-code="RESP-900"]').inner_text() == shown


def look_at_the_preview(visit: Visit) -> None:
    page = visit.page
    expect(page.locator(".phone").get_by_text(REWORDED)).to_be_visible()
    visit.picture("editor-preview")
    page.get_by_role("link", name="de", exact=True).click()
    expect(page.get_by_text("Telefonische Reservierung")).to_be_visible()
    # A text that nobody has translated yet is shown in the checklist's own language.
    expect(page.locator('article[data-code="RESP-900"]')).to_contain_text("The caller was told")
    page.get_by_role("link", name="Luxury hotel, full stay v2").click()


def publish_what_changed(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("link", name="Publish …").click()
    expect(page.locator(".counts")).to_have_text(re.compile(r"1 added\s+1 reworded\s+1 moved"))
    expect(page.locator("ins", has_text=REWORDED)).to_be_visible()
    page.get_by_label("Note").fill("Warmer words.")
    # German lacks the new standard: it is not published with this version unless somebody asks for it.
    expect(page.get_by_role("checkbox", name=re.compile("^de: "))).not_to_be_checked()
    visit.picture("editor-publish")
    page.get_by_role("button", name="Publish").click()
    told(page, "Luxury hotel, full stay v2 is published.")


def told(page: Page, text: str) -> None:
    expect(page.locator(".messagelist")).to_contain_text(text)
