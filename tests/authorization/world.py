"""The world of the authorization table: the cast, with everything a house can hold of each chain, and marks in it all.

A mark is a word that occurs nowhere else. Whatever tells something about Linz holds the mark of Linz, whatever tells of
Ada holds hers, and whatever nobody outside the office may know before its release holds the mark of secrets; so that
one search through an answer finds a leak, whichever field it came by.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from chains.models import Chain, Device, Job, Office, Outlet, PairingCode, User
from tests.authorization.content import write_standards
from tests.authorization.visits import Visits, hold_visits, results_of_groups
from tests.cast import NOW, Cast, build_cast

PEOPLE = ["anonymous", "ada", "bea", "paul", "rita", "olga", "mia", "max", "mona", "eda", "cora", "bob", "stan"]
AURORA_PLACES = ("vienna", "graz", "linz", "east", "west")
BOREALIS_PLACES = ("oslo", "north")
# Two phones of Ada: one in use, and one that she signed out yesterday.
TOKENS = {"phone": "token-of-adas-phone", "ended": "token-of-adas-old-phone"}
COLUMNS = (*PEOPLE, *TOKENS)
# Days that a manager learns to the month only.
SECRET_DAYS = ("2026-05-07", "2026-05-08", "2026-05-09", "2026-05-11")

# Standards are read by their chain and by the whole office, auditors included (PHONE_PROTOCOL §2).
STANDARDS = ("aurora_standards", "borealis_standards")
ALL = ("aurora", "borealis", *STANDARDS, *AURORA_PLACES, *BOREALIS_PLACES, "ada", "bea", "secret")
OFFICE_ONLY = ("ada", "bea", "secret")
BOREALIS = ("borealis", "borealis_standards", *BOREALIS_PLACES)
MAY_NOT_KNOW: dict[str, tuple[str, ...]] = {
    "anonymous": ALL,
    "stan": ALL,
    "ada": ("borealis", *BOREALIS_PLACES, "graz", "linz", "east", "west", "bea"),
    "bea": ("vienna", "east", "west", "north", "ada"),
    "paul": (),
    "rita": (),
    "olga": (),
    "mia": (*BOREALIS, "linz", "west", *OFFICE_ONLY),
    "max": (*BOREALIS, "vienna", "graz", "east", *OFFICE_ONLY),
    "mona": (*BOREALIS, "vienna", "linz", "east", "west", *OFFICE_ONLY),
    "eda": (*BOREALIS, *AURORA_PLACES, *OFFICE_ONLY),
    "cora": (*BOREALIS, *OFFICE_ONLY),
    "bob": ("aurora", "aurora_standards", *AURORA_PLACES, *OFFICE_ONLY),
}
MAY_NOT_KNOW |= {"phone": MAY_NOT_KNOW["ada"], "ended": MAY_NOT_KNOW["ada"]}


def mark(subject: str) -> str:
    """The word that stands for a subject: `mark("linz")` occurs only in what tells of Linz."""
    return f"Qz{subject}mark"


@dataclass
class World:
    """Everybody, every place, and by name every row that an address may point at."""

    cast: Cast
    visits: dict[str, Visits]
    rows: dict[str, dict[str, Any]]
    secrets: dict[str, set[str]] = field(default_factory=dict)

    def leaks(self, name: str, text: str) -> set[str]:
        """What a person must not know and `text` tells all the same, as "subject: word"."""
        if name not in self._forbidden:
            words = {word: subject for subject in MAY_NOT_KNOW[name] for word in self.secrets[subject]}
            pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words) or r"(?!)")
            self._forbidden[name] = (pattern, words)
        pattern, words = self._forbidden[name]
        # Looking for each word as it is takes a tenth of the time of the pattern, and finds nothing almost always.
        if not any(word in text for word in words):
            return set()
        return {f"{words[word]}: {word}" for word in pattern.findall(text)}

    def __post_init__(self) -> None:
        self._forbidden: dict[str, Any] = {}


def build_world() -> World:
    """Build it (a few hundred rows, about a second)."""
    cast = build_cast()
    _mark_places(cast)
    phones = _give_phones(cast)
    rows = {"aurora": _rows_of_aurora(cast), "borealis": _rows_of_borealis(cast)}
    rows["aurora"] |= {"device": phones["phone"], "pairing_code": PairingCode.objects.get(user=cast.ada)}
    rows["borealis"] |= {"device": phones["of bea"], "pairing_code": PairingCode.objects.get(user=cast.bea)}
    visits = {}
    for side in ("aurora", "borealis"):
        content = write_standards(getattr(cast, side), mark(f"{side}_standards"))
        rows[side] |= content.rows
        visits[side] = hold_visits(cast, side, content, mark)
        rows[side] |= visits[side].rows
    for side, held in visits.items():
        rows[side] |= results_of_groups(held)
    world = World(cast, visits, rows)
    world.secrets = _secrets(cast, visits, phones)
    return world


def _mark_places(cast: Cast) -> None:
    for name in ("aurora", "borealis", *AURORA_PLACES, *BOREALIS_PLACES):
        row = getattr(cast, name)
        row.name = f"{row.name} {mark(name)}"
        row.save()
    for name in ("ada", "bea"):
        auditor = getattr(cast, name)
        auditor.first_name, auditor.email = mark(name), f"{name}@{mark(name)}.example"
        auditor.save()
    for name, location in (("aurora", cast.vienna), ("borealis", cast.oslo)):
        Outlet.objects.create(location=location, section_code="BAR", code="lobby", name=f"Lobby bar {mark(name)}")


def _give_phones(cast: Cast) -> dict[str, Device]:
    phones = {name: _phone(cast.ada, name, token) for name, token in TOKENS.items()}
    phones["ended"].revoked_at = timezone.now() - timedelta(days=1)
    phones["ended"].save()
    for owner in (cast.ada, cast.bea):
        PairingCode.objects.create(
            code_sha256=hashlib.sha256(owner.username.encode()).digest(), user=owner, created_at=NOW, expires_at=NOW
        )
    return phones | {"of bea": _phone(cast.bea, "of bea", "token-of-beas-phone")}


def _phone(owner: User, name: str, token: str) -> Device:
    return Device.objects.create(
        user=owner,
        install_id=f"{mark(owner.username)}-{name}",
        platform=f"Phone {mark(owner.username)}",
        app_version="9.9.9",
        token_sha256=hashlib.sha256(token.encode()).digest(),
        paired_at=NOW,
        last_used_at=timezone.now(),
        expires_at=NOW.replace(year=2099),
    )


def _rows_of_aurora(cast: Cast) -> dict[str, Any]:
    return {
        "office": cast.office,
        "chain": cast.aurora,
        "group": cast.east,
        "location": cast.vienna,
        "outlet": cast.vienna.outlets.get(),
        "group_membership": cast.vienna.group_memberships.get(),
        "user": cast.mia,
        "membership": cast.mia.memberships.get(),
        "job": Job.objects.create(kind="export", owner=cast.mia, chain=cast.aurora, created_at=NOW, state="running"),
        "rehearsal": _rehearsal(cast.cora, cast.aurora),
    }


def _rows_of_borealis(cast: Cast) -> dict[str, Any]:
    """Of Borealis, and of another office that none of the cast has to do with."""
    far = Office.objects.create(name="Far Eyes", slug="far-eyes")
    return {
        "office": far,
        "chain": cast.borealis,
        "group": cast.north,
        "location": cast.oslo,
        "outlet": cast.oslo.outlets.get(),
        "group_membership": cast.oslo.group_memberships.get(),
        "user": cast.bob,
        "membership": cast.bob.memberships.get(),
        "job": Job.objects.create(kind="export", owner=cast.bob, chain=cast.borealis, created_at=NOW, state="running"),
        "rehearsal": _rehearsal(cast.bob, cast.borealis),
    }


def _rehearsal(owner: User, chain: Chain) -> Job:
    return Job.objects.create(kind="rehearsal", owner=owner, chain=chain, created_at=NOW, state="running")


def _secrets(cast: Cast, visits: dict[str, Visits], phones: dict[str, Device]) -> dict[str, set[str]]:
    """Subject → the words that give it away."""
    found = {subject: {mark(subject)} for subject in ALL}
    for name in ("ada", "bea"):
        found[name] |= {name, f"{name}@{mark(name)}.example"}
        found[name] |= {str(phone.pk) for phone in phones.values() if phone.user_id == getattr(cast, name).pk}
    for held in visits.values():
        for who, words in held.of_auditors.items():
            found[who] |= words
        found["secret"] |= held.unreleased
    found["secret"] |= set(SECRET_DAYS)
    return found
