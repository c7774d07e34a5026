"""What try_scheme makes of tables as people save them, and of what it is asked."""

from pathlib import Path

import pytest
from django.core.management import call_command

from audits.scoring.trial import (
    TrialOptions,
    TrialProblem,
    exit_code,
    read_table,
    report_lines,
    report_table,
    try_scheme,
)
from audits.scoring.trial.cells import cell_number, day_reader
from standards.spec.scheme import FaultyScheme

BANDS = "levels: [low, high]\ndecide: {grid: [a], at_least: {high: 50}, else: low}\n"


def tried(scheme: str, table: str, **options: object) -> list[str]:
    report = try_scheme(scheme, read_table(table.encode()), TrialOptions(**options))  # type: ignore[arg-type]
    return list(report_lines(report))


# -- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "a,result\n49.5,low\n50,high\n".encode("utf-8-sig"),
        b"a;result\r\n49,5;low\r\n50;high\r\n",
        b"a\tresult\n 49.5\tlow\n50 \thigh\n\n\t\n",
        b'"a","result"\n"49.5","low"\n"50","high"\n',
        "a,result\n49.5,low\n50,high\n".encode("utf-16"),
        b"result,a,caf\xe9\nlow,49.5,\nhigh,50\n",
    ],
)
def test_table_is_read_however_it_was_saved(content: bytes) -> None:
    report = try_scheme(BANDS, read_table(content), TrialOptions(expect="result"))
    assert list(report_lines(report)) == ["2 subjects; high: 1, low: 1", "agreed 2/2"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the table is empty: its first line must name the columns"),
        (b"a,a\n1,2\n", "the table has two columns called 'a'; rename one"),
        (b"a,b\n1,2\n1,2,3\n", "line 3 has 3 cells, the header only 2"),
    ],
)
def test_broken_table_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(TrialProblem, match="^" + problem):
        read_table(content)


def test_numbers_as_tables_write_them() -> None:
    assert [str(cell_number(text)) for text in ("90", "+1.50", "85 %", "1e-05", ".5", "7.", "2/4")] == [
        "90", "3/2", "85", "1/100000", "1/2", "7", "1/2",
    ]  # fmt: skip
    assert str(cell_number("89,5", decimal_comma=True)) == "179/2"
    for text in ("1,234", "nan", "inf", "1_000", "", "x", "1/0", "٣"):
        with pytest.raises(ValueError, match="is not a number"):
            cell_number(text)


def test_days_as_tables_write_them() -> None:
    read = day_reader([])
    written = ["2024", "2024-03", "2024-03-31", "2024-03-31T10:00:00", "2024/03/31", "31.03.2024"]
    assert [read(text).isoformat() for text in written] == ["2024-01-01", "2024-03-01", *["2024-03-31"] * 4]
    assert day_reader(["03/04/2024", "31/03/2024"])("03/04/2024").isoformat() == "2024-04-03"
    assert day_reader(["03/04/2024", "03/31/2024"])("03/04/2024").isoformat() == "2024-03-04"
    with pytest.raises(ValueError, match="may be day/month or month/day"):
        day_reader(["03/04/2024"])("03/04/2024")


# -- what counts -----------------------------------------------------------------------------------


def test_rows_without_an_expected_value_are_not_counted() -> None:
    assert tried(BANDS, "a,r\n60,high\n60,\n60,?\n", expect="r", missing=("?",)) == [
        "3 subjects; high: 3",
        "2 have no expected result and are not counted",
        "agreed 1/1",
    ]


def test_rows_that_lack_a_part_disagree_and_say_so() -> None:
    assert tried(BANDS, "a,r\n,low\nn/a,low\n10,low\n", expect="r", missing=("n/a",)) == [
        "3 subjects; low: 1, nothing: 2",
        "2 do not agree:",
        "  line 2: expected low, got nothing, without the parts it needs: 'a' is absent [a absent]",
        "  line 3: expected low, got nothing, without the parts it needs: 'a' is absent [a absent]",
        "agreed 1/3",
    ]


def test_a_cell_that_cannot_be_read_disagrees_and_says_so() -> None:
    assert tried(BANDS, "a,r\nmany,low\n", expect="r") == [
        "1 subjects; nothing: 1",
        "1 do not agree:",
        "  line 2: expected low, got nothing: column 'a' has 'many', which is not a number "
        "(use --missing 'many' if that means there is none)",
        "agreed 0/1",
    ]


def test_levels_compare_as_written_and_measures_by_size() -> None:
    scheme = "levels: [1, 2]\nvalues: {v: {sum: a}}\ndecide: {value: v}\n"
    assert tried(scheme, "a,r\n1.0,1\n2,2.0\n", expect="r")[-1] == "agreed 1/2"
    assert tried(scheme, "a,r\n1.0,1\n2,2.0\n", expect="r", measure="v")[-1] == "agreed 2/2"


def test_only_the_first_ten_disagreements_are_shown() -> None:
    lines = tried(BANDS, "a,r\n" + "1,high\n" * 12, expect="r")
    assert lines[1] == "12 do not agree; the first 10:"
    assert [line.split(":")[0] for line in lines[2:-1]] == [f"  line {number}" for number in range(2, 12)]


def test_where_keeps_some_rows() -> None:
    table = "a,kind,year,r\n60,x,1,high\n60,y,1,low\n60,x,2,low\n"
    assert tried(BANDS, table, expect="r", where=(("kind", "x"), ("year", "1")))[-1] == "agreed 1/1"


def test_date_chooses_the_version() -> None:
    scheme = BANDS + "versions: [{from: 2020, decide: {grid: [a], at_least: {high: 80}, else: low}}]\n"
    table = "a,year,r\n60,2019,high\n60,2020,low\n60,2020-06-01,low\n60,,low\n60,soon,low\n"
    lines = tried(scheme, table, expect="r", date="year")
    assert lines[2:] == [
        "  line 5: expected low, got nothing: column 'year' has no day, so no version can be chosen",
        "  line 6: expected low, got nothing: column 'year' has 'soon', which is not a day; write days like 2024-12-31",
        "agreed 3/5",
    ]
    assert tried(scheme, table, expect="r")[-1] == "agreed 4/5"


def test_before_the_first_version_nothing_is_in_force() -> None:
    scheme = "levels: [low, high]\nversions: [{from: 2020, decide: {grid: [a], at_least: {high: 80}, else: low}}]\n"
    assert tried(scheme, "a,y,r\n90,2019,high\n90,2021,high\n", expect="r", date="y")[2:] == [
        "  line 2: expected high, got nothing: no version of the scheme is in force on 2019",
        "agreed 1/2",
    ]


# -- gathering -------------------------------------------------------------------------------------


def test_findings_are_added_up_per_subject() -> None:
    table = "id,a,r\nx,30,high\ny,10,low\nx,20,high\n,99,low\n"
    assert tried(BANDS, table, expect="r", subject="id", sums=("a",)) == [
        "2 subjects; high: 1, low: 1",
        "1 rows name no subject and are left out",
        "agreed 2/2",
    ]


def test_sums_per_part_become_parts() -> None:
    scheme = 'levels: [low, high]\nvalues: {worst: {min: "area *"}}\n'
    scheme += "decide: {grid: [worst], at_least: {high: 5}, else: low}\n"
    table = "id,area,points,r\nx,area 1,3,high\nx,area 2,5,high\nx,area 1,4,high\ny,area 2,1,low\n"
    lines = tried(scheme, table, expect="r", subject="id", sums=("points",), part="area")
    assert lines == ["2 subjects; high: 1, low: 1", "agreed 2/2"]


def test_codes_of_a_subject_are_strung_together() -> None:
    scheme = "levels: [low, high]\nvalues: {v: {points: code, table: {K1: 5, K2: 1}, start: 10, times: -1}}\n"
    scheme += "decide: {grid: [v], at_least: {high: 5}, else: low}\n"
    table = "id,code,r\nx,K1,low\nx,K2,low\ny,K1,high\nz,,high\n"
    assert tried(scheme, table, expect="r", subject="id")[-1] == "agreed 3/3"


def test_a_column_that_differs_within_a_subject_is_told() -> None:
    table = "id,a,r\nx,60,high\nx,70,high\n"
    assert tried(BANDS, table, expect="r", subject="id")[2] == (
        "  x (line 2): expected high, got nothing: column 'a' differs between its rows: '60' and '70'"
    )


def test_visits_of_a_subject_are_combined() -> None:
    scheme = BANDS + "visits: {only: {kind: routine}, last: 2, minimum: 2, below_minimum: new}\n"
    table = "id,day,kind,a,r\nx,2024-01-01,routine,0,low\nx,2024-02-01,routine,40,low\nx,2024-03-01,call,0,low\n"
    table += "x,2024-04-01,routine,60,high\ny,2024-04-01,routine,99,new\n"
    assert tried(scheme, table, expect="r", subject="id", date="day")[-1] == "agreed 2/2"
    with pytest.raises(TrialProblem, match="say with --date"):
        tried(scheme, table, expect="r", subject="id")


def test_visits_are_ranked_among_peers() -> None:
    scheme = "levels: [rest, best]\npeers: {value: a, shares: {best: 50, rest: 50}}\nvisits: {combine: mean}\n"
    table = "id,day,a,r\nx,2024-01-01,10,rest\nx,2024-01-02,90,rest\ny,2024-01-01,60,best\n"
    assert tried(scheme, table, expect="r", subject="id", date="day")[-1] == "agreed 2/2"


# -- what is asked ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"expect": "x"}, "--expect: the table has no column 'x'. Its columns: a, r."),
        ({"where": (("x", "1"),)}, "--where: the table has no column 'x'"),
        ({"where": (("r", "none"),)}, "the table has no rows that --where keeps"),
        ({"sums": ("a",)}, "--sum and --part add up rows of one subject"),
        ({"subject": "r", "part": "a"}, "--part needs --sum"),
        ({"measure": "score"}, "--measure: the scheme has no value 'score'. Its values: none."),
    ],
)
def test_what_cannot_be_done_is_refused(options: dict, problem: str) -> None:
    with pytest.raises(TrialProblem) as refused:
        tried(BANDS, "a,r\n60,high\n", **options)
    assert str(refused.value).startswith(problem)


def test_a_part_that_is_no_column_is_a_fault_of_the_scheme() -> None:
    with pytest.raises(FaultyScheme) as refused:
        tried(BANDS, "b,r\n60,high\n", expect="r")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("/decide/grid/0", "unknown-name")]


def test_exit_code_tells_agreement() -> None:
    def code(table: str, expect: str | None) -> int:
        return exit_code(try_scheme(BANDS, read_table(table.encode()), TrialOptions(expect=expect)))

    assert code("a,r\n60,high\n", "r") == 0
    assert code("a,r\n60,low\n", "r") == 1
    assert code("a,r\n60,low\n", None) == 0
    assert code("a,r\nmany,low\n", None) == 2


def test_results_are_written_with_their_figures_and_no_cell_is_a_formula() -> None:
    scheme = "levels: [low, high]\nvalues: {v: {mean: [a, b]}}\ndecide: {grid: [v], at_least: {high: 50}, else: low}\n"
    table = read_table(b"id,a,b,r\n=1+1,-60,61,low\nplain,1,2,high\n")
    report = try_scheme(scheme, table, TrialOptions(expect="r", subject="id"))
    assert report_table(report).splitlines() == [
        "line,subject,outcome,expected,agrees,problem,v,a,b",
        "2,'=1+1,low,low,yes,,0.5,-60,61",
        "3,plain,low,high,no,,1.5,1,2",
    ]


# -- the command -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scheme.yaml").write_text(BANDS)
    (tmp_path / "table.csv").write_text("a,r\n60,high\n10,low\n10,high\n")
    return tmp_path


def command(*asked: str) -> int:
    with pytest.raises(SystemExit) as left:
        call_command("try_scheme", *asked)
    return int(left.value.code or 0)


def test_command_prints_and_leaves_with_the_code(folder: Path, capsys: pytest.CaptureFixture) -> None:
    assert command("scheme.yaml", "table.csv", "--expect", "r", "--out", "out.csv") == 1
    assert capsys.readouterr().out.splitlines() == [
        "3 subjects; high: 1, low: 2",
        "1 do not agree:",
        "  line 4: expected high, got low [a 10]",
        "agreed 2/3",
    ]
    assert (folder / "out.csv").read_text().splitlines()[1] == "2,,high,high,yes,,60"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            ("nowhere", "table.csv"),
            "there is no file 'nowhere' and no ready scheme of that name; ready are: base-plus-",
        ),
        (("scheme.yaml", "nowhere.csv"), "there is no table 'nowhere.csv'"),
        (("scheme.yaml", "table.csv", "--where", "r"), "--where r: write COLUMN=VALUE"),
        (("table.csv", "table.csv"), "/: Write a mapping"),
        (("hotel-guide", "table.csv"), "/values/score/mean/0: There is no part or value called 'tag.service'"),
    ],
)
def test_command_leaves_with_2_and_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture, asked: tuple[str, ...], said: str
) -> None:
    assert command(*asked) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(said)
