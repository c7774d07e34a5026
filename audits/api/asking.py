"""What the results' endpoints are asked for, read from the query string: series, period, group, part."""

import uuid
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, cast

from rest_framework.request import Request

from audits.models import Period, Series
from audits.scoring.periods import Period as Days
from chains.models import LocationGroup
from chains.problems import INVALID, NOT_FOUND, Fault, Problem

if TYPE_CHECKING:
    from chains.models import User


class Asked(NamedTuple):
    """The series and period asked about, and the group to stay within (None: the whole chain)."""

    series: Series
    period: Days
    group: LocationGroup | None


def asked_of(request: Request) -> Asked:
    """Series, period and group of a request.

    Where the person may see one series only it need not be named; the period defaults to the newest,
    and may be given as any day in it. Raises Problem (invalid, not-found).
    """
    user = cast("User", request.user)
    series = _series(request, user)
    return Asked(series, _period(request, series), _group(request, user, series))


def uuid_of(text: str, parameter: str) -> uuid.UUID:
    """An id from the query string. Raises Problem (invalid) naming the parameter."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise invalid(parameter, f"{text!r} is not an id.") from None


def invalid(parameter: str, detail: str) -> Problem:
    """The problem of a query parameter that cannot be used."""
    return Problem(INVALID, detail, errors=[Fault(f"/{parameter}", "invalid", detail)])


def _series(request: Request, user: "User") -> Series:
    rows = Series.objects.visible_to(user).select_related("programme")
    wanted = request.query_params.get("series")
    if wanted:
        found = rows.filter(pk=uuid_of(wanted, "series")).first()
        if found is None:
            raise Problem(NOT_FOUND, "There is no such series.")
        return found
    several = list(rows.order_by("code")[:2])
    if len(several) != 1:
        raise invalid("series", "Name the series: GET /api/v1/series lists those you may see.")
    return several[0]


def _period(request: Request, series: Series) -> Days:
    wanted = request.query_params.get("period")
    if wanted:
        try:
            day = date.fromisoformat(wanted)
        except ValueError:
            raise invalid("period", "Give a day of the period as YYYY-MM-DD.") from None
        return series.days_of(day)
    newest = Period.objects.filter(series=series).order_by("-starts_on").first()
    if newest is None:
        raise Problem(NOT_FOUND, "Nothing has been published in this series yet.")
    return series.days_of(newest.starts_on)


def _group(request: Request, user: "User", series: Series) -> LocationGroup | None:
    wanted = request.query_params.get("group")
    if not wanted:
        return None
    rows = LocationGroup.objects.visible_to(user).filter(chain_id=series.programme.chain_id)
    found = rows.filter(pk=uuid_of(wanted, "group")).first()
    if found is None:
        raise Problem(NOT_FOUND, "There is no such group.")
    return found
