"""Files and packs in the admin: a page shows what would change, and the same page then brings it about."""

import base64
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from standards.admin import uploads
from standards.models import ChecklistVersion, RatingScheme, Standard
from standards.models.drafts import checklist_of
from standards.services import editing
from standards.services.exchange.sheets import MAX_BYTES
from standards.services.exporting import write_checklist
from tests.standards.admin.browsing import page_of, told
from tests.standards.drafting import NOW, draft_of, published, small_checklist

pytestmark = pytest.mark.django_db

SHORTER = small_checklist(standards=small_checklist().standards[1:])


@pytest.fixture
def browser(cast, client):
    client.force_login(cast.cora)
    return client


def text_of(response) -> str:
    return response.content.decode()


def uploaded(name, body):
    return SimpleUploadedFile(name, body)


def carried_by(page) -> dict[str, str]:
    """What pressing the button under the preview would send."""
    form = page.context["kept"]
    return {field.html_name: field.value() for field in form if field.value()} | {"_apply": "1"}


class TestIntoADraft:
    @pytest.mark.parametrize("kind", ["csv", "xlsx", "yaml"])
    def test_the_page_that_shows_a_file_carries_it_to_its_import(self, cast, browser, kind):
        draft = draft_of(cast.cora)
        file = uploaded(f"x.{kind}", write_checklist(SHORTER, kind))
        page = browser.post(page_of(draft, "import"), {"file": file})
        assert "Removed (1)" in text_of(page) and "The guest was greeted." in text_of(page)
        assert checklist_of(draft) == small_checklist()
        done = browser.post(page_of(draft, "import"), carried_by(page), follow=True)
        assert told(done) == ["5 standards imported."]
        assert checklist_of(draft) == SHORTER

    def test_a_draft_that_changed_since_the_look_is_looked_at_again(self, cast, browser):
        draft = draft_of(cast.cora)
        page = browser.post(page_of(draft, "import"), {"file": uploaded("x.csv", write_checklist(SHORTER, "csv"))})
        last = Standard.objects.get(version=draft, code="BAR-001")
        known = {"version_id": draft.pk, "standard_ids": [last.pk], "by": cast.eda, "now": NOW}
        editing.change_standards(fields={"weight": "7"}, **known)
        again = browser.post(page_of(draft, "import"), carried_by(page))
        assert "Somebody changed the draft in the meantime" in text_of(again) and "Reweighted (1)" in text_of(again)
        assert Standard.objects.get(pk=last.pk).weight == "7"
        browser.post(page_of(draft, "import"), carried_by(again))
        assert checklist_of(draft) == SHORTER

    def test_every_fault_is_shown_and_nothing_applied(self, cast, browser):
        draft = draft_of(cast.cora)
        body = b"section,code,wording,weight\nA,A-1,,x\n"
        page = browser.post(page_of(draft, "import"), {"file": uploaded("x.csv", body), "_apply": "1"})
        assert page.status_code == 422
        assert "Row 2, wording" in text_of(page) and "Row 2, weight" in text_of(page)
        assert checklist_of(draft) == small_checklist()

    @pytest.mark.parametrize(
        "carried",
        ["no base64!", base64.b64encode(b"not zlib").decode(), base64.b64encode(zlib.compress(b"cut")[:-2]).decode()],
    )
    def test_what_no_page_of_ours_carries_is_refused(self, cast, browser, carried):
        draft = draft_of(cast.cora)
        typed = {"carried": carried, "carried_name": "x.csv", "_apply": "1"}
        assert "Choose the file once more" in text_of(browser.post(page_of(draft, "import"), typed))
        assert checklist_of(draft) == small_checklist()

    def test_a_bomb_in_carried_clothes_is_not_unpacked(self, cast, browser):
        draft = draft_of(cast.cora)
        bomb = base64.b64encode(zlib.compress(bytes(MAX_BYTES + 1))).decode()
        typed = {"carried": bomb, "carried_name": "x.csv", "_apply": "1"}
        assert "Choose the file once more" in text_of(browser.post(page_of(draft, "import"), typed))

    def test_a_file_too_long_to_be_carried_is_chosen_twice(self, cast, browser, monkeypatch):
        monkeypatch.setattr(uploads, "MOST_CARRIED", 100)
        draft, body = draft_of(cast.cora), write_checklist(SHORTER, "csv")
        page = browser.post(page_of(draft, "import"), {"file": uploaded("x.csv", body)})
        assert "too long for this page" in text_of(page) and page.context["kept"] is None
        browser.post(page_of(draft, "import"), {"file": uploaded("x.csv", body), "_apply": "1"})
        assert checklist_of(draft) == SHORTER

    def test_neither_a_file_nor_a_carried_one(self, cast, browser):
        assert "Choose a file." in text_of(browser.post(page_of(draft_of(cast.cora), "import"), {"_apply": "1"}))


class TestNew:
    ADDRESS = "/admin/standards/checklist/import/"

    def test_a_file_is_shown_and_then_becomes_a_checklist(self, cast, browser):
        body = write_checklist(small_checklist(code="new"), "xlsx")
        page = browser.post(self.ADDRESS, {"chain": cast.aurora.pk, "file": uploaded("x.xlsx", body)})
        assert "with 6 standards in 3 sections, written in en" in text_of(page)
        assert not ChecklistVersion.objects.exists()
        assert told(browser.post(self.ADDRESS, carried_by(page), follow=True)) == ["Stay v1 is a draft now."]

    def test_a_checklist_that_the_chain_has_is_compared_with_its_newest_version(self, cast, browser):
        base = published(cast.cora)
        body = write_checklist(SHORTER, "yaml")
        page = browser.post(self.ADDRESS, {"chain": cast.aurora.pk, "file": uploaded("x.yaml", body)})
        assert "compared here with Stay v1" in text_of(page) and "Removed (1)" in text_of(page)
        browser.post(self.ADDRESS, carried_by(page))
        assert ChecklistVersion.objects.get(number=2).based_on == base

    def test_a_pack_becomes_drafts_of_a_checklist_and_a_scheme(self, cast, browser):
        page = browser.post(self.ADDRESS, {"chain": cast.aurora.pk, "pack": "hair-salon"})
        assert "with a rating scheme" in text_of(page) and not ChecklistVersion.objects.exists()
        browser.post(self.ADDRESS, carried_by(page))
        assert ChecklistVersion.objects.get().checklist.code == "hair-salon"
        assert RatingScheme.objects.get().code == "hair-salon"

    def test_only_chains_one_writes_for_are_offered_and_taken(self, cast, browser):
        assert list(browser.get(self.ADDRESS).context["form"].fields["chain"].queryset) == [cast.aurora]
        typed = {"chain": cast.borealis.pk, "pack": "hair-salon", "_apply": "1"}
        assert browser.post(self.ADDRESS, typed).status_code == 200
        assert not ChecklistVersion.objects.exists()

    def test_the_address_is_that_of_the_page(self):
        assert reverse("admin:standards_checklist_import") == self.ADDRESS


@pytest.mark.parametrize("kind", ["csv", "xlsx", "yaml"])
def test_an_export_leaves_as_an_attachment(cast, browser, kind):
    file = browser.get(f"{page_of(draft_of(cast.cora), 'export')}?kind={kind}")
    assert file["Content-Disposition"] == f'attachment; filename="stay-v1.{kind}"'
    assert file["Content-Security-Policy"] == "sandbox; default-src 'none'"
