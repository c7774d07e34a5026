"""The second gate: rows that were not narrowed to the person asking never leave the house (rule 9)."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request


class NotNarrowed(RuntimeError):
    """A view offered rows without asking who may see them: a fault of ours, answered 500."""


class VisibleGate(BaseFilterBackend):
    """Refuses a queryset that did not pass `visible_to(user)` (or a model's named equivalent)."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The queryset as it is. Raises NotNarrowed where nobody narrowed it."""
        if not getattr(queryset, "narrowed", False):
            raise NotNarrowed(f"{type(view).__name__} offers {queryset.model.__name__} rows that were never narrowed.")
        return queryset
