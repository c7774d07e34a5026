"""Files of past audits: what is read, what is refused line by line, what is refused as a whole."""

from datetime import date

import pytest

from audits.services.importing import Columns, PastAudit, Refusal, read_past_audits
from audits.services.importing.reading import PastAnswer
from chains.problems import Problem

HEAD = "audit_id,location,date,code,answer,comment\n"


def read(text: str, columns: Columns | None = None, **options):
    return read_past_audits(text.encode(), columns or Columns(), **options)


def test_lines_of_an_audit_are_gathered_wherever_they_stand():
    file = read(
        HEAD
        + "7,VIE,2026-03-01,ARR-001,met,\n"
        + "8,GRA,2026-03-02,ARR-001,not_met,nobody came\n"
        + "7,VIE,2026-03-01,ARR-002,45,\n"
    )
    assert file.rows == 3
    assert file.refused == []
    assert file.audits == [
        PastAudit(
            "7",
            "VIE",
            date(2026, 3, 1),
            2,
            [PastAnswer(2, "ARR-001", "met", ""), PastAnswer(4, "ARR-002", "45", "")],
        ),
        PastAudit("8", "GRA", date(2026, 3, 2), 3, [PastAnswer(3, "ARR-001", "not_met", "nobody came")]),
    ]


@pytest.mark.parametrize(
    "text",
    [
        HEAD.replace(",", ";") + "7;VIE;2026-03-01;ARR-001;met;a, b\n",
        HEAD.replace(",", "\t") + "7\tVIE\t01.03.2026\tARR-001\tmet\ta, b\n",
        "\N{BYTE ORDER MARK}" + HEAD + '7,VIE,20260301,ARR-001,met,"a, b"\n',
        HEAD.replace("\n", "\r\n") + '7 , VIE ,2026-03-01,ARR-001,met,"a, b"\r\n',
        "comment,code,answer,extra,date,location,audit_id\n" + '"a, b",ARR-001,met,?,2026-03-01,VIE,7\n',
        HEAD + "\n,,,,,\n" + '7,VIE,2026-03-01,ARR-001,met,"a, b"',
    ],
)
def test_delimiters_marks_blanks_and_the_order_of_columns_do_not_matter(text):
    (audit,) = read(text).audits
    assert (audit.name, audit.location, audit.day) == ("7", "VIE", date(2026, 3, 1))
    assert [(one.code, one.answer, one.comment) for one in audit.answers] == [("ARR-001", "met", "a, b")]


def test_columns_may_have_other_names_and_the_comment_may_be_missing():
    columns = Columns(audit="no", location="shop", date="day", code="item", answer="points")
    (audit,) = read("no,shop,day,item,points\n7,VIE,2026-03-01,F1,2\n", columns).audits
    assert audit.answers == [PastAnswer(2, "F1", "2", "")]


def test_a_comment_over_several_lines_keeps_the_lines_after_it_numbered_as_in_the_file():
    file = read(HEAD + '7,VIE,2026-03-01,ARR-001,met,"one\ntwo\nthree"\n7,VIE,nonsense,ARR-002,met,\n')
    assert file.audits[0].answers[0].comment == "one\ntwo\nthree"
    assert [refusal.line for refusal in file.refused] == [5]


@pytest.mark.parametrize(
    ("line", "audit", "reason"),
    [
        (",VIE,2026-03-01,ARR-001,met,", "", "The column audit_id is empty."),
        ("7,,2026-03-01,ARR-001,met,", "7", "The column location is empty."),
        ("7,VIE,2026-03-01,,met,", "7", "The column code is empty."),
        ("7,VIE,,ARR-001,met,", "7", "The date is empty."),
        ("7,VIE,3/4/2026,ARR-001,met,", "7", "'3/4/2026' is not a date like 2026-12-31 or 31.12.2026 or 20261231."),
        ("7,VIE,2026-02-30,ARR-001,met,", "7", "'2026-02-30' is not a date like 2026-12-31 or 31.12.2026 or 20261231."),
        ("7,VIE", "7", "The column code is empty."),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_used_is_refused_with_its_number_and_the_reason(line, audit, reason):
    file = read(HEAD + "1,VIE,2026-03-01,ARR-001,met,\n" + line + "\n")
    assert file.refused == [Refusal(3, audit, reason)]
    assert [one.name for one in file.audits] == ["1"]


def test_an_audit_cannot_be_in_two_places_or_on_two_days():
    file = read(
        HEAD + "7,VIE,2026-03-01,ARR-001,met,\n" + "7,GRA,2026-03-01,ARR-002,met,\n" + "7,VIE,2026-03-02,ARR-003,met,\n"
    )
    reason = "Line 2 says that audit 7 was at VIE on 2026-03-01."
    assert file.refused == [Refusal(3, "7", reason), Refusal(4, "7", reason)]
    assert len(file.audits[0].answers) == 1


def test_dates_with_slashes_are_read_only_by_a_given_format():
    file = read(HEAD + "7,VIE,3/4/2026,ARR-001,met,\n", date_format="%m/%d/%Y")
    assert file.audits[0].day == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("body", "options", "detail"),
    [
        (b"", {}, "The file has no column audit_id, location, date, code, answer; it has none."),
        (b"audit_id,location\n", {}, "The file has no column date, code, answer; it has audit_id, location."),
        (b"audit_id,location,date,code,answer,code\n", {}, "The column code is there twice."),
        (HEAD.encode() + b"7,Z\xfcrich,", {}, "This is not utf-8-sig text (byte 46). Name its encoding, cp1252 say."),
        (HEAD.encode(), {"encoding": "klingon"}, "There is no encoding klingon."),
        (HEAD.encode() + b"7,\0", {}, "The file contains NUL characters: it is no CSV text."),
        (HEAD.encode() + b'7,"VIE"x,1', {}, "Line 2 is not CSV: ',' expected after '\"'."),
        (HEAD.encode(), {"max_bytes": 10}, "The file has 43 bytes; at most 10 are read at once."),
        (HEAD.encode() + b"1\n2\n3\n", {"max_rows": 2}, "The file has more than 2 rows; split it or raise the limit."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(body, options, detail):
    with pytest.raises(Problem) as raised:
        read_past_audits(body, Columns(), **options)
    assert raised.value.kind.code == "file-refused"
    assert raised.value.detail == detail


def test_another_encoding_is_read_when_named():
    file = read_past_audits(HEAD.encode() + b"7,Z\xfcrich,2026-03-01,ARR-001,met,\n", Columns(), encoding="cp1252")
    assert file.audits[0].location == "Zürich"
