"""`manage.py up`: the whole house with one command."""

import os
import shlex
import signal
import socket
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from auditserver.env import ROOT, UnsafeFolder, env
from auditserver.runner import leash, members, opening
from auditserver.runner.broker import BrokerSilent, broker, remove_short_folder
from auditserver.runner.broker import answers as broker_answers
from auditserver.runner.door import DoorTaken, address_of, open_door, stays_at_home
from auditserver.runner.greeting import greeting
from auditserver.runner.household import Household
from auditserver.runner.lock import FolderLock, Occupied
from auditserver.runner.members import Member, Surroundings
from chains.models import User

SECONDS_TO_OPEN = 60.0
SECONDS_OF_THE_BROKER = 20.0
HELP = """\
Start the whole audit server: database and broker (embedded unless given), web, worker and scheduler.

The first start makes the tables and, on the embedded database, loads a demo chain. Everything lives in one folder;
remove the folder to begin anew. Children that die are started again; Ctrl-C stops all in order.

environment variables:
  HOST, PORT      where to listen (127.0.0.1, 8000); the demo is never served to other machines
  VAR_DIR         folder of database, broker, files and secrets (var/ beside manage.py)
  DEMO=0          start empty, without demo data and demo logins
  DATABASE_URL    a PostgreSQL to use instead of the embedded SQLite
  REDIS_URL       a Redis or Valkey to use instead of the embedded one
  WEB_WORKERS, WEB_THREADS   processes and threads of the web server (2, 4)
docs/operations.md names the others, and how to run in production.
"""


class Command(BaseCommand):
    """Starts everything under one runner that leaves nothing behind, even when killed."""

    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the lines of the help as they are written."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=env.str("HOST", default="127.0.0.1"), help="default: HOST or 127.0.0.1")
        parser.add_argument("--port", type=int, default=env.int("PORT", default=8000), help="default: PORT or 8000")
        parser.add_argument(
            "--leashed", type=int, metavar="PID", help="stop in order when the process PID, our parent, dies (for make)"
        )

    def handle(self, *args: Any, host: str, port: int, leashed: int | None, **options: Any) -> None:
        """Open the door, take the folder, start everybody, and watch over them until asked to stop."""
        if leashed:
            leash.die_with(leashed, by=signal.SIGTERM)
        if settings.DEMO and not stays_at_home(host):
            raise CommandError("The demo and its logins are for this machine only. Set DEMO=0 to listen on " + host)
        try:
            lock = FolderLock(settings.VAR_DIR)
            lock.take()
            with open_door(host, port) as door:
                lock.tell_visitors(address_of(door))
                self._live(door, lock)
        except (DoorTaken, Occupied, BrokerSilent, UnsafeFolder) as error:
            raise CommandError(str(error)) from error

    def _live(self, door: socket.socket, lock: FolderLock) -> None:
        with Household(self._everybody(door, lock), say=self._say) as household:
            try:
                with household.interruptible():
                    self._prepare(household)
            except KeyboardInterrupt:
                self._say("Stopped before the house was open.")
                return
            household.start("web", "worker", "beat")
            if household.keep(until=lambda: opening.somebody_answers(address_of(door)), seconds=SECONDS_TO_OPEN):
                self._greet(address_of(door))
            elif not household.stopping:
                raise CommandError(f"The web server did not answer within {SECONDS_TO_OPEN:.0f} s; see above for why.")
            household.keep()
            self._say("Stopping...")
        remove_short_folder(folder=settings.BROKER_FOLDER, socket=settings.BROKER_SOCKET)
        self._say("Stopped.")

    def _everybody(self, door: socket.socket, lock: FolderLock) -> list[Member]:
        """In the order in which they leave: first who takes work in, last who carries it."""
        all_carry_the_lock = Surroundings(files=(lock.descriptor,))
        everybody = [
            members.web(all_carry_the_lock, door=door.fileno()),
            members.beat(all_carry_the_lock, schedule=settings.VAR_DIR / "beat-schedule"),
            members.worker(all_carry_the_lock),
        ]
        if settings.EMBEDDED_BROKER:
            everybody.append(broker(all_carry_the_lock, folder=settings.BROKER_FOLDER, socket=settings.BROKER_SOCKET))
        return everybody

    def _prepare(self, household: Household) -> None:
        if settings.EMBEDDED_BROKER:
            household.start("broker")
            if not household.keep(until=lambda: broker_answers(settings.BROKER_SOCKET), seconds=SECONDS_OF_THE_BROKER):
                raise BrokerSilent(f"The embedded broker does not answer; see {settings.BROKER_FOLDER / 'broker.log'}")
        opening.bring_tables_up_to_date(self._say)
        opening.load_demo_once(self._say)
        self.has_people = User.objects.exists()
        connections.close_all()

    def _greet(self, address: str) -> None:
        python = os.path.relpath(sys.executable) if sys.executable.startswith(str(ROOT)) else sys.executable
        words = [f"VAR_DIR={shlex.quote(str(settings.VAR_DIR))}"] if "VAR_DIR" in os.environ else []
        manage = " ".join([*words, shlex.quote(python), "manage.py"])
        text = greeting(address=address, folder=settings.VAR_DIR, manage=manage, has_people=self.has_people)
        self._say(text)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
