"""The world in which deliveries are measured: twenty branches, four auditors, as many planned visits as are needed."""

import json
import os
import pickle
import random
import sys
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditserver.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from audits.models import Component, Programme, Series  # noqa: E402
from audits.services import planning  # noqa: E402
from chains.models import Chain, Location, Membership, Office, User  # noqa: E402
from chains.services import devices  # noqa: E402
from standards.models import Checklist, ChecklistVersion, RatingScheme, SchemeVersion  # noqa: E402
from standards.models.frozen import pressed  # noqa: E402
from standards.spec import checklist as spec  # noqa: E402
from standards.spec.digest import canonical_bytes, sha256_hex  # noqa: E402

SENTENCE = (
    "the room was not clean near window dust under bed guest waited minutes at desk staff did smile name used once "
    "towel "
    "missing light broken noise from corridor breakfast cold coffee late key card failed second time manager sorry "
    "quickly pillow menu offered shower weak water spa closed sign torn carpet stain lift slow porter friendly luggage "
    "forgotten taxi called bill wrong corrected receipt asked twice"
)
WORDS = SENTENCE.split()
ANSWERS, COMMENTS, SECTIONS = 900, 44, 18
BRANCHES = 20
AUDITORS = 4
# Assignment, checklist and scope (sha256), answer keys, their kinds, the day → the submission's id and its body.
BodyMaker = Callable[[str, str, str, list[str], list[str], date], tuple[str, bytes]]
SCHEME = {
    "levels": ["one", "two", "three"],
    "outcomes": ["provisional"],
    "values": {"score": {"mean": [["whole", "1"]]}},
    "decide": {"grid": ["score"], "at_least": {"three": ["80"], "two": ["60"]}, "else": "one"},
    "visits": {"within": "365", "combine": "mean", "minimum": "1", "below_minimum": "provisional"},
}


def make_world(number: int, *, standards: int, sections: int, body: BodyMaker) -> list[tuple[str, str, bytes]]:
    """So many planned visits of a checklist of this size, as parcels: id, token, body."""
    now = timezone.now()
    office = Office.objects.create(name="Bench", slug="bench")
    chain = Chain.objects.create(office=office, name="Bench", slug="bench")
    places = [
        Location.objects.create(chain=chain, code=f"L{i}", name=f"Branch {i}", timezone="Europe/Vienna")
        for i in range(BRANCHES)
    ]
    content = checklist(standards, sections)
    component = programme(chain, published(chain, content))
    auditors = [auditor(office, number) for number in range(AUDITORS)]
    tokens = [devices.sign_in(person=person, phone=devices.Phone("bench"), now=now).token for person in auditors]
    today = now.date()
    wanted = [
        planning.Visit(places[i % BRANCHES], today - timedelta(days=9), today + timedelta(days=9))
        for i in range(number)
    ]
    before = now - timedelta(days=10)
    audits = planning.plan_many(component=component, visits=wanted, now=before)
    duties = [planning.Duty(audit.pk, auditors[i % AUDITORS]) for i, audit in enumerate(audits)]
    scope = audits[0].scope
    keys, kinds = [s.code for s in content.standards], [s.kind for s in content.standards]
    sha256 = str(audits[0].version.sha256)
    parcels = []
    for i, assignment in enumerate(planning.assign_many(duties=duties, now=before)):
        name, written = body(str(assignment.pk), sha256, scope.sha256, keys, kinds, today)
        parcels.append((name, tokens[i % AUDITORS], written))
    return parcels


def checklist(standards: int, sections: int) -> spec.Checklist:
    """Standards of mixed kinds: four in five met or not, the rest measured or graded."""
    kinds = {7: {"kind": "measure", "unit": "s", "at_most": "60"}, 3: {"kind": "scale"}}
    size = standards // sections
    return spec.Checklist(
        code="bench",
        name="Bench",
        language="en",
        decimals=1,
        sections=tuple(spec.Section(f"SEC{s:02}", f"Section {s}") for s in range(sections)),
        standards=tuple(
            spec.Standard(
                f"SEC{i // size:02}-{i % size:03}", f"SEC{i // size:02}", f"Standard {i}.", **kinds.get(i % 10, {})
            )
            for i in range(standards)
        ),
    )


def published(chain: Chain, content: spec.Checklist) -> Checklist:
    """A published version of the checklist."""
    lasting = Checklist.objects.create(chain=chain, code=content.code, name=content.name)
    body, now = spec.frozen_bytes(content), timezone.now()
    facts = {"state": "published", "sha256": sha256_hex(body), "body": pressed(body), "decimals": content.decimals}
    ChecklistVersion.objects.create(checklist=lasting, chain=chain, number=1, created_at=now, published_at=now, **facts)
    return lasting


def programme(chain: Chain, lasting: Checklist) -> Component:
    """A programme that accepts automatically and releases at once, with a monthly series."""
    running = Programme.objects.create(
        chain=chain, code="p", name="P", automatic_acceptance=True, release_mode="at_once"
    )
    scheme = RatingScheme.objects.create(chain=chain, code="s", name="S")
    text = canonical_bytes(SCHEME)
    SchemeVersion.objects.create(
        scheme=scheme,
        number=1,
        effective_from=date(2020, 1, 1),
        document=text.decode(),
        sha256=sha256_hex(text),
        published_at=timezone.now(),
    )
    Series.objects.create(programme=running, code="league", name="League", scheme=scheme, period_kind="month")
    return Component.objects.create(programme=running, code="stay", name="Stay", checklist=lasting)


def auditor(office: Office, number: int) -> User:
    """One auditor of the office."""
    person = User.objects.create(username=f"bench-{number}")
    Membership.objects.create(user=person, role="auditor", office=office)
    return person


def body_of(
    assignment: str, checklist: str, scope: str, keys: list[str], kinds: list[str], day: date
) -> tuple[str, bytes]:
    """A plausible body: most standards met, some measured, some not; comments on a few; typed in over hours."""
    draw = random.Random(assignment)
    answers: dict[str, Any] = {}
    for key, kind in zip(keys, kinds, strict=True):
        if kind == "measure":
            answers[key] = draw.randint(5, 120)
        elif kind == "scale":
            answers[key] = draw.choice([10, 10, 9, 8, 8, 7, 5])
        else:
            answers[key] = draw.choices(["met", "not_met", "na"], [85, 8, 7])[0]
    seconds, entered = 0, []
    for _ in keys:
        entered.append(seconds)
        seconds += min(600, int(draw.expovariate(1 / 12)) + 1)
    comments = {key: " ".join(draw.choices(WORDS, k=draw.randint(6, 14))) for key in draw.sample(keys, COMMENTS)}
    name = str(uuid.uuid4())
    body = {
        "format": 1,
        "id": name,
        "assignment": assignment,
        "checklist": checklist,
        "scope": scope,
        "outcome": "completed",
        "reason": None,
        "visited_on": day.isoformat(),
        "language": "en",
        "instances": [],
        "answers": answers,
        "comments": comments,
        "entered": entered,
        "evidence": [],
        "replaces": None,
        "query_replies": [],
        "clock": {"segments": [{"run": str(uuid.uuid4()), "wall": f"{day}T10:00:00Z", "mono_ms": 0}], "position": None},
    }
    return name, json.dumps(body, separators=(",", ":")).encode()


if __name__ == "__main__":
    made = make_world(int(sys.argv[1]), standards=ANSWERS, sections=SECTIONS, body=body_of)
    Path(sys.argv[2]).write_bytes(pickle.dumps(made))
