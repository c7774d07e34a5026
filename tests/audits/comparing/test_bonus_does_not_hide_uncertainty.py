"""A visit may earn more than was possible by bonus standards; the order it is part of stays as certain as it was."""

import numpy as np

from audits.models import Rating
from audits.services.comparing.closeness import places_of


def rated(*visits: float) -> Rating:
    """A rating of these visits, newest first, all by one auditor."""
    mean = sum(visits) / len(visits)
    return Rating(
        sort_key=round(mean * 10**9),
        spread=np.array([round(value * 10_000) for value in visits], dtype="<i4").tobytes(),
        hands=bytes(len(visits)),
    )


def test_a_visit_above_a_hundred_counts_as_a_hundred():
    others = [rated(91, 93, 90, 92), rated(80, 85, 82, 79)]
    with_bonus, _ = places_of([rated(101.2, 97, 96, 98), *others], None)
    capped, _ = places_of([rated(100, 97, 96, 98), *others], None)
    assert all(place.low_tenths is not None and place.rank_best is not None for place in with_bonus)
    assert with_bonus == capped


def test_of_points_that_are_no_percentages_nothing_is_known_about_chance():
    places, dispersion = places_of([rated(986, 971, 940), rated(597, 601, 580)], None)
    assert [(place.rank, place.low_tenths, place.rank_best) for place in places] == [(1, None, None), (2, None, None)]
    assert dispersion is None
