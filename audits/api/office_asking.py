"""Who of the office may do what over HTTP, and how rows are found for them.

A role counts only in the office that serves the chain: who plans for one office and reviews for another does neither
for both.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.db.models import Q
from rest_framework.request import Request

from chains.api.strict import StrictSerializer
from chains.models import Role, User, VisibleQuerySet
from chains.problems import INVALID, NOT_FOUND, Fault, Problem

ADMINS: Final = frozenset({Role.OFFICE_ADMIN})


def for_roles(rows: VisibleQuerySet, user: User, roles: frozenset[Role], chain: str) -> VisibleQuerySet:
    """The rows `user` may see whose chain's office gives them one of `roles`; `chain` is the path to the chain."""
    visible = rows.visible_to(user)
    return visible if user.is_superuser else visible.filter(Q(**{f"{chain}__in": user.chain_ids(*roles)}))


def found(rows: VisibleQuerySet, key: uuid.UUID | int) -> Any:
    """The one row of narrowed rows with this key. Raises Problem (not-found), the same for foreign and absent."""
    row = rows.filter(pk=key).first()
    if row is None:
        raise Problem(NOT_FOUND)
    return row


def read_body(request: Request, shape: type[StrictSerializer], *, partial: bool = False) -> dict[str, Any]:
    """The checked members of a request's body. Raises ValidationError."""
    reading = shape(data=request.data, partial=partial)
    reading.is_valid(raise_exception=True)
    values: dict[str, Any] = reading.validated_data
    return values


def named(values: Mapping[str, Any], rows: Mapping[str, VisibleQuerySet]) -> dict[str, Any]:
    """`values` with the ids of related rows replaced by these rows. Raises Problem (invalid) where there is none."""
    result = dict(values)
    faults = []
    for name, choice in rows.items():
        if values.get(name) is not None:
            result[name] = choice.filter(pk=values[name]).first()
            if result[name] is None:
                faults.append(Fault(f"/{name}", "unknown", f"There is no such {name.replace('_', ' ')}."))
    if faults:
        raise Problem(INVALID, faults[0].detail, errors=faults)
    return result


@contextmanager
def pointing_without(prefix: str) -> Iterator[None]:
    """Lets the faults of a service for many point into a body that held one: `/visits/0/window` → `/window`."""
    try:
        yield
    except Problem as problem:
        problem.errors = [Fault(e.pointer.removeprefix(prefix), e.code, e.detail) for e in problem.errors]
        raise
