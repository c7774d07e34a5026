"""Advising: what each failed standard alone would do for a branch, worked out when its rating is new."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from audits.models import Advice, Period, Rating
from audits.models.compiled import scheme_of
from audits.models.counted import rules_of_ratings, windows_of
from audits.scoring.next_star import single_standards

STAKE_UNIT = 10_000
AT_ONCE = 20


def advise_due(*, now: datetime, limit: int = 200) -> int:
    """Work out the advice of ratings of the newest periods that have none yet; return how many.

    Recomputed from the answers. Safe beside itself: a rating worked out twice has one row, and both say the same.
    """
    newest = Period.objects.values("series_id").annotate(start=Max("starts_on")).values_list("series_id", "start")
    done = 0
    for series_id, start in sorted(newest, key=str):
        waiting = Rating.objects.filter(series_id=series_id, period_start=start, current=True, advice__isnull=True)
        rows = list(waiting.select_related("series").defer("figures", "spread", "hands", "parts")[: limit - done])
        for first in range(0, len(rows), AT_ONCE):
            _advise(rows[first : first + AT_ONCE], now)
        done += len(rows)
    return done


def _advise(ratings: Sequence[Rating], now: datetime) -> None:
    by_rules: dict[object, list[Rating]] = defaultdict(list)
    for rating in ratings:
        by_rules[rating.scheme_version_id].append(rating)
    fresh: list[Advice] = []
    for version_id, members in by_rules.items():
        scheme = scheme_of(version_id).on(members[0].period_end)  # type: ignore[arg-type]
        rules = rules_of_ratings(members, scheme) if scheme else {}
        # A provisional branch needs visits, not standards; the best level has nothing above it.
        liftable = [one for one in members if scheme and one.level is not None and one.level < len(scheme.levels) - 1]
        windows = windows_of(liftable)
        for rating in members:
            found = single_standards(rules[rating.pk], windows[rating.pk]) if rating.pk in windows else []
            singles = [[one.code, one.visits, int(one.lifts), round(one.stake * STAKE_UNIT)] for one in found]
            fresh.append(Advice(rating=rating, singles=singles, worked_out_at=now))
    Advice.objects.bulk_create(fresh, ignore_conflicts=True)
