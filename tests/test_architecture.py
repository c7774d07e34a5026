"""The floor plan of DESIGN.md, checked: every rule on the whole repository, and on a planted offence."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from auditserver.edge.roles import roles_allowed
from chains.access import ANYONE, SIGNED_IN
from chains.models import Role
from tests import architecture
from tests.architecture import ROOMS, Source, sources

# Benchmarks stand apart: some set Django up in a process of their own, inside a function.
EVERYWHERE = [*ROOMS, "tests"]

# Views that set a default gate aside, each with its reason.
GATES_SET_ASIDE = {
    ("auditserver/urls.py", "Schema", "authentication_classes"): "the same document for everyone",
    ("auditserver/urls.py", "ApiPage", "authentication_classes"): "the same page for everyone",
    ("audits/api/phone_submissions.py", "ReceiptKeysView", "authentication_classes"): "public keys, for whoever checks",
    ("chains/api/devices.py", "PairView", "authentication_classes"): "a phone has no token yet",
    ("chains/api/devices.py", "LoginView", "authentication_classes"): "a phone has no token yet",
}

# Rows that doors and the reading of results ask for without `visible_to`, and why nobody learns more by each.
REACHED_THROUGH_NARROWED_ROWS = {
    ("audits/api/office_audits.py", "Assignment"): "prefetched for audits that are narrowed",
    ("audits/api/office_audits.py", "Audit"): "narrowed by role in the line that offers them",
    ("chains/api/places.py", "GroupMembership"): "joined to visible groups and places",
    ("chains/api/places.py", "LocationGroup"): "regions below visible ones",
}

METHODS = ("get", "post", "put", "patch", "delete")
ROLES = {*Role.values}

PLANTED = [
    (architecture.imports_inside_functions, "audits/x.py", "def f():\n    import json\n"),
    (
        architecture.models_by_name,
        "audits/x.py",
        "from django.apps import apps\nM = apps.get_model('audits', 'Audit')\n",
    ),
    (architecture.signals, "audits/x.py", "from django.db.models.signals import post_save\n"),
    (architecture.signals, "audits/x.py", "from django.dispatch import receiver\n"),
    (architecture.too_long, "audits/x.py", "x = 1\n" * 401),
    (architecture.says_nothing, "audits/services/helpers.py", ""),
    (architecture.says_nothing, "audits/core/rating.py", ""),
    (architecture.impure_imports, "audits/scoring/x.py", "from django.utils import timezone\n"),
    (architecture.impure_imports, "audits/scoring/x.py", "from audits.models import Audit\n"),
    (architecture.impure_imports, "standards/spec/x.py", "import audits.scoring\n"),
]
RULES = list(dict.fromkeys(rule for rule, _, _ in PLANTED))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_repository_keeps_the_rule(rule: Any) -> None:
    assert [offence for source in sources(*EVERYWHERE) for offence in rule(source)] == []


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_the_rule_finds_an_offence(rule: Any, path: str, text: str) -> None:
    assert len(rule(Source(path, text))) == 1


def test_an_import_for_types_alone_is_no_offence() -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from audits.models import Audit\n"
    assert architecture.imports_inside_functions(Source("chains/x.py", text)) == []


def test_only_the_named_views_set_a_gate_aside() -> None:
    found = {
        one
        for source in sources(*ROOMS)
        if source.path != "auditserver/settings.py"
        for one in architecture.replaced_gates(source)
    }
    assert found == set(GATES_SET_ASIDE)


@pytest.mark.parametrize(
    "text",
    [
        "class V:\n    permission_classes = []\n",
        "class V:\n    filter_backends: list = []\n",
        "class V:\n    def get_permissions(self): ...\n",
        "@permission_classes([])\ndef v(request): ...\n",
        "V.as_view(authentication_classes=[])\n",
    ],
)
def test_a_gate_set_aside_is_found_in_every_form(text: str) -> None:
    assert len(architecture.replaced_gates(Source("audits/api/x.py", text))) == 1


def test_doors_ask_for_visible_rows_only() -> None:
    doors = [s for s in sources(*ROOMS) if any(room in s.path for room in ("/api/", "/results/", "/web/"))]
    assert {one for source in doors for one in architecture.unnarrowed_rows(source)} == set(
        REACHED_THROUGH_NARROWED_ROWS
    )


def test_rows_that_were_not_narrowed_are_found() -> None:
    lines = [
        "a = Audit.objects.order_by('pk')",
        "b = Office.objects.visible_to(user).order_by('pk')",
        "c = Score.objects.all()",
        "d = for_roles(Chain.objects.all(), user)",
        "e = count(User.objects.all())",
    ]
    found = architecture.unnarrowed_rows(Source("x.py", "\n".join(lines)))
    assert found == [("x.py", "Audit"), ("x.py", "Score"), ("x.py", "User")]


def routes(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every route of the server with its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


# The admin's views ask the admin's own permissions, which are scoped (tests of the admin).
OURS = [(route, view) for route, view in routes() if not hasattr(view, "admin_site") and not route.startswith("admin/")]


@pytest.mark.parametrize(("route", "view"), OURS, ids=[route or "home" for route, _ in OURS])
def test_every_view_says_who_may_use_each_of_its_methods(route: str, view: Any) -> None:
    shown = getattr(view, "cls", None) or view.view_class
    answered = {method.upper() for method in METHODS if hasattr(shown, method)}
    # HEAD follows GET: a view that answers HEAD alone says so under GET.
    answered |= {"GET"} if hasattr(shown, "head") else set()
    assert set(shown.may) == answered
    for method in answered:
        allowed = roles_allowed(shown, method)
        assert allowed in (ANYONE, SIGNED_IN) or (allowed and allowed <= ROLES), (
            f"{method} of {route} is open to nobody"
        )


@pytest.mark.parametrize(("route", "view"), [one for one in OURS if hasattr(one[1], "cls")])
def test_every_api_view_stands_behind_the_default_gates(route: str, view: Any) -> None:
    for attribute, setting in (
        ("permission_classes", "DEFAULT_PERMISSION_CLASSES"),
        ("filter_backends", "DEFAULT_FILTER_BACKENDS"),
    ):
        default = [import_string(path) for path in settings.REST_FRAMEWORK[setting]]
        assert list(getattr(view.cls, attribute, default)) == default


def test_the_walk_sees_the_whole_server() -> None:
    assert {"healthz", "api/v1/schema"} <= {route for route, _ in OURS}
