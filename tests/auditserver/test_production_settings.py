"""PRODUCTION=1 asks for everything that a laptop does without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditserver.env import ROOT

COMPLETE = {
    "PRODUCTION": "1",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "audits.example.org",
}
TELL = "from django.conf import settings as s; print(s.DEMO, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.DEBUG)"


def told(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "PYTHONPATH")}
    kept |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "auditserver.settings"}
    return subprocess.run(
        [sys.executable, "-c", TELL], cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS"])
def test_it_does_not_start_without(name: str, tmp_path: Path) -> None:
    asked = told(tmp_path, **{key: value for key, value in COMPLETE.items() if key != name})
    assert asked.returncode != 0
    assert f"PRODUCTION=1 needs {name}" in asked.stderr


def test_it_shows_no_demo_and_speaks_tls_only(tmp_path: Path) -> None:
    asked = told(tmp_path, **COMPLETE)
    assert asked.stdout.split() == ["False", "True", "True", "False"], asked.stderr


def test_a_given_database_shows_no_demo_unless_asked(tmp_path: Path) -> None:
    url = COMPLETE["DATABASE_URL"]
    assert told(tmp_path, DATABASE_URL=url).stdout.split()[0] == "False"
    assert told(tmp_path, DATABASE_URL=url, DEMO="1").stdout.split()[0] == "True"
    assert told(tmp_path).stdout.split()[0] == "True"
