"""Every command of README.md and the guides, run as it stands against the real server with the demo in it."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from auditserver.env import ROOT

TOOLS = ("bash", "curl", "python3", "openssl", "awk")
ADDRESS = "http://127.0.0.1:8000"
SCRATCH = "/tmp/audits"


def commands_of(page: str, *, address: str, folder: Path) -> str:
    """The page's commands in their order as one script that stops at the first that fails."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert blocks, f"{page} has no commands."
    script = "\n".join(["set -e -o pipefail", *blocks])
    assert ADDRESS in script
    moved = script.replace(ADDRESS, address).replace('open("var/', f'open("{folder}/')
    return moved.replace(SCRATCH, str(folder / "scratch"))


def test_the_commands_of_the_guides_do_what_they_say(live, settings, tmp_path):
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"needs {', '.join(missing)}")
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    call_command("load_demo", visits=4, stdout=io.StringIO())

    said = {
        page: run(commands_of(page, address=live.url, folder=tmp_path), tmp_path)
        for page in ("README.md", "docs/api-guide.md", "docs/phone-guide.md")
    }

    readme, guide, phone = (text.splitlines() for text in said.values())
    assert "offered Linden & Quay Prague" in readme
    first, second = filter(None, map(re.compile(r"(?:received|accepted|released) (\S+)").fullmatch, readme))
    assert first[1] == second[1], "The same bytes got another receipt."
    assert "changed ARR-001: at_most: “5” → “3”" in readme
    assert readme[-1].startswith("2 published ")
    assert "Cora Vance ['chain_admin']" in guide
    assert "['offered', 'offered']" in guide
    assert guide[-1] == "accepted"
    assert phone == [
        "urn:problem:pairing-failed",
        "304",
        "accepted",
        "as named",
        "received 2",
        "the same receipt",
        "urn:problem:body-incomplete True",
        "held",
        "200",
        *("201", "204", "204"),
        "received []",
        "returned",
        "Was the lamp out on both evenings?",
        "received []",
    ]


def run(script: str, folder: Path) -> str:
    """What a script says; fails with its last words where a command failed."""
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
    return done.stdout
