"""Generated rating schemes: documents that are valid, documents spoiled in one place, and rows of parts for them."""

import copy
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

NUMBERS = ("a", "b", "c", "group.x", "group.y")
GRADES = ("poor", "fair", "good")
CODES = ("K1", "K2", "K3")
LEVELS = ("none", "bronze", "silver", "gold")
SMALL = st.integers(-20, 120).map(str) | st.sampled_from(["0.5", "1/3", "99.95", "-0.125"])
READ = {"grade": list(GRADES), "other_grade": list(GRADES), "note": "text", "found": "codes", "day": "date"}

number_test = st.one_of(
    SMALL,
    st.dictionaries(st.sampled_from(["at_least", "at_most", "above", "below", "is"]), SMALL, min_size=1, max_size=2),
    st.sampled_from([{"absent": "true"}, {"absent": True}, {"above": "$b"}, {"at_most": "$a"}]),
    st.lists(SMALL, min_size=1, max_size=3),
)
grade_test = st.one_of(
    st.sampled_from(GRADES),
    st.dictionaries(st.sampled_from(["at_least", "below"]), st.sampled_from(GRADES), min_size=1),
    st.just({"above": "$other_grade"}),
    st.just({"in": ["poor", "good"]}),
)
other_test = st.sampled_from(
    [("note", "Y"), ("note", {"in": ["Y", "N"]}), ("note", {"absent": False}), ("found", "K1"),
     ("found", {"in": ["K2", "K3"]}), ("day", {"at_least": "2020"}), ("day", {"below": "2021-06-01"})]
)  # fmt: skip
one_test = st.one_of(
    st.tuples(st.sampled_from(NUMBERS), number_test), st.tuples(st.just("grade"), grade_test), other_test
)
tests = st.lists(one_test, min_size=1, max_size=2).map(dict)
conditions = st.one_of(
    tests,
    st.builds(lambda inner: {"any": inner}, st.lists(tests, min_size=1, max_size=2)),
    st.builds(lambda inner: {"not": inner}, tests),
    st.builds(lambda one, two: {**one, "all": [{"not": two}]}, tests, tests),
)


@st.composite
def values(draw: st.DrawFn, taken: tuple[str, ...] = ()) -> dict[str, Any]:
    """One value; it may need parts and the values in `taken`."""
    names = st.sampled_from((*NUMBERS, *taken))
    picks = st.one_of(
        st.lists(names, min_size=1, max_size=3, unique=True),
        st.lists(st.tuples(names, st.sampled_from(["1", "0.25", "2/3"])).map(list), min_size=1, max_size=3),
        st.just("group.*"),
    )
    plain = st.lists(names, min_size=1, max_size=3, unique=True) | st.just("group.*")
    operator = draw(st.sampled_from(["sum", "mean", "max", "min", "count", "ratio", "points", "pick", "graded"]))
    if operator == "graded":
        return draw(st.sampled_from([{"min": ["grade", "other_grade"]}, {"count": ["grade"], "at_least": "fair"}]))
    content: dict[str, Any] = {}
    if operator in ("sum", "mean"):
        content = {operator: draw(picks)}
    elif operator in ("max", "min"):
        content = {operator: draw(plain)}
    elif operator == "count":
        content = {"count": draw(picks), **draw(st.sampled_from([{}, {"at_least": "50"}, {"test": {"below": "$a"}}]))}
    elif operator == "ratio":
        content = {"ratio": [draw(names), draw(names)]}
    elif operator == "points":
        content = {"points": "found", "table": {"K1": "3", "K2": draw(SMALL)}}
    else:
        cases = draw(st.lists(st.builds(lambda c, n: {"when": c, "value": n}, tests, SMALL), min_size=1, max_size=2))
        content = {"pick": [*cases, *draw(st.sampled_from([[], [{"value": "7"}]]))]}
    return {**content, **draw(options)}


options = st.fixed_dictionaries(
    {},
    optional={
        "missing": st.sampled_from(["skip", "absent"]),
        "start": SMALL,
        "times": st.sampled_from(["-1", "0.5", "b"]),
        "floor": st.just("0"),
        "cap": st.just("100"),
    },
).flatmap(
    lambda chosen: st.sampled_from(
        [chosen, {**chosen, "round": "nearest"}, {**chosen, "round": "up", "places": "1"}, {**chosen, "round": "down"}]
    )
)


@st.composite
def decisions(draw: st.DrawFn, names: tuple[str, ...]) -> Any:
    """A grid, rows or a value."""
    shape = draw(st.sampled_from(["grid", "rows", "value"]))
    if shape == "value":
        return {"value": "grade"}
    if shape == "rows":
        rows = draw(st.lists(conditions, min_size=1, max_size=3))
        given = draw(st.permutations(LEVELS))
        return [*({"give": level, "when": when} for level, when in zip(given, rows, strict=False)), {"give": given[-1]}]
    columns = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    side = draw(st.sampled_from(["at_least", "at_most"]))
    steps = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3, unique=True)), reverse=side == "at_least")
    last = draw(st.sampled_from([str(steps[2]), None]))
    grid = {
        "gold": [str(steps[0])] * len(columns),
        "silver": [str(steps[1])] * len(columns),
        "bronze": [*[str(steps[2])] * (len(columns) - 1), last if len(columns) > 1 else str(steps[2])],
    }
    missing = draw(st.sampled_from([{}, {"missing": "no data"}]))
    return {"grid": columns, side: grid, "else": "none", **missing}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document that is mostly valid: some have unreachable rows or levels nobody gets, as people write them."""
    first = draw(values())
    named = {"first": first}
    numeric = "min" not in first or first["min"] != ["grade", "other_grade"]
    if draw(st.booleans()):
        named["second"] = draw(values(("first",) if numeric else ()))
    names = (*NUMBERS, *(name for name, own in named.items() if own.get("min") != ["grade", "other_grade"]))
    decide = draw(decisions(names))
    levels = list(GRADES) if decide == {"value": "grade"} else list(LEVELS)
    tree = {"levels": levels, "outcomes": ["no data", "not rated"], "read": READ, "values": named, "decide": decide}
    if draw(st.booleans()):
        tree["unless"] = [{"give": draw(st.sampled_from(["not rated", levels[0]])), "when": draw(conditions)}]
    if draw(st.booleans()):
        move = draw(st.sampled_from([{"by": "+1"}, {"by": "-2"}, {"at_most": levels[1]}, {"at_least": levels[1]}]))
        tree["adjust"] = [{**move, "when": draw(conditions)}]
    if draw(st.integers(0, 3)) == 0:
        tree["peers"] = draw(peers(levels))
    if draw(st.integers(0, 3)) == 0:
        tree["visits"] = draw(visit_rules)
    return tree


@st.composite
def peers(draw: st.DrawFn, levels: list[str]) -> dict[str, Any]:
    """Rank bands by a plain part."""
    shares = [40, 30, 20, 10] if len(levels) == 4 else [50, 30, 20]
    return {
        "value": draw(st.sampled_from(["a", "b"])),
        "shares": {level: str(share) for level, share in zip(levels, shares, strict=True)},
        **draw(st.sampled_from([{}, {"group": "note"}, {"best": "low", "ties": "worse", "cut": "up"}])),
        **draw(st.sampled_from([{}, {"at_least_members": "3", "small": "bands"}, {"at_least_members": "4"},
                                {"at_least_members": "3", "small": "not rated", "freeze": "period"}])),
    }  # fmt: skip


visit_rules = st.fixed_dictionaries(
    {},
    optional={
        "only": st.sampled_from([{"kind": "mystery"}, {"not": {"flags": "late"}}]),
        "last": st.integers(1, 5).map(str),
        "within": st.just("365"),
        "combine": st.sampled_from(["latest", "mean", "pooled", "max", "carry"]),
        "minimum_to_rank": st.just("3"),
    },
)

parts = st.fixed_dictionaries(
    {
        **{name: st.none() | st.integers(-5, 110) | st.fractions(0, 100, max_denominator=7) for name in NUMBERS},
        "grade": st.none() | st.sampled_from(GRADES),
        "other_grade": st.none() | st.sampled_from(GRADES),
        "note": st.none() | st.sampled_from(["Y", "N", "?"]),
        "found": st.none() | st.lists(st.sampled_from([*CODES, "K9"]), max_size=3).map(tuple),
        "day": st.none() | st.dates(),
    }
)
rows = st.lists(parts, min_size=1, max_size=8)

JUNK = st.sampled_from(
    ["", "x*y", "$", "1.2345678", "1234567890123", "a\x00b", [], {}, ["a", ["b", ["c", ["d"]]]], {"odd": "1"}, None,
     "5", {"at_least": "3"}, [{"give": "gold"}], {"any": []}, "true", True, 7, "2024-13-01", "x" * 201, {"is": {}}]
)  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A generated document in which one random place was overwritten, removed or added to."""
    tree = copy.deepcopy(draw(documents()))
    places = list(_places(tree))
    holder, key = draw(st.sampled_from(places))
    action = draw(st.sampled_from(["overwrite", "remove", "add"]))
    if action == "overwrite":
        holder[key] = draw(JUNK)
    elif action == "remove":
        del holder[key]
    elif isinstance(holder, dict):
        holder[draw(st.sampled_from(["extra", "when", "test", "table", "at_least", "value"]))] = draw(JUNK)
    else:
        holder.append(draw(JUNK))
    return tree


def _places(tree: Any) -> Any:
    keys = range(len(tree)) if isinstance(tree, list) else list(tree)
    for key in keys:
        yield tree, key
        if isinstance(tree[key], (dict, list)):
            yield from _places(tree[key])


def exact(number: str) -> Fraction:
    """A number as tests write it."""
    return Fraction(number)
