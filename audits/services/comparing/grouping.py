"""Ratings of groups: the mean of their branches' scores, its bands, its interval, and how steady the branches are."""

import uuid
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from audits.models import GroupRating, Rating, Series
from audits.scoring.comparison import Consistency, consistency_of_sums, group_interval
from audits.scoring.outcome import band_columns, by_bands
from audits.services.comparing.closeness import shares_of
from standards.spec.scheme import Scheme

SORT_UNIT = 10**9
FULL = 1000


def rate_group(
    *,
    series: Series,
    group_id: uuid.UUID | None,
    start: date,
    scheme: Scheme | None,
    ratings: Sequence[Rating],
    dispersion: float | None,
    before: int | None,
) -> GroupRating | None:
    """The rating of a group (the chain where empty) from its branches' current ratings; stores nothing.

    Each rated branch counts once, whatever its number of visits. `before` is the group's figure of the period
    before, in tenths. None where no branch is rated.
    """
    rated = [r for r in ratings if r.state == Rating.State.RATED and r.exact and r.sort_key is not None]
    if not rated or scheme is None:
        return None
    scores = [Fraction(rating.exact) for rating in rated]
    mean = _mean(scores)
    outcome = by_bands(scheme, _columns(scheme, rated, mean))
    tenths = _tenths(mean)
    low, high = _bounds(rated, dispersion) or (None, None)
    negated = any((rating.sort_key or 0) < 0 for rating in rated)
    return GroupRating(
        series=series,
        group_id=group_id,
        period_start=start,
        scheme_version_id=rated[0].scheme_version_id,
        branches=len(rated),
        unrated=len(ratings) - len(rated),
        visits=sum(rating.visits for rating in rated),
        exact=str(mean),
        sort_key=(-1 if negated else 1) * (mean.numerator * SORT_UNIT // mean.denominator),
        tenths=tenths,
        outcome=(outcome.text if outcome else None) or "",
        level=scheme.levels.index(outcome.level) if outcome and outcome.level else None,
        low_tenths=low,
        high_tenths=high,
        change_tenths=None if before is None else tenths - before,
        parts=_parts(rated),
    )


def _mean(scores: Sequence[Fraction]) -> Fraction:
    """Exact; the terms over one denominator after another would be slow for thousands of branches."""
    by_denominator: dict[int, int] = {}
    for score in scores:
        by_denominator[score.denominator] = by_denominator.get(score.denominator, 0) + score.numerator
    return sum((Fraction(above, below) for below, above in by_denominator.items()), Fraction(0)) / len(scores)


def _tenths(value: Fraction) -> int:
    """Tenths, half away from zero, as ratings show theirs."""
    scaled = abs(value) * 10
    whole: int = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return whole if value >= 0 else -whole


def _columns(scheme: Scheme, rated: Sequence[Rating], mean: Fraction) -> dict[str, Fraction | None]:
    """The mean of every figure that the bands ask for; the first is the score itself."""
    names = band_columns(scheme)
    columns: dict[str, Fraction | None] = dict.fromkeys(names[:1], mean)
    for name in names[1:]:
        rows = Rating.objects.filter(pk__in=[rating.pk for rating in rated])
        found = [
            Fraction(text)
            for kept in ("values", "parts")
            for text in rows.values_list(KeyTextTransform(name, KeyTransform(kept, "figures")), flat=True)
            if text is not None
        ]
        columns[name] = _mean(found) if found else None
    return columns


def _bounds(rated: Sequence[Rating], dispersion: float | None) -> tuple[int, int] | None:
    shares, flipped = shares_of(rated)
    if dispersion is None or shares is None:
        return None
    found = group_interval([one.mean() for one in shares], [one.size for one in shares], dispersion)
    return found if found is None or not flipped else (FULL - found[1], FULL - found[0])


def _parts(rated: Sequence[Rating]) -> dict[str, list[int | None]]:
    """Part → [mean of the branches, deviation within, deviation between, reliability in per cent]; null: unknown."""
    names = sorted({name for rating in rated for name in rating.parts})
    place = {name: column for column, name in enumerate(names)}
    sums = np.zeros((3, len(rated), len(names)), dtype=np.int64)
    for row, rating in enumerate(rated):
        mine = sorted(rating.parts)
        packed = bytes(rating.part_sums)
        if packed:
            sums[:, row, [place[name] for name in mine]] = np.frombuffer(packed, dtype="<u4").reshape(3, len(mine))
    steady = consistency_of_sums(sums[0], sums[1] / FULL, sums[2] / FULL**2)
    return {name: [_mean_of(rated, name), *_spreads(steady, place[name])] for name in names}


def _mean_of(rated: Sequence[Rating], name: str) -> int:
    """Half up, each branch that has the part once."""
    values: list[int] = [rating.parts[name] for rating in rated if name in rating.parts]
    return (2 * sum(values) + len(values)) // (2 * len(values))


def _spreads(steady: Consistency, column: int) -> list[int | None]:
    figures: list[Any] = [steady.within[column] * FULL, steady.between[column] * FULL, steady.reliability[column] * 100]
    return [None if np.isnan(figure) else round(float(figure)) for figure in figures]
