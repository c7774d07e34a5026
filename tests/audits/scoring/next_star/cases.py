"""Small branches made by chance, one kind of scheme at a time, and the smallest set found by trying all of them.

The trial knows nothing of the product's path: it replaces tokens, encodes, scores one visit after the other, combines
and rates, with cut points made anew.
"""

import itertools
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from audits.scoring.next_star import Rules, WindowVisit
from audits.scoring.outcome import CutPoints, Visit, combine_visits, conclude, cut_points, evaluate, merge_components
from audits.scoring.parts import parts_for_scheme
from audits.scoring.plan import Plan, compile_plan
from audits.scoring.vector import encode
from audits.scoring.visit import score, standard_part
from standards.spec.checklist import Checklist, Named, OnlyIf, Option, Section, Standard, Step
from standards.spec.scheme import Scheme, scheme_from_tree
from standards.spec.scope import Instance, make_scope

SECTIONS = ("A", "B", "C")
CLASSES = ("k1", "k2")
END = date(2026, 6, 30)
LEVELS = ["one", "two", "three", "four"]
Tree = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A branch: its rules, its visits, and the tokens they were made from."""

    rules: Rules
    visits: tuple[WindowVisit, ...]
    tokens: tuple[dict[str, Any], ...]


def bands(rng: Random, column: str, top: int = 96, **more: Any) -> Tree:
    limits = sorted(rng.sample(range(40, top), 3), reverse=True)
    return {"grid": [column], "at_least": dict(zip(("four", "three", "two"), map(str, limits), strict=True)),
            "else": "one", **more}  # fmt: skip


def mean_of_tags(rng: Random) -> Tree:
    return {"values": {"s": {"mean": [["tag.service", "0.75"], ["tag.facility", "0.25"]]}}, "decide": bands(rng, "s")}


def rounded(rng: Random) -> Tree:
    how = {"round": rng.choice(["nearest", "up", "down"]), "places": rng.choice([0, 1])}
    return {"values": {"s": {"mean": ["whole"], **how}}, "decide": bands(rng, "s")}


def sum_of_parts(rng: Random) -> Tree:
    picks = [["section.A", "2"], ["section.B", "1"], ["class.k1", "0.5"]]
    return {"values": {"s": {"sum": picks, "cap": "340", "times": "1/4"}}, "decide": bands(rng, "s", top=80)}


def deductions(rng: Random) -> Tree:
    floor = {"floor": "0"} if rng.random() < 0.5 else {}
    return {"values": {"s": {"sum": "findings", "start": "100", "times": "-1", **floor}}, "decide": bands(rng, "s")}


def critical_cap(rng: Random) -> Tree:
    return {
        **mean_of_tags(rng),
        "adjust": [{"at_most": rng.choice(LEVELS[:3]), "when": {"critical_failed": {"above": "0"}}}],
    }


def part_minima(rng: Random) -> Tree:
    rows = {level: [str(low + rng.randrange(15)) for _ in range(4)] for level, low in
            (("four", 75), ("three", 55), ("two", 35))}  # fmt: skip
    for better, worse in (("four", "three"), ("three", "two")):
        rows[worse] = [min(a, b, key=int) for a, b in zip(rows[worse], rows[better], strict=True)]
    return {"decide": {"grid": ["section.A", "section.B", "section.C", "whole"], "at_least": rows, "else": "one"}}


def mandatory_and_floor(rng: Random) -> Tree:
    floors = [str(n) for n in sorted(rng.sample(range(40, 96), 2), reverse=True)]
    rows = [
        {"give": "four", "when": {"whole": {"at_least": floors[0]}, "standard.S0": {"at_least": "100"}}},
        {"give": "three", "when": {"whole": {"at_least": floors[1]}, "critical_failed": {"at_most": "1"}}},
        {"give": "two", "when": {"standard.S1": {"at_least": "100"}}},
        {"give": "one"},
    ]
    unless = [{"give": "one", "when": {"critical_failed": {"above": str(rng.randrange(1, 4))}}}]
    return {"unless": unless, "decide": rows}


def worst_of(rng: Random) -> Tree:
    return {"values": {"s": {"min": "section.*"}}, "decide": bands(rng, "s")}


def cascade(rng: Random) -> Tree:
    limits = [sorted(rng.sample(range(60), 3)), sorted(rng.choices(range(20, 100), k=3))]
    rows = {level: [str(limits[0][n]), str(limits[1][n])] for n, level in enumerate(("four", "three", "two"))}
    lost = {f"lost_{s}": {"sum": f"section.{s}", "start": "100", "times": "-1"} for s in SECTIONS}
    values = lost | {"worst": {"max": list(lost)}, "total": {"sum": ["findings"]}}
    return {"values": values, "decide": {"grid": ["total", "worst"], "at_most": rows, "else": "one"}}


def counting(rng: Random) -> Tree:
    limit = str(rng.randrange(50, 100))
    values = {
        "good": {"count": ["section.*", "class.*"], "at_least": limit},
        "bad": {"count": ["section.*", "class.*"], "below": str(rng.randrange(20, 50))},
    }
    rows = [
        {"give": "four", "when": {"good": {"at_least": "4"}, "bad": {"at_most": "0"}}},
        {"give": "three", "when": {"good": {"at_least": "3"}}},
        {"give": "two", "when": {"any": [{"bad": {"at_most": "1"}}, {"good": {"above": "1"}}]}},
        {"give": "one"},
    ]
    return {"values": values, "decide": rows}


def one_up_one_down(rng: Random) -> Tree:
    moves = [
        {"by": "+1", "when": {"tag.service": {"at_least": str(rng.randrange(60, 100))}}},
        {"by": "-1", "when": {"tag.facility": {"below": str(rng.randrange(30, 80))}}},
        {"at_most": "three", "when": {"section.A": {"at_most": str(rng.randrange(20, 70))}}},
    ]
    return {"decide": bands(rng, "whole"), "adjust": moves}


def steps(rng: Random) -> Tree:
    def pick(part: str) -> Tree:
        marks = sorted(rng.sample(range(30, 100), 2))
        return {"pick": [{"when": {part: {"at_least": str(marks[1])}}, "value": "3"},
                         {"when": {part: {"above": str(marks[0])}}, "value": "1"}, {"value": "0"}]}  # fmt: skip

    values = {f"p{s}": pick(f"section.{s}") for s in SECTIONS} | {"s": {"sum": [f"p{s}" for s in SECTIONS]}}
    return {
        "values": values,
        "decide": {"grid": ["s"], "at_least": {"four": "7", "three": "5", "two": "2"}, "else": "one"},
    }


def crossing(rng: Random) -> Tree:
    columns = ["section.A", "section.B", "class.k1", "class.k2"]
    rows = {"four": "90", "three": str(rng.randrange(60, 85)), "two": str(rng.randrange(35, 60))}
    limits = {level: [limit] * 4 for level, limit in rows.items()}
    return {"decide": {"grid": columns, "at_least": limits, "else": "one", "missing": "one"}}


def rank_bands(rng: Random) -> Tree:
    peers: Tree = {"value": "whole", "best": "high", "shares": {"four": "10", "three": "30", "two": "40", "one": "20"},
                   "cut": rng.choice(["nearest", "up", "down"]), "ties": rng.choice(["better", "worse"])}  # fmt: skip
    if rng.random() < 0.4:
        peers |= {"group": "town", "at_least_members": "6", "small": rng.choice(["wider", "bands"])}
    return {"decide": bands(rng, "whole"), "peers": peers}


def never_simple(rng: Random) -> Tree:
    """More is not always better, and figures are compared with each other."""
    rows = [
        {"give": "four", "when": {"tag.service": {"at_least": "$tag.facility"}, "whole": {"above": "60"}}},
        {"give": "three", "when": {"whole": {"at_least": "50", "at_most": "90"}}},
        {"give": "one"},
    ]
    return {"levels": ["one", "three", "four"], "decide": rows}


EXACT: dict[str, Callable[[Random], Tree]] = {
    "mean of tags": mean_of_tags,
    "rounded": rounded,
    "sum of parts": sum_of_parts,
    "deductions": deductions,
    "critical cap": critical_cap,
    "part minima": part_minima,
    "mandatory and floor": mandatory_and_floor,
    "worst of": worst_of,
    "cascade": cascade,
    "counting": counting,
    "one up, one down": one_up_one_down,
    "steps": steps,
    "crossing minima": crossing,
    "rank bands": rank_bands,
}
KINDS = ("met", "met", "met", "met", "scale", "choice", "measure", "ladder", "count", "finding")
OPTIONS = (Option("hi", "Hi", "3"), Option("lo", "Lo", "1"), Option("no", "No", "0"))
FINDINGS = ("finding", "finding", "finding", "met")
SHAPES = EXACT | {"never simple": never_simple}


def make_case(shape: str, seed: int, *, gates: bool = False, bonus: bool = False, most: int = 9) -> Case:
    """A branch with up to three visits under a scheme of this shape."""
    rng = Random(f"{shape} {seed} {gates} {bonus}")
    tree = {"levels": LEVELS} | SHAPES[shape](rng)
    tree |= {"visits": visits_piece(rng)}
    scheme = scheme_from_tree(tree).newest()
    kinds = FINDINGS if shape == "deductions" else KINDS
    contents = [checklist(rng, kinds, gates=gates, bonus=bonus, most=most) for _ in range(rng.choice([1, 1, 2]))]
    visits, tokens = [], []
    for number in range(rng.randrange(1, 4)):
        which = rng.randrange(len(contents))
        content = contents[which]
        instances = [Instance(f"c{n}", "C", "C") for n in range(rng.choice([1, 1, 2]))]
        scope = make_scope(checklist=content, checklist_sha256="", facilities=(), instances=instances)
        plan = compile_plan(content, scope)
        given = {key: _token(rng, s) for key, s in zip(plan.layout.keys, plan.layout.standards, strict=True)}
        given = {key: token for key, token in given.items() if token is not None}
        answers, faults = encode(plan.layout, given)
        assert faults == []
        day = END - timedelta(days=rng.randrange(200))
        visits.append(WindowVisit(plan, answers, day, f"v{number}", component=f"k{which}", facts={"town": "x"}))
        tokens.append(given)
    weights = {f"k{n}": weight for n, weight in enumerate((70, 30)[: len(contents)])}
    return Case(_rules(rng, scheme, weights), tuple(visits), tuple(tokens))


def visits_piece(rng: Random) -> Tree:
    piece = rng.choice([{"combine": "mean"}, {"combine": "mean", "half_life": "60"}, {"combine": "latest"},
                        {"combine": "pooled"}, {"combine": "mean", "weights": ["3", "2", "1"]},
                        {"combine": "carry"}, {"combine": "mean", "last": "2"}])  # fmt: skip
    return dict(piece)


def checklist(rng: Random, kinds: tuple[str, ...], *, gates: bool, bonus: bool, most: int) -> Checklist:
    """A few standards of all kinds; numbers of points are small, so that equal gains are common."""
    standards: list[Standard] = []
    for number in range(rng.randrange(4, most + 1)):
        kind = rng.choice(kinds)
        fields: dict[str, Any] = {
            "met": {},
            "scale": {"kind": "scale"},
            "choice": {
                "kind": "choice",
                "options": (Option("hi", "Hi", "3"), Option("lo", "Lo", "1"), Option("no", "No", "0")),
            },
            "measure": {"kind": "measure", "unit": "s", "at_least": "5", "at_most": "60"},
            "ladder": {"kind": "measure", "unit": "s", "ladder": (Step("2", at_most="60"), Step("1", at_most="120"))},
            "count": {"kind": "count", "per_unit": "1", "cap": "3"},
            "finding": {"kind": "finding", "max": "20"},
        }[kind]
        section = rng.choice(SECTIONS)
        earlier = [s for s in standards if s.kind == "met" and (s.section != "C" or section == "C")]
        if gates and earlier and rng.random() < 0.5:
            fields["only_if"] = OnlyIf(rng.choice(earlier).code, rng.choice(["met", "not_met"]))
        if bonus and kind != "finding" and rng.random() < 0.3:
            fields["bonus"] = True
        critical = rng.random() < 0.3 and not fields.get("bonus")
        fields |= {"classification": rng.choice(CLASSES), "weight": rng.choice(["1", "1", "2", "3"])}
        fields |= {"severity": "critical" if critical else "normal", "tags": (rng.choice(["service", "facility"]),)}
        standards.append(Standard(f"S{number}", section, "Seen.", **fields))
    sections = tuple(Section(code, code, repeats=code == "C") for code in SECTIONS)
    return Checklist("c", "C", "en", 1, sections, tuple(standards), tuple(Named(code, code) for code in CLASSES))


def _token(rng: Random, standard: Standard) -> Any:
    chance = rng.random()
    if chance < 0.1:
        return None if chance < 0.05 else "na"
    good = rng.random() < 0.4
    return {
        "met": "met" if good else "not_met",
        "scale": rng.randrange(5, 11) if good else rng.randrange(5),
        "choice": "hi" if good else rng.choice(["lo", "no"]),
        "measure": rng.randrange(130) if good else rng.randrange(61, 200),
        "count": rng.randrange(5),
        "finding": 0 if good else rng.randrange(1, 21),
    }[standard.kind]


def _rules(rng: Random, scheme: Scheme, weights: dict[str, int]) -> Rules:
    if scheme.peers is None:
        return Rules(scheme, END, weights)
    others = tuple((f"o{n}", rng.choice(["x", "y"]), rng.randrange(20, 100)) for n in range(rng.randrange(3, 20)))
    if rng.random() < 0.5:
        return Rules(scheme, END, weights, others=others)
    return Rules(scheme, END, weights, cuts=cut_points(scheme, others))


def level_if_met(case: Case, met: Collection[str]) -> int:
    """The place of the outcome among the levels, had these standards been met; -1 where it is no level."""
    rated = []
    for visit, tokens in zip(case.visits, case.tokens, strict=True):
        before = score(visit.plan, visit.answers)
        better = {}
        for item, state in zip(visit.plan.items, before.states, strict=True):
            if state == 3 and item.standard.code in met:
                better[item.key] = best_token(item.standard)
        rated.append(_rated(case, visit, visit.plan, tokens | better))
    scheme, weights = case.rules.scheme, case.rules.weights
    own = {visit.label: visit.component for visit in case.visits}
    if len(weights) > 1:
        combined = merge_components(
            scheme,
            [
                (w, combine_visits(scheme, [v for v in rated if own[v.label] == name], END))
                for name, w in sorted(weights.items())
            ],
        )
    else:
        combined = combine_visits(scheme, rated, END)
    outcome = conclude(scheme, combined, cut_points=_cuts(case, combined.parts))
    return scheme.levels.index(outcome.level) if outcome.level else -1


def _rated(case: Case, visit: WindowVisit, plan: Plan, tokens: dict[str, Any]) -> Visit:
    scored = score(plan, encode(plan.layout, tokens)[0])
    singles = {f"standard.{code}": standard_part(plan, scored, code) for code in plan.codes}
    parts = parts_for_scheme(
        scored.parts | singles, decimals=plan.decimals, assessed=scored.assessed, assessable=scored.assessable,
        critical_failed=scored.critical_failed, kind=visit.kind,
    )  # fmt: skip
    pairs = {name: pair for name, pair in (scored.parts | singles).items() if name != "findings"}
    return Visit(visit.visited_on, {**parts, **visit.facts}, visit.kind, (), pairs, visit.label)


def _cuts(case: Case, parts: Any) -> CutPoints | None:
    rules = case.rules
    if rules.others is None:
        return rules.cuts
    value = evaluate(rules.scheme, parts).values.get("whole", parts.get("whole"))
    mine = [] if value is None else [("me", "x", value)]
    group = "x" if rules.scheme.peers and rules.scheme.peers.group else ""
    others = [(name, town if group else "", v) for name, town, v in rules.others]
    return cut_points(rules.scheme, [*others, *((n, group, v) for n, _, v in mine)])


def best_token(standard: Standard) -> Any:
    """The token that earns everything."""
    return {"met": "met", "scale": 10, "choice": "hi", "measure": 30, "count": 3, "finding": 0}[standard.kind]


def failed_codes(case: Case) -> list[str]:
    """Everything that failed in any visit."""
    return sorted({key.partition("@")[0] for v in case.visits for key in score(v.plan, v.answers).failed})


def smallest(case: Case, codes: Iterable[str], most: int) -> int | None:
    """The size of the smallest set that lifts the outcome, tried in order of size up to `most`."""
    codes = list(codes)
    base = level_if_met(case, ())
    for size in range(1, min(most, len(codes)) + 1):
        if any(level_if_met(case, chosen) > base for chosen in itertools.combinations(codes, size)):
            return size
    return None
