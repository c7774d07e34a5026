"""`manage.py import_audits FILE.csv --programme CODE`: audits of the past, one line per answer, become visits."""

import itertools
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from audits import tasks
from audits.management.past_audits import Rules, Summary, import_past_audits
from audits.models import Component, Programme
from audits.services.importing import MAX_BYTES, MAX_ROWS, Columns, Refusal, importer_of, read_past_audits
from chains.models import User
from chains.models.places import validate_zone
from chains.problems import Problem

NOTHING_READ = 2
SOME_REFUSED = 1
HELP = """\
Import audits of the past from a CSV file in long form: one line per answer.

Every audit becomes a visit of the programme, planned and received like those of a phone, under an id made of the
programme and the audit id: importing the same file again changes nothing. The programme's rules decide what is accepted
automatically. Every line that cannot be used is listed with the reason; an audit with such a line is held back whole
unless --allow-gaps is given. Several findings of the same standard in one audit are added up.

exit code: 0 when every line was imported, 1 when some were refused, 2 when nothing could be read
"""


class Command(BaseCommand):
    """Import audits of the past."""

    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the lines of the help as they are written."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--programme", required=True, help="code of the programme")
        parser.add_argument("--chain", help="slug of its chain, where several have a programme of that code")
        parser.add_argument("--component", help="code of the component, where the programme has several")
        parser.add_argument("--auditor", help="who made the audits (username); default: an account made for this")
        for name, default in vars(Columns()).items():
            parser.add_argument(f"--{name}", default=default, metavar="COLUMN", help=f"default: {default}")
        parser.add_argument("--encoding", default="utf-8-sig", help="default: UTF-8, with or without a mark")
        parser.add_argument("--delimiter", default="", help="default: found in the heading")
        parser.add_argument("--date-format", default="", help="as for strptime; default: 2026-12-31 or 31.12.2026")
        parser.add_argument("--create-locations", action="store_true", help="make branches that are not there yet")
        parser.add_argument("--timezone", default="UTC", help="time zone of the branches made; default: UTC")
        parser.add_argument("--allow-gaps", action="store_true", help="import the rest of audits with refused lines")
        parser.add_argument("--max-rows", type=int, default=MAX_ROWS, help=f"default: {MAX_ROWS}")
        parser.add_argument("--max-bytes", type=int, default=MAX_BYTES, help=f"default: {MAX_BYTES}")
        parser.add_argument("--settle", action="store_true", help="score and rate here, without waiting for a worker")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file, import it, tell what came of it."""
        rules = self._rules(options)
        try:
            file = read_past_audits(
                _content(options["file"]),
                Columns(**{name: options[name] for name in vars(Columns())}),
                encoding=options["encoding"],
                delimiter=options["delimiter"],
                date_format=options["date_format"],
                max_rows=options["max_rows"],
                max_bytes=options["max_bytes"],
            )
            with tqdm(total=len(file.audits), unit="audit", disable=None, leave=False) as bar:
                summary = import_past_audits(file, rules, bar.update)
        except Problem as problem:
            told = dict.fromkeys([problem.detail or problem.kind.title, *(fault.detail for fault in problem.errors)])
            raise CommandError("\n".join(told), returncode=NOTHING_READ) from None
        if options["settle"]:
            while tasks.settle_once():
                pass
        else:
            tasks.ring()
        for line in _told(summary, rules):
            self.stdout.write(line)
        if not summary.complete:
            raise CommandError(f"Lines refused: {len(summary.refused)}.", returncode=SOME_REFUSED)

    def _rules(self, options: dict[str, Any]) -> Rules:
        programmes = Programme.objects.select_related("chain").filter(code=options["programme"])
        if options["chain"]:
            programmes = programmes.filter(chain__slug=options["chain"])
        programme = _only(list(programmes), f"programme {options['programme']}", "--chain")
        components = Component.objects.select_related("programme__chain__office", "checklist", "brief")
        components = components.filter(programme=programme)
        if options["component"]:
            components = components.filter(code=options["component"])
        component = _only(list(components), f"component of {programme}", "--component")
        try:
            validate_zone(options["timezone"])
        except ValidationError as error:
            raise CommandError(error.messages[0], returncode=NOTHING_READ) from None
        return Rules(
            component=component,
            auditor=_auditor(options["auditor"], component),
            now=timezone.now(),
            create_locations=options["create_locations"],
            timezone=options["timezone"],
            allow_gaps=options["allow_gaps"],
        )


def _only(found: Sequence[Any], what: str, option: str) -> Any:
    if len(found) == 1:
        return found[0]
    text = f"There is no {what}." if not found else f"More than one {what}; say which with {option}."
    raise CommandError(text, returncode=NOTHING_READ)


def _auditor(username: str | None, component: Component) -> User:
    if not username:
        return importer_of(component.programme.chain.office)
    person: User | None = User.objects.filter(username=username).first()
    if person is None:
        raise CommandError(f"There is nobody called {username}.", returncode=NOTHING_READ)
    return person


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=NOTHING_READ) from None


def _told(summary: Summary, rules: Rules) -> Iterator[str]:
    """The summary, and every refused line; neighbours of one audit with the same reason share a line of output."""
    if summary.created:
        more = "…" if len(summary.created) > 5 else ""
        yield f"Branches made: {len(summary.created)} ({', '.join(summary.created[:5])}{more})."
    if summary.missing:
        yield f"Branches not there: {len(summary.missing)} (--create-locations makes them)."
        yield from (f"  {name}" for name in summary.missing)
    yield from map(_lines, _together(summary.refused))
    waiting = summary.for_review if rules.component.programme.automatic_acceptance else summary.new
    yield (
        f"{summary.rows} rows in {summary.audits} audits: {summary.new} imported ({waiting} for a reviewer), "
        f"{summary.unchanged} there already, {summary.audits - summary.new - summary.unchanged} not imported."
    )


def _together(refused: Sequence[Refusal]) -> Iterator[list[Refusal]]:
    for _, group in itertools.groupby(refused, key=lambda refusal: (refusal.audit, refusal.reason)):
        yield list(group)


def _lines(group: Sequence[Refusal]) -> str:
    first, last = group[0], group[-1]
    where = f"line {first.line}" if len(group) == 1 else f"lines {first.line}–{last.line} ({len(group)} rows)"
    return f"{where}: {f'audit {first.audit}: ' if first.audit else ''}{first.reason}"
