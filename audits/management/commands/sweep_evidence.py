"""`manage.py sweep_evidence`: what lies in the evidence storage and belongs to nothing; cleared away with --delete."""

from argparse import ArgumentParser
from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from audits.services import erasing

LISTED = 100
HELP = """\
Look for files without a report, files without a row, rows without their file, and uploads that stopped. Nothing is
changed without --delete. With it, files that were acknowledged to a phone leave a proof of their erasure; a row that
lost its file is only told: look for the file in a backup.

exit code: 0, or 1 where a row has lost its file
"""


class Command(BaseCommand):
    """Look for what belongs to nothing."""

    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--delete", action="store_true", help="clear away what is found")
        days = erasing.REPORT_GRACE.days
        parser.add_argument("--days", type=int, default=days, help=f"wait so long for a report; default: {days}")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        found: Counter[str] = Counter()
        cleared = 0
        with tqdm(unit="", desc="found", disable=None, leave=False) as bar:
            for one in erasing.look(now=now, report_grace=timedelta(days=options["days"])):
                found[one.kind] += 1
                bar.update()
                if found[one.kind] <= LISTED:
                    self.stdout.write(f"{one.kind}: {one.name}")
                if options["delete"]:
                    cleared += erasing.clear(one, now=now)
        for kind, count in sorted(found.items()):
            self.stdout.write(f"{count} × {kind}")
        self.stdout.write(f"{cleared} cleared away" if options["delete"] else "Nothing was changed.")
        if found["row without its file"]:
            raise SystemExit(1)
