"""What a visit is frozen with when it is planned: the version, the brief, and the answer keys that apply."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from audits.models import Component, ScopeDocument
from audits.models.askable import Parts, latest_version
from audits.problems import PLANNING_REFUSED
from chains.models import Chain, Location
from chains.problems import Fault, Problem
from standards.models import BriefVersion, ChecklistVersion
from standards.models.frozen import pressed
from standards.spec.checklist import Checklist
from standards.spec.digest import sha256_hex
from standards.spec.scope import Instance, make_scope, scope_bytes, split_key

BATCH = 500

# Where, on which day, and narrowed to which standards (None: all).
Wish = tuple[Location, date, Collection[str] | None]


class FrozenPlan(NamedTuple):
    """The rows that a visit points to for ever."""

    version_id: uuid.UUID
    scope_id: uuid.UUID
    brief_id: uuid.UUID | None


def freeze(component: Component, wishes: Sequence[Wish]) -> list[FrozenPlan]:
    """The frozen plan of each wish, in order. Visits that ask the same share one scope.

    Raises Problem (planning-refused) where nothing is published or nothing would be asked.
    """
    version = latest_version(component)
    brief_id = _latest_brief(component)
    content = version.content()
    parts = Parts(location for location, _, _ in wishes)
    # Many visits ask the same: bodies are made once for each distinct (facilities, outlets, narrowing).
    made: dict[tuple[object, ...], str] = {}
    bodies: dict[str, bytes] = {}
    names: list[str] = []
    for index, (location, day, only) in enumerate(wishes):
        instances = parts.open_at(location, day)
        kind = (tuple(sorted(location.facilities)), instances, None if only is None else frozenset(only))
        if kind not in made:
            body = _scope_body(version, content, location, instances, only, index)
            made[kind] = sha256_hex(body)
            bodies[made[kind]] = body
        names.append(made[kind])
    ids = _kept(component.programme.chain, bodies)
    assert version.pk is not None
    return [FrozenPlan(version.pk, ids[name], brief_id) for name in names]


def _latest_brief(component: Component) -> uuid.UUID | None:
    if component.brief_id is None:
        return None
    rows = BriefVersion.objects.filter(brief_id=component.brief_id, sha256__isnull=False).order_by("-number")
    brief_id: uuid.UUID | None = rows.values_list("pk", flat=True).first()
    if brief_id is None:
        raise Problem(PLANNING_REFUSED, f"No version of the brief {component.brief} is published.")
    return brief_id


def _scope_body(
    version: ChecklistVersion,
    content: Checklist,
    location: Location,
    instances: Iterable[Instance],
    only: Collection[str] | None,
    index: int,
) -> bytes:
    scope = make_scope(
        checklist=content,
        checklist_sha256=str(version.sha256),
        facilities=location.facilities,
        instances=instances,
        only=only,
    )
    asked = {*scope.keys, *(split_key(key)[0] for key in scope.keys)}
    if only is not None and (absent := sorted(set(only) - asked)):
        text = f"{', '.join(absent[:5])} cannot be asked at {location}."
        raise Problem(PLANNING_REFUSED, text, errors=[Fault(f"/visits/{index}/only", "unknown", text)])
    if not scope.keys:
        text = f"Nothing of {version} applies at {location}."
        raise Problem(PLANNING_REFUSED, text, errors=[Fault(f"/visits/{index}/location", "nothing-asked", text)])
    return scope_bytes(scope)


def _kept(chain: Chain, bodies: dict[str, bytes]) -> dict[str, uuid.UUID]:
    """The id of each scope document, made where it is not there yet; safe beside others who make the same."""
    names = list(bodies)
    ids = _ids(chain, names)
    if missing := [name for name in names if name not in ids]:
        rows = [ScopeDocument(chain=chain, sha256=name, body=pressed(bodies[name])) for name in sorted(missing)]
        ScopeDocument.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
        ids = _ids(chain, names)
    return ids


def _ids(chain: Chain, names: Sequence[str]) -> dict[str, uuid.UUID]:
    found: dict[str, uuid.UUID] = {}
    for start in range(0, len(names), BATCH):
        rows = ScopeDocument.objects.filter(chain=chain, sha256__in=names[start : start + BATCH])
        found |= dict(rows.values_list("sha256", "pk"))
    return found
