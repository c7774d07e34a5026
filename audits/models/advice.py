"""What each failed standard alone would have done for a branch, kept beside its rating."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from audits.models.ratings import Rating
from chains.models import Location, VisibleQuerySet

if TYPE_CHECKING:
    from chains.models import User


class AdviceQuerySet(VisibleQuerySet):
    """Advice: seen with the branch."""

    def visible_q(self, user: "User") -> Q | None:
        """Rows of the branches that `user` may see."""
        return Q() if user.is_superuser else Q(rating__location__in=Location.objects.visible_to(user))


class Advice(models.Model):
    """The failed standards of one rating, so that a group of branches can be asked where to spend first.

    `singles` lists [code, visits in which it failed, 1 where it alone lifts the outcome else 0, score at stake in
    10^-4 points]. A rating never changes, and neither does this row; where rank bands are open it says what held when
    it was worked out.
    """

    rating = models.OneToOneField(Rating, primary_key=True, on_delete=models.CASCADE, related_name="advice")
    singles = models.JSONField(default=list)
    worked_out_at = models.DateTimeField()

    objects = AdviceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "advice"

    def __str__(self) -> str:
        return f"{self.rating_id}: {len(self.singles)} failed standards"
