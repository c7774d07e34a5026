"""`manage.py recompute [--verify] [--chain SLUG]`: every score and rating again, from what phones sent."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from audits import tasks
from audits.management.reproduction import Outcome, reproduce, usual_processes
from chains.models import Chain

LISTED = 100
DIFFERENCES = 1
HELP = """\
Make every score again from the stored answers, and every rating from the scores, with the engine of today.

--verify stores nothing, lists what differs, and ends with 1 if anything does. Without it, scores that differ are put
right, and ratings that differ are superseded with the --reason given; the ones before stay as they were made. What is
still waiting to be scored or rated is left out.
"""


class Command(BaseCommand):
    """Recompute all scores and ratings."""

    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--verify", action="store_true", help="store nothing; end with 1 on any difference")
        parser.add_argument("--chain", action="append", metavar="SLUG", help="only this chain; may be given repeatedly")
        parser.add_argument("--reason", default="", help="why ratings are superseded; needed without --verify")
        parser.add_argument("--processes", type=int, default=usual_processes(), help="default: one for each processor")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["verify"] and not options["reason"].strip():
            raise CommandError("Say why ratings may be superseded (--reason), or only look (--verify).")
        chains = self._chains(options["chain"])
        with tqdm(unit="", desc="scores", disable=None) as bar:

            def advance(what: str, done: int) -> None:
                bar.set_description(what)
                bar.update(done)

            outcome = reproduce(
                chain_ids=chains,
                processes=options["processes"],
                advance=advance,
                reason=None if options["verify"] else options["reason"].strip(),
                now=timezone.now(),
            )
        self._report(outcome, options["verify"])

    @staticmethod
    def _chains(slugs: list[str] | None) -> list[Any] | None:
        if slugs is None:
            return None
        known = dict(Chain.objects.filter(slug__in=slugs).values_list("slug", "pk"))
        if missing := [slug for slug in slugs if slug not in known]:
            raise CommandError(f"There is no chain {missing[0]!r}.")
        return list(known.values())

    def _report(self, outcome: Outcome, verify: bool) -> None:
        for difference in outcome.found[:LISTED]:
            self.stdout.write(str(difference))
        if len(outcome.found) > LISTED:
            self.stdout.write(f"… and {len(outcome.found) - LISTED} more")
        looked = f"{outcome.scores} scores and {outcome.ratings} ratings made again"
        if verify:
            self.stdout.write(f"{looked}: {len(outcome.found)} differences")
            if outcome.found:
                raise SystemExit(DIFFERENCES)
            return
        self.stdout.write(f"{looked}: {outcome.put_right} scores put right, {outcome.superseded} ratings superseded")
        if outcome.superseded:
            tasks.ring()
