"""How often the statistics of the comparison hold what they promise, by simulation.

    python -m benchmarks.intervals [--repeats 200]

Four kinds of scores that chains really have, none of them normal: skewed towards 100 %, capped at 100 %, half of the
visits perfect, and good days with a rare bad one. Branches differ in their true mean, which is known exactly, so that
one can count how often an interval contains it. Prints tables in Markdown; the seed is fixed.
"""

import argparse
from collections.abc import Callable

import numpy as np
from scipy.stats import norm
from tqdm import tqdm

from audits.scoring.comparison import (
    beta_intervals,
    by_branch,
    group_interval,
    handed_over,
    joint_rank_ranges,
    pooled_dispersion,
    rank_ranges,
    trends,
)

SIZES = ((5, 3), (10, 4), (30, 6), (100, 12), (100, 30))
GROUPS = ((2, 4), (5, 4), (20, 6), (20, 24))
Scores = tuple[np.ndarray, np.ndarray, np.ndarray]


def skewed(rng: np.random.Generator, branches: int, visits: int) -> Scores:
    """Beta around true means of about 86 %: (visits by branch, true means, true standard deviations)."""
    mean = rng.beta(18, 3, branches)
    shape = 25.0
    scores = rng.beta(mean[:, None] * shape, (1 - mean[:, None]) * shape, (branches, visits))
    return scores, mean, np.sqrt(mean * (1 - mean) / (shape + 1))


def capped(rng: np.random.Generator, branches: int, visits: int) -> Scores:
    """Normal around about 94 %, cut off at 100 %."""
    centre, width = rng.normal(0.94, 0.04, branches), rng.uniform(0.04, 0.09, branches)
    scores = np.clip(rng.normal(centre[:, None], width[:, None], (branches, visits)), 0, 1)
    z = (1 - centre) / width
    mean = centre * norm.cdf(z) - width * norm.pdf(z) + norm.sf(z)
    square = (centre**2 + width**2) * norm.cdf(z) - width * (centre + 1) * norm.pdf(z) + norm.sf(z)
    return scores, mean, np.sqrt(np.maximum(square - mean**2, 0))


def half_perfect(rng: np.random.Generator, branches: int, visits: int) -> Scores:
    """Every other visit is 100 %, the others lie around 85 %."""
    perfect, rest = rng.uniform(0.35, 0.65, branches), rng.beta(34, 6, branches)
    shape = 20.0
    scores = rng.beta(rest[:, None] * shape, (1 - rest[:, None]) * shape, (branches, visits))
    scores = np.where(rng.random((branches, visits)) < perfect[:, None], 1.0, scores)
    mean = perfect + (1 - perfect) * rest
    square = perfect + (1 - perfect) * (rest * (1 - rest) / (shape + 1) + rest**2)
    return scores, mean, np.sqrt(square - mean**2)


def rare_bad_day(rng: np.random.Generator, branches: int, visits: int) -> Scores:
    """Visits around 93 %, but on one day in twelve around 50 %."""
    bad, good = rng.uniform(0.05, 0.12, branches), rng.beta(65, 5, branches)
    days = rng.beta(good[:, None] * 40, (1 - good[:, None]) * 40, (branches, visits))
    worse = rng.beta(10, 10, (branches, visits))
    scores = np.where(rng.random((branches, visits)) < bad[:, None], worse, days)
    mean = bad * 0.5 + (1 - bad) * good
    square = bad * (0.25 / 21 + 0.25) + (1 - bad) * (good * (1 - good) / 41 + good**2)
    return scores, mean, np.sqrt(square - mean**2)


KINDS: dict[str, Callable[[np.random.Generator, int, int], Scores]] = {
    "skewed": skewed,
    "capped": capped,
    "half perfect": half_perfect,
    "rare bad day": rare_bad_day,
}


def true_ranks(mean: np.ndarray) -> np.ndarray:
    """1 is the highest mean."""
    order = np.argsort(-mean)
    place = np.empty(len(mean), dtype=int)
    place[order] = np.arange(1, len(mean) + 1)
    return place


def coverage(kind: str, branches: int, visits: int, repeats: int) -> dict[str, float]:
    """Shares of branches whose true mean or rank lies in what was claimed, over many simulated chains."""
    rng = np.random.default_rng([repeats, branches, visits, len(kind)])
    where = np.repeat(np.arange(branches), visits)
    held: dict[str, list[float]] = {name: [] for name in ("interval", "unsteady", "rank", "joint", "width")}
    for _ in range(repeats):
        scores, mean, deviation = KINDS[kind](rng, branches, visits)
        known = by_branch(where, scores.ravel(), branches)
        dispersion = pooled_dispersion(known)
        interval = beta_intervals(known.mean, known.visits, dispersion)
        inside = (interval.low <= 1000 * mean) & (1000 * mean <= interval.high)
        held["interval"].append(inside.mean())
        unsteady = np.argsort(deviation / np.sqrt(mean * (1 - mean)))[-max(branches // 3, 1) :]
        held["unsteady"].append(inside[unsteady].mean())
        held["width"].append((interval.high - interval.low).mean() / 10)
        place = true_ranks(mean)
        single = rank_ranges(known.mean, known.visits, dispersion)
        held["rank"].append(((single.best <= place) & (place <= single.worst)).mean())
        joint = joint_rank_ranges(known.mean, known.visits, dispersion)
        held["joint"].append(float(((joint.best <= place) & (place <= joint.worst)).all()))
    return {name: 100 * float(np.mean(values)) for name, values in held.items()} | {"width": np.mean(held["width"])}


def group_coverage(kind: str, branches: int, visits: int, repeats: int) -> float:
    """The share of simulated groups of `branches`, ten to a chain, whose true mean lies in their interval."""
    rng = np.random.default_rng([repeats, branches, visits, len(kind), 1])
    many = 10 * branches
    where = np.repeat(np.arange(many), visits)
    held = []
    for _ in range(repeats):
        scores, mean, _ = KINDS[kind](rng, many, visits)
        known = by_branch(where, scores.ravel(), many)
        dispersion = pooled_dispersion(known)
        for first in range(0, many, branches):
            group = slice(first, first + branches)
            bounds = group_interval(known.mean[group], known.visits[group], dispersion)
            assert bounds is not None
            held.append(bounds[0] <= 1000 * mean[group].mean() <= bounds[1])
    return 100 * float(np.mean(held))


def false_alarms(kind: str, visits: int, repeats: int) -> dict[str, float]:
    """How often branches that do not change are called rising or falling at p < 0.05, and after Benjamini-Hochberg."""
    rng = np.random.default_rng([repeats, visits, len(kind)])
    branches = 200
    where, day = np.repeat(np.arange(branches), visits), np.tile(np.arange(visits), branches)
    found: dict[str, list[float]] = {}
    for _ in range(max(repeats // 20, 1)):
        scores, _, _ = KINDS[kind](rng, branches, visits)
        # Two auditors, one after the other, of whom one is on average three points stricter.
        who = 2 * where + (day >= visits // 2)
        severity = rng.normal(0, 0.03, 2 * branches)
        handed = np.clip(scores.ravel() + severity[who], 0, 1)
        for name, values, auditor in (
            ("same auditors", scores.ravel(), None),
            ("handed over, plain", handed, None),
            ("handed over, blocked", handed, who),
        ):
            verdicts = trends(where, day, values, branches, auditor=auditor)
            alarms = verdicts.p_value[~np.isnan(verdicts.p_value)] < 0.05
            found.setdefault(name, []).append(alarms.mean())
            found.setdefault(f"{name}, verdicts", []).append((verdicts.verdict != 0).mean())
        found.setdefault("hand-over seen", []).append(handed_over(where, day, who, branches).mean())
    return {name: 100 * float(np.mean(values)) for name, values in found.items()}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=200, help="simulated chains per line")
    repeats = parser.parse_args().repeats
    cases = [(kind, *size) for kind in KINDS for size in SIZES]
    print("Nominal 95 %: how often it held, per cent\n")
    print(
        "| scores | branches × visits | interval | least steady third | mean width | rank range | all ranks at once |"
    )
    print("|---|---|---|---|---|---|---|")
    for kind, branches, visits in tqdm(cases, desc="coverage"):
        seen = coverage(kind, branches, visits, repeats)
        figures = [f"{seen[name]:.1f}" for name in ("interval", "unsteady", "width", "rank", "joint")]
        print(f"| {kind} | {branches} × {visits} | {' | '.join(figures)} |")
    print("\nMeans of groups, nominal 95 %: how often it held, per cent\n")
    print("| scores | " + " | ".join(f"{branches} × {visits}" for branches, visits in GROUPS) + " |")
    print("|---|" + "---|" * len(GROUPS))
    for kind in tqdm(KINDS, desc="groups"):
        print(f"| {kind} | " + " | ".join(f"{group_coverage(kind, *size, repeats):.1f}" for size in GROUPS) + " |")
    print("\nTrend, branches that do not change: p < 0.05 (and verdicts after Benjamini-Hochberg), per cent\n")
    print("| scores | visits | same auditors | handed over, plain | handed over, blocked | hand-over recognised |")
    print("|---|---|---|---|---|---|")
    for kind, visits in tqdm([(kind, visits) for kind in KINDS for visits in (8, 12, 24)], desc="trends"):
        seen = false_alarms(kind, visits, repeats)
        columns = [f"{seen[name]:.1f} ({seen[name + ', verdicts']:.2f})"
                   for name in ("same auditors", "handed over, plain", "handed over, blocked")]  # fmt: skip
        print(f"| {kind} | {visits} | {' | '.join(columns)} | {seen['hand-over seen']:.0f} |")


if __name__ == "__main__":
    main()
