"""`manage.py load_pack NAME --chain SLUG`: a checklist that comes with the product, its languages and its scheme."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, DjangoHelpFormatter
from django.urls import reverse
from django.utils import timezone
from tqdm import tqdm

from chains.problems import Problem
from standards.management.commands.import_checklist import chain_of, refused
from standards.services import packing
from standards.services.packing import STEPS, Loaded

HELP = """\
Load a pack into a chain: its checklist, its translations and its rating scheme, all or nothing.

  manage.py load_pack hotel-luxury --chain grand-hotels             as drafts, to be looked over in the admin
  manage.py load_pack hotel-luxury --chain grand-hotels --publish   published at once

Loaded a second time it becomes a new version beside the first. Packs are folders of standards/packs.
"""


class _Help(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Django's order of options, and our lines as they are."""


class Command(BaseCommand):
    """Load a pack into a chain."""

    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """The parser, with the help's lines kept."""
        return super().create_parser(prog_name, subcommand, formatter_class=_Help, **kwargs)

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
        with tqdm(total=len(STEPS), unit="step", disable=None, leave=False) as bar:

            def advance(step: str) -> None:
                bar.set_description(step)
                bar.update(STEPS.index(step) - bar.n)

            try:
                loaded = packing.load_pack(
                    name=options["name"],
                    chain_id=chain.pk,
                    publish=options["publish"],
                    languages=options["language"],
                    since=options["since"],
                    by=None,
                    now=timezone.now(),
                    advance=advance,
                )
            except Problem as problem:
                raise refused(problem) from None
        self._report(loaded)

    def _report(self, loaded: Loaded) -> None:
        version = loaded.version
        self.stdout.write(f"{version}: {loaded.standards} standards, {version.state}.")
        if loaded.scheme:
            state = "published" if loaded.scheme.published_at else "a draft"
            self.stdout.write(f"Scheme {loaded.scheme}: {state}, in force from {loaded.scheme.effective_from}.")
        page = reverse("admin:standards_checklistversion_change", args=(version.pk,))
        if version.published_at:
            add = reverse("admin:audits_component_add")
            self.stdout.write(f"Next: use it in a programme ({add}), or look at it ({page}).")
        else:
            self.stdout.write(f"Next: look it over, change what your houses do otherwise, and publish it: {page}")
