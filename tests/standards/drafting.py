"""Plain functions that make drafts through the services, for the tests of this room."""

from typing import Any

from django.utils import timezone

from chains.models import User
from standards.models import ChecklistVersion
from standards.services import authoring, publishing
from standards.spec import checklist as spec
from tests.cast import NOW, small_checklist

__all__ = ["NOW", "draft_of", "many_standards", "published", "small_checklist", "timezone"]


def draft_of(by: User, content: spec.Checklist | None = None) -> ChecklistVersion:
    """A draft of the first chain that `by` writes for, saying `content` (the small checklist)."""
    content = content or small_checklist()
    [chain_id] = by.own_chain_ids()
    version = authoring.new_checklist(chain_id=chain_id, code=content.code, name=content.name, by=by, now=NOW)
    authoring.replace_content(version_id=version.pk, checklist=content, action="filled", by=by, now=NOW)
    return ChecklistVersion.objects.select_related("checklist").get(pk=version.pk)


def published(by: User, content: spec.Checklist | None = None, **options: Any) -> ChecklistVersion:
    """A published version that says `content`."""
    version = publishing.publish(version_id=draft_of(by, content).pk, by=by, now=NOW, **options)
    return ChecklistVersion.objects.select_related("checklist").get(pk=version.pk)


def many_standards(count: int, *, sections: int = 24) -> spec.Checklist:
    """A checklist of many standards, spread evenly over sections."""
    return small_checklist(
        code="many",
        sections=tuple(spec.Section(f"S{place:02}", f"Section {place}") for place in range(sections)),
        standards=tuple(
            spec.Standard(
                f"S{place * sections // count:02}-{place:04}",
                f"S{place * sections // count:02}",
                f"Thing number {place} was as it should be.",
                classification="courtesy" if place % 2 else "cleanliness",
                tags=("service",),
            )
            for place in range(count)
        ),
    )
