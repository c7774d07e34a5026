"""How fast stored visits of 900 answers are scored again, beside what numpy needs for the bare arithmetic.

    python -m benchmarks.rescoring [--visits 5000]

One process. "From the stored form" is everything from the bytes of the database column to the figures of every part,
packed as a row keeps them. The bare arithmetic walks the same matrix, already in memory: which answers count, points
times weights, possible times weights, summed per visit, once for the whole only and once for every part; no conditions,
no limits, no failures. All are measured in turns, in processor time, and the best of each is compared. Numpy's matrix
product takes several threads unless OPENBLAS_NUM_THREADS=1.
"""

import argparse
import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from audits.scoring.answers import NOT_APPLICABLE
from audits.scoring.packing import as_batch, pack, unpack_many
from audits.scoring.parts import pack_many_parts
from audits.scoring.plan import Plan, compile_plan
from audits.scoring.vector import digest, encode
from audits.scoring.visit import score
from audits.scoring.visits import score_many
from standards.spec.checklist import Checklist, Named, OnlyIf, Option, Section, Standard, Step
from standards.spec.scope import make_scope

ANSWERS = 900
SECTIONS = 30
BLOCK = 500


def checklist() -> Checklist:
    """900 standards in 30 sections and 8 classifications, mixed as hotel checklists are: four fifths met or not."""
    rng = random.Random(1)
    standards: list[Standard] = []
    for number in range(ANSWERS):
        kind = rng.choices(("met", "scale", "measure", "ladder", "choice", "count"), (80, 8, 5, 1, 4, 2))[0]
        fields: dict[str, Any] = {
            "met": {},
            "scale": {"kind": "scale"},
            "measure": {"kind": "measure", "unit": "s", "at_most": "60"},
            "ladder": {"kind": "measure", "unit": "s", "ladder": (Step("2", at_most="60"), Step("1", at_most="120"))},
            "choice": {"kind": "choice", "options": tuple(Option(f"o{n}", "Option", str(n)) for n in range(4))},
            "count": {"kind": "count", "per_unit": "1", "cap": "5"},
        }[kind]
        code = f"S{number:03}"
        if kind == "met" and number % 10 == 9 and standards[-1].kind == "met":
            fields = {"only_if": OnlyIf(standards[-1].code, "met")}
        standards.append(
            Standard(
                code, f"SEC{number // (ANSWERS // SECTIONS)}", "Seen.", classification=f"c{rng.randrange(8)}",
                weight=rng.choice(("1", "1", "2", "3")), tags=(rng.choice(("service", "facility")),),
                severity=rng.choice(("normal", "normal", "normal", "critical")), **fields,
            )
        )  # fmt: skip
    sections = tuple(Section(f"SEC{n}", f"Section {n}") for n in range(SECTIONS))
    return Checklist(
        "bench", "Bench", "en", 1, sections, tuple(standards), tuple(Named(f"c{n}", "C") for n in range(8))
    )


def tokens(content: Checklist, rng: random.Random) -> dict[str, Any]:
    """One visit: 4 % not assessed, 8 % not applicable, the others mostly good."""
    answers: dict[str, Any] = {}
    for standard in content.standards:
        chance = rng.random()
        if chance < 0.04:
            continue
        answers[standard.code] = "na" if chance < 0.12 else _token(standard, rng)
    return answers


def _token(standard: Standard, rng: random.Random) -> str | int:
    if standard.kind == "met":
        return "met" if rng.random() < 0.86 else "not_met"
    if standard.kind == "scale":
        return max(0, min(10, round(rng.gauss(7.5, 1.8))))
    if standard.kind == "measure":
        return int(rng.lognormvariate(3.6, 0.9))
    return f"o{rng.randrange(4)}" if standard.kind == "choice" else rng.randrange(6)


def bare(matrix: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Earned and possible of the whole, as if every answer earned itself times its weight."""
    counts = matrix > NOT_APPLICABLE
    return (np.maximum(matrix, 0) * weights).sum(axis=1), (counts * weights).sum(axis=1)


def bare_parts(matrix: np.ndarray, weights: np.ndarray, parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same for every part: (keys × parts) memberships, as a product of float matrices, numpy's fastest."""
    counts = matrix > NOT_APPLICABLE
    return (np.maximum(matrix, 0) * weights).astype(float) @ parts, (counts * weights).astype(float) @ parts


def rescore(plan: Plan, stored: list[bytes]) -> list[bytes]:
    """From the stored form to the stored figures, block by block."""
    rows: list[bytes] = []
    for start in range(0, len(stored), BLOCK):
        scores = score_many(plan, unpack_many(stored[start : start + BLOCK]))
        rows += pack_many_parts(scores.earned, scores.possible)
    return rows


def best_of(turns: int, *tasks: Callable[[], Any]) -> list[float]:
    """The best processor time of each task in seconds, measured in turns so that a busy machine is unfair to none."""
    best = [float("inf")] * len(tasks)
    for _ in range(turns):
        for index, task in enumerate(tasks):
            started = time.process_time()
            task()
            best[index] = min(best[index], time.process_time() - started)
    return best


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", type=int, default=5_000)
    count = parser.parse_args().visits
    content = checklist()
    plan = compile_plan(content, make_scope(checklist=content, checklist_sha256="", facilities=(), instances=()))
    rng = random.Random(2)
    sent = [tokens(content, rng) for _ in range(min(count, 500))]
    answers = [encode(plan.layout, one)[0] for one in sent]
    stored = [pack(answers[n % len(answers)]) for n in range(count)]
    weights = np.array([item.possible for item in plan.items], dtype=np.int64)
    blocks = [unpack_many(stored[start : start + BLOCK]) for start in range(0, count, BLOCK)]
    parts = np.zeros((ANSWERS, len(plan.parts)))
    for row, item in enumerate(plan.items):
        parts[row, [0, *item.parts]] = 1
    again, read, arithmetic, simple, by_part = best_of(
        7,
        lambda: rescore(plan, stored),
        lambda: [unpack_many(stored[start : start + BLOCK]) for start in range(0, count, BLOCK)],
        lambda: [score_many(plan, block) for block in blocks],
        lambda: [bare(block.matrix, weights) for block in blocks],
        lambda: [bare_parts(block.matrix, weights, parts) for block in blocks],
    )
    one, encoding, packing, digesting = best_of(
        20,
        lambda: score(plan, answers[0]),
        lambda: encode(plan.layout, sent[0]),
        lambda: pack(answers[0]),
        lambda: digest(answers[0]),
    )
    at_once = score_many(plan, as_batch(answers[:20]), detail=True)
    assert [at_once.visit(n) for n in range(20)] == [score(plan, one) for one in answers[:20]]
    print(f"{count} visits of {ANSWERS} answers, {len(plan.parts)} parts, mean stored form "
          f"{sum(map(len, stored)) / count:.0f} bytes (vector alone {2 * ANSWERS})")  # fmt: skip
    print(f"from the stored form   {count / again:9,.0f} visits/s   {1e6 * again / count:6.1f} us each")
    print(f"  of which reading     {1e6 * read / count:33.1f} us")
    print(f"  of which scoring     {1e6 * arithmetic / count:33.1f} us")
    print(f"bare, whole only       {count / simple:9,.0f} visits/s   {1e6 * simple / count:6.1f} us each")
    print(f"bare, every part       {count / by_part:9,.0f} visits/s   {1e6 * by_part / count:6.1f} us each")
    print(f"ratio to bare          {again / simple:9.1f} whole only, {again / by_part:.1f} every part "
          f"(scoring alone {arithmetic / simple:.1f} and {arithmetic / by_part:.1f})")  # fmt: skip
    print(f"one by one             {1 / one:9,.0f} visits/s   {1e6 * one:6.0f} us each")
    print(
        f"encoding {1e3 * encoding:.2f} ms, packing {1e3 * packing:.2f} ms, digest {1e6 * digesting:.0f} us per visit"
    )


if __name__ == "__main__":
    main()
