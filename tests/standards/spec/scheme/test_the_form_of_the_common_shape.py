"""The form of the common shape says what a document says, or admits that it cannot."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standards.spec.scheme import parse_scheme, scheme_from_tree
from standards.spec.scheme.common_shape import CommonShape, shape_of, tree_of

PACKS = Path(__file__).parents[4] / "standards" / "packs"
HOTEL = CommonShape(
    bands=(("five", "90"), ("four", "80"), ("three", "70"), ("two", "60")),
    lowest="one",
    parts=(("tag.service", "0.75"), ("tag.facility", "0.25")),
    caps=(("four", "0"),),
    kind="mystery",
    last=4,
    minimum=3,
    below_minimum="provisional",
)


def test_a_document_of_this_shape_fills_the_form() -> None:
    document = parse_scheme((PACKS / "schemes" / "hotel-guide.yaml").read_text("utf-8"))
    assert shape_of(document) == HOTEL


def test_the_form_makes_the_document() -> None:
    assert tree_of(HOTEL) == {
        "levels": ["one", "two", "three", "four", "five"],
        "outcomes": ["provisional"],
        "values": {"score": {"mean": [["tag.service", "0.75"], ["tag.facility", "0.25"]]}},
        "decide": {
            "grid": ["score"],
            "at_least": {"five": ["90"], "four": ["80"], "three": ["70"], "two": ["60"]},
            "else": "one",
        },
        "adjust": [{"at_most": "four", "when": {"critical_failed": {"above": "0"}}}],
        "visits": {
            "combine": "mean",
            "last": "4",
            "minimum": "3",
            "below_minimum": "provisional",
            "only": {"kind": "mystery"},
        },
    }


@pytest.mark.parametrize(
    "more",
    [
        {"adjust": [{"at_most": "four", "when": {"critical_failed": {"at_least": "1"}}}]},
        {"adjust": [{"at_most": "four", "when": {"coverage": {"above": "1"}}}]},
        {"adjust": [{"at_most": "four", "when": {"critical_failed": {"above": "1"}, "coverage": {"below": "9"}}}]},
        {"adjust": [{"at_most": "five"}]},
        {"adjust": [{"by": "+1", "when": {"coverage": {"at_least": "99"}}}]},
        {"unless": [{"give": "one", "when": {"coverage": {"below": "50"}}}]},
        {"values": {"score": {"mean": ["tag.service"], "cap": "95"}}},
        {"visits": {"combine": "mean", "half_life": "90"}},
        {"visits": {"only": {"kind": ["mystery", "announced"]}}},
        {"versions": [{"from": "2030", "visits": {"last": "2"}}]},
        {"decide": {"value": "score"}, "levels": ["1", "2"], "adjust": [{"at_most": "1", "when": {"coverage": "5"}}]},
    ],
)
def test_a_document_that_says_more_is_not_squeezed_into_it(more: dict[str, Any]) -> None:
    assert shape_of(scheme_from_tree(tree_of(HOTEL) | more)) is None


names = st.sampled_from(["whole", "tag.service", "section.ARR", "class.C1"])


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.tuples(names, st.sampled_from(["1", "0.5", "1/3", "70"])), min_size=1, max_size=3),
    limits=st.lists(st.integers(0, 100), min_size=1, max_size=4, unique=True),
    rounding=st.sampled_from([("none", "0"), ("nearest", "0"), ("up", "1")]),
    caps=st.booleans(),
    numbers=st.lists(st.none() | st.integers(1, 9), min_size=2, max_size=2),
    words=st.tuples(st.sampled_from(["", "no data"]), st.sampled_from(["", "mystery"])),
)
def test_whatever_the_form_says_comes_back(
    parts: list[tuple[str, str]],
    limits: list[int],
    rounding: tuple[str, str],
    caps: bool,
    numbers: list[int | None],
    words: tuple[str, str],
) -> None:
    bands = tuple((f"level {place}", str(limit)) for place, limit in enumerate(sorted(limits, reverse=True)))
    last, minimum = numbers
    shape = CommonShape(
        bands=bands,
        lowest="lowest",
        parts=tuple(parts),
        round=rounding[0],
        places=rounding[1],
        caps=(("level 0", "0"), ("lowest", "2")) if caps else (),
        needs_all=caps,
        missing=words[0],
        kind=words[1],
        last=last,
        minimum=None if minimum and last and minimum > last else minimum,
    )
    assert shape_of(scheme_from_tree(tree_of(shape))) == shape
