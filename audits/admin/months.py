"""A filter by month for any day of a row, offering the months in which the person asking has rows."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format


class MonthFilter(admin.SimpleListFilter):
    """Rows of one month, newest first; `by_month` names the day that decides."""

    day = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The months of the rows that the person may see."""
        rows = model_admin.get_queryset(request).exclude(**{f"{self.day}__isnull": True}).order_by()
        months = (
            rows.datetimes(self.day, "month", order="DESC")
            if self._has_time(rows)
            else rows.dates(self.day, "month", order="DESC")
        )
        return [(f"{month:%Y-%m}", date_format(month, "F Y")) for month in months]

    def _has_time(self, rows: QuerySet[Any]) -> bool:
        return rows.model._meta.get_field(self.day).get_internal_type() == "DateTimeField"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the chosen month; all of them where what was asked is no month."""
        try:
            first = date.fromisoformat(f"{self.value() or ''}-01")
        except ValueError:
            return queryset
        return queryset.filter(**{f"{self.day}__year": first.year, f"{self.day}__month": first.month})


def by_month(day: str, title: str) -> type[MonthFilter]:
    """A filter by the month of the field `day`, shown as "By {title}"."""
    return type("ByMonth", (MonthFilter,), {"day": day, "title": title, "parameter_name": "month"})
