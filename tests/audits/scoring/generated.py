"""Generated checklists of every kind, scopes over them, and what a phone might answer."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from audits.scoring.plan import Plan, compile_plan
from audits.scoring.vector import Answers, encode, make_layout
from standards.spec.checklist import KINDS, Checklist, Named, OnlyIf, Option, Section, Standard, Step
from standards.spec.scope import Instance, Scope, make_scope

SECTIONS = (
    Section("A", "A"),
    Section("A1", "A one", parent="A"),
    Section("B", "B"),
    Section("R", "Repeated", repeats=True),
)
CLASSES = (Named("c1", "One"), Named("c2", "Two"))
FACILITIES = ("spa", "bar")
HALVES = st.sampled_from(["0.5", "1", "1.5", "2", "3", "20"])


@dataclass(frozen=True)
class Case:
    """A checklist, a scope and the answers of one visit, as tokens and as a vector."""

    checklist: Checklist
    scope: Scope
    plan: Plan
    tokens: dict[str, Any]
    answers: Answers


def amounts(low: int, high: int) -> st.SearchStrategy[str]:
    """Decimal text of halves from low/2 to high/2."""
    return st.integers(low, high).map(lambda n: str(n // 2) + (".5" if n % 2 else ""))


@st.composite
def checklists(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS, most: int = 12, plain: bool = False) -> Checklist:
    """A publishable checklist with at most `most` standards; `plain` ones have neither bonus nor conditions."""
    standards: list[Standard] = []
    for number in range(draw(st.integers(1, most))):
        fields: dict[str, Any] = _fields(draw, draw(st.sampled_from(kinds)))
        section = draw(st.sampled_from(SECTIONS)).code
        fields |= {"classification": draw(st.sampled_from(["", "c1", "c2"])), "weight": draw(HALVES)}
        fields["tags"] = draw(st.sampled_from([(), ("service",), ("facility",), ("service", "facility")]))
        fields["facilities"] = draw(st.sampled_from([(), (), (), ("spa",), ("spa", "bar")]))
        fields["severity"] = draw(st.sampled_from(["normal", "critical"]))
        if not plain:
            fields["bonus"] = fields["kind"] != "finding" and fields["severity"] != "critical" and draw(st.booleans())
            fields["only_if"] = draw(_conditions(standards, section))
        standards.append(Standard(f"S{number}", section, "Seen.", **fields))
    return Checklist("c", "C", "en", 3, SECTIONS, tuple(standards), CLASSES)


def _fields(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": kind}
    if kind == "measure":
        fields |= {"unit": "s", "unit_decimals": draw(st.integers(0, 1))} | _measure(draw)
    elif kind == "choice":
        points = draw(st.lists(amounts(0, 8), min_size=2, max_size=4))
        fields["options"] = tuple(Option(f"o{i}", "Label", worth) for i, worth in enumerate(points))
    elif kind == "count":
        fields |= {"per_unit": draw(amounts(1, 4)), "cap": draw(amounts(1, 20))}
    elif kind in ("points", "finding"):
        fields["max"] = draw(st.integers(1, 50).map(str)) if kind == "points" or draw(st.booleans()) else ""
    return fields


def _measure(draw: st.DrawFn) -> dict[str, Any]:
    limits = sorted(draw(st.sets(st.integers(0, 60_000), min_size=2, max_size=3)))
    shape = draw(st.sampled_from(["at_most", "at_least", "both", "ladder", "ladder down"]))
    if shape == "both":
        return {"at_least": str(limits[0]), "at_most": str(limits[-1])}
    if not shape.startswith("ladder"):
        return {shape: str(limits[0])}
    worth = sorted(draw(st.lists(st.integers(0, 6), min_size=len(limits), max_size=len(limits))), reverse=True)
    if shape == "ladder down":
        steps = [Step(str(p), at_least=str(limit)) for p, limit in zip(worth, reversed(limits), strict=True)]
    else:
        steps = [Step(str(p), at_most=str(limit)) for p, limit in zip(worth, limits, strict=True)]
    if draw(st.booleans()):
        steps[-1] = Step(steps[-1].points)
    return {"ladder": tuple(steps)}


@st.composite
def _conditions(draw: st.DrawFn, earlier: list[Standard], section: str) -> OnlyIf | None:
    targets = [s for s in earlier if s.section != "R" or section == "R"]
    if not targets or not draw(st.booleans()):
        return None
    target = draw(st.sampled_from(targets))
    tokens = {
        "met": ["met", "not_met"],
        "scale": ["0", "7", "10"],
        "choice": ["o0", "o1"],
    }.get(target.kind, ["0", "1"])
    return OnlyIf(target.code, draw(st.sampled_from([*tokens, "na"])))


@st.composite
def cases(draw: st.DrawFn, **options: Any) -> Case:
    """One visit with a generated checklist."""
    checklist = draw(checklists(**options))
    scope = draw(scopes(checklist))
    return draw(visits(checklist, scope))


@st.composite
def scopes(draw: st.DrawFn, checklist: Checklist) -> Scope:
    """A scope for a place with some facilities and up to two instances of the repeated section."""
    instances = [Instance(f"r{n}", "R", "An instance") for n in range(draw(st.integers(0, 2)))]
    facilities = draw(st.sampled_from([(), ("spa",), FACILITIES]))
    return make_scope(checklist=checklist, checklist_sha256="0" * 64, facilities=facilities, instances=instances)


@st.composite
def visits(draw: st.DrawFn, checklist: Checklist, scope: Scope) -> Case:
    """What a phone answered, every value the checklist allows."""
    layout = make_layout(checklist, scope)
    tokens: dict[str, Any] = {}
    for key, standard in zip(layout.keys, layout.standards, strict=True):
        token = draw(tokens_of(standard))
        if token is not None:
            tokens[key] = token
    answers, faults = encode(layout, tokens)
    assert faults == []
    return Case(checklist, scope, compile_plan(checklist, scope), tokens, answers)


def tokens_of(standard: Standard) -> st.SearchStrategy[Any]:
    """Every token that answers a standard; None for not assessed."""
    values = {
        "met": st.sampled_from(["met", "not_met"]),
        "scale": st.integers(0, 10),
        "measure": st.one_of(st.integers(0, 60), st.integers(0, 700_000), st.sampled_from([32_767, 32_768])),
        "choice": st.sampled_from([option.code for option in standard.options] or ["none"]),
        "count": st.one_of(st.integers(0, 12), st.just(999_999_999)),
        "points": st.integers(0, int(standard.max or 0)),
        "finding": st.integers(0, int(standard.max or 999_999_999)),
    }
    return st.one_of(values[standard.kind], st.sampled_from([None, "na"]))
