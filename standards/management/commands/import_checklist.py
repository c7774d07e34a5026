"""`manage.py import_checklist FILE --chain SLUG`: a CSV, XLSX or YAML file as a new draft of a checklist."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from chains.models import Chain
from chains.problems import Problem
from standards.services import importing, publishing


class Command(BaseCommand):
    """Import a checklist from a file."""

    help = "Read a checklist from a CSV, XLSX or YAML file into a draft; every fault is listed with its row."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--chain", required=True, help="slug of the chain")
        parser.add_argument("--name", default="", help="name of the checklist; default: what the file says")
        parser.add_argument("--code", default="", help="lasting code of the checklist; default: what the file says")
        parser.add_argument("--language", default="", help="language of the wording, such as en")
        parser.add_argument("--decimals", default="", help="places after the point in scores")
        parser.add_argument("--publish", action="store_true", help="publish the draft at once")

    def handle(self, *args: Any, **options: Any) -> None:
        chain = chain_of(options["chain"])
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        head = {name: options[name] for name in ("name", "language", "decimals")} | {"checklist": options["code"]}
        try:
            with tqdm(total=2, unit="step", disable=None, leave=False, desc="reading") as bar:
                reading = importing.read_file(path.name, path.read_bytes(), head=head)
                bar.update()
                bar.set_description("writing standards")
                version = importing.import_new(
                    chain_id=chain.pk, reading=reading, source=path.name, by=None, now=timezone.now()
                )
            count = len(reading.checklist.standards)
            self.stdout.write(f"{version}: {count} standards in {len(reading.checklist.sections)} sections, a draft.")
            if options["publish"]:
                frozen = publishing.publish(version_id=version.pk, by=None, now=timezone.now())
                self.stdout.write(f"Published as {frozen.sha256}.")
        except Problem as problem:
            raise refused(problem) from None


def chain_of(slug: str) -> Chain:
    """The chain with a slug. Raises CommandError naming those there are."""
    chain: Chain | None = Chain.objects.filter(slug=slug).first()
    if chain is None:
        known = ", ".join(Chain.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no chain {slug}; there are: {known}.")
    return chain


def refused(problem: Problem) -> CommandError:
    """A problem as lines for a terminal: the sentence, then every fault."""
    lines = [problem.detail or problem.kind.title]
    lines += [f"  {fault.detail} [{fault.pointer} {fault.code}]" for fault in problem.errors]
    return CommandError("\n".join(lines))
