"""The world in which reading by phones is measured: fifty assignments over three chains, each with a long checklist."""

import json
import os
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditserver.settings")
django.setup()

from django.core.handlers.base import BaseHandler  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.utils import timezone  # noqa: E402

from audits.models import Component, Programme  # noqa: E402
from audits.services import planning  # noqa: E402
from chains.models import Chain, Location, Membership, Office, Outlet, User  # noqa: E402
from chains.services import devices  # noqa: E402
from standards.services import packing  # noqa: E402

PACKS = ("hotel-luxury", "restaurant", "retail-store")
ASSIGNMENTS = 50
ROUNDS = 300


def make_world() -> dict[str, str]:
    """The token of the auditor's phone, and the sha256 of the longest checklist."""
    now = timezone.now()
    office = Office.objects.create(name="Bench", slug="bench")
    person = User.objects.create(username="bench")
    Membership.objects.create(user=person, role="auditor", office=office)
    sha256 = ""
    for number, pack in enumerate(PACKS):
        chain = Chain.objects.create(office=office, name=pack.title(), slug=pack)
        version = packing.load_pack(name=pack, chain_id=chain.pk, by=None, now=now, publish=True).version
        sha256 = sha256 or str(version.sha256)
        programme = Programme.objects.create(chain=chain, code="p", name="P", evidence_types=["photo", "receipt"])
        component = Component.objects.create(programme=programme, code="c", name="C", checklist=version.checklist)
        _send(person, chain, component, ASSIGNMENTS * (number + 1) // 3 - ASSIGNMENTS * number // 3)
    token = devices.sign_in(person=person, phone=devices.Phone("bench"), now=now).token
    return {"token": token, "sha256": sha256}


def _send(person: User, chain: Chain, component: Component, count: int) -> None:
    """Visits of so many branches, each with outlets of its own."""
    now = timezone.now()
    places = [
        Location.objects.create(chain=chain, code=f"L{i}", name=f"Branch {i}", town="Linz", timezone="Europe/Vienna")
        for i in range(count)
    ]
    for place in places:
        Outlet.objects.create(location=place, section_code="BAR", code="bar", name="Bar")
        Outlet.objects.create(location=place, section_code="DIN", code="din", name="Restaurant")
    today = now.date()
    visits = [planning.Visit(place, today, today + timedelta(days=9)) for place in places]
    audits = planning.plan_many(component=component, visits=visits, now=now)
    planning.assign_many(duties=[planning.Duty(audit.pk, person) for audit in audits], now=now)


def time_answers(known: dict[str, str]) -> dict[str, Any]:
    """Milliseconds from request to answer inside the server, without any web server; median and 95th percentile."""
    handler, factory = BaseHandler(), RequestFactory()
    handler.load_middleware()
    head = {"HTTP_AUTHORIZATION": f"Bearer {known['token']}", "HTTP_HOST": "127.0.0.1"}

    def ask(path: str, status: int, **more: str) -> tuple[float, Any]:
        request = factory.get(path, **(head | more))
        started = time.perf_counter()
        answer = handler.get_response(request)
        took = (time.perf_counter() - started) * 1000
        assert answer.status_code == status, answer.status_code
        return took, answer

    manifest, document = "/api/v1/manifest", f"/api/v1/checklists/{known['sha256']}"
    _, first = ask(manifest, 200)
    assert len(json.loads(first.content)["assignments"]) == ASSIGNMENTS
    asked = {
        "manifest": (manifest, 200, {}),
        "manifest, 304": (manifest, 304, {"HTTP_IF_NONE_MATCH": first["ETag"]}),
        "checklist": (document, 200, {"HTTP_ACCEPT_ENCODING": "br"}),
        "checklist, 304": (document, 304, {"HTTP_IF_NONE_MATCH": f'"{known["sha256"]}"'}),
    }
    figures = {}
    for name, (path, status, more) in asked.items():
        taken = sorted(ask(path, status, **more)[0] for _ in range(ROUNDS))
        figures[name] = {"median": statistics.median(taken), "p95": taken[ROUNDS * 95 // 100]}
    figures["bytes"] = {
        "manifest": len(first.content),
        "checklist, br": len(ask(document, 200, HTTP_ACCEPT_ENCODING="br")[1].content),
        "checklist, gzip": len(ask(document, 200, HTTP_ACCEPT_ENCODING="gzip")[1].content),
    }
    return figures


if __name__ == "__main__":
    world = make_world()
    Path(sys.argv[1]).write_text(json.dumps(world | {"figures": time_answers(world)}))
