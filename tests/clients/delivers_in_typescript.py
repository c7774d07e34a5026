"""The TypeScript client generated from docs/openapi.json delivers a visit: `make client-typescript` runs this.

It is no part of the suite, which needs nothing but Python: the make target installs what is needed and builds it first.
"""

import subprocess
from datetime import timedelta

from django.utils import timezone

from audits.models import Submission
from audits.services import planning
from auditserver.env import ROOT
from tests.cast import programme_of, publish_directly, scheme_in_force, small_checklist

BUILT = ROOT / "build" / "clients" / "typescript" / "out" / "visit.js"


def test_a_generated_client_delivers_a_visit_with_a_photo(live, cast):
    version = publish_directly(cast.aurora, small_checklist())
    _, component, _ = programme_of(version, scheme_in_force(cast.aurora))
    now, day = timezone.now(), timezone.now().date()
    visit = planning.Visit(
        location=cast.vienna, window_from=day - timedelta(days=2), window_until=day + timedelta(days=2)
    )
    planning.assign(audit_id=planning.plan(component=component, visit=visit, now=now).pk, auditor=cast.ada, now=now)

    done = subprocess.run(
        ["node", BUILT, live.url, "ada", "ADA"], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    sent = Submission.objects.get()
    assert done.stdout == f"delivered {sent.pk}: {sent.receipt}\n"
