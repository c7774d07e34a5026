"""What keeps frozen rows from being removed; changing them is refused by triggers in the database itself.

Deleting is guarded here and not by a trigger: SQLite empties its tables row by row between tests, which a trigger
could not tell from a real deletion.
"""

from typing import Any

from django.db import models
from django.db.models import Q

from chains.models import VisibleQuerySet
from chains.problems import Problem
from standards import problems


class KeptWhenFrozen(VisibleQuerySet):
    """A queryset that refuses to delete rows that are part of something published."""

    def frozen_q(self) -> Q:
        """The condition under which a row is part of something published."""
        raise NotImplementedError(f"{type(self).__name__} does not say which of its rows are frozen.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete, or raise Problem (not-a-draft) where one of the rows is frozen; then nothing is deleted."""
        if self.order_by().filter(self.frozen_q()).exists():
            raise Problem(problems.NOT_A_DRAFT)
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class KeptRow(models.Model):
    """A row whose deletion asks its queryset first."""

    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete, or raise Problem (not-a-draft) where the row is frozen."""
        manager: Any = type(self)._default_manager
        if manager.filter(pk=self.pk).filter(manager.all().frozen_q()).exists():
            raise Problem(problems.NOT_A_DRAFT)
        return super().delete(*args, **kwargs)
