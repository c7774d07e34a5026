"""The second gate: a queryset that has not been narrowed to what a person may see is refused (rule 9)."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from chains.models.people import User


class VisibleQuerySet(QuerySet[Any]):
    """A queryset that knows how to narrow itself to one person, and remembers that it has been narrowed.

    A model says in `visible_q` what its rows' visibility is; nothing else may answer that question.
    """

    narrowed = False

    def visible_q(self, user: "User") -> Q | None:
        """The condition under which `user` may see a row; None means no row at all."""
        raise NotImplementedError(f"{type(self).__name__} does not say who may see its rows.")

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The rows that `user` may see, marked as narrowed so that the gate lets them through."""
        condition = None if isinstance(user, AnonymousUser) or not user.is_active else self.visible_q(user)
        rows = self.none() if condition is None else self.filter(condition)
        rows.narrowed = True
        return rows

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone.narrowed = self.narrowed
        return clone

    def for_chain(self, chain_id: Any) -> Self:
        """Rows of one chain, for models that carry `chain`."""
        return self.filter(chain_id=chain_id)


class VisibleToStaffOnly(VisibleQuerySet):
    """Rows of the machinery (dirty rows, outbox): nobody's but a superuser's."""

    def visible_q(self, user: "User") -> Q | None:
        """All rows for a superuser, none for anyone else."""
        return Q() if user.is_superuser else None
