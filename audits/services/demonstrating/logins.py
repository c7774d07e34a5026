"""The passwords of the demo: random per installation, kept in a file that only its owner reads, the same ever after."""

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from audits.services.demonstrating.people import Person

FILE = "demo_logins.json"


def kept_logins(folder: Path, people: Sequence[Person]) -> list[dict[str, str]]:
    """Username, password and role in words of each of these people, read from the folder or made now (mode 0600)."""
    path = folder / FILE
    known = {login["username"]: login["password"] for login in read_logins(folder)}
    logins = [
        {
            "username": person.username,
            "password": known.get(person.username) or secrets.token_urlsafe(9),
            "who": person.who,
        }
        for person in people
    ]
    draft = path.with_name(f".{FILE}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(logins, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return logins


def read_logins(folder: Path) -> list[dict[str, str]]:
    """What is kept in the folder; nothing where no demo was loaded from it."""
    path = folder / FILE
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []
