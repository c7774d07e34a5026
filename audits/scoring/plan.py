"""A checklist and a scope compiled into what scoring needs: what each answer earns and to which parts it counts.

All points are integers of 10^-decimals, already multiplied by the standard's weight, so that scoring a visit is nothing
but comparisons and additions of integers.
"""

from dataclasses import dataclass

from audits.scoring.columns import Columns, make_columns
from audits.scoring.items import Item, item_of, placed
from audits.scoring.vector import Layout, make_layout
from standards.spec.checklist import TAGS, Checklist
from standards.spec.scope import Scope, split_key

# Raise it with any change that could move a figure of an existing score or rating: an answer read differently, another
# eligible set, another rounding. A score keeps the number it was made with; `recompute --verify` then asks for
# superseding ratings with a reason. Never raise it for speed or for a new kind of answer that no old checklist has.
ENGINE = 1

WHOLE = "whole"
FINDINGS = "findings"
LARGEST_SUM = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that scoring visits of one (checklist, scope) needs; `items` in the order of the scope.

    `parts` are the names of `part_names`; `codes` the standards' codes in the order of the checklist, `code_of` the
    place in them of each item.
    """

    decimals: int
    layout: Layout
    items: tuple[Item, ...]
    parts: tuple[str, ...]
    codes: tuple[str, ...]
    code_of: tuple[int, ...]
    columns: Columns


def part_names(checklist: Checklist) -> tuple[str, ...]:
    """The parts of a score in their stable order: whole, sections, classifications, used tags, and findings."""
    used = {tag for standard in checklist.standards for tag in standard.tags}
    return (
        WHOLE,
        *(f"section.{section.code}" for section in checklist.sections),
        *(f"class.{classification.code}" for classification in checklist.classifications),
        *(f"tag.{tag}" for tag in TAGS if tag in used),
        FINDINGS,
    )


def compile_plan(checklist: Checklist, scope: Scope) -> Plan:
    """The plan for visits with this checklist and scope.

    Raises ValueError where the scope is not of this checklist or the points are no integers of 10^-decimals (a
    checklist that `checklist_faults` would refuse), OverflowError where sums could leave 64 bits.
    """
    layout = make_layout(checklist, scope)
    names = part_names(checklist)
    place = {name: index for index, name in enumerate(names)}
    codes = {standard.code: index for index, standard in enumerate(checklist.standards)}
    models = {standard.code: item_of(checklist, standard, place) for standard in checklist.standards}
    items = tuple(placed(models[split_key(key)[0]], key, layout) for key in scope.keys)
    bound = sum(item.best for item in items)
    if bound > LARGEST_SUM:
        raise OverflowError("The points of this checklist do not fit 64 bits.")
    code_of = tuple(codes[item.standard.code] for item in items)
    return Plan(checklist.decimals, layout, items, names, tuple(codes), code_of, make_columns(items, len(names)))
