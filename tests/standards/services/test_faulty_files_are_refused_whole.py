"""Importing: every fault is listed by its row and column, and then nothing at all is imported."""

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chains.problems import Problem
from standards.models import Checklist, ChecklistVersion, Revision, Standard
from standards.services import importing
from standards.services.exporting import write_checklist
from tests.standards.drafting import NOW, draft_of, many_standards, small_checklist

HEADER = "section,section_name,code,wording,kind,weight,at_most,ladder,options,only_if,na,severity,decimals\n"


def faults_of(text: str, name: str = "x.csv", **head: str) -> list[tuple[str, str]]:
    head = {"checklist": "c", "name": "n"} | head
    return [(one.pointer, one.code) for one in importing.read_file(name, text.encode(), head=head).faults]


def refused(name: str, body: bytes) -> str:
    with pytest.raises(Problem) as caught:
        importing.read_file(name, body)
    assert caught.value.kind.code == "file-refused"
    return caught.value.errors[0].code


def test_every_fault_of_a_table_is_listed_by_row_and_column():
    text = HEADER + (
        "ARR,Arrival,ARR-001,Greeted.,met,1,,,,,yes,normal,1\n"
        "ARR,,ARR-002,,meet,1,,,,,perhaps,normal,\n"
        "\n"
        "ARR,Hall,ARR-001,Twice.,measure,x,,<=60=2,a|b,XX-1,,huge,\n"
        ",,,No code.,,,,,,,,,\n"
    )
    reading = importing.read_file("x.csv", text.encode(), head={"checklist": "c", "name": "n"})
    found = {(fault.pointer, fault.code) for fault in reading.faults}
    assert found >= {
        ("/rows/3/kind", "invalid"),
        ("/rows/3/na", "invalid"),
        ("/rows/3/wording", "missing"),
        ("/rows/5/section_name", "contradiction"),
        ("/rows/5/ladder", "invalid"),
        ("/rows/5/options", "invalid"),
        ("/rows/5/only_if", "invalid"),
        ("/rows/5/severity", "invalid"),
        ("/rows/5/weight", "bad-amount"),
        ("/rows/5/code", "duplicate"),
        ("/rows/6/code", "missing"),
        ("/rows/6/section", "missing"),
    }
    assert all(fault.detail.startswith("Row ") for fault in reading.faults)


def test_columns_are_checked_before_rows():
    assert faults_of("section,wording,wording,colour\nA,B,C,D\n") == [
        ("/rows/1", "missing-column"),
        ("/rows/1/wording", "duplicate-column"),
        ("/rows/1/colour", "unknown-column"),
    ]


def test_a_file_without_head_takes_name_and_code_from_outside_and_as_many_decimals_as_it_needs():
    text = HEADER + "ARR,Arrival,ARR-001,Greeted.,met,0.25,,,,,,,\nARR,,ARR-002,Warm?,scale,2,,,,,,,\n"
    reading = importing.read_file("x.csv", text.encode(), head={"checklist": "c", "name": "n"})
    assert reading.faults == []
    assert (reading.checklist.code, reading.checklist.name, reading.checklist.decimals) == ("c", "n", 2)
    assert reading.checklist.sections[0].name == "Arrival"


def test_semicolons_and_tabs_separate_as_well_and_numbers_take_one_spelling():
    for separator in ";\t":
        text = separator.join(["section", "code", "wording", "weight"]) + "\n"
        text += separator.join(["A", "A-1", "One, two.", "1.50"]) + "\n"
        reading = importing.read_file("x.csv", text.encode(), head={"checklist": "c", "name": "n"})
        assert reading.faults == []
        assert (reading.checklist.standards[0].wording, reading.checklist.standards[0].weight) == ("One, two.", "1.5")


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("x.csv", "ä".encode("latin-1"), "not-utf-8"),
        ("x.csv", b'section,code,wording\nA,"B', "not-csv"),
        ("x.csv", b"section" + b"," * 70 + b"\n", "too-many-columns"),
        ("x.csv", b"a\n" * 20_010, "too-many-rows"),
        ("x.pdf", b"%PDF", "unknown-kind"),
        ("x.xls", b"\xd0\xcf\x11\xe0", "old-or-macros"),
        ("x.xlsm", b"PK\x03\x04", "old-or-macros"),
        ("x.xlsx", b"PK\x03\x04rubbish", "not-xlsx"),
        ("x.yaml", b"a: [", "not-yaml"),
        ("x.yaml", b"a: &x 1\nb: *x\n", "anchor"),
        ("x.yaml", b"a: 1\na: 2\n", "duplicate-key"),
        ("x.yaml", b"a: !!python/object/apply:os.system [ls]\n", "tag"),
        ("x.yaml", b"[" * 40 + b"]" * 40, "too-deep"),
        ("x.yaml", b"- 1\n", "shape"),
        ("x.yaml", b"a: 1\n---\nb: 1\n", "second-document"),
    ],
)
def test_files_that_cannot_be_read_safely_are_not_read_at_all(name, body, code):
    assert refused(name, body) == code


def workbook(**members: bytes) -> bytes:
    """A good workbook with some of its members replaced or added."""
    good = write_checklist(small_checklist(), "xlsx")
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            if item.filename not in members:
                new.writestr(item.filename, old.read(item))
        for name, content in members.items():
            new.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"xl/bomb.xml": b"0" * 5_000_000}, "bomb"),
        ({"xl/big.xml": bytes(range(1, 256)) * 90_000}, "too-large"),
        ({"xl/vbaProject.bin": b"x"}, "macros"),
        ({"xl/externalLinks/externalLink1.xml": b"<x/>"}, "macros"),
        ({"xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}, "document-type"),
        ({"xl/sharedStrings.xml": '<?xml version="1.0"?><x/>'.encode("utf-16")}, "document-type"),
        ({f"xl/{place}.xml": b"" for place in range(300)}, "too-many-parts"),
        ({"xl/workbook.xml": b"<broken"}, "not-xlsx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_workbooks_that_could_hurt_are_refused_before_they_are_unpacked(members, code):
    assert refused("x.xlsx", workbook(**members)) == code


def test_formulas_dates_and_errors_in_a_workbook_are_faults_by_cell():
    book = openpyxl.Workbook()
    book.active.append(["section", "code", "wording"])
    book.active.append(["A", "A-1", "=1+1"])
    buffer = io.BytesIO()
    book.save(buffer)
    reading = importing.read_file("x.xlsx", buffer.getvalue(), head={"checklist": "c", "name": "n"})
    assert ("/rows/2/3", "not-text") in [(fault.pointer, fault.code) for fault in reading.faults]


def test_numbers_and_truth_values_of_a_workbook_are_read_as_people_mean_them():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for column, name in enumerate(["section", "code", "wording", "weight", "na", "at_most", "kind", "unit"]):
        sheet.write(0, column, name)
    for column, value in enumerate(["A", "A-1", "Fast.", 1.5, False, 60, "measure", "s"]):
        sheet.write(1, column, value)
    book.close()
    reading = importing.read_file("x.xlsx", buffer.getvalue(), head={"checklist": "c", "name": "n"})
    assert reading.faults == []
    [standard] = reading.checklist.standards
    assert (standard.weight, standard.na, standard.at_most) == ("1.5", False, "60")


def test_yaml_faults_name_the_line():
    text = "checklist: c\nname: n\nsections: [{code: A, name: A}]\nstandards:\n- code: A-1\n  section: A\n  wordin: x\n"
    reading = importing.read_file("x.yaml", text.encode())
    assert [(fault.pointer, fault.code, fault.detail.split(":")[0]) for fault in reading.faults] == [
        ("/standards/A-1/wordin", "unknown-key", "Line 5, wordin"),
        ("/standards/A-1/wording", "missing", "Line 5, wording"),
    ]


@pytest.mark.parametrize("text", ["no\0nul", "\x07", "lone \\ud800"])
def test_characters_that_cannot_be_shown_are_faults(text):
    document = "checklist: c\nname: n\nsections: [{code: A, name: A}]\nstandards:\n"
    document += f'- code: A-1\n  section: A\n  wording: "{text}"\n'
    try:
        codes = [fault.code for fault in importing.read_file("x.yaml", document.encode()).faults]
    except Problem as problem:
        codes = [problem.errors[0].code]
    assert codes[0] in ("invalid", "not-yaml")


@pytest.mark.django_db
class TestInTheDatabase:
    def test_a_faulty_file_leaves_no_trace(self, cast):
        reading = importing.read_file("x.csv", b"section,code,wording\nA,A-1,\n", head={"checklist": "c", "name": "n"})
        with pytest.raises(Problem) as caught:
            importing.import_new(chain_id=cast.aurora.pk, reading=reading, source="x.csv", by=cast.eda, now=NOW)
        assert caught.value.kind.code == "import-refused"
        assert [fault.pointer for fault in caught.value.errors] == ["/rows/2/wording"]
        assert not Checklist.objects.exists()

    def test_a_new_checklist_and_then_a_new_draft_of_it(self, cast):
        reading = importing.read_file("x.yaml", write_checklist(small_checklist(), "yaml"))
        first = importing.import_new(chain_id=cast.aurora.pk, reading=reading, source="x", by=cast.eda, now=NOW)
        second = importing.import_new(chain_id=cast.aurora.pk, reading=reading, source="x", by=cast.eda, now=NOW)
        assert (first.checklist_id, first.number, second.number) == (second.checklist_id, 1, 2)
        assert Standard.objects.filter(version=second).count() == 6

    def test_a_preview_says_what_would_change_and_changes_nothing(self, cast):
        version = draft_of(cast.eda)
        content = small_checklist(standards=small_checklist().standards[:-1])
        reading = importing.read_file("x.csv", write_checklist(content, "csv"))
        assert importing.preview(version=version, reading=reading).changes.lines() == ["removed BAR-001"]
        assert Standard.objects.filter(version=version).count() == 6

    def test_an_import_into_a_draft_replaces_it_and_is_remembered(self, cast):
        version = draft_of(cast.eda)
        keys = dict(Standard.objects.filter(version=version).values_list("code", "pk"))
        content = small_checklist(standards=small_checklist().standards[1:])
        reading = importing.read_file("x.csv", write_checklist(content, "csv"))
        importing.import_into(version_id=version.pk, reading=reading, source="x.csv", by=cast.eda, now=NOW)
        assert dict(Standard.objects.filter(version=version).values_list("code", "pk")) == {
            code: key for code, key in keys.items() if code != "ARR-001"
        }
        latest = Revision.objects.filter(version=version).first()
        assert (latest.action, latest.lines, latest.made_by) == ("imported x.csv", ["removed ARR-001"], cast.eda)

    @pytest.mark.parametrize("name", ["mia", "bob", "paul"])
    def test_only_the_chains_writers_import(self, cast, name):
        reading = importing.read_file("x.yaml", write_checklist(small_checklist(), "yaml"))
        with pytest.raises(Problem) as caught:
            importing.import_new(chain_id=cast.aurora.pk, reading=reading, source="x", by=getattr(cast, name), now=NOW)
        assert caught.value.kind.code == "not-allowed"

    def test_nine_hundred_rows_are_read_and_written_by_as_many_queries_as_four_hundred(self, cast):
        counts = []
        for count in (450, 900):
            body = write_checklist(many_standards(count), "xlsx")
            reading = importing.read_file("x.xlsx", body, head={"checklist": f"many-{count}"})
            with CaptureQueriesContext(connection) as captured:
                importing.import_new(chain_id=cast.aurora.pk, reading=reading, source="x", by=cast.eda, now=NOW)
            # Rows go in by batches whose size the database sets; everything else is asked once.
            batches = [one for one in captured if one["sql"].startswith('INSERT INTO "standards_standard"')]
            counts.append((len(captured) - len(batches), len(batches)))
        (first, few), (second, many) = counts
        assert (first, second) == (47, 46)  # the roles of a person are read once
        assert few <= many <= 20

    def test_the_command_lists_every_fault_with_its_row(self, cast, tmp_path):
        path = tmp_path / "list.csv"
        path.write_text("section,code,wording\nA,A-1,\nA,A-1,Twice.\n")
        with pytest.raises(CommandError) as caught:
            call_command("import_checklist", str(path), "--chain", "aurora", "--name", "N", "--code", "c")
        lines = str(caught.value).splitlines()
        assert lines[0] == "2 faults; nothing was imported."
        assert [line.split(":")[0].strip() for line in lines[1:]] == ["Row 2, wording", "Row 3, code"]
        assert not ChecklistVersion.objects.exists()

    def test_the_command_imports_and_publishes(self, cast, tmp_path, capsys):
        path = tmp_path / "list.xlsx"
        path.write_bytes(write_checklist(small_checklist(), "xlsx"))
        call_command("import_checklist", str(path), "--chain", "aurora", "--publish")
        version = ChecklistVersion.objects.get()
        assert capsys.readouterr().out.splitlines() == [
            "Stay v1: 6 standards in 3 sections, a draft.",
            f"Published as {version.sha256}.",
        ]
        assert version.content() == small_checklist()

    def test_an_unknown_chain_is_named_with_those_there_are(self, cast, tmp_path):
        with pytest.raises(CommandError, match="no chain nowhere; there are: aurora, borealis"):
            call_command("import_checklist", str(tmp_path / "x.csv"), "--chain", "nowhere")
