"""Audits of professional assessors, scored by us from their single judgements, come to the totals they published."""

import csv
import math
from collections import defaultdict
from pathlib import Path

import pytest

from audits.scoring.parts import percentage
from audits.scoring.plan import Plan, compile_plan
from audits.scoring.vector import as_batch, encode
from audits.scoring.visit import VisitScore, score
from audits.scoring.visits import score_many
from standards.spec.checklist import Checklist, Section, Standard
from standards.spec.checklist_faults import checklist_faults
from standards.spec.scope import make_scope

REALDATA = Path(__file__).parents[4] / "shared" / "realdata"

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not REALDATA.is_dir(), reason="the public data sets (../shared/realdata) are not here"),
]

AREAS = {"1": "finnbarhet", "2": "troverdig", "3": "trygg", "4": "virker", "5": "bruk", "6": "hjelp"}
# The totals were edited after the assessment: (what the judgements come to, what was published).
EDITED_LATER = {"19218": (597, 562), "19389": (747, 742)}


def rows_of(name: str) -> list[dict[str, str]]:
    with (REALDATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plan_of(sections: list[str], standards: list[Standard]) -> Plan:
    content = Checklist("c", "Published", "en", 0, tuple(Section(s, s) for s in sections), tuple(standards))
    assert checklist_faults(content) == []
    return compile_plan(content, make_scope(checklist=content, checklist_sha256="", facilities=(), instances=()))


def score_all(plan: Plan, answers: dict[str, dict[str, int | str]]) -> dict[str, VisitScore]:
    """Every audit scored one by one and all at once, which must be the same."""
    vectors = []
    for given in answers.values():
        vector, faults = encode(plan.layout, given)
        assert faults == []
        vectors.append(vector)
    at_once = score_many(plan, as_batch(vectors), detail=True)
    scores = [score(plan, vector) for vector in vectors]
    assert scores == [at_once.visit(line) for line in range(len(vectors))]
    return dict(zip(answers, scores, strict=True))


def difi() -> dict[str, VisitScore]:
    """33 weighted criteria in six areas, points given directly; an empty cell is "not applicable"."""
    standards: dict[str, Standard] = {}
    answers: dict[str, dict[str, int | str]] = defaultdict(dict)
    for row in rows_of("difi_2016_criteria.csv"):
        if not row["audit_id"]:
            continue
        code = row["number"]
        standards[code] = Standard(code, code[0], row["criterion"], kind="points", max=row["max_points"])
        answers[row["audit_id"]][code] = int(row["points"]) if row["points"] else "na"
    return score_all(plan_of(list(AREAS), list(standards.values())), answers)


def test_64_public_services_in_norway() -> None:
    published = {row["vurderingid"]: row for row in rows_of("difi_2016_published.csv")}
    scores = difi()
    assert scores.keys() == published.keys()
    different = {}
    for audit, visit in scores.items():
        row = published[audit]
        ours = [visit.parts["whole"], *(visit.parts[f"section.{area}"] for area in AREAS)]
        theirs = [tuple(int(row[prefix + name]) for name in ("poeng", "maxpoeng"))
                  for prefix in ("", *(f"{area}_" for area in AREAS.values()))]  # fmt: skip
        exact = percentage(visit)
        if ours != theirs or exact is None or math.ceil(exact) != int(row["snittprosent"]):
            different[audit] = (visit.earned, int(row["poeng"]))
    assert (len(scores), different) == (64, EDITED_LATER)


def test_991_food_inspections_in_los_angeles() -> None:
    rows = rows_of("la_county_2018_07_findings.csv")
    codes = sorted({row["violation_code"] for row in rows})
    plan = plan_of(["F"], [Standard(code, "F", "Violation.", kind="finding") for code in codes])
    answers: dict[str, dict[str, int | str]] = defaultdict(dict)
    published = {}
    for row in rows:
        assert row["violation_code"] not in answers[row["serial_number"]]
        answers[row["serial_number"]][row["violation_code"]] = int(row["points"])
        published[row["serial_number"]] = int(row["score"])
    scores = score_all(plan, answers)
    lower = {serial: 100 - scores[serial].findings - score for serial, score in published.items()}
    assert len(lower) == 991
    assert sorted(gap for gap in lower.values() if gap) == [1, 1, 1, 1, 2]
