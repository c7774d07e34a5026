"""Aurora's monthly league with visits to be made, for tests of the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from audits.models import Component, Rating, Series
from chains.models import Location
from standards.models import ChecklistVersion
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import SCHEME, Cast, programme_of, publish_directly, scheme_in_force, small_checklist

JUNE = date(2026, 6, 10)


@dataclass
class Stays:
    """What visits are planned with; `make(place, **answers)` makes one that counts."""

    version: ChecklistVersion
    component: Component
    series: Series
    make: Callable[..., Any]

    def rating(self, place: Location, month: date = date(2026, 6, 1)) -> Rating:
        """The current rating of a branch."""
        return Rating.objects.get(series=self.series, location=place, period_start=month, current=True)


@pytest.fixture
def stays(cast: Cast, request: pytest.FixtureRequest) -> Stays:
    """Published standards and a scheme; changes to the scheme by indirect parametrization (None: without it)."""
    version = publish_directly(cast.aurora, small_checklist())
    changed = SCHEME | getattr(request, "param", {})
    document = {piece: content for piece, content in changed.items() if content is not None}
    _, component, series = programme_of(version, scheme_in_force(cast.aurora, document))

    def make(place: Location, *, on: date = JUNE, settled: bool = True, **answers: Any) -> None:
        given = PERFECT | {code.replace("_", "-"): answer for code, answer in answers.items()}
        delivered(planned(component, version, place, cast.ada), given, visited_on=on)
        if settled:
            settle()

    return Stays(version, component, series, make)


@pytest.fixture
def league(cast: Cast, stays: Stays) -> Stays:
    """Vienna 100, Graz 81.25, Linz 87.5: one visit each, Linz with a critical failure."""
    stays.make(cast.vienna, settled=False)
    stays.make(cast.graz, ARR_003=0, settled=False)
    stays.make(cast.linz, ROOM_001="not_met")
    return stays
