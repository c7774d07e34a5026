"""Ready schemes give the results that were really published, on public data beside the repository."""

import csv
import io
import shlex
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[4]
REALDATA = ROOT.parent / "shared" / "realdata"

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not REALDATA.is_dir(), reason="the public data sets (../shared/realdata) are not here"),
]


def run(options: str) -> tuple[list[str], int]:
    """Run the command as a person would, and return its lines and exit code."""
    out = io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("try_scheme", *shlex.split(options), stdout=out)
    return out.getvalue().splitlines(), int(left.value.code or 0)


def test_all_distinct_uk_hygiene_ratings() -> None:
    lines, code = run(f"uk-food-hygiene {REALDATA}/fhrs_2015_distinct_scores.csv --expect rating")
    assert (lines[-1], code) == ("agreed 144/144", 0)


def test_all_norwegian_stars_by_rank() -> None:
    lines, code = run(f"difi-rank-bands {REALDATA}/difi_2016_published.csv --expect stjerner")
    assert (lines[-1], code) == ("agreed 64/64", 0)


LOS_ANGELES = f"los-angeles-grades {REALDATA}/la_county_2018_07_findings.csv --subject serial_number --sum points"


def test_all_los_angeles_grades_from_the_findings() -> None:
    lines, code = run(f"{LOS_ANGELES} --expect grade")
    assert (lines[-1], code) == ("agreed 991/991", 0)


def test_los_angeles_scores_but_the_five_the_file_itself_contradicts() -> None:
    lines, code = run(f"{LOS_ANGELES} --expect score --measure score")
    assert lines == [
        "991 subjects; A: 933, B: 55, C: 3",
        "5 do not agree:",
        "  DAJ70SZE8 (line 2266): expected 95, got score 96 [score 96, points 4]",
        "  DAJDSIWSW (line 2290): expected 93, got score 94 [score 94, points 6]",
        "  DAST5KYMM (line 3663): expected 82, got score 84 [score 84, points 16]",
        "  DAXZP08PD (line 4513): expected 98, got score 99 [score 99, points 1]",
        "  DAYGBDLKR (line 4543): expected 73, got score 74 [score 74, points 26]",
        "agreed 986/991",
    ]
    assert code == 1


AREAS = {
    "hjelp_poeng": "6. Det er lett å få hjelp",
    "bruk_poeng": "5. Nettsted og tjeneste er enkle å bruke for alle",
    "virker_poeng": "4. Nettsted og tjeneste virker (fungerer godt)",
    "trygg_poeng": "3. Nettsted og tjeneste er trygg å bruke",
    "troverdig_poeng": "2. Nettsted og tjeneste er troverdig",
    "finnbarhet_poeng": "1. Tjenesten er enkel å finne",
}
TOTALS = """
levels: [low, high]
values: {total: {sum: ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*"]}}
decide: {grid: [total], at_least: {high: 500}, else: low}
"""


@pytest.fixture
def criteria_with_published(tmp_path: Path) -> str:
    """Every criterion row with what was published of its audit; and the scheme that adds the areas up."""
    with (REALDATA / "difi_2016_published.csv").open(encoding="utf-8", newline="") as file:
        published = {row["vurderingid"]: row for row in csv.DictReader(file)}
    names = ["poeng", *AREAS]
    with (REALDATA / "difi_2016_criteria.csv").open(encoding="utf-8", newline="") as file:
        rows = [{**row, **{name: published.get(row["audit_id"], {}).get(name, "") for name in names}}
                for row in csv.DictReader(file)]  # fmt: skip
    with (tmp_path / "criteria.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (tmp_path / "totals.yaml").write_text(TOTALS, encoding="utf-8")
    return f"{tmp_path}/totals.yaml {tmp_path}/criteria.csv --subject audit_id --sum points --part area"


def test_norwegian_totals_from_the_criteria_but_the_two_edited_later(criteria_with_published: str) -> None:
    lines, code = run(f"{criteria_with_published} --expect poeng --measure total")
    assert (lines[-1], code) == ("agreed 62/64", 1)
    assert sorted(line.split(" [")[0].split(": ")[1] for line in lines if line.startswith("  ")) == [
        "expected 562, got total 597",
        "expected 742, got total 747",
    ]


def test_norwegian_area_subtotals_from_the_criteria(criteria_with_published: str) -> None:
    agreed = {}
    for column, area in AREAS.items():
        lines, _ = run(f"{criteria_with_published} --expect {column} --measure '{area}'")
        agreed[column] = lines[-1]
    edited_later = {"hjelp_poeng": "agreed 62/64", "troverdig_poeng": "agreed 63/64"}
    assert agreed == dict.fromkeys(AREAS, "agreed 64/64") | edited_later
