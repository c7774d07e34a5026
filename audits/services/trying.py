"""Tries a rating scheme on a file of published results: finds the files, hands them to the pure trial."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from audits.scoring.trial import (
    TrialOptions,
    TrialProblem,
    TrialReport,
    exit_code,
    read_table,
    report_lines,
    report_table,
    try_scheme,
)
from audits.scoring.trial.options import Progress, no_progress
from standards.spec.scheme import FaultyScheme

SUFFIXES = ("", ".yaml", ".yml", ".json")


def ready_schemes() -> list[str]:
    """Return the names of the ready schemes, without their suffix."""
    folder = files("standards").joinpath("packs", "schemes")
    return sorted(Path(entry.name).stem for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def scheme_source(name_or_path: str) -> bytes:
    """Return the text of a scheme given as a path or as the name of a ready one. Raises TrialProblem."""
    path = Path(name_or_path)
    if path.is_file():
        return path.read_bytes()
    if path.name == name_or_path:
        for suffix in SUFFIXES:
            ready = files("standards").joinpath("packs", "schemes", name_or_path + suffix)
            if ready.is_file():
                return ready.read_bytes()
    listed = ", ".join(ready_schemes())
    raise TrialProblem(f"there is no file '{name_or_path}' and no ready scheme of that name; ready are: {listed}")


def try_on_file(
    *,
    scheme: str,
    table: str,
    options: TrialOptions,
    out: str | None = None,
    progress: Progress = no_progress,
) -> TrialReport:
    """Rate every subject of a CSV file; with `out` also write what came out as CSV.

    Raises TrialProblem or FaultyScheme, both with sentences, OSError for a file that cannot be read or written.
    """
    source = scheme_source(scheme)
    path = Path(table)
    if not path.is_file():
        raise TrialProblem(f"there is no table '{table}'")
    report = try_scheme(source, read_table(path.read_bytes()), options, progress)
    if out is not None:
        Path(out).write_text(report_table(report), encoding="utf-8")
    return report


class Told(msgspec.Struct, frozen=True):
    """What a trial has to say: `lines` of results, or `complaints` about the scheme or table, and the exit code."""

    lines: list[str]
    complaints: list[str]
    exit_code: int


def try_and_tell(
    *,
    scheme: str,
    table: str,
    where: Sequence[str] = (),
    out: str | None = None,
    progress: Progress = no_progress,
    **choices: Any,
) -> Told:
    """Do what `manage.py try_scheme` was asked, and say it in lines; `choices` are fields of TrialOptions."""
    try:
        options = TrialOptions(where=where_pairs(where), **choices)
        report = try_on_file(scheme=scheme, table=table, options=options, out=out, progress=progress)
    except FaultyScheme as error:
        return Told([], [str(fault) for fault in error.faults], 2)
    except (TrialProblem, OSError) as error:
        return Told([], [str(error)], 2)
    return Told(list(report_lines(report)), [], exit_code(report))


def where_pairs(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Read COLUMN=VALUE choices. Raises TrialProblem for one without an equals sign."""
    pairs = []
    for text in texts:
        column, equals, value = text.partition("=")
        if not equals:
            raise TrialProblem(f"--where {text}: write COLUMN=VALUE")
        pairs.append((column.strip(), value.strip()))
    return tuple(pairs)
