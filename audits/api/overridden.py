"""Overrides shown as what they are: the decided outcome, the reason, and what the figures gave instead."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from rest_framework import serializers as s

from audits.models import Override


class OverrideShape(s.Serializer[Any]):
    """A recorded decision on top of the rating: `instead_of` is the outcome that the figures gave."""

    outcome = s.CharField()
    instead_of = s.CharField(allow_blank=True)
    reason = s.CharField()
    until = s.DateField(allow_null=True, help_text="The last day of the last period it holds for; null: until ended.")


def with_overrides(rows: list[dict[str, Any]], *, series_id: uuid.UUID, start: date) -> list[dict[str, Any]]:
    """Rows of one period with their `override` (null mostly); where there is one, `stars` are what was decided.

    `level` becomes null there: bands speak of figures, and a decision has none.
    """
    places = [row["location"]["id"] for row in rows]
    holding = Override.objects.holding(series_id=series_id, start=start).filter(location_id__in=places)
    decided = {override.location_id: override for override in holding}
    return [row | _told(row, decided.get(row["location"]["id"])) for row in rows]


def with_overrides_through_time(
    rows: list[dict[str, Any]], *, series_id: uuid.UUID, location_id: uuid.UUID
) -> list[dict[str, Any]]:
    """The same for one branch's rows of many periods, each with its `period`."""
    recorded = list(Override.objects.filter(series_id=series_id, location_id=location_id))
    return [row | _told(row, _holding(recorded, row["period"]["start"])) for row in rows]


def _holding(recorded: Iterable[Override], start: date) -> Override | None:
    return next((o for o in recorded if o.from_period <= start and (o.until is None or o.until >= start)), None)


def _told(row: dict[str, Any], override: Override | None) -> dict[str, Any]:
    if override is None:
        return {"override": None}
    shown = {
        "outcome": override.outcome,
        "instead_of": row["stars"],
        "reason": override.reason,
        "until": override.until,
    }
    return {"stars": override.outcome, "override": shown} | ({"level": None} if "level" in row else {})
