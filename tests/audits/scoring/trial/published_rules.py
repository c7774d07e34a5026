"""Rules as they are published, each twice: as a document, and as a few lines of Python that know nothing of it.

Every function draws one subject and returns its cells with the result expected, worked out in floats, strings and
Fractions as a person would do it by hand.
"""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import NamedTuple

Cells = dict[str, object]


class Published(NamedTuple):
    """A document, who draws a subject (one row, or several), and the options of the trial."""

    document: str
    draw: Callable[[Random, int], list[Cells]]
    options: dict[str, object]


def care_home(rng: Random, number: int) -> list[Cells]:
    """A base level, one up or down by two other parts, caps; an absent part moves nothing."""
    base, staff, quality = (rng.choice([1, 2, 3, 4, 5, ""]) for _ in range(3))
    watched = rng.choice(["", "", "WATCHED"])
    if base == "":
        return [_care_home(number, base, staff, quality, watched, "too new")]
    stars = int(base)
    if staff != "" and int(staff) >= 4 and int(staff) > stars:
        stars += 1
    elif staff == 1:
        stars -= 1
    stars = min(5, max(1, stars))
    stars += {5: 1, 1: -1}.get(quality if isinstance(quality, int) else 0, 0)
    stars = min(5, max(1, stars))
    if base == 1:
        stars = min(stars, 2)
    if watched:
        stars = min(stars, 3)
    return [_care_home(number, base, staff, quality, watched, stars)]


def _care_home(number: int, base: object, staff: object, quality: object, watched: object, stars: object) -> Cells:
    return {"home": number, "Base": base, "Staff": staff, "Quality": quality, "Watch": watched, "Stars": stars}


WORDS = ("Inadequate", "Requires improvement", "Good", "Outstanding")
QUESTIONS = ("Safe", "Effective", "Caring", "Responsive", "Well-led")


def five_questions(rng: Random, number: int) -> list[Cells]:
    """So many of a word, so few of another."""
    given = [rng.choice([*WORDS, "Good", "Good", "Not rated"]) for _ in QUESTIONS]
    counts = {word: given.count(word) for word in WORDS}
    if counts["Inadequate"] >= 2:
        overall = "Inadequate"
    elif counts["Inadequate"] == 1 or counts["Requires improvement"] >= 2:
        overall = "Requires improvement"
    elif counts["Outstanding"] >= 2 and counts["Requires improvement"] == 0:
        overall = "Outstanding"
    else:
        overall = "Good"
    return [dict(zip(QUESTIONS, given, strict=True)) | {"Overall": overall}]


MINIMA = {
    2014: {5: (80, 75, 60), 4: (70, 60, 50), 3: (60, 30, 40)},
    2018: {5: (80, 80, 70), 4: (70, 70, 60), 3: (60, 60, 50)},
}


def _figure(rng: Random) -> str:
    """A figure as tables write them: 80, 72.5, 64%."""
    whole = rng.randrange(50, 101)
    return rng.choice([f"{rng.randrange(101)}", f"{whole - 1}.{rng.randrange(10)}", f"{whole}%"])


def crash_test(rng: Random, number: int) -> list[Cells]:
    """A vector of minima for each level, by the year's table; nothing before the first."""
    year = rng.randrange(2013, 2021)
    cells = [_figure(rng) for _ in range(3)]
    known = [float(cell.rstrip("%")) for cell in cells]
    tables = [table for first, table in MINIMA.items() if first <= year]
    stars: object = ""
    if tables:
        reached = (s for s, row in tables[-1].items() if all(a >= b for a, b in zip(known, row, strict=True)))
        stars = next(reached, 0)
    return [dict(zip(("year", "adult", "child", "assist"), (year, *cells), strict=True)) | {"stars": stars}]


POINTS = {f"{n:02d}": Fraction(n % 4 + 1) for n in range(1, 20)}
POINTS |= {f"{n:02d}A": Fraction(5) for n in range(1, 20)} | {f"{n:02d}B": Fraction("0.5") for n in range(1, 20)}


def item_codes(rng: Random, number: int) -> list[Cells]:
    """Points by item code, deducted from 100, a code as often as it stands there."""
    codes = [rng.choice(list(POINTS)) for _ in range(rng.choice([0, 1, 2, 4, 8, 30]))]
    score = max(Fraction(0), 100 - sum((POINTS[code] for code in codes), Fraction(0)))
    grade = "A" if score >= 90 else "B" if score >= 80 else "C" if score >= 70 else "closed"
    return [{"codes": rng.choice([", ", " ", "; "]).join(codes), "score": float(score), "grade": grade}]


def worst_item(rng: Random, number: int) -> list[Cells]:
    """The worst of all items that apply."""
    given = {f"item {n}": rng.choice(["A", "A", "B", "C", "D", "N/A", ""]) for n in range(6)}
    known = [grade for grade in given.values() if grade in "ABCD" and grade]
    return [given | {"smiley": max(known) if known else "not inspected"}]


def recent_visits(rng: Random, number: int) -> list[Cells]:
    """The last four routine visits of a year, the newest counting three times as much as the fourth."""
    end = date(2024, 12, 31)
    ages = sorted(rng.sample(range(500), rng.randrange(1, 7)))
    ages = [0, *ages[1:]] if number == 0 else ages
    visits = [(age, rng.choice(["routine", "routine", "follow-up"]), rng.randrange(60, 101)) for age in ages]
    counted = [score for age, kind, score in visits if kind == "routine" and age < 365][:4]
    star = "too few"
    if len(counted) >= 2:
        weights = [Fraction(3), Fraction(2), Fraction(3, 2), Fraction(1)][: len(counted)]
        mean = sum(w * s for w, s in zip(weights, counted, strict=True)) / sum(weights)
        star = "gold" if mean >= 88 else "silver" if mean >= 80 else "bronze"
    return [
        {"branch": number, "day": end - timedelta(days=age), "kind": kind, "score": score, "star": star}
        for age, kind, score in visits
    ]


def areas(rng: Random, number: int) -> list[Cells]:
    """Findings row by row, added up per area; limits for the total and for the worst area."""
    rows = [(area, rng.choice([0, 5, 5, 10])) for area in ("clean", "built", "run") for _ in range(rng.choice([1, 2]))]
    sums = {area: sum(points for name, points in rows if name == area) for area in ("clean", "built", "run")}
    total, worst = sum(sums.values()), max(sums.values())
    limits = {5: (15, 5), 4: (20, 10), 3: (30, 10), 2: (40, 15)}
    level = next((level for level, (a, b) in limits.items() if total <= a and worst <= b), 1)
    return [{"place": number, "area": area, "points": points, "level": level} for area, points in rows]


def _grid(row: dict[int, tuple[int, int, int]]) -> str:
    limits = ", ".join(f"{star}: {list(minima)}" for star, minima in row.items())
    return f"{{grid: [adult, child, assist], at_least: {{{limits}}}, else: 0}}"


_TABLE = ", ".join(f"{code}: {float(points):g}" for code, points in POINTS.items())
_QUESTIONS = ", ".join(QUESTIONS)
PUBLISHED = {
    "a base level moved by conditions": Published(
        """
levels: [1, 2, 3, 4, 5]
outcomes: [too new]
decide: {value: Base, missing: too new}
adjust:
- {by: +1, when: {Staff: {at_least: 4, above: $Base}}}
- {by: -1, when: {Staff: 1}}
- {by: +1, when: {Quality: 5}}
- {by: -1, when: {Quality: 1}}
- {at_most: 2, when: {Base: 1}}
- {at_most: 3, when: {Watch: WATCHED}}
""",
        care_home,
        {"expect": "Stars"},
    ),
    "a counting rule over words": Published(
        "levels: [Inadequate, Requires improvement, Good, Outstanding]\nread:\n"
        + "".join(f"  {question}: [Inadequate, Requires improvement, Good, Outstanding]\n" for question in QUESTIONS)
        + f"""
values:
  bad: {{count: [{_QUESTIONS}], is: Inadequate}}
  weak: {{count: [{_QUESTIONS}], is: Requires improvement}}
  best: {{count: [{_QUESTIONS}], is: Outstanding}}
decide:
- {{give: Inadequate, when: {{bad: {{at_least: 2}}}}}}
- {{give: Requires improvement, when: {{any: [{{bad: 1}}, {{weak: {{at_least: 2}}}}]}}}}
- {{give: Outstanding, when: {{best: {{at_least: 2}}, weak: 0}}}}
- {{give: Good}}
""",
        five_questions,
        {"expect": "Overall", "missing": ("Not rated",)},
    ),
    "minima by year": Published(
        "levels: [0, 3, 4, 5]\nversions:\n"
        + "".join(f"- {{from: {year}, decide: {_grid(table)}}}\n" for year, table in MINIMA.items()),
        crash_test,
        {"expect": "stars", "date": "year"},
    ),
    "points by item code": Published(
        f"""
levels: [closed, C, B, A]
values:
  total: {{points: codes, table: {{{_TABLE}}}, start: 100, times: -1, floor: 0}}
decide: {{grid: total, at_least: {{A: 90, B: 80, C: 70}}, else: closed}}
""",
        item_codes,
        {"expect": "grade"},
    ),
    "the worst of all items": Published(
        """
levels: [D, C, B, A]
outcomes: [not inspected]
read: {item *: [D, C, B, A]}
values: {worst: {min: item *}}
decide: {value: worst, missing: not inspected}
""",
        worst_item,
        {"expect": "smiley", "missing": ("N/A",)},
    ),
    "the last visits, weighed": Published(
        """
levels: [bronze, silver, gold]
outcomes: [too few]
decide: {grid: score, at_least: {gold: 88, silver: 80}, else: bronze}
visits: {only: {kind: routine}, within: 365, weights: [3, 2, 3/2, 1], minimum: 2, below_minimum: too few}
""",
        recent_visits,
        {"expect": "star", "subject": "branch", "date": "day"},
    ),
    "findings by area": Published(
        """
levels: [1, 2, 3, 4, 5]
values: {total: {sum: [clean, built, run]}, worst: {max: [clean, built, run]}}
decide: {grid: [total, worst], at_most: {5: [15, 5], 4: [20, 10], 3: [30, 10], 2: [40, 15]}, else: 1}
""",
        areas,
        {"expect": "level", "subject": "place", "sums": ("points",), "part": "area"},
    ),
}
