"""The pickers above every page: which series, period and group there are for this person, and which are chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest

from audits.models import Period, Series
from audits.results.asking import Asked, day_of, uuid_of
from audits.scoring.periods import Period as Days
from chains.models import LocationGroup, User
from chains.problems import NOT_FOUND, Problem


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen and what is; `asked` is None where nothing has been published for this person."""

    series: Sequence[Series]
    periods: Sequence[Days]
    groups: Sequence[LocationGroup]
    asked: Asked | None
    several_chains: bool

    @property
    def words(self) -> dict[str, str]:
        """Series, period and group as the words of a query string."""
        if self.asked is None:
            return {}
        words = {"series": str(self.asked.series.pk), "period": self.asked.period.start.isoformat()}
        return words | ({"group": str(self.asked.group.pk)} if self.asked.group else {})

    def query(self, **more: str | None) -> str:
        """A query string with these choices and whatever is added; None takes a word away."""
        words: dict[str, str | None] = {**self.words, **more}
        return urlencode({name: word for name, word in words.items() if word})


def asker(request: HttpRequest) -> User:
    """The account behind a request that has passed the gate."""
    return cast("User", request.user)


def choice_of(request: HttpRequest, *, chain_id: object = None, with_groups: bool = False) -> Choice:
    """The choices for this person and those of the query string; without words the first series and its newest period.

    `chain_id` narrows the series to one chain. Raises Problem (not-found, invalid).
    """
    user = asker(request)
    rows = Series.objects.visible_to(user).select_related("programme__chain")
    if chain_id is not None:
        rows = rows.filter(programme__chain_id=chain_id)
    series = list(rows.order_by("programme__chain__name", "programme__name", "name", "pk"))
    chains = {one.programme.chain_id for one in series}
    if not series:
        if "series" in request.GET:
            raise Problem(NOT_FOUND)
        return Choice([], [], [], None, False)
    chosen = _chosen(request, series)
    starts = Period.objects.visible_to(user).filter(series=chosen).order_by("-starts_on")
    periods = [chosen.days_of(start) for start in starts.values_list("starts_on", flat=True)]
    groups: list[LocationGroup] = []
    if with_groups:
        places = LocationGroup.objects.visible_to(user).filter(chain_id=chosen.programme.chain_id)
        groups = list(places.order_by("kind", "name"))
    wanted = request.GET.get("period")
    day = day_of(wanted, "period") if wanted else periods[0].start if periods else None
    asked = (
        None if day is None else Asked(chosen, chosen.days_of(day), _group(request, groups) if with_groups else None)
    )
    return Choice(series, periods, groups, asked, len(chains) > 1)


def _chosen(request: HttpRequest, series: Sequence[Series]) -> Series:
    wanted = request.GET.get("series")
    if not wanted:
        return series[0]
    key = uuid_of(wanted, "series")
    found = next((one for one in series if one.pk == key), None)
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def _group(request: HttpRequest, groups: Sequence[LocationGroup]) -> LocationGroup | None:
    wanted = request.GET.get("group")
    if not wanted:
        return None
    key = uuid_of(wanted, "group")
    found = next((one for one in groups if one.pk == key), None)
    # A group of another chain that one may see is what remains chosen after a change of the series.
    if found is None and not LocationGroup.objects.visible_to(asker(request)).filter(pk=key).exists():
        raise Problem(NOT_FOUND)
    return found
