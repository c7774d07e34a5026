"""What results are asked for, read from the words of a query string: series, period, group."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from audits.models import Period, Series
from audits.scoring.periods import Period as Days
from chains.models import LocationGroup, User
from chains.problems import INVALID, NOT_FOUND, Fault, Problem


class Asked(NamedTuple):
    """The series and period asked about, and the group to stay within (None: the whole chain)."""

    series: Series
    period: Days
    group: LocationGroup | None


def asked_of(words: Mapping[str, str], user: User) -> Asked:
    """Series, period and group named by the words `series`, `period` and `group`.

    Where the person may see one series only it need not be named; the period defaults to the newest,
    and may be given as any day in it. Raises Problem (invalid, not-found).
    """
    series = _series(words, user)
    return Asked(series, _period(words, series), group_of(words, user, series))


def uuid_of(text: str, parameter: str) -> uuid.UUID:
    """An id from the query string. Raises Problem (invalid) naming the parameter."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise invalid(parameter, f"{text!r} is not an id.") from None


def day_of(text: str, parameter: str) -> date:
    """A day from the query string. Raises Problem (invalid) naming the parameter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise invalid(parameter, "Give a day of the period as YYYY-MM-DD.") from None


def invalid(parameter: str, detail: str) -> Problem:
    """The problem of a query parameter that cannot be used."""
    return Problem(INVALID, detail, errors=[Fault(f"/{parameter}", "invalid", detail)])


def group_of(words: Mapping[str, str], user: User, series: Series) -> LocationGroup | None:
    """The group named, which must be of the series' chain. Raises Problem (invalid, not-found)."""
    wanted = words.get("group")
    if not wanted:
        return None
    rows = LocationGroup.objects.visible_to(user).filter(chain_id=series.programme.chain_id)
    found = rows.filter(pk=uuid_of(wanted, "group")).first()
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def _series(words: Mapping[str, str], user: User) -> Series:
    rows = Series.objects.visible_to(user).select_related("programme")
    wanted = words.get("series")
    if wanted:
        found = rows.filter(pk=uuid_of(wanted, "series")).first()
        if found is None:
            raise Problem(NOT_FOUND)
        return found
    several = list(rows.order_by("code")[:2])
    if len(several) != 1:
        raise invalid("series", "Name the series: GET /api/v1/series lists those you may see.")
    return several[0]


def _period(words: Mapping[str, str], series: Series) -> Days:
    if wanted := words.get("period"):
        return series.days_of(day_of(wanted, "period"))
    newest = Period.objects.filter(series=series).order_by("-starts_on").first()
    if newest is None:
        raise Problem(NOT_FOUND, "Nothing has been published in this series yet.")
    return series.days_of(newest.starts_on)
