"""What goes out as a file comes back as exactly the same, whatever people write into their standards."""

import csv
import io
import re

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.services.exchange import cells
from standards.services.exchange.packs import pack_names
from standards.services.exporting import EXAMPLE, template, write_checklist
from standards.services.importing import read_file, read_pack_named
from standards.spec import checklist as spec

# Everything a person can type but carriage returns and controls, and much of what breaks spreadsheets.
NASTY = st.sampled_from(["=1+1", "'=1", "''=x", "+49 1", "-2", "@SUM", "\t=", "\\", "a;b|c,d", '"', "“”", "no", "1.10",
                         "null", "~", "é́",
                         "مرحبا", "𝕏😀", "\u2028", "\x85", "#", "- a", ": b", "_x0041_", " "])  # fmt: skip
LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\n\t")
TEXT = st.lists(NASTY | st.text(LETTERS, max_size=8), min_size=1, max_size=4).map("".join).filter(str.strip)
MAYBE = TEXT | st.just("")
CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,10}", fullmatch=True)
AMOUNT = st.sampled_from(["1", "0.5", "2.25", "10"])


def standards(section: str) -> st.SearchStrategy[spec.Standard]:
    plain = st.builds(
        spec.Standard,
        code=CODES,
        section=st.just(section),
        wording=TEXT,
        guidance=MAYBE,
        classification=st.sampled_from(["", "courtesy"]),
        channel=st.sampled_from(spec.CHANNELS),
        weight=AMOUNT,
        severity=st.sampled_from(("minor", "normal", "major")),
        objective=st.booleans(),
        na=st.booleans(),
        comment_on_fail=st.booleans(),
        photo_on_fail=st.booleans(),
        bonus=st.booleans(),
        tags=st.sampled_from([(), ("service",), ("service", "facility")]),
        facilities=st.lists(TEXT.map(lambda text: text[:40]).filter(str.strip), max_size=2, unique=True).map(tuple),
    )
    rules = st.one_of(
        st.just({}),
        st.builds(lambda most: {"kind": "measure", "unit": "s", "at_most": most, "unit_decimals": 2}, AMOUNT),
        st.just({"kind": "measure", "unit": "°C", "at_least": "-18"}),
        st.just({"kind": "measure", "unit": "m", "ladder": (spec.Step("2", at_most="5"), spec.Step("1", at_most="7"))}),
        st.builds(
            lambda label: {"kind": "choice", "options": (spec.Option("a", label, "2"), spec.Option("b", "B", "0"))},
            TEXT,
        ),
        st.just({"kind": "count", "per_unit": "1", "cap": "3"}),
        st.just({"kind": "points", "max": "10", "pass_at": "7"}),
    )
    return st.builds(
        lambda standard, rule: spec.Standard(**{n: getattr(standard, n) for n in standard.__struct_fields__} | rule),
        plain,
        rules,
    )


@st.composite
def checklists(draw) -> spec.Checklist:
    codes = draw(st.lists(CODES, min_size=1, max_size=4, unique=True))
    sections = tuple(
        spec.Section(code, draw(TEXT), parent=codes[0] if place and draw(st.booleans()) else "", repeats=place == 2)
        for place, code in enumerate(codes)
    )
    used = [one for code in codes for one in draw(st.lists(standards(code), max_size=3))]
    unique = {one.code: one for one in used}
    first = spec.Standard("FIRST", codes[0], "=1+1")
    named = (spec.Named("courtesy", draw(TEXT)), spec.Named("other", draw(TEXT)))
    ordered = sorted(unique.values(), key=lambda one: codes.index(one.section))
    return spec.Checklist("code", draw(TEXT), "en", 6, sections, (first, *ordered), named)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "yaml"])
@given(checklist=checklists())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_file_reads_back_to_the_same_checklist(kind, checklist):
    reading = read_file(f"x.{kind}", write_checklist(checklist, kind))
    assert reading.faults == []
    assert reading.checklist == checklist
    assert spec.frozen_bytes(reading.checklist) == spec.frozen_bytes(checklist)


@given(text=st.text(LETTERS | st.sampled_from("=+-@'\t"), max_size=6))
def test_a_guarded_cell_comes_back_and_never_runs(text):
    guarded = cells.guarded(text)
    assert cells.unguarded(guarded) == text
    runs = guarded.startswith(("=", "@", "\t", "\r", "+", "-"))
    assert not runs or re.fullmatch(r"[+-][0-9]+(\.[0-9]+)?", guarded)


@given(rows=st.lists(st.tuples(TEXT, TEXT, MAYBE), max_size=4))
def test_rows_inside_a_cell_come_back(rows):
    assert [tuple(row.values()) for row in cells.read_table(cells.table_cell(rows), ("a", "b", "c"))] == rows


def test_formulas_leave_as_text_in_both_kinds_of_sheet():
    checklist = spec.Checklist(
        "c", "n", "en", 0, (spec.Section("A", "@cmd"),), (spec.Standard("A-1", "A", "=1+1", guidance="+x"),)
    )
    rows = list(csv.DictReader(io.StringIO(write_checklist(checklist, "csv").decode("utf-8-sig"), newline="")))
    assert (rows[1]["wording"], rows[1]["guidance"], rows[1]["section_name"]) == ("'=1+1", "'+x", "'@cmd")
    book = openpyxl.load_workbook(io.BytesIO(write_checklist(checklist, "xlsx")))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value} == {"s"}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "yaml"])
def test_the_template_is_itself_a_faultless_checklist(kind):
    file = template(kind)
    reading = read_file(file.name, file.body)
    assert (reading.faults, reading.checklist) == ([], EXAMPLE)


@pytest.mark.parametrize("name", pack_names())
@pytest.mark.parametrize("kind", ["csv", "xlsx", "yaml"])
def test_every_pack_survives_every_kind_of_file(name, kind):
    checklist = read_pack_named(name).checklist
    assert read_file(f"x.{kind}", write_checklist(checklist, kind)).checklist == checklist
