"""What a person reads when the house is open: where to go, how to sign in, what to try."""

import json
from pathlib import Path

TO_TRY = (
    "Compare the branches: sign in as headoffice at {address}/login",
    "Write standards, or review reports: sign in as editor or reviewer at {address}/admin/",
    "Read the API, and try it in the browser: {address}/api/",
)


def demo_logins(folder: Path) -> list[dict[str, str]]:
    """The logins of the demo that lies in this folder: objects of `username`, `password` and `who`; empty without."""
    try:
        return list(json.loads((folder / "demo_logins.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []


def greeting(*, address: str, folder: Path, manage: str, has_people: bool) -> str:
    """The text printed once the house is open. `manage` is how this person calls manage.py."""
    lines = ["", f"  The audit server is open at {address}", ""]
    if logins := demo_logins(folder):
        name, word = (max(len(login[key]) for login in logins) for key in ("username", "password"))
        lines.append("  Demo logins (the same at every start of this folder):")
        lines += [
            f"    {login['username']:<{name}}  {login['password']:<{word}}  {login.get('who', '')}" for login in logins
        ]
    elif has_people:
        lines.append("  Sign in with your own account.")
    else:
        lines += ["  Nobody can sign in yet. Make the first administrator:", f"    {manage} createsuperuser"]
    lines += ["", "  Three things to try:"]
    lines += [f"    {number}. {text.format(address=address)}" for number, text in enumerate(TO_TRY, 1)]
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", ""])
