"""The second gate's question for branches and groups."""

import pytest

from chains.models import Location, LocationGroup

pytestmark = pytest.mark.django_db

SEES = {
    "ada": [],
    "paul": ["GRA", "LIN", "OSL", "VIE"],
    "rita": ["GRA", "LIN", "OSL", "VIE"],
    "mia": ["GRA", "VIE"],
    "max": ["LIN"],
    "mona": ["GRA"],
    "eda": [],
    "cora": ["GRA", "LIN", "VIE"],
    "bob": ["OSL"],
    "stan": [],
}


@pytest.mark.parametrize(("name", "codes"), SEES.items())
def test_each_person_sees_exactly_their_branches(cast, name, codes):
    rows = Location.objects.visible_to(getattr(cast, name))
    assert rows.narrowed
    assert sorted(rows.values_list("code", flat=True)) == codes


def test_a_region_includes_the_regions_below_it(cast):
    cast.east.parent = LocationGroup.objects.create(chain=cast.aurora, kind="region", code="all", name="All")
    cast.east.save()
    cast.max.memberships.get().groups.set([cast.east.parent])
    rows = Location.objects.visible_to(cast.max)
    assert sorted(rows.values_list("code", flat=True)) == ["GRA", "VIE"]


def test_rows_are_not_narrowed_until_somebody_asked_for_whom(cast):
    assert not Location.objects.all().narrowed
    assert Location.objects.visible_to(cast.mia).filter(code="VIE").narrowed
