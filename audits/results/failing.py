"""Where one standard was not met: from a number over many branches to the branches behind it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from audits.models import Tally
from audits.models.compiled import checklist_of, origins_of
from audits.results.asking import Asked
from audits.results.branches import members_of
from audits.results.standards import NONE, Counts
from audits.scoring.tally import MET, NOT_MET
from chains.models import Location, User
from chains.problems import NOT_FOUND, Problem


@dataclass(frozen=True, slots=True)
class FailingBranch:
    """One branch where it was not met; its visits of the period show the answers."""

    location: Location
    counts: Counts


@dataclass(frozen=True, slots=True)
class Failed:
    """A standard in its newest wording, and the branches where it was not met, most often first, then by code."""

    code: str
    wording: str
    branches: list[FailingBranch]


def where_failed(user: User, asked: Asked, code: str) -> Failed:
    """The branches that `user` may see where a standard was not met in the period itself.

    Raises Problem (not-found) for a standard that no visit there was asked about.
    """
    rows = Tally.objects.visible_to(user).filter(series=asked.series, period_start=asked.period.start)
    if asked.group is not None:
        rows = rows.filter(location_id__in=members_of(user, asked.group, asked.period.end))
    found: dict[object, FailingBranch] = {}
    wording = None
    tallies = list(rows.select_related("location").order_by("version__number", "pk"))
    places = _places(dict.fromkeys(row.version_id for row in tallies), code)
    for row in tallies:
        place = places.get(row.version_id)
        if place is None:
            continue
        wording = checklist_of(row.version_id).standards[place].wording
        counts = np.frombuffer(bytes(row.counts), dtype="<u2").reshape(3, -1)[:, place].tolist()
        before = found.get(row.location_id, FailingBranch(row.location, NONE))
        failed, applied = before.counts.failed + counts[NOT_MET], before.counts.applied + counts[MET] + counts[NOT_MET]
        found[row.location_id] = replace(before, counts=Counts(failed, applied, int(failed > 0)))
    if wording is None:
        raise Problem(NOT_FOUND)
    failing = [one for one in found.values() if one.counts.failed]
    return Failed(code, wording, sorted(failing, key=lambda one: (-one.counts.failed, one.location.code)))


def _places(versions: Iterable[uuid.UUID], code: str) -> dict[uuid.UUID, int]:
    """Where a standard stands in each of these versions, also in those that had another code for it."""
    origins = {version: origins_of(version) for version in versions}
    codes = {version: [one.code for one in checklist_of(version).standards] for version in origins}
    wanted = {
        (checklist, own[codes[version].index(code)])
        for version, (checklist, own) in origins.items()
        if code in codes[version]
    }
    return {
        version: place
        for version, (checklist, own) in origins.items()
        for place, origin in enumerate(own)
        if (checklist, origin) in wanted
    }
