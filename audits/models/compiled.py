"""Frozen documents, read once per process: their content never changes, so that keeping them is always right."""

import uuid
from functools import lru_cache

from audits.models.visits import ScopeDocument
from audits.scoring.plan import Plan, compile_plan, part_names
from audits.scoring.vector import Layout, make_layout
from standards.models import ChecklistVersion, SchemeVersion
from standards.models.lineage import Lineage
from standards.spec.checklist import Checklist
from standards.spec.scheme import SchemeDocument, parse_scheme
from standards.spec.scope import Scope


@lru_cache(maxsize=64)
def checklist_of(version_id: uuid.UUID) -> Checklist:
    """The content of a published version."""
    return ChecklistVersion.objects.get(pk=version_id).content()


@lru_cache(maxsize=64)
def origins_of(version_id: uuid.UUID) -> tuple[uuid.UUID, tuple[str, ...]]:
    """The checklist of a published version, and its standards' origins in their order.

    A standard's origin is the code under which it was first published: two versions mean the same standard by it.
    """
    checklist_id = ChecklistVersion.objects.values_list("checklist_id", flat=True).get(pk=version_id)
    codes = [standard.code for standard in checklist_of(version_id).standards]
    origins = Lineage(checklist_id).origins(version_id, codes)
    return checklist_id, tuple(origins[code] for code in codes)


@lru_cache(maxsize=512)
def scope_of(scope_id: uuid.UUID) -> Scope:
    """The content of a scope."""
    return ScopeDocument.objects.get(pk=scope_id).content()


@lru_cache(maxsize=512)
def layout_of(version_id: uuid.UUID, scope_id: uuid.UUID) -> Layout:
    """How answers of this version and scope are laid out."""
    return make_layout(checklist_of(version_id), scope_of(scope_id))


@lru_cache(maxsize=512)
def plan_of(version_id: uuid.UUID, scope_id: uuid.UUID) -> Plan:
    """How answers of this version and scope are scored."""
    return compile_plan(checklist_of(version_id), scope_of(scope_id))


@lru_cache(maxsize=512)
def digests_of(version_id: uuid.UUID, scope_id: uuid.UUID) -> tuple[bytes, bytes]:
    """The sha256 of the scope and of the checklist, as 32 bytes each."""
    scope = ScopeDocument.objects.values_list("sha256", flat=True).get(pk=scope_id)
    checklist = ChecklistVersion.objects.values_list("sha256", flat=True).get(pk=version_id)
    return bytes.fromhex(scope), bytes.fromhex(checklist or "")


@lru_cache(maxsize=64)
def part_names_of(version_id: uuid.UUID) -> tuple[str, ...]:
    """The parts of this version's scores in the order in which they are packed."""
    return part_names(checklist_of(version_id))


@lru_cache(maxsize=64)
def scheme_of(version_id: uuid.UUID) -> SchemeDocument:
    """The content of a published scheme version."""
    return parse_scheme(SchemeVersion.objects.get(pk=version_id).document)
