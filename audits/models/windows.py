"""When a visit may take place and until when its report is awaited: the rules of a window, as values."""

from datetime import date, timedelta
from typing import Annotated, Any

import msgspec

# Phones are offline for days: a report is awaited so long after the window where no day is named.
DELIVERY_DAYS = 7

Weekday = Annotated[int, msgspec.Meta(ge=1, le=7)]
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class WindowRules(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What narrows a window of days: ISO weekdays (1 is Monday), times of day from/until, excluded days.

    `deliver_by` is the last local day on which the report is in time.
    """

    weekdays: tuple[Weekday, ...] = ()
    times: tuple[tuple[Clock, Clock], ...] = ()
    excluded: tuple[date, ...] = ()
    deliver_by: date | None = None

    def allow(self, day: date) -> bool:
        """Whether a visit may take place on this day of the window."""
        return day not in self.excluded and (not self.weekdays or day.isoweekday() in self.weekdays)


NO_RULES = WindowRules()


def read_rules(stored: Any) -> WindowRules:
    """The rules as an Audit stores them. Raises msgspec.ValidationError for anything else."""
    return msgspec.convert(stored, WindowRules) if stored else NO_RULES


def stored_rules(rules: WindowRules) -> dict[str, Any]:
    """The rules as an Audit stores them."""
    content: dict[str, Any] = msgspec.to_builtins(rules)
    return content


def last_day(window_until: date, rules: WindowRules) -> date:
    """The last local day on which a report is in time."""
    return rules.deliver_by or window_until + timedelta(days=DELIVERY_DAYS)


def is_within(day: date, window_from: date, window_until: date, rules: WindowRules) -> bool:
    """Whether a visit on this local day keeps to its window."""
    return window_from <= day <= window_until and rules.allow(day)
