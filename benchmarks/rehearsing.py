"""How long a rehearsal takes, on PostgreSQL.

    python -m benchmarks.rehearsing [--branches 1000] [--visits 10] [--changes 40] [--strict]

Past visits of 900 answers are replayed against a draft with standards reweighted, renamed, moved and removed, in this
one process; `--strict` tries a scheme beside it under which nearly every branch changes. Needs DATABASE_URL of a
scratch database: it makes chains of its own there and removes nothing.
"""

import argparse
import json
import os
import resource
import time
from datetime import date
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditserver.settings")
django.setup()

import msgspec  # noqa: E402 - Django first
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from audits.models import Rating  # noqa: E402
from audits.services import rating, rehearsing  # noqa: E402
from benchmarks.world import NOW, SCHEME, World  # noqa: E402
from chains.models import Job  # noqa: E402
from standards.models import ChecklistVersion, SchemeVersion  # noqa: E402
from standards.services import authoring, schemes  # noqa: E402
from standards.spec import checklist as spec  # noqa: E402

changed = msgspec.structs.replace


def draft_of(world: World, changes: int) -> ChecklistVersion:
    """A draft of the world's version: of the changed standards half weigh more, others are renamed, moved, removed."""
    draft = authoring.new_draft_from(version_id=world.version.pk, by=None, now=NOW)
    content = world.version.content()
    step = max(len(content.standards) // max(changes, 1), 1)
    edited = {standard.code: number for number, standard in enumerate(content.standards[::step][:changes])}
    standards: list[spec.Standard] = []
    code_map: dict[str, str] = {}
    for standard in content.standards:
        number = edited.get(standard.code)
        if number is None:
            standards.append(standard)
        elif number % 2 == 0:
            standards.append(changed(standard, weight="9"))
        elif number % 6 == 1:
            standards.append(changed(standard, code=f"N{standard.code}", weight="5"))
            code_map[f"N{standard.code}"] = standard.code
        elif number % 6 == 3:
            standards.append(changed(standard, tags=("facility",)))
    whole = changed(content, standards=tuple(standards))
    authoring.replace_content(version_id=draft.pk, checklist=whole, action="changed", by=None, now=NOW)
    ChecklistVersion.objects.filter(pk=draft.pk, state="draft").update(code_map=code_map)
    return ChecklistVersion.objects.select_related("checklist").get(pk=draft.pk)


def strict_scheme(world: World) -> SchemeVersion:
    """A draft of a scheme with five points more for every level."""
    stricter = {"five": ["95"], "four": ["92"], "three": ["88"], "two": ["80"]}
    document = SCHEME | {"decide": SCHEME["decide"] | {"at_least": stricter}}
    return schemes.new_scheme_draft(
        scheme_id=world.series.scheme_id,
        document=json.dumps(document),
        effective_from=date(2020, 1, 1),
        by=None,
        now=NOW,
    )


def timed(name: str, do: Any) -> Any:
    """Do it, and say how long it took."""
    started, cpu = time.perf_counter(), time.process_time()
    found = do()
    print(f"{name:<28} {time.perf_counter() - started:7.1f} s   {time.process_time() - cpu:7.1f} s of CPU", flush=True)
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--branches", type=int, default=1000)
    parser.add_argument("--visits", type=int, default=10)
    parser.add_argument("--changes", type=int, default=40)
    parser.add_argument("--strict", action="store_true")
    wanted = parser.parse_args()
    call_command("migrate", verbosity=0)
    world = timed("building the chain", lambda: World(wanted.branches, wanted.visits))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what autovacuum does within a minute; the rows came in one go
    places = [place.pk for place in world.places]
    start = world.series.days_of(NOW.date()).start
    rated = timed(
        "rating it", lambda: rating.rate_places(series=world.series, start=start, location_ids=places, now=NOW)
    )
    Rating.objects.bulk_create((one.row for one in rated), batch_size=500)
    draft = draft_of(world, wanted.changes)
    world.boss.memberships.update(publishes=True)
    job = rehearsing.start(
        series=world.series,
        version=draft,
        scheme_version=strict_scheme(world) if wanted.strict else None,
        day=None,
        by=world.boss,
        now=timezone.now(),
    )
    timed("rehearsing", lambda: rehearsing.run(job_id=job.pk, clock=timezone.now))
    job = Job.objects.get(pk=job.pk)
    result = job.result or {}
    causes = result["causes"]
    back = sum(row["brings_back"] for row in causes["standards"])
    print(f"{job.state}: {wanted.branches * wanted.visits} visits, {result['gained']} gain, {result['lost']} lose")
    print(f"{len(causes['standards'])} changes undone on {causes['looked_at']} branches, {back} brought back")
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
