"""The path to the next star against every set there is, on thousands of generated small branches.

    python -m benchmarks.next_star [--seeds 120] [--most 7]

Every shape of scheme that the tests know (tests/audits/scoring/next_star/cases.py), each plain, with answers on which
others depend, and with bonus standards. For each branch all sets of failed standards are tried in order of size through
another way of scoring; the path must lift the outcome, need each of its members, and where it says that it is proven,
no smaller set may exist; where it does not, its lower bound must hold. Two processes; leaves with 1 on a difference.
"""

import argparse
import sys
import time
from collections import Counter
from multiprocessing import Pool

from tqdm import tqdm

from audits.scoring.next_star import path_to_next_star
from tests.audits.scoring.next_star.cases import SHAPES, failed_codes, level_if_met, make_case, smallest

VARIANTS: tuple[dict[str, bool], ...] = ({}, {"gates": True}, {"bonus": True})
NO_PATH = ("", "no standard that failed can lift it", "no path was found")


def judged(asked: tuple[str, int, int, int]) -> tuple[str, str, str]:
    """One branch: its shape, how its path ended, and what is wrong with it ("" where nothing is)."""
    shape, variant, seed, most = asked
    case = make_case(shape, seed, most=most, **VARIANTS[variant])
    path = path_to_next_star(case.rules, case.visits)
    base, chosen = level_if_met(case, ()), [one.code for one in path.standards]
    if base < 0 or path.missing not in NO_PATH:
        return shape, "nothing to lift", "a path to nowhere" if chosen else ""
    size = smallest(case, failed_codes(case), most=12)
    ended = "proven" if path.proven else "bounded"
    if chosen and level_if_met(case, chosen) <= base:
        return shape, ended, "does not lift"
    if chosen and any(level_if_met(case, [c for c in chosen if c != one]) > base for one in chosen):
        return shape, ended, "has a member too many"
    if path.proven and (len(chosen) or None) != size:
        return shape, ended, f"says {len(chosen)} is the least, which is {size}"
    if not path.proven and size is not None and path.at_least > size:
        return shape, ended, f"says at least {path.at_least}, but {size} do"
    return shape, ended, ""


def main() -> int:
    """Judge all branches, print how many of each shape were proven, and every difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=120, help="branches per shape and variant")
    parser.add_argument("--most", type=int, default=7, help="standards of a branch's checklist at most")
    options = parser.parse_args()
    asked = [(s, v, n, options.most) for s in SHAPES for v in range(len(VARIANTS)) for n in range(options.seeds)]
    ends: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    began = time.monotonic()
    with Pool(2) as pool:
        results = pool.imap(judged, asked, chunksize=8)
        for (shape, variant, seed, _), (_, ended, fault) in zip(asked, tqdm(results, total=len(asked)), strict=True):
            ends[shape, ended] += 1
            if fault:
                wrong.append(f"{shape}, variant {variant}, seed {seed}: {fault}")
    print(f"{len(asked)} branches in {time.monotonic() - began:.0f} s")
    for shape in SHAPES:
        counts = ", ".join(f"{ends[shape, end]} {end}" for end in ("proven", "bounded", "nothing to lift"))
        print(f"  {shape}: {counts}")
    print("\n".join(wrong) or "no difference")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
