"""The difference between two checklists in an editor's words."""

import msgspec

from standards.spec import checklist as spec
from standards.spec.changes import changes_between
from tests.cast import small_checklist

OLD = small_checklist()


def changed(code: str, /, **fields) -> spec.Checklist:
    standards = tuple(
        msgspec.structs.replace(standard, **fields) if standard.code == code else standard for standard in OLD.standards
    )
    return small_checklist(standards=standards)


def told(new: spec.Checklist, **options) -> list[str]:
    return changes_between(OLD, new, **options).lines()


def test_nothing_changed():
    assert not changes_between(OLD, small_checklist())
    assert told(small_checklist()) == []


def test_added_and_removed():
    new = small_checklist(standards=(*OLD.standards[1:], spec.Standard("BAR-002", "BAR", "Ice was offered.")))
    assert told(new) == ["added BAR-002", "removed ARR-001"]


def test_reworded():
    assert told(changed("ARR-001", wording="The guest was welcomed.")) == [
        "reworded ARR-001: wording: “The guest was greeted.” → “The guest was welcomed.”"
    ]


def test_reweighted():
    assert told(changed("ARR-002", weight="3")) == ["reweighted ARR-002: weight: “2” → “3”"]


def test_a_new_limit_is_a_change_of_its_own():
    assert told(changed("ARR-002", at_most="30")) == ["changed ARR-002: at_most: “60” → “30”"]


def test_moved_to_another_section():
    new = changed("ARR-003", section="ROOM")
    assert [(one.code, one.changes[0].after) for one in changes_between(OLD, new).moved] == [("ARR-003", "ROOM")]


def test_only_what_was_dragged_counts_as_moved():
    first, second, third, *rest = OLD.standards
    changes = changes_between(OLD, small_checklist(standards=(second, third, first, *rest)))
    assert [one.code for one in changes.moved] == ["ARR-001"]
    assert changes.codes() == {"ARR-001"}


def test_a_new_label_is_no_new_weight():
    options = (spec.Option("warm", "Warm", "2"), spec.Option("cold", "Cold", "0"))
    before = changed("ARR-003", kind="choice", options=options)
    relabelled = changed("ARR-003", kind="choice", options=(spec.Option("warm", "Hearty", "2"), options[1]))
    repointed = changed("ARR-003", kind="choice", options=(spec.Option("warm", "Warm", "3"), options[1]))
    assert [line.split(":")[0] for line in changes_between(before, relabelled).lines()] == ["reworded ARR-003"]
    assert [line.split(":")[0] for line in changes_between(before, repointed).lines()] == ["reweighted ARR-003"]


def test_a_renamed_standard_is_followed_through_the_map():
    new = changed("ARR-001", code="ARR-101")
    assert told(new) == ["added ARR-101", "removed ARR-001"]
    renamed = "changed ARR-101 (was ARR-001): code: “ARR-001” → “ARR-101”"
    assert told(new, code_map={"ARR-101": "ARR-001"}) == [renamed]
    louder = changed("ARR-001", code="ARR-101", weight="5")
    reweighted = "reweighted ARR-101 (was ARR-001): weight: “1” → “5”"
    assert told(louder, code_map={"ARR-101": "ARR-001"}) == [reweighted, renamed]


def test_the_head():
    new = small_checklist(
        decimals=2, sections=(spec.Section("ROOM", "Rooms"), spec.Section("ARR", "Arrival"), OLD.sections[2])
    )
    assert told(new) == [
        "decimals: “1” → “2”",
        "section ROOM: “Room” → “Rooms”",
        "order of sections: “ARR, ROOM, BAR” → “ROOM, ARR, BAR”",
    ]
