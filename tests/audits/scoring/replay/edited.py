"""Generated drafts: a checklist as an editor may have left it, with the codes it had before."""

from dataclasses import dataclass, replace
from typing import Any

import msgspec
from hypothesis import strategies as st

from standards.spec.checklist import Checklist, OnlyIf, Standard
from tests.audits.scoring.generated import HALVES, SECTIONS, Case, checklists, scopes, visits

changed = msgspec.structs.replace
FACILITIES = ("spa",)


@dataclass(frozen=True)
class Draft:
    """A base, a draft made from it, the draft's codes in the base, and a visit audited with the base."""

    base: Checklist
    draft: Checklist
    was: dict[str, str]
    case: Case

    def only(self, standards: list[Standard]) -> Checklist:
        """The draft with these standards."""
        return changed(self.draft, standards=tuple(standards))


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Standards reweighted, moved, renamed, asked otherwise, removed; new ones at the end."""
    base = draw(checklists(most=8))
    kept = [standard for standard in base.standards if draw(st.integers(0, 5))]
    names = {standard.code: f"N{standard.code}" if draw(st.booleans()) else standard.code for standard in kept}
    gates = {standard.only_if.code for standard in kept if standard.only_if}
    standards = [draw(_edited(standard, names, asked=standard.code in gates)) for standard in kept]
    standards += [Standard(f"NEW{n}", "A", "New.") for n in range(draw(st.integers(0, 2)))]
    draft = changed(base, standards=tuple(standards))
    was = {new: old for old, new in names.items()}
    scope = draw(scopes(base))
    return Draft(base, draft, was, draw(visits(base, scope)))


@st.composite
def _edited(draw: st.DrawFn, standard: Standard, names: dict[str, str], *, asked: bool) -> Standard:
    """`asked` ones go on being answered alike: a condition on an answer that is gone is no checklist."""
    fields: dict[str, Any] = {"code": names[standard.code]}
    condition = standard.only_if
    gate = names.get(condition.code) if condition else None
    fields["only_if"] = OnlyIf(gate, condition.answer) if condition and gate and draw(st.integers(0, 3)) else None
    if draw(st.booleans()):
        fields |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "weight": HALVES,
                    "section": st.sampled_from([section.code for section in SECTIONS]),
                    "classification": st.sampled_from(["", "c1", "c2"]),
                    "tags": st.sampled_from([(), ("service",), ("facility",)]),
                    "facilities": st.sampled_from([(), ("spa",), ("bar",)]),
                    "severity": st.sampled_from(["normal", "critical"]),
                    "na": st.just(True) if asked else st.booleans(),
                    "wording": st.just("Said otherwise."),
                },
            )
        )
    if standard.kind == "measure" and draw(st.booleans()):
        fields["unit_decimals"] = 1 - standard.unit_decimals
    if asked:
        return changed(standard, **fields)
    if standard.kind == "choice" and draw(st.booleans()):
        fields["options"] = tuple(reversed(standard.options[: draw(st.integers(1, 4))]))
    if standard.kind == "met" and draw(st.integers(0, 4)) == 0:
        fields["kind"] = "scale"
    return changed(standard, **fields)


def undone(draft: Draft, new: tuple[str, ...], removed: list[str]) -> Draft:
    """The draft with the standards `new` as they were, and `removed` ones back in their old place."""
    before = {standard.code: standard for standard in draft.base.standards}
    order = {standard.code: place for place, standard in enumerate(draft.base.standards)}
    draft_code = {old: code for code, old in draft.was.items()}
    standards = []
    for standard in draft.draft.standards:
        as_before = standard.code in new and standard.code in draft.was
        standards.append(_named(before[draft.was[standard.code]], draft_code) if as_before else standard)
    standards += [_named(before[code], draft_code) for code in removed]
    was = draft.was | {code: code for code in removed}
    standards.sort(key=lambda standard: order.get(was.get(standard.code, ""), len(order)))
    return replace(draft, draft=draft.only(standards), was=was)


def _named(standard: Standard, draft_code: dict[str, str]) -> Standard:
    condition = standard.only_if
    gate = OnlyIf(draft_code.get(condition.code, condition.code), condition.answer) if condition else None
    return changed(standard, code=draft_code.get(standard.code, standard.code), only_if=gate)
