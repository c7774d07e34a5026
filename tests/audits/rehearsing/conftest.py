"""A rated month of Aurora, and a way to rehearse on it as a worker would."""

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from audits.models import Component, Series
from audits.services import rehearsing
from chains.models import Job, User
from standards.models import ChecklistVersion, SchemeVersion
from standards.services import authoring
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import NOW, Cast, programme_of, publish_directly, scheme_in_force, small_checklist

# By branch, what differs from perfect. Service counts three quarters, facility one; ROOM-001 is critical.
SEEN: dict[str, dict[str, Any]] = {
    "vienna": {},  # 100: five
    "graz": {"ARR-003": 5},  # service 35 of 40 → 90.625: five
    "linz": {"ARR-002": 90},  # service 20 of 40 → 62.5: two
}


@dataclass
class June:
    """What was audited, with which scheme, published where."""

    cast: Cast
    version: ChecklistVersion
    scheme: SchemeVersion
    component: Component
    series: Series

    def draft(self, changes: dict[str, Any], *, base: ChecklistVersion | None = None) -> ChecklistVersion:
        """A draft made from a version, some standards' fields changed by code; None removes a standard."""
        draft = authoring.new_draft_from(version_id=(base or self.version).pk, by=self.cast.cora, now=NOW)
        content = (base or self.version).content()
        standards = tuple(
            msgspec.structs.replace(standard, **changes.get(standard.code, {}))
            for standard in content.standards
            if changes.get(standard.code, {}) is not None
        )
        whole = msgspec.structs.replace(content, standards=standards)
        authoring.replace_content(version_id=draft.pk, checklist=whole, action="changed", by=self.cast.cora, now=NOW)
        renamed = {fields["code"]: code for code, fields in changes.items() if fields and "code" in fields}
        if renamed:
            ChecklistVersion.objects.filter(pk=draft.pk, state="draft").update(code_map=renamed)
        return ChecklistVersion.objects.select_related("checklist").get(pk=draft.pk)

    def start(self, version=None, scheme=None, *, by: User | None = None, day=None) -> Job:
        """The job, as a person asks for it."""
        return rehearsing.start(
            series=self.series, version=version, scheme_version=scheme, day=day, by=by or self.cast.cora, now=NOW
        )

    def rehearse(self, version=None, scheme=None, *, by: User | None = None) -> dict[str, Any]:
        """What it comes to."""
        job = self.start(version, scheme, by=by)
        rehearsing.run(job_id=job.pk, clock=lambda: NOW)
        job.refresh_from_db()
        assert job.state == "done", job.result
        return job.result


@pytest.fixture
def june(cast: Cast) -> June:
    """Three branches with one visit each in June."""
    version = publish_directly(cast.aurora, small_checklist())
    scheme = scheme_in_force(cast.aurora)
    _, component, series = programme_of(version, scheme)
    for name, other in SEEN.items():
        delivered(planned(component, version, getattr(cast, name), cast.ada), PERFECT | other)
    settle()
    return June(cast, version, scheme, component, series)
