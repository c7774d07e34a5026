"""Writing a draft in the admin: what is typed is what the draft says; what cannot be saved is not lost."""

import msgspec
import pytest
from django.urls import reverse

from standards.models import Checklist, ChecklistVersion, Revision, Section, Standard
from standards.models.drafts import checklist_of
from standards.services import authoring, importing
from standards.services.exchange.packs import pack_names
from standards.services.exporting import EXAMPLE
from standards.spec import checklist as spec
from tests.standards.admin.browsing import faults, fields_of, page_of, row_prefix, save, told
from tests.standards.drafting import NOW, draft_of, published, small_checklist

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast, client):
    client.force_login(cast.eda)
    return client


def says(version) -> spec.Checklist:
    return checklist_of(ChecklistVersion.objects.select_related("checklist").get(pk=version.pk))


def row(version, code) -> Standard:
    return Standard.objects.get(version=version, code=code)


def test_a_checklist_begins_with_an_empty_draft(cast, browser):
    typed = {"chain": cast.aurora.pk, "code": "spa", "name": "Spa", "language": "en", "decimals": 1}
    assert browser.post(reverse("admin:standards_checklist_add"), typed).status_code == 302
    version = ChecklistVersion.objects.get()
    assert (version.checklist.name, version.decimals, version.state) == ("Spa", 1, "draft")
    assert Revision.objects.get().made_by == cast.eda


def test_a_code_that_is_taken_shows_the_form_again_with_everything_typed(cast, browser):
    draft_of(cast.eda)
    typed = {"chain": cast.aurora.pk, "code": "stay", "name": "Another stay", "language": "en", "decimals": 1}
    response = browser.post(reverse("admin:standards_checklist_add"), typed)
    assert response.status_code == 200
    assert faults(response) == {"form.code": ["This chain has a checklist stay already."]}
    assert fields_of(response)["name"] == "Another stay"
    assert Checklist.objects.count() == 1


def test_the_page_of_a_version_saves_head_and_sections_as_one_change(cast, browser):
    version = draft_of(cast.eda)
    address = page_of(version)
    page = browser.get(address)
    rows = {one.code: row_prefix(page, one) for one in Section.objects.filter(version=version)}
    count = fields_of(page)["sections-TOTAL_FORMS"]
    response = browser.post(
        address,
        fields_of(page)
        | {
            "decimals": 2,
            "classifications": "courtesy|Courtesy\r\ncleanliness|Clean and tidy",
            f"{rows['ARR']}-name": "Arrival and welcome",
            f"{rows['ARR']}-position": 3,
            f"{rows['BAR']}-position": 1,
            "sections-TOTAL_FORMS": count + 1,
            f"sections-{count}-code": "SPA",
            f"sections-{count}-name": "Spa",
            f"sections-{count}-position": "",
            f"sections-{count}-version": version.pk,
        },
    )
    assert response.status_code == 302, faults(response)
    content = says(version)
    assert [(one.code, one.name) for one in content.sections] == [
        ("BAR", "Bar"),
        ("ARR", "Arrival and welcome"),
        ("ROOM", "Room"),
        ("SPA", "Spa"),
    ] or [one.code for one in content.sections] == ["BAR", "ROOM", "ARR", "SPA"]
    assert content.standards[0].code == "BAR-001"
    assert content.classifications[1] == spec.Named("cleanliness", "Clean and tidy")
    assert content.decimals == 2
    assert Revision.objects.filter(version=version).count() == 3


def test_a_section_lies_below_another_of_the_same_version_only(cast, browser):
    version, other = draft_of(cast.eda), draft_of(cast.eda, small_checklist(code="other"))
    room, bar = (Section.objects.get(version=version, code=code) for code in ("ROOM", "BAR"))
    page = browser.get(page_of(version))
    field = page.context["inline_admin_formsets"][0].formset.forms[0].fields["parent"]
    assert set(field.queryset) == set(Section.objects.filter(version=version))
    foreign = Section.objects.get(version=other, code="ROOM")
    prefix = row_prefix(page, bar)
    assert save(browser, page_of(version), **{f"{prefix}-parent": foreign.pk}).status_code == 200
    assert save(browser, page_of(version), **{f"{prefix}-parent": room.pk}).status_code == 302
    assert says(version).sections[2].parent == "ROOM"


def test_the_page_of_a_section_rewords_reorders_adds_and_removes(cast, browser):
    version = draft_of(cast.eda)
    section = Section.objects.get(version=version, code="ARR")
    page = browser.get(page_of(section))
    first, second, third = (row_prefix(page, row(version, code)) for code in ("ARR-001", "ARR-002", "ARR-003"))
    response = browser.post(
        page_of(section),
        fields_of(page)
        | {
            "name": "Welcome",
            f"{first}-wording": "The guest was welcomed by name.",
            f"{first}-position": 9,
            f"{second}-weight": "3",
            f"{third}-DELETE": "on",
            "standards-TOTAL_FORMS": 4,
            "standards-3-code": "ARR-004",
            "standards-3-wording": "A drink was offered.",
            "standards-3-weight": "1",
            "standards-3-severity": "minor",
            "standards-3-section": section.pk,
        },
    )
    assert response.status_code == 302
    content = says(version)
    assert [one.code for one in content.standards[:3]] == ["ARR-002", "ARR-001", "ARR-004"] or [
        one.code for one in content.standards[:3]
    ] == ["ARR-002", "ARR-004", "ARR-001"]
    by_code = {one.code: one for one in content.standards}
    assert by_code["ARR-001"].wording == "The guest was welcomed by name."
    assert (by_code["ARR-002"].weight, by_code["ARR-002"].at_most) == ("3", "60")
    assert by_code["ARR-004"] == spec.Standard("ARR-004", "ARR", "A drink was offered.", severity="minor")
    assert content.sections[0].name == "Welcome"
    assert Revision.objects.filter(version=version).count() == 3


def test_saving_a_section_unchanged_changes_nothing(cast, browser):
    version = draft_of(cast.eda)
    for section in Section.objects.filter(version=version):
        assert save(browser, page_of(section)).status_code == 302
    assert says(version) == small_checklist()


@pytest.mark.parametrize("name", ["example", *pack_names()])
def test_saving_any_standard_unchanged_changes_nothing(cast, browser, name):
    content = EXAMPLE if name == "example" else importing.read_pack_named(name).checklist
    kinds = {}
    for standard in content.standards:
        kinds.setdefault((standard.kind, bool(standard.ladder), bool(standard.only_if), standard.channel), standard)
    # One standard of every sort, and those that they are asked after: saving takes longer the more there are.
    wanted = {standard.code for standard in kinds.values()}
    wanted |= {standard.only_if.code for standard in kinds.values() if standard.only_if}
    kept = tuple(standard for standard in content.standards if standard.code in wanted)
    content = msgspec.structs.replace(content, standards=kept)
    version = draft_of(cast.eda, content)
    for standard in kinds.values():
        assert save(browser, page_of(row(version, standard.code))).status_code == 302
    assert says(version) == content


def test_every_field_of_a_standard_can_be_typed(cast, browser):
    version = draft_of(cast.eda)
    typed = {
        "wording": "How warm\r\nwas it?",
        "guidance": "Go by the first minute.",
        "kind": "choice",
        "weight": "1.50",
        "severity": "major",
        "options": "warm|Warm; and personal|2\r\nnone|Not at all|0".replace("Warm;", "Warm\\;"),
        "pass_at": "2",
        "tags": ["service", "facility"],
        "facilities": "spa; pool",
        "only_if": "ARR-001=met",
        "channel": "phone",
        "comment_on_fail": "on",
    }
    assert save(browser, page_of(row(version, "ARR-003")), **typed).status_code == 302
    assert says(version).standards[2] == spec.Standard(
        "ARR-003", "ARR", "How warm\nwas it?", kind="choice", guidance="Go by the first minute.",
        classification="courtesy", channel="phone", weight="1.5", severity="major", comment_on_fail=True,
        tags=("service", "facility"), facilities=("spa", "pool"), only_if=spec.OnlyIf("ARR-001", "met"),
        options=(spec.Option("warm", "Warm; and personal", "2"), spec.Option("none", "Not at all", "0")), pass_at="2",
    )  # fmt: skip


def test_what_cannot_be_read_shows_the_form_again_with_everything_typed(cast, browser):
    version = draft_of(cast.eda)
    typed = {"wording": "مرحبا 😀 new words", "ladder": "60=2", "only_if": "no sign", "options": "a|b"}
    response = save(browser, page_of(row(version, "ARR-001")), **typed)
    assert response.status_code == 200
    assert set(response.context["adminform"].form.errors) == {"ladder", "only_if", "options"}
    again = fields_of(response)
    assert {name: again[name] for name in typed} == typed
    assert says(version) == small_checklist()


def test_a_code_that_another_standard_has_is_told_at_its_field(cast, browser):
    version = draft_of(cast.eda)
    response = save(browser, page_of(row(version, "ARR-001")), code="BAR-001", wording="Typed.")
    assert response.status_code == 200
    assert "every code is used once" in str(response.context["adminform"].form.errors["code"])
    assert fields_of(response)["wording"] == "Typed."
    assert says(version) == small_checklist()


def test_a_new_standard_goes_to_the_end_of_the_section_it_was_asked_for(cast, browser):
    version = draft_of(cast.eda)
    section = Section.objects.get(version=version, code="ARR")
    address = f"{reverse('admin:standards_standard_add')}?section={section.pk}"
    page = browser.get(address)
    assert set(page.context["adminform"].form.fields["section"].queryset) == set(version.sections.all())
    assert browser.post(address, fields_of(page) | {"code": "ARR-009", "wording": "New."}).status_code == 302
    assert [one.code for one in says(version).standards][:4] == ["ARR-001", "ARR-002", "ARR-003", "ARR-009"]


def test_a_standard_that_could_not_be_published_is_saved_with_a_warning(cast, browser):
    version = draft_of(cast.eda)
    address = page_of(row(version, "ARR-002"))
    response = browser.post(address, fields_of(browser.get(address)) | {"at_most": ""}, follow=True)
    assert any("at_most" in message or "ladder" in message for message in told(response))
    assert row(version, "ARR-002").rule == {"unit": "s"}


def act(browser, version, action, codes, **typed):
    keys = [row(version, code).pk for code in codes]
    address = f"{reverse('admin:standards_standard_changelist')}?version__id__exact={version.pk}"
    return browser.post(address, {"action": action, "_selected_action": keys} | typed, follow=True)


def test_many_standards_are_changed_and_moved_at_once(cast, browser):
    version = draft_of(cast.eda)
    page = act(browser, version, "change_many", ["ARR-001", "ARR-003"])
    assert page.status_code == 200 and "2 standards of Stay v1." in page.content.decode()
    target = Section.objects.get(version=version, code="BAR")
    typed = {"_set": "1", "weight": "2.0", "severity": "major", "section": target.pk}
    assert told(act(browser, version, "change_many", ["ARR-001", "ARR-003"], **typed)) == ["2 standards changed."]
    content = says(version)
    assert [one.code for one in content.standards] == [
        "ARR-002", "ROOM-001", "ROOM-002", "BAR-001", "ARR-001", "ARR-003"
    ]  # fmt: skip
    assert {(one.weight, one.severity) for one in content.standards[-2:]} == {("2", "major")}
    assert content.standards[-1].kind == "scale"


def test_a_section_of_another_version_cannot_be_slipped_into_a_bulk_change(cast, browser):
    version, other = draft_of(cast.eda), draft_of(cast.eda, small_checklist(code="other"))
    foreign = Section.objects.get(version=other, code="BAR")
    act(browser, version, "change_many", ["ARR-001"], _set="1", section=foreign.pk)
    assert says(version) == small_checklist()


def test_a_single_copy_opens_at_once_to_be_written_on(cast, browser):
    version = draft_of(cast.eda)
    assert 'value="duplicate_many"' in browser.get(page_of(row(version, "ARR-002"))).content.decode()
    page = act(browser, version, "duplicate_many", ["ARR-002"])
    assert page.redirect_chain[-1][0] == page_of(row(version, "ARR-004"))
    page = act(browser, version, "duplicate_many", ["ARR-001", "ARR-002"])
    assert page.redirect_chain[-1][0].startswith(reverse("admin:standards_standard_changelist"))


def test_standards_are_duplicated_and_removed(cast, browser):
    version = draft_of(cast.eda)
    assert told(act(browser, version, "duplicate_many", ["ARR-001"])) == ["Duplicated as ARR-004."]
    act(browser, version, "delete_selected", ["ARR-001", "ARR-004"], post="yes")
    assert [one.code for one in says(version).standards] == ["ARR-002", "ARR-003", "ROOM-001", "ROOM-002", "BAR-001"]


def test_standards_are_found_by_words_and_filters(cast, browser):
    base = published(cast.cora)
    version = authoring.new_draft_from(version_id=base.pk, by=cast.eda, now=NOW)
    changed = row(version, "BAR-001")
    save(browser, page_of(changed), wording="A drink was offered at once.")

    def found(query):
        address = f"{reverse('admin:standards_standard_changelist')}?version__id__exact={version.pk}&{query}"
        return [one.code for one in browser.get(address).context["cl"].result_list]

    assert found("q=bed") == ["ROOM-001"]
    assert found("q=ARR-00") == ["ARR-001", "ARR-002", "ARR-003"]
    assert found("section=ROOM") == ["ROOM-001", "ROOM-002"]
    assert found("classification=courtesy&kind__exact=scale") == ["ARR-003"]
    assert found("severity__exact=critical") == ["ROOM-001"]
    assert found("changed=yes") == ["BAR-001"]
    assert len(found("changed=no")) == 5


def test_sections_and_drafts_are_removed_with_what_they_hold(cast, browser):
    version = draft_of(cast.eda)
    section = Section.objects.get(version=version, code="ARR")
    assert browser.post(page_of(section, "delete"), {"post": "yes"}).status_code == 302
    assert [one.code for one in says(version).sections] == ["ROOM", "BAR"]
    assert browser.post(page_of(version, "delete"), {"post": "yes"}).status_code == 302
    assert not ChecklistVersion.objects.exists()
