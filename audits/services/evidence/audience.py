"""Who may see the clean copy of a file, by a reviewer's decision where its type does not decide it."""

from collections.abc import Iterable

from django.db import transaction

from audits.models import Evidence
from audits.problems import EVIDENCE_STATE
from chains.models.dialects import held
from chains.problems import Problem

AUDIENCES = (Evidence.Audience.OFFICE, Evidence.Audience.BRANCH)


def decide_audience(*, rows: Iterable[int], audience: str) -> int:
    """Show the clean copies of these files to the branch, or keep them in the office; return how many changed.

    All or none. Raises Problem (evidence-state) for a branch where one has no clean copy: originals tell too much.
    """
    wanted = sorted(set(rows))
    with transaction.atomic():
        found = list(held(Evidence.objects.filter(pk__in=wanted, state=Evidence.State.HELD).order_by("pk")))
        if len(found) != len(wanted):
            raise Problem(EVIDENCE_STATE, "Only files that are held can be shown or kept back.")
        if audience == Evidence.Audience.BRANCH and any(row.copy_state != Evidence.Copy.MADE for row in found):
            raise Problem(EVIDENCE_STATE, "Only what has a clean copy can be shown to a branch; originals never are.")
        return Evidence.objects.filter(pk__in=wanted).exclude(audience=audience).update(audience=audience)
