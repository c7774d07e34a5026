"""`manage.py receipt_keys [--add | --sign-with KID | --drop-private KID]`: the keys of receipts, one after another."""

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audits.services.receiving import receipt_keys
from audits.services.receiving.receipt_keys import Key, UnknownKey

HELP = """\
List the keys that sign receipts, or let another one sign.

A new key is made with --add and published from then on; it signs once --sign-with names it. Between the two, wait until
every web machine publishes it (GET receipts/keys). --sign-with with the key before undoes the step. No public key is
ever removed: receipts of every key can be checked for ever.

Where RECEIPT_KEYS gives the keys nothing is written: the new list goes to standard output, to be set everywhere.
"""


class Command(BaseCommand):
    """List and rotate the keys of receipts."""

    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        wanted = parser.add_mutually_exclusive_group()
        wanted.add_argument("--add", action="store_true", help="make a key; it is published and does not sign yet")
        wanted.add_argument("--sign-with", metavar="KID", help="let this key sign from now on")
        wanted.add_argument("--drop-private", metavar="KID", help="let this key only check; cannot be undone")

    def handle(self, *args: Any, **options: Any) -> None:
        change = _wanted(options)
        try:
            if change is None:
                self._list(receipt_keys.keys_in_force())
            elif settings.RECEIPT_KEYS:
                changed = change(receipt_keys.keys_in_force())
                self.stdout.write(msgspec.json.encode(changed).decode())
                self._list(changed, to=self.stderr)
            else:
                self._list(receipt_keys.change_kept_keys(change))
        except UnknownKey as unknown:
            raise CommandError(str(unknown)) from None

    def _list(self, keys: Sequence[Key], to: Any = None) -> None:
        signing = receipt_keys.signing_key(keys).kid
        for key in keys:
            role = "signs" if key.kid == signing else "can sign" if key.d else "checks only"
            (to or self.stdout).write(f"{key.kid}  {role}")


def _wanted(options: dict[str, Any]) -> Callable[[Sequence[Key]], list[Key]] | None:
    if options["add"]:
        return receipt_keys.with_one_more
    if options["sign_with"]:
        return partial(receipt_keys.signing_with, kid=options["sign_with"])
    if options["drop_private"]:
        return partial(receipt_keys.without_private_part, kid=options["drop_private"])
    return None
