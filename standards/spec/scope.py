"""Which answer keys apply to one visit, frozen when it is planned.

An answer key is a standard's code, or `code@instance` in a repeated section. Out of scope is neither "not applicable"
nor "not assessed": the key is simply not asked.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from standards.spec.checklist import Checklist, Standard
from standards.spec.digest import canonical_bytes
from standards.spec.plain import as_document


class Instance(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One repetition of a section: "bar-1" for the section BAR at the outlet "Lobby bar"."""

    id: str
    section: str
    name: str
    outlet: str | None = None


class Scope(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The keys of one visit in the order of the checklist; the order of the stored answer vector."""

    checklist: str
    keys: tuple[str, ...]
    instances: tuple[Instance, ...] = ()
    format: int = 1


def split_key(key: str) -> tuple[str, str]:
    """`("BAR-004", "bar-1")` for `BAR-004@bar-1`; the instance is empty outside repeated sections."""
    code, _, instance = key.partition("@")
    return code, instance


def make_scope(
    *,
    checklist: Checklist,
    checklist_sha256: str,
    facilities: Iterable[str],
    instances: Iterable[Instance],
    only: Iterable[str] | None = None,
) -> Scope:
    """The scope of a visit to a place with these facilities and section instances.

    A standard is asked where the place has every facility it needs, once for each instance of its section where that
    repeats. `only` narrows it to these codes or keys (a partial re-audit).
    """
    present = set(facilities)
    wanted = None if only is None else set(only)
    places = tuple(instances)
    repeated = {section.code for section in checklist.sections if section.repeats}
    keys: list[str] = []
    for standard in checklist.standards:
        if not set(standard.facilities) <= present:
            continue
        for key in _keys_of(standard, standard.section in repeated, places):
            if wanted is None or key in wanted or standard.code in wanted:
                keys.append(key)
    used = {split_key(key)[1] for key in keys}
    return Scope(checklist=checklist_sha256, keys=tuple(keys), instances=tuple(p for p in places if p.id in used))


def _keys_of(standard: Standard, repeats: bool, instances: tuple[Instance, ...]) -> list[str]:
    if not repeats:
        return [standard.code]
    return [f"{standard.code}@{place.id}" for place in instances if place.section == standard.section]


def scope_bytes(scope: Scope) -> bytes:
    """The canonical bytes whose sha256 names this scope."""
    content: dict[str, Any] = as_document(scope)
    return canonical_bytes(content | {"format": scope.format})


def read_scope(body: bytes) -> Scope:
    """The scope of canonical bytes. Raises msgspec.ValidationError where they are not one."""
    return msgspec.json.decode(body, type=Scope)
