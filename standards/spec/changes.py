"""What changed between two versions of a checklist, in the words an editor uses: added, removed, reworded, …"""

import difflib
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from standards.spec.checklist import Checklist, Standard

# Which fields of a standard mean a new wording, and which a new weight; a moved one changed its section or its order.
WORDS = frozenset({"wording", "guidance", "options.label"})
WEIGHTS = frozenset({"weight", "max", "cap", "per_unit", "options.points", "ladder.points"})


class Change(msgspec.Struct, frozen=True):
    """One field before and after, both as text."""

    field: str
    before: str
    after: str


class StandardChange(msgspec.Struct, frozen=True):
    """One standard that is in both versions. `was` is its code in the older one."""

    code: str
    was: str
    changes: tuple[Change, ...]


class Changes(msgspec.Struct, frozen=True):
    """The difference between two checklists. A standard can be reworded, reweighted and moved at once."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    reworded: tuple[StandardChange, ...] = ()
    reweighted: tuple[StandardChange, ...] = ()
    moved: tuple[StandardChange, ...] = ()
    changed: tuple[StandardChange, ...] = ()
    head: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__struct_fields__)

    def codes(self) -> set[str]:
        """Codes in the newer version of every standard that is new or different."""
        parts = (self.reworded, self.reweighted, self.moved, self.changed)
        return set(self.added) | {change.code for part in parts for change in part}

    def lines(self) -> list[str]:
        """The difference in plain lines, for people."""
        told = [f"{change.field}: {_short(change.before)} → {_short(change.after)}" for change in self.head]
        told += [f"added {code}" for code in self.added] + [f"removed {code}" for code in self.removed]
        for name in ("reworded", "reweighted", "moved", "changed"):
            for one in getattr(self, name):
                renamed = f" (was {one.was})" if one.was != one.code else ""
                what = "; ".join(f"{c.field}: {_short(c.before)} → {_short(c.after)}" for c in one.changes)
                told.append(f"{name} {one.code}{renamed}: {what}")
        return told


def changes_between(old: Checklist, new: Checklist, *, code_map: Mapping[str, str] | None = None) -> Changes:
    """How `new` differs from `old`; `code_map` maps new codes to the old ones they stand for."""
    before = {standard.code: standard for standard in old.standards}
    was = {standard.code: (code_map or {}).get(standard.code, standard.code) for standard in new.standards}
    kept = [standard for standard in new.standards if was[standard.code] in before]
    still = {was[standard.code] for standard in kept}
    parts: dict[str, list[StandardChange]] = {"reworded": [], "reweighted": [], "moved": [], "changed": []}
    out_of_order = _out_of_order([was[standard.code] for standard in kept], [s.code for s in old.standards])
    for standard in kept:
        earlier = before[was[standard.code]]
        found = [Change("code", earlier.code, standard.code)] if earlier.code != standard.code else []
        found += _field_changes(earlier, standard)
        if was[standard.code] in out_of_order and earlier.section == standard.section:
            found.append(Change("order", "", ""))
        for kind, some in _by_kind(found).items():
            parts[kind].append(StandardChange(standard.code, earlier.code, tuple(some)))
    return Changes(
        added=tuple(s.code for s in new.standards if was[s.code] not in before),
        removed=tuple(code for code in before if code not in still),
        head=tuple(_head_changes(old, new)),
        **{name: tuple(some) for name, some in parts.items()},
    )


class Comparison(msgspec.Struct, frozen=True):
    """A difference with the words of what came and went, as (code, wording)."""

    changes: Changes = Changes()
    added: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()


def compared(old: Checklist, new: Checklist, *, code_map: Mapping[str, str] | None = None) -> Comparison:
    """How `new` differs from `old`, like `changes_between`, for a page that shows it to people."""
    changes = changes_between(old, new, code_map=code_map)
    came, went = set(changes.added), set(changes.removed)
    return Comparison(
        changes,
        tuple((one.code, one.wording) for one in new.standards if one.code in came),
        tuple((one.code, one.wording) for one in old.standards if one.code in went),
    )


def line_changes(before: str, after: str) -> list[str]:
    """What changed in a text of many lines: `-` for lines that went, `+` for lines that came, in order."""
    old, new = before.splitlines(), after.splitlines()
    told: list[str] = []
    for kind, i, j, k, m in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind != "equal":
            told += [f"-{line}" for line in old[i:j]] + [f"+{line}" for line in new[k:m]]
    return told


def same_words(old: Checklist, new: Checklist) -> dict[str, str]:
    """New code → old code of standards that only were given another code: the same words, found once on either side."""
    before, after = ({one.code: one for one in checklist.standards} for checklist in (old, new))
    gone = _once(one for code, one in before.items() if code not in after)
    come = _once(one for code, one in after.items() if code not in before)
    return {code: gone[words] for words, code in come.items() if words in gone}


def _once(standards: Iterable[Standard]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], list[str]] = {}
    for one in standards:
        found.setdefault((one.kind, one.wording), []).append(one.code)
    return {words: codes[0] for words, codes in found.items() if len(codes) == 1}


def _by_kind(found: Iterable[Change]) -> dict[str, list[Change]]:
    kinds: dict[str, list[Change]] = {}
    for change in found:
        if change.field in WORDS:
            kind = "reworded"
        elif change.field in WEIGHTS:
            kind = "reweighted"
        else:
            kind = "moved" if change.field in ("section", "order") else "changed"
        kinds.setdefault(kind, []).append(change)
    return kinds


def _field_changes(old: Standard, new: Standard) -> list[Change]:
    before, after = _flat(old), _flat(new)
    fields = [*before, *(field for field in after if field not in before)]
    return [
        Change(field, before.get(field, ""), after.get(field, ""))
        for field in fields
        if before.get(field, "") != after.get(field, "")
    ]


def _flat(standard: Standard) -> dict[str, str]:
    """A standard's fields as text; labels and points of options apart, so that a new label is no new weight."""
    content = {name: getattr(standard, name) for name in standard.__struct_fields__ if name != "code"}
    options, ladder = content.pop("options"), content.pop("ladder")
    flat = {name: _as_text(value) for name, value in content.items()}
    flat["options"] = ", ".join(option.code for option in options)
    flat["options.label"] = "; ".join(f"{option.code}: {option.label}" for option in options)
    flat["options.points"] = "; ".join(f"{option.code}: {option.points}" for option in options)
    flat["ladder"] = "; ".join(_limit(step) for step in ladder)
    flat["ladder.points"] = "; ".join(f"{_limit(step)}: {step.points}" for step in ladder)
    return flat


def _limit(step: Any) -> str:
    return f"at most {step.at_most}" if step.at_most else f"at least {step.at_least}"


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, msgspec.Struct):
        return " ".join(str(getattr(value, name)) for name in value.__struct_fields__)
    return "" if value is None else str(value)


def _head_changes(old: Checklist, new: Checklist) -> list[Change]:
    found = [
        Change(name, str(getattr(old, name)), str(getattr(new, name)))
        for name in ("name", "language", "decimals")
        if getattr(old, name) != getattr(new, name)
    ]
    for what, before, after in (
        ("section", old.sections, new.sections),
        ("classification", old.classifications, new.classifications),
    ):
        was, now = {one.code: _named(one) for one in before}, {one.code: _named(one) for one in after}
        for code in [*was, *(code for code in now if code not in was)]:
            if was.get(code) != now.get(code):
                found.append(Change(f"{what} {code}", was.get(code, ""), now.get(code, "")))
        if list(was) != list(now) and set(was) == set(now):
            found.append(Change(f"order of {what}s", ", ".join(was), ", ".join(now)))
    return found


def _named(one: Any) -> str:
    parent = f" in {one.parent}" if getattr(one, "parent", "") else ""
    return f"{one.name}{parent}" + (" (repeats)" if getattr(one, "repeats", False) else "")


def _out_of_order(new: list[str], old: list[str]) -> set[str]:
    """The fewest codes that must move to turn the old order into the new: all but a longest run kept in order."""
    place = {code: index for index, code in enumerate(old)}
    tails: list[int] = []
    at: list[int] = []
    came_from: list[int] = []
    for index, code in enumerate(new):
        position = place[code]
        length = bisect_left(tails, position)
        tails[length : length + 1] = [position]
        at[length : length + 1] = [index]
        came_from.append(at[length - 1] if length else -1)
    stay: set[str] = set()
    index = at[-1] if at else -1
    while index >= 0:
        stay.add(new[index])
        index = came_from[index]
    return set(new) - stay


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return f"“{flat[:77]}…”" if len(flat) > 80 else f"“{flat}”"
