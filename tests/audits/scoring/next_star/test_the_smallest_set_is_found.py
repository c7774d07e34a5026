"""The path to the next star against all sets there are, on small branches of every shape of scheme."""

import pytest

from audits.scoring.next_star import path_to_next_star
from tests.audits.scoring.next_star.cases import EXACT, SHAPES, failed_codes, level_if_met, make_case, smallest

SEEDS = range(10)


@pytest.mark.parametrize("variant", [{}, {"gates": True}, {"bonus": True}], ids=["plain", "gates", "bonus"])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_set_lifts_and_no_smaller_one_does(shape, variant):
    for seed in SEEDS:
        case = make_case(shape, seed, most=6, **variant)
        path = path_to_next_star(case.rules, case.visits)
        base, chosen = level_if_met(case, ()), [one.code for one in path.standards]
        if base < 0 or path.missing not in ("", "no standard that failed can lift it", "no path was found"):
            assert chosen == []
            continue
        size = smallest(case, failed_codes(case), most=12)
        if chosen:
            assert level_if_met(case, chosen) > base, (shape, seed)
            for one in chosen:
                assert level_if_met(case, [code for code in chosen if code != one]) <= base, (shape, seed, one)
        if path.proven:
            assert (len(chosen) or None) == size, (shape, seed)
        else:
            assert size is None or path.at_least <= size, (shape, seed)


@pytest.mark.parametrize("shape", EXACT)
def test_every_shape_with_an_exact_way_is_proven_on_a_small_branch(shape):
    paths = [path_to_next_star(case.rules, case.visits) for case in (make_case(shape, s, most=6) for s in SEEDS)]
    assert all(path.proven for path in paths)
