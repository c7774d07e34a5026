"""A standard stays the same one when its code changes, from version to version, and no code is given away."""

import pytest

from chains.problems import Problem
from standards.models import ChecklistVersion, Revision, Standard
from standards.models.lineage import Lineage
from standards.services import authoring, editing, importing, publishing
from standards.services.exporting import write_checklist
from standards.spec import checklist as spec
from tests.standards.drafting import NOW, published, small_checklist

pytestmark = pytest.mark.django_db

CODES = [standard.code for standard in small_checklist().standards]


@pytest.fixture
def first(cast):
    return published(cast.cora)


def draft_from(version, by):
    return authoring.new_draft_from(version_id=version.pk, by=by, now=NOW)


def fresh(version):
    return ChecklistVersion.objects.select_related("checklist").get(pk=version.pk)


def save(version, by, was, **fields):
    row = Standard.objects.get(version=version, code=was)
    editing.save_standard(
        version_id=version.pk, standard_id=row.pk, section_id=row.section_id, fields=fields, by=by, now=NOW
    )


def add(version, by, code):
    section = version.sections.get(code="ARR")
    fields = {"code": code, "wording": f"A new thing called {code}."}
    editing.save_standard(version_id=version.pk, standard_id=None, section_id=section.pk, fields=fields, by=by, now=NOW)


def faults(version):
    return [(one.pointer, one.code) for one in publishing.faults_against(fresh(version))]


def publish(version, by):
    return publishing.publish(version_id=version.pk, by=by, now=NOW, note="x")


def test_two_renamings_lead_back_to_the_first_code_and_any_two_versions_can_be_compared(cast, first):
    second = draft_from(first, cast.cora)
    save(second, cast.cora, "ARR-001", code="WEL-001")
    publish(second, cast.cora)
    third = draft_from(second, cast.cora)
    save(third, cast.cora, "WEL-001", code="GRT-001", weight="3")
    save(third, cast.cora, "BAR-001", wording="A drink was offered at once.")
    publish(third, cast.cora)
    assert (fresh(second).code_map, fresh(third).code_map) == ({"WEL-001": "ARR-001"}, {"GRT-001": "WEL-001"})
    assert authoring.difference(old=fresh(first), new=fresh(third)).lines() == [
        "reworded BAR-001: wording: “A drink was offered.” → “A drink was offered at once.”",
        "reweighted GRT-001 (was ARR-001): weight: “1” → “3”",
        "changed GRT-001 (was ARR-001): code: “ARR-001” → “GRT-001”",
    ]
    lineage = Lineage(first.checklist_id)
    both = {"old": third.pk, "old_codes": ["GRT-001", "BAR-001"], "new": second.pk, "new_codes": ["WEL-001", "ARR-002"]}
    assert lineage.between(**both) == {"WEL-001": "GRT-001"}
    assert lineage.ancestors(third.pk) == [second.pk, first.pk]


def test_asking_for_the_lineage_takes_one_query(cast, first, django_assert_num_queries):
    second = draft_from(first, cast.cora)
    with django_assert_num_queries(1):
        lineage = Lineage(first.checklist_id)
        assert lineage.between(old=first.pk, old_codes=CODES, new=second.pk, new_codes=CODES) == {c: c for c in CODES}


def test_the_code_of_a_renamed_standard_is_not_given_to_a_new_one(cast, first):
    second = draft_from(first, cast.cora)
    save(second, cast.cora, "ARR-001", code="WEL-001")
    add(second, cast.cora, "ARR-001")
    assert faults(second) == [("/standards/ARR-001/code", "reused-code")]
    with pytest.raises(Problem) as refused:
        publish(second, cast.cora)
    assert [one.detail for one in refused.value.errors] == [
        "ARR-001 was published for another standard, which is WEL-001 now; a published code never changes its meaning."
    ]
    assert fresh(second).state == "draft"


def test_nor_is_it_two_versions_later(cast, first):
    second = draft_from(first, cast.cora)
    save(second, cast.cora, "ARR-001", code="WEL-001")
    publish(second, cast.cora)
    third = draft_from(second, cast.cora)
    add(third, cast.cora, "ARR-001")
    assert faults(third) == [("/standards/ARR-001/code", "reused-code")]


def test_nor_may_one_standard_take_the_code_of_another_that_went(cast, first):
    second = draft_from(first, cast.cora)
    gone = Standard.objects.get(version=second, code="ARR-002")
    editing.delete_standards(version_id=second.pk, standard_ids=[gone.pk], by=cast.cora, now=NOW)
    save(second, cast.cora, "ARR-001", code="ARR-002")
    assert faults(second) == [("/standards/ARR-002/code", "reused-code")]


def test_a_standard_that_went_may_come_back_under_its_code(cast, first):
    second = draft_from(first, cast.cora)
    gone = Standard.objects.get(version=second, code="BAR-001")
    editing.delete_standards(version_id=second.pk, standard_ids=[gone.pk], by=cast.cora, now=NOW)
    publish(second, cast.cora)
    third = draft_from(second, cast.cora)
    add(third, cast.cora, "BAR-001")
    assert faults(third) == []


def test_a_renamed_standard_that_is_removed_leaves_no_trace_in_the_map(cast, first):
    second = draft_from(first, cast.cora)
    save(second, cast.cora, "ARR-001", code="WEL-001")
    gone = Standard.objects.get(version=second, code="WEL-001")
    editing.delete_standards(version_id=second.pk, standard_ids=[gone.pk], by=cast.cora, now=NOW)
    assert fresh(second).code_map == {}
    add(second, cast.cora, "WEL-001")
    assert authoring.difference(old=first, new=fresh(second)).added == ("WEL-001",)


def test_a_renaming_is_told_as_such_in_the_history_and_undone_with_its_revision(cast, first):
    second = draft_from(first, cast.cora)
    save(second, cast.cora, "ARR-001", code="WEL-001")
    assert Revision.objects.filter(version=second).first().lines == [
        "changed WEL-001 (was ARR-001): code: “ARR-001” → “WEL-001”"
    ]
    renamed, begun = (Revision.objects.get(version=second, number=number) for number in (2, 1))
    authoring.restore(revision_id=begun.pk, by=cast.cora, now=NOW)
    assert fresh(second).code_map == {}
    authoring.restore(revision_id=renamed.pk, by=cast.cora, now=NOW)
    assert fresh(second).code_map == {"WEL-001": "ARR-001"}


def test_a_file_that_gives_a_standard_another_code_keeps_its_thread(cast, first):
    second = draft_from(first, cast.cora)
    standards = small_checklist().standards
    renamed = spec.Standard(**{n: getattr(standards[0], n) for n in standards[0].__struct_fields__} | {"code": "NEW-1"})
    file = write_checklist(small_checklist(standards=(renamed, *standards[1:])), "csv")
    reading = importing.read_file("x.csv", file)
    previewed = importing.preview(version=fresh(second), reading=reading)
    done = importing.import_into(version_id=second.pk, reading=reading, source="x.csv", by=cast.cora, now=NOW)
    assert previewed.changes.lines() == done.lines() == ["changed NEW-1 (was ARR-001): code: “ARR-001” → “NEW-1”"]
    assert fresh(second).code_map == {"NEW-1": "ARR-001"}


def test_an_empty_draft_is_compared_with_the_newest_published_version(cast, first):
    second = authoring.new_draft(checklist_id=first.checklist_id, by=cast.cora, now=NOW)
    assert second.based_on_id == first.pk
    assert authoring.difference(old=first, new=fresh(second)).removed == tuple(CODES)
