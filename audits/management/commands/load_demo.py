"""`manage.py load_demo`: a chain of hotels and one of restaurants with a year of visits, to look at and to try on."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from audits.management.demonstration import Wanted, load, steps
from audits.services.demonstrating.founding import foreign_chains, is_loaded
from audits.services.demonstrating.logins import FILE, kept_logins
from audits.services.demonstrating.people import SIGN_IN

VISITS = 12


class Command(BaseCommand):
    """Load the demo, once, where nothing real can be touched."""

    help = (
        "Load the demo: an agency, 24 hotels with a year of visits, five restaurants, and people to sign in as. "
        "Refused where the database has other chains, or where DEMO is off."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="another seed is another year (default 1)")
        parser.add_argument(
            "--visits", type=int, default=VISITS, metavar="N", help=f"visits per hotel, one a month (default {VISITS})"
        )

    def handle(self, *args: Any, seed: int, visits: int, **options: Any) -> None:
        """Refuse, say that it is there, or load all of it in one transaction."""
        if not settings.DEMO:
            raise CommandError("This server shows no demo. Set DEMO=1 if nothing real is in its database.")
        if others := foreign_chains():
            raise CommandError(
                f"This database has other chains ({', '.join(others[:5])}); the demo stays away from it."
            )
        if not 1 <= visits <= 36:
            raise CommandError("--visits takes 1 to 36.")
        if is_loaded():
            self.stdout.write("The demo is loaded already.")
            return
        passwords = {login["username"]: login["password"] for login in kept_logins(settings.VAR_DIR, SIGN_IN)}
        with tqdm(total=steps(visits), unit="visit", disable=None, leave=False) as bar, transaction.atomic():

            def advance(doing: str, count: int) -> None:
                bar.set_description(doing)
                bar.update(count)

            load(Wanted(seed, visits, timezone.now()), passwords, advance)
        self.stdout.write(f"The demo is loaded; {settings.VAR_DIR / FILE} has its logins.")
