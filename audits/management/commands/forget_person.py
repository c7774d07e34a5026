"""`manage.py forget_person USERNAME`: erase everything that tells who a person was; scores and ratings stay."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from audits.services import erasing
from chains.models import User
from chains.problems import Problem

HELP = """\
Erase what tells who a person was: reports as sent with position and comments, originals of files, drafts, quarantined
reports, phones, name and account. Answers, scores, ratings, receipts, reviewed comments and clean copies of photos
stay.

It shows what will go and asks for the username before anything is erased. Nothing can be undone. A run that is stopped
(Ctrl-C) goes on where it ended when it is started again.
"""


class Command(BaseCommand):
    """Forget a person."""

    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="or the number of the account")
        parser.add_argument("--show", action="store_true", help="only show what would go")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        person = self._person(options["username"])
        plan = erasing.plan_of(person)
        for name, count in plan.goes.items():
            self.stdout.write(f"{count:>6}  {name}")
        for line in (*plan.hindrances, *plan.warnings):
            self.stdout.write(line)
        if options["show"]:
            return
        if plan.hindrances:
            raise CommandError("Nothing was erased.")
        if not options["yes"] and input(f"Type {person.username} to erase all of this for ever: ") != person.username:
            raise CommandError("That is not the username; nothing was erased.")
        with tqdm(total=plan.total, disable=None, leave=False) as bar:

            def advance(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                erased = erasing.forget(person=person, now=timezone.now(), advance=advance)
            except Problem as problem:
                raise CommandError(problem.detail or problem.kind.title) from None
        self.stdout.write("Erased: " + ", ".join(f"{count} {name}" for name, count in erased.items()) + ".")

    @staticmethod
    def _person(name: str) -> User:
        found: User | None = User.objects.filter(username=name).first()
        if found is None and name.isdigit():
            found = User.objects.filter(pk=int(name)).first()
        if found is None:
            raise CommandError(f"There is nobody called {name!r}.")
        return found
