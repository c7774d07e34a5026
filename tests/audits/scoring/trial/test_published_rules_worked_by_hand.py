"""Published rules written as documents alone agree with the same rules worked out by hand, subject by subject."""

import csv
import io
from random import Random

import pytest

from audits.scoring.trial import TrialOptions, exit_code, read_table, report_lines, try_scheme
from tests.audits.scoring.trial.published_rules import PUBLISHED, item_codes

SUBJECTS = 400


def table_of(rows, *, separator=",", newline="\n", encoding="utf-8"):
    """The rows as somebody's spreadsheet would save them."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, delimiter=separator, lineterminator=newline)
    writer.writeheader()
    writer.writerows(rows)
    return read_table(out.getvalue().encode(encoding))


def drawn(rule, name):
    rng = Random(name)
    return [row for number in range(SUBJECTS) for row in rule.draw(rng, number)]


@pytest.mark.parametrize(
    "saved",
    [{}, {"separator": ";", "newline": "\r\n", "encoding": "utf-8-sig"}, {"separator": "\t", "encoding": "utf-16"}],
    ids=["plain", "semicolons, CRLF and a mark", "tabs in UTF-16"],
)
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_subject_agrees(name, saved):
    rule = PUBLISHED[name]
    report = try_scheme(rule.document, table_of(drawn(rule, name), **saved), TrialOptions(**rule.options))
    lines = list(report_lines(report))
    assert lines[-1] == f"agreed {report.counted}/{report.counted}", "\n".join(lines)
    assert exit_code(report) == 0
    assert report.counted > SUBJECTS / 2
    assert len({tried.text for tried in report.subjects}) > 2


def test_a_measure_compares_the_figure_by_its_size():
    rng = Random("measured")
    rows = [row for number in range(SUBJECTS) for row in item_codes(rng, number)]
    rule = PUBLISHED["points by item code"]
    report = try_scheme(rule.document, table_of(rows), TrialOptions(expect="score", measure="total"))
    assert (report.agreed, report.counted) == (SUBJECTS, SUBJECTS)


@pytest.mark.parametrize("name", PUBLISHED)
def test_one_spoiled_result_is_found(name):
    rule = PUBLISHED[name]
    rows = drawn(rule, name)
    expect = rule.options["expect"]
    subject = rule.options.get("subject")
    spoiled = next(row for row in reversed(rows) if row[expect] != "")
    wrong = next(row[expect] for row in rows if row[expect] not in ("", spoiled[expect]))
    for row in rows:
        if row is spoiled or (subject and row[subject] == spoiled[subject]):
            row[expect] = wrong
    report = try_scheme(rule.document, table_of(rows), TrialOptions(**rule.options))
    assert (report.counted - report.agreed, exit_code(report)) == (1, 1)
