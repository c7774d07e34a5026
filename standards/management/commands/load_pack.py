"""`manage.py load_pack NAME --chain SLUG`: a checklist that comes with the product, its languages and its scheme."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from chains.problems import Problem
from standards.management.commands.import_checklist import chain_of, refused
from standards.services import packing


class Command(BaseCommand):
    """Load a pack into a chain."""

    help = "Load a pack (a folder of standards/packs) into a chain: checklist, translations, rating scheme."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help=f"one of {', '.join(packing.pack_names())}")
        parser.add_argument("--chain", required=True, help="slug of the chain")
        parser.add_argument("--publish", action="store_true", help="publish checklist and scheme at once")
        parser.add_argument(
            "--language", action="append", default=None, help="publish this translation too; default: all complete ones"
        )
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            default=None,
            help="first day of the scheme (YYYY-MM-DD); default: today",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chain = chain_of(options["chain"])
        try:
            loaded = packing.load_pack(
                name=options["name"],
                chain_id=chain.pk,
                publish=options["publish"],
                languages=options["language"],
                since=options["since"],
                by=None,
                now=timezone.now(),
            )
        except Problem as problem:
            raise refused(problem) from None
        self.stdout.write(f"{loaded.version}: {loaded.standards} standards, {loaded.version.state}.")
        if loaded.scheme:
            state = "published" if loaded.scheme.published_at else "a draft"
            self.stdout.write(f"Scheme {loaded.scheme}: {state}, in force from {loaded.scheme.effective_from}.")
