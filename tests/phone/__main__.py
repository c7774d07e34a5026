"""A phone at the command line: `python -m tests.phone http://127.0.0.1:8000 --user auditor --password …`.

It signs in, shows the visits to be made, accepts one, fills in every standard by the seed, delivers until it holds a
valid receipt, and says what became of the report. Every run is another visit, as long as the manifest has one.
"""

import argparse
import getpass
import sys
import time
from datetime import date
from typing import Any

from tests.phone.app import Phone
from tests.phone.filling import Filler

WAITING = ("offered", "accepted")


def main() -> int:
    """One visit. Exit 0 when it was delivered, 1 when the server holds it back, 2 when there is nothing to do."""
    parser = argparse.ArgumentParser(prog="python -m tests.phone", description=__doc__.split("\n")[0])
    parser.add_argument("server", help="its address, for example http://127.0.0.1:8000")
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", default="", help="asked for where left out")
    parser.add_argument("--branch", default="", help="code of the branch to visit; the first in the manifest otherwise")
    parser.add_argument("--quality", type=float, default=0.85, help="share of standards that are met")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same seed gives the same answers")
    given = parser.parse_args()

    phone = Phone(given.server, seed=given.seed)
    phone.sign_in(given.user, given.password or getpass.getpass())
    visit = chosen(phone.fetch_manifest(), given.branch)
    if visit is None:
        print("There is no visit to make.", file=sys.stderr)
        return 2
    if visit["state"] == "offered":
        phone.accept(visit)
    print(f"{visit['location']['name']}: {visit['component']['name']}")
    filler = Filler(given.seed, quality=given.quality)
    began = time.monotonic()
    sealed = phone.deliver(phone.seal(visit, visited_on=date.today(), filler=filler))
    print(f"{sealed.id} is {sealed.state} after {time.monotonic() - began:.2f} s and {sealed.tries} tries")
    print(sealed.receipt or sealed.problem)
    return 0 if sealed.receipt else 1


def chosen(assignments: list[dict[str, Any]], branch: str) -> dict[str, Any] | None:
    """The first visit still to be made, at the branch where one is named."""
    open_ones = (a for a in assignments if a["state"] in WAITING)
    return next((a for a in open_ones if branch in ("", a["location"]["code"])), None)


if __name__ == "__main__":
    sys.exit(main())
