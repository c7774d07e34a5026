"""Filters for published figures."""

from django import template

register = template.Library()


@register.filter
def points(tenths: int | None) -> str:
    """Tenths as points with one decimal: 932 is "93.2"; nothing is a dash."""
    return "–" if tenths is None else f"{tenths / 10:.1f}"


@register.filter
def signed(tenths: int | None) -> str:
    """A difference with its sign: "+1.2", "−0.4", "0.0"; nothing is a dash."""
    if tenths is None:
        return "–"
    sign = "+" if tenths > 0 else "−" if tenths < 0 else ""
    return f"{sign}{abs(tenths) / 10:.1f}"
