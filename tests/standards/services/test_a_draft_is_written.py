"""Authoring: drafts are made, changed, compared and brought back; nothing else ever is."""

import uuid

import pytest

from chains.problems import Problem
from standards.models import ChecklistVersion, Revision, Section, Standard
from standards.models.drafts import checklist_of, translations_of, write_translation
from standards.services import authoring, editing, paging, publishing
from standards.spec import checklist as spec
from tests.standards.drafting import NOW, draft_of, published, small_checklist
from tests.standards.services.test_a_draft_becomes_a_published_version import GERMAN

pytestmark = pytest.mark.django_db


def refusal(call) -> str:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.kind.code


def row(version: ChecklistVersion, code: str) -> Standard:
    return Standard.objects.get(version=version, code=code)


def section(version: ChecklistVersion, code: str) -> Section:
    return Section.objects.get(version=version, code=code)


def codes(version: ChecklistVersion) -> list[str]:
    return [one.code for one in checklist_of(version).standards]


def test_a_new_checklist_has_an_empty_draft(cast):
    version = authoring.new_checklist(chain_id=cast.aurora.pk, code="stay", name="Stay", by=cast.eda, now=NOW)
    assert (version.number, version.state, codes(version)) == (1, "draft", [])
    again = lambda: authoring.new_checklist(  # noqa: E731
        chain_id=cast.aurora.pk, code="stay", name="Other", by=cast.eda, now=NOW
    )
    assert refusal(again) == "invalid"


def test_a_draft_from_a_version_says_the_same_in_every_language_and_knows_its_base(cast):
    first = draft_of(cast.cora)
    write_translation(first, GERMAN)
    publishing.publish(version_id=first.pk, by=cast.cora, now=NOW)
    version = authoring.new_draft_from(version_id=first.pk, by=cast.eda, now=NOW)
    assert (version.number, version.state, version.based_on_id, version.code_map) == (2, "draft", first.pk, {})
    assert checklist_of(version) == small_checklist()
    assert translations_of(version)["de"].standards == GERMAN.standards


@pytest.mark.parametrize("name", ["mia", "bob", "ada", "paul", "stan"])
def test_only_the_chains_writers_make_drafts(cast, name):
    version = published(cast.cora)
    person = getattr(cast, name)
    assert refusal(lambda: authoring.new_draft_from(version_id=version.pk, by=person, now=NOW)) == "not-allowed"
    assert (
        refusal(lambda: authoring.new_checklist(chain_id=cast.aurora.pk, code="x", name="X", by=person, now=NOW))
        == "not-allowed"
    )
    assert ChecklistVersion.objects.count() == 1


CHANGES = {
    "head": lambda version, by: authoring.change_head(version_id=version.pk, decimals=3, by=by, now=NOW),
    "content": lambda version, by: authoring.replace_content(
        version_id=version.pk, checklist=small_checklist(standards=()), action="", by=by, now=NOW
    ),
    "discard": lambda version, by: authoring.discard_draft(version_id=version.pk, by=by),
    "section": lambda version, by: editing.save_section(
        version_id=version.pk, section_id=section(version, "ARR").pk, fields={"name": "Hall"}, by=by, now=NOW
    ),
    "new section": lambda version, by: editing.save_section(
        version_id=version.pk, section_id=None, fields={"code": "X", "name": "X"}, by=by, now=NOW
    ),
    "delete section": lambda version, by: editing.delete_section(
        version_id=version.pk, section_id=section(version, "ARR").pk, by=by, now=NOW
    ),
    "standard": lambda version, by: editing.save_standard(
        version_id=version.pk,
        standard_id=row(version, "ARR-001").pk,
        section_id=section(version, "ARR").pk,
        fields={"wording": "Other."},
        by=by,
        now=NOW,
    ),
    "new standard": lambda version, by: editing.save_standard(
        version_id=version.pk,
        standard_id=None,
        section_id=section(version, "ARR").pk,
        fields={"code": "ARR-009", "wording": "New."},
        by=by,
        now=NOW,
    ),
    "delete standards": lambda version, by: editing.delete_standards(
        version_id=version.pk, standard_ids=[row(version, "ARR-001").pk], by=by, now=NOW
    ),
    "duplicate": lambda version, by: editing.duplicate_standards(
        version_id=version.pk, standard_ids=[row(version, "ARR-001").pk], by=by, now=NOW
    ),
    "bulk": lambda version, by: editing.change_standards(
        version_id=version.pk, standard_ids=[row(version, "ARR-001").pk], fields={"weight": "9"}, by=by, now=NOW
    ),
    "move": lambda version, by: editing.move_standards(
        version_id=version.pk,
        standard_ids=[row(version, "ARR-001").pk],
        section_id=section(version, "BAR").pk,
        by=by,
        now=NOW,
    ),
    "order": lambda version, by: editing.order_standards(
        version_id=version.pk, order=[(row(version, "ARR-001").pk, 99)], by=by, now=NOW
    ),
    "order of sections": lambda version, by: editing.order_sections(
        version_id=version.pk, order=[(section(version, "ARR").pk, 99)], by=by, now=NOW
    ),
    "page of a version": lambda version, by: paging.save_version_page(
        version_id=version.pk,
        head={},
        sections=[paging.RowEdit(section(version, "ARR").pk, {"name": "Hall"})],
        by=by,
        now=NOW,
    ),
    "page of a section": lambda version, by: paging.save_section_page(
        version_id=version.pk,
        section_id=section(version, "ARR").pk,
        fields={},
        standards=[paging.RowEdit(row(version, "ARR-001").pk, {"wording": "Other."})],
        removed=[row(version, "ARR-002").pk],
        by=by,
        now=NOW,
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
class TestEveryChange:
    def test_is_refused_once_published_and_leaves_everything_as_it_was(self, cast, change):
        version = published(cast.cora)
        body, rows = bytes(version.body), list(Standard.objects.order_by("pk").values())
        assert refusal(lambda: change(version, cast.cora)) == "not-a-draft"
        version.refresh_from_db()
        assert (bytes(version.body), list(Standard.objects.order_by("pk").values())) == (body, rows)

    @pytest.mark.parametrize("name", ["mia", "bob", "paul", "ada"])
    def test_is_refused_to_whoever_does_not_write_for_the_chain(self, cast, change, name):
        version = draft_of(cast.eda)
        before = checklist_of(version)
        assert refusal(lambda: change(version, getattr(cast, name))) == "not-allowed"
        assert checklist_of(ChecklistVersion.objects.select_related("checklist").get(pk=version.pk)) == before
        assert Revision.objects.filter(version=version).count() == 2


def test_what_an_editor_changes_is_what_the_draft_then_says(cast):
    version = draft_of(cast.eda)
    for name in ("standard", "new standard", "bulk", "section"):
        CHANGES[name](version, cast.eda)
    content = checklist_of(version)
    assert content.standards[0] == spec.Standard(
        "ARR-001", "ARR", "Other.", classification="courtesy", tags=("service",), weight="9"
    )
    assert codes(version) == ["ARR-001", "ARR-002", "ARR-003", "ARR-009", "ROOM-001", "ROOM-002", "BAR-001"]
    assert content.sections[0].name == "Hall"


def test_duplicates_take_the_next_free_codes_at_the_end_of_their_section(cast):
    version = draft_of(cast.eda)
    keys = [row(version, code).pk for code in ("ARR-001", "ARR-003", "BAR-001")]
    editing.duplicate_standards(version_id=version.pk, standard_ids=keys, by=cast.eda, now=NOW)
    assert codes(version) == [
        "ARR-001", "ARR-002", "ARR-003", "ARR-004", "ARR-005", "ROOM-001", "ROOM-002", "BAR-001", "BAR-002"
    ]  # fmt: skip
    assert row(version, "ARR-005").kind == "scale"


def test_moved_standards_go_to_the_end_of_the_other_section_in_their_order(cast):
    version = draft_of(cast.eda)
    keys = [row(version, code).pk for code in ("ARR-003", "ARR-001")]
    editing.move_standards(
        version_id=version.pk, standard_ids=keys, section_id=section(version, "ROOM").pk, by=cast.eda, now=NOW
    )
    assert codes(version) == ["ARR-002", "ROOM-001", "ROOM-002", "ARR-001", "ARR-003", "BAR-001"]


def test_a_standard_of_another_version_is_not_found_and_nothing_moves(cast):
    version, other = draft_of(cast.eda), draft_of(cast.eda, small_checklist(code="other"))
    keys = [row(version, "ARR-001").pk, row(other, "ARR-002").pk]
    change = lambda: editing.change_standards(  # noqa: E731
        version_id=version.pk, standard_ids=keys, fields={"weight": "7"}, by=cast.eda, now=NOW
    )
    assert refusal(change) == "not-found"
    assert not Standard.objects.filter(weight="7").exists()
    elsewhere = lambda: editing.save_standard(  # noqa: E731
        version_id=version.pk,
        standard_id=keys[0],
        section_id=section(other, "ARR").pk,
        fields={"wording": "x"},
        by=cast.eda,
        now=NOW,
    )
    assert refusal(elsewhere) == "not-found"


def test_a_code_is_used_once(cast):
    version = draft_of(cast.eda)
    take = lambda: editing.save_standard(  # noqa: E731
        version_id=version.pk,
        standard_id=row(version, "ARR-001").pk,
        section_id=section(version, "ARR").pk,
        fields={"code": "BAR-001"},
        by=cast.eda,
        now=NOW,
    )
    assert refusal(take) == "invalid"
    assert codes(version)[0] == "ARR-001"


def test_sections_have_two_levels_at_most(cast):
    version = draft_of(cast.eda)
    arr, room, bar = (section(version, code).pk for code in ("ARR", "ROOM", "BAR"))

    def put(one, parent):
        return editing.save_section(
            version_id=version.pk, section_id=one, fields={"parent_id": parent}, by=cast.eda, now=NOW
        )

    assert put(bar, arr).parent_id == arr
    assert refusal(lambda: put(room, bar)) == "invalid"
    assert refusal(lambda: put(arr, room)) == "invalid"
    assert refusal(lambda: put(arr, arr)) == "invalid"
    assert refusal(lambda: put(arr, uuid.uuid4())) == "invalid"
    assert checklist_of(version).sections[2] == spec.Section("BAR", "Bar", parent="ARR", repeats=True)


def test_a_renamed_standard_is_mapped_to_the_code_it_had_when_it_was_published(cast):
    base = published(cast.cora)
    version = authoring.new_draft_from(version_id=base.pk, by=cast.eda, now=NOW)

    def rename(old, new):
        editing.save_standard(
            version_id=version.pk,
            standard_id=row(version, old).pk,
            section_id=section(version, "ARR").pk,
            fields={"code": new},
            by=cast.eda,
            now=NOW,
        )
        return ChecklistVersion.objects.get(pk=version.pk).code_map

    assert rename("ARR-001", "ARR-101") == {"ARR-101": "ARR-001"}
    assert rename("ARR-101", "ARR-102") == {"ARR-102": "ARR-001"}
    changed = ChecklistVersion.objects.select_related("checklist").get(pk=version.pk)
    assert authoring.difference(old=base, new=changed).lines() == [
        "changed ARR-102 (was ARR-001): code: “ARR-001” → “ARR-102”"
    ]
    assert rename("ARR-102", "ARR-001") == {}


def test_the_difference_goes_by_the_base_and_never_between_checklists(cast):
    base = published(cast.cora)
    version = authoring.new_draft_from(version_id=base.pk, by=cast.eda, now=NOW)
    CHANGES["bulk"](version, cast.eda)
    assert authoring.base_of(version) == base
    assert authoring.difference(old=base, new=version).lines() == ["reweighted ARR-001: weight: “1” → “9”"]
    other = draft_of(cast.eda, small_checklist(code="other"))
    assert refusal(lambda: authoring.difference(old=base, new=other)) == "wrong-state"


def test_every_change_is_remembered_and_any_of_them_can_be_brought_back(cast):
    version = draft_of(cast.eda)
    write_translation(version, GERMAN)
    CHANGES["bulk"](version, cast.eda)
    CHANGES["delete section"](version, cast.cora)
    actions = [(one.number, one.action, one.made_by) for one in Revision.objects.filter(version=version)]
    assert actions == [
        (4, "removed a section", cast.cora),
        (3, "set weight on 1", cast.eda),
        (2, "filled", cast.eda),
        (1, "begun", cast.eda),
    ]
    third = Revision.objects.get(version=version, number=3)
    assert third.lines == ["reweighted ARR-001: weight: “1” → “9”"]
    authoring.restore(revision_id=third.pk, by=cast.cora, now=NOW)
    assert codes(version)[:3] == ["ARR-001", "ARR-002", "ARR-003"]
    assert row(version, "ARR-001").weight == "9"
    assert translations_of(version)["de"].standards["ARR-001"].wording == "„ARR-001“ ✓"
    latest = Revision.objects.filter(version=version).first()
    assert (latest.number, latest.action) == (5, "brought back revision 3")


def test_bringing_back_is_refused_once_published(cast):
    version = published(cast.cora)
    revision = Revision.objects.filter(version=version).last()
    assert refusal(lambda: authoring.restore(revision_id=revision.pk, by=cast.cora, now=NOW)) == "not-a-draft"
    assert Standard.objects.filter(version=version).count() == 6


def test_a_discarded_draft_is_gone_and_a_base_is_kept(cast):
    base = published(cast.cora)
    version = authoring.new_draft_from(version_id=base.pk, by=cast.eda, now=NOW)
    authoring.discard_draft(version_id=version.pk, by=cast.eda)
    assert list(ChecklistVersion.objects.values_list("pk", flat=True)) == [base.pk]
