"""The public data sets beside the repository; what they are is told in the README of their folder."""

import csv
from pathlib import Path

import pytest

from auditserver.env import ROOT

FOLDER = ROOT.parent / "shared" / "realdata"


def dataset(name: str) -> Path:
    """The path of a data set; skips the test where the folder is not there."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"needs ../shared/realdata/{name}, which lies beside the repository and is no part of it")
    return path


def rows_of(name: str) -> list[dict[str, str]]:
    """All rows of a data set."""
    with dataset(name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
