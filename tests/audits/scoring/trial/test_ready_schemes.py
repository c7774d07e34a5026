"""Every ready scheme can be used as it is, says in comments what it is, and gives what its rule says."""

import pytest

from audits.scoring.trial import TrialOptions, read_table, report_lines, try_scheme
from audits.services.trying import ready_schemes, scheme_source
from standards.spec.scheme import parse_scheme

TWENTY = "".join(f"{20 - place},{star}\n" for place, star in enumerate("65554444443333332221"))
CITY = "".join(f"city,{50 + n},{star}\n" for n, star in enumerate(["one"] * 2 + ["two"] * 6 + ["three"] * 2))
# The oldest of Rose's five visits no longer counts; one of Lily's three failed a critical standard.
ROSE = "".join(f"Rose,2024-0{month}-01,mystery,{94 if month > 1 else 0},80,0,\n" for month in range(1, 5))
ROSE += "Rose,2024-05-01,mystery,98,80,0,five\n"
LILY = "".join(f"Lily,2024-0{month}-01,mystery,99,99,{month % 2},four\n" for month in range(1, 4))
IRIS = (
    "Iris,2024-01-01,mystery,99,99,0,\nIris,2024-02-01,announced,99,99,0,\nIris,2024-03-01,mystery,9,9,0,provisional\n"
)

READY = {
    "base-plus-minus": (
        "inspection,staffing,quality,special_focus,overall\n"
        "3,4,5,,5\n4,4,,,4\n5,5,5,,5\n1,5,5,,2\n1,1,1,,1\n2,,,,2\n5,1,1,,3\n3,3,3,Y,not rated\n",
        {"expect": "overall"},
    ),
    "counting-ordinals": (
        "safe,effective,caring,responsive,well_led,overall\n"
        "good,good,outstanding,good,outstanding,outstanding\n"
        "good,good,outstanding,good,good,good\n"
        "requires improvement,good,outstanding,outstanding,good,good\n"
        "requires improvement,good,good,good,requires improvement,requires improvement\n"
        "inadequate,good,good,good,good,requires improvement\n"
        "inadequate,good,inadequate,good,good,inadequate\n"
        "good,good,,good,good,good\n",
        {"expect": "overall"},
    ),
    "difi-rank-bands": ("poeng,stjerner\n" + TWENTY, {"expect": "stjerner"}),
    "hotel-guide": (
        "hotel,day,kind,tag.service,tag.facility,critical_failed,stars\n" + ROSE + LILY + IRIS,
        {"expect": "stars", "subject": "hotel", "date": "day"},
    ),
    "item-deductions": (
        "violations,grade\n,pass\n2,pass\n2 3,pass\n1A,pass\n1A 6,conditional\n2 3 4 5 6,conditional\n"
        "1A 1B,fail\n1A 2 3 4,fail\n",
        {"expect": "grade"},
    ),
    "los-angeles-grades": (
        "serial_number,points,grade\nx,4,A\nx,6,A\ny,11,B\nz,30,C\nw,31,no letter\n",
        {"expect": "grade", "subject": "serial_number", "sums": ("points",)},
    ),
    "minima-by-year": (
        "year,adult,child,pedestrian,assist,stars\n2016,80,75,60,50,5\n2016,99,99,59,99,4\n2016,40,15,0,0,1\n"
        "2016,39,99,99,99,0\n2021,80,75,60,50,3\n2021,80,80,60,70,5\n2016,45,20,n/a,n/a,1\n",
        {"expect": "stars", "date": "year", "missing": ("n/a",)},
    ),
    "prerequisites-and-points": (
        "required.a,required.b,gold_only.c,points,certificate\nyes,yes,yes,80,gold\nyes,yes,no,99,silver\n"
        "yes,yes,,40,certified\nyes,yes,yes,39,none\nyes,no,yes,99,none\nyes,,yes,99,none\n",
        {"expect": "certificate"},
    ),
    "rank-bands-in-groups": (
        "peer_group,whole,star\n" + CITY + "village,91,three\nvillage,80,two\nvillage,20,one\n",
        {"expect": "star"},
    ),
    "recent-visits": (
        "branch,visited_on,kind,whole,star\nNorth,2022-01-01,routine,0,\nNorth,2024-01-01,routine,80,\n"
        "North,2024-07-01,routine,98,gold\nEast,2024-07-01,routine,98,too new\n"
        "West,2024-01-01,routine,98,\nWest,2024-07-01,routine,80,silver\nWest,2024-07-02,complaint,0,\n",
        {"expect": "star", "subject": "branch", "date": "visited_on"},
    ),
    "smiley-streak": (
        "branch,visited_on,smiley,mark\nA,2024-01-01,1,\nA,2024-02-01,1,\nA,2024-03-01,1,\nA,2024-04-01,1,elite\n"
        "B,2024-01-01,2,\nB,2024-02-01,1,happy\nC,2024-01-01,1,\nC,2024-02-01,2,sad\n",
        {"expect": "mark", "subject": "branch", "date": "visited_on"},
    ),
    "uk-food-hygiene": (
        "hygiene,structural,confidence_in_management,rating\n0,0,5,5\n5,5,5,5\n0,0,10,4\n5,10,10,3\n10,10,10,3\n"
        "15,0,0,2\n20,0,0,1\n25,0,0,0\n",
        {"expect": "rating"},
    ),
    "worst-of": (
        "area.kitchen,area.store,area.staff,smiley\n1,1,1,1\n1,3,2,3\n2,N/A,,2\n4,1,1,4\n",
        {"expect": "smiley", "missing": ("N/A",)},
    ),
}


def test_every_ready_scheme_is_tried_here() -> None:
    assert ready_schemes() == sorted(READY)


@pytest.mark.parametrize("name", sorted(READY))
def test_ready_scheme_gives_what_its_rule_says(name: str) -> None:
    table, options = READY[name]
    report = try_scheme(scheme_source(name), read_table(table.encode()), TrialOptions(**options))
    assert report.counted > 0
    assert [line for line in report_lines(report) if line.startswith("  ")] == []
    assert report.agreed == report.counted


@pytest.mark.parametrize("name", sorted(READY))
def test_ready_scheme_says_what_it_is(name: str) -> None:
    lines = scheme_source(name).decode().splitlines()
    assert lines[0].startswith("# ")
    assert any(line.startswith("# Shape: ") for line in lines)
    assert parse_scheme(scheme_source(name)).newest().levels
