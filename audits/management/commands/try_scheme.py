"""`manage.py try_scheme SCHEME TABLE.csv`: does a scheme reproduce published results? See docs/schemes.md."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from audits.services import trying


class Command(BaseCommand):
    """Prints the first disagreements and `agreed N/M`; exit 0 all agree, 1 some do not, 2 faulty scheme or table."""

    help = "Rate every row of a table by a scheme and compare with the published result."
    requires_system_checks: list[str] = []  # nothing here touches the database

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take exactly the options docs/schemes.md lists."""
        parser.add_argument("scheme", help="a scheme file (YAML or JSON) or the name of a ready scheme")
        parser.add_argument("table", help="a CSV file: one row per subject, columns are parts")
        parser.add_argument("--expect", metavar="COLUMN", help="column with the published result")
        parser.add_argument("--measure", metavar="NAME", help="compare this value instead of the level")
        parser.add_argument("--where", metavar="COLUMN=VALUE", action="append", default=[], help="keep only such rows")
        parser.add_argument("--missing", metavar="TEXT", action="append", default=[], help="such a cell is absent")
        parser.add_argument("--date", metavar="COLUMN", help="the day that chooses the version of the scheme")
        parser.add_argument("--subject", metavar="COLUMN", help="rows that agree in this column are one subject")
        parser.add_argument("--sum", metavar="COLUMN", action="append", default=[], help="add this up per subject")
        parser.add_argument("--part", metavar="COLUMN", help="add up per part named in this column")
        parser.add_argument("--out", metavar="FILE", help="write every outcome with its figures as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one trial and leave with its exit code."""
        told = trying.try_and_tell(
            scheme=options["scheme"],
            table=options["table"],
            expect=options["expect"],
            measure=options["measure"],
            where=options["where"],
            missing=tuple(options["missing"]),
            date=options["date"],
            subject=options["subject"],
            sums=tuple(options["sum"]),
            part=options["part"],
            out=options["out"],
            progress=_progress,
        )
        for line in told.complaints:
            self.stderr.write(line)
        for line in told.lines:
            self.stdout.write(line)
        sys.exit(told.exit_code)


def _progress(items: Iterable[Any], label: str) -> Iterable[Any]:
    return tqdm(items, desc=label, disable=not sys.stderr.isatty())
