"""Every route that the server answers, found by walking its resolver."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from django.apps import apps
from django.urls import URLPattern, get_resolver

# A parameter of an address, <uuid:pk> or <sha256>; one written as a regular expression is shown by its name alone.
PARAMETER = re.compile(r"<(?:\w+:)?\w+>")
EXPRESSION = re.compile(r"\(\?P(<\w+>)[^)]*\)")
ADMIN_PAGE = re.compile(
    r"admin/(?P<app>\w+)/(?P<model>\w+)/(?P<page>|add/|<path:object_id>/(?:|change/|history/|delete/))"
)


class Page(NamedTuple):
    """One of the pages that Django gives every model of the admin."""

    model: str
    page: str


def walk(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[str]:
    """Every route as it stands in the urls, prefixes included."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + EXPRESSION.sub(r"\1", str(pattern.pattern).strip("^$"))
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from walk(pattern.url_patterns, route)


def admin_page(route: str) -> Page | None:
    """Which standard page of which model a route is; None for any other."""
    found = ADMIN_PAGE.fullmatch(route)
    if found is None or found["app"] not in apps.app_configs:
        return None
    return Page(f"{found['app']}.{found['model']}", found["page"])


def address(route: str, values: tuple[Any, ...] = ()) -> str:
    """A route with values for its parameters, as a path."""
    remaining = iter(values)
    filled = PARAMETER.sub(lambda _: quote(str(next(remaining)), safe=""), route)
    return f"/{filled}"
