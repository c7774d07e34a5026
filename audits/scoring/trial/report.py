"""What a trial prints, and the table it writes."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from audits.scoring.outcome.result import Figure
from audits.scoring.trial.options import TrialReport
from standards.spec.scheme.numbers import number_text

SHOWN = 10
# A spreadsheet would run a cell that begins like this.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def report_lines(report: TrialReport) -> Iterator[str]:
    """Yield what to print: what came out, the first ten disagreements with their figures, and last `agreed N/M`."""
    counts = Counter("nothing" if tried.text is None else tried.text for tried in report.subjects)
    order = [*reversed(report.levels), *sorted(counts.keys() - set(report.levels))]
    shown = ", ".join(f"{name}: {counts[name]}" for name in order if counts[name])
    yield f"{len(report.subjects)} subjects; {shown}"
    listed = report.disagreements() if report.options.expect else report.unreadable()
    if listed:
        what = "do not agree" if report.options.expect else "cannot be read"
        first = f"; the first {SHOWN}" if len(listed) > SHOWN else ""
        yield f"{len(listed)} {what}{first}:"
    for place in listed[:SHOWN]:
        yield "  " + report.describe(place)
    if report.left_out:
        yield f"{report.left_out} rows name no subject and are left out"
    uncounted = len(report.subjects) - report.counted
    if report.options.expect and uncounted:
        yield f"{uncounted} have no expected result and are not counted"
    yield f"agreed {report.agreed}/{report.counted}"


def exit_code(report: TrialReport) -> int:
    """Return 0 when all agree, 1 otherwise, 2 when nothing was expected and cells could not be read."""
    if report.options.expect is None:
        return 2 if report.unreadable() else 0
    return 0 if report.agreed == report.counted else 1


def report_table(report: TrialReport) -> str:
    """Return a CSV of every subject: line, subject, outcome, expected, agrees, problem, then its figures."""
    figures = [report.figures(place) for place in range(len(report.subjects))]
    names = list(dict.fromkeys(name for own in figures for name in own))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["line", "subject", "outcome", "expected", "agrees", "problem", *map(_safe, names)])
    for tried, own in zip(report.subjects, figures, strict=True):
        agrees = ("yes" if tried.agrees else "no") if tried.is_counted else ""
        fixed = [str(tried.line), tried.name, tried.text or "", tried.expected, agrees, tried.problem]
        writer.writerow([_safe(cell) for cell in fixed] + [_figure_cell(own.get(name)) for name in names])
    return out.getvalue()


def _figure_cell(figure: Figure) -> str:
    if figure is None:
        return ""
    if isinstance(figure, (Fraction, int)):
        return number_text(Fraction(figure))  # a number may begin with a minus: no spreadsheet runs that
    return _safe(" ".join(figure) if isinstance(figure, tuple) else str(figure))


def _safe(cell: str) -> str:
    return "'" + cell if cell.startswith(_DANGEROUS) else cell
