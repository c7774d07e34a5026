"""What waits for a person on the front page of the admin: lists they can see, narrowed to what is to be done."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.db.models import Model
from django.urls import reverse

from audits.models import Audit, Dirty, Quarantine, Submission
from chains.access import PLANNERS, REVIEWERS, WRITERS_OF_STANDARDS
from chains.models import User
from standards.models import ChecklistVersion
from standards.models.checklists import VersionState


class Duty(NamedTuple):
    """Rows of a model that somebody with one of `roles` should look at, as the list's own query."""

    roles: frozenset[str]
    model: type[Model]
    query: Mapping[str, str]
    one: str
    many: str


class Waiting(NamedTuple):
    """One line of the front page: how many rows of what, and where they are listed."""

    number: int
    what: str
    url: str


def duties(today: date) -> list[Duty]:
    """Everything that can wait for somebody, the most urgent first."""
    late = {"state__exact": Audit.State.ASSIGNED, "window_until__lt": today.isoformat()}
    planned, received = {"state__exact": Audit.State.PLANNED}, {"state__exact": Submission.State.RECEIVED}
    waiting, draft = {"state__exact": Quarantine.State.WAITING}, {"state__exact": VersionState.DRAFT}
    return [
        Duty(
            frozenset(), Dirty, {"parked_at__isnull": "False"}, "recomputation has failed", "recomputations have failed"
        ),
        Duty(REVIEWERS, Submission, received, "report to review", "reports to review"),
        Duty(REVIEWERS, Quarantine, waiting, "delivery in quarantine", "deliveries in quarantine"),
        Duty(PLANNERS, Audit, planned, "visit without an auditor", "visits without an auditor"),
        Duty(PLANNERS, Audit, late, "visit past its last day", "visits past their last day"),
        Duty(WRITERS_OF_STANDARDS, ChecklistVersion, draft, "draft of a checklist", "drafts of checklists"),
    ]


def waiting_for(user: User, site: AdminSite, today: date) -> list[Waiting]:
    """The lists that are not empty. One count for each list that the person's roles are for."""
    return list(_found(user, site, today))


def _found(user: User, site: AdminSite, today: date) -> Iterator[Waiting]:
    for duty in duties(today):
        if not (user.is_superuser or user.roles & duty.roles):
            continue
        page: Any = site.get_model_admin(duty.model)
        conditions = {name.removesuffix("__exact"): _value(text) for name, text in duty.query.items()}
        if number := page.rows_for(user, page.reads | page.writes).filter(**conditions).count():
            options = duty.model._meta
            address = reverse(f"{site.name}:{options.app_label}_{options.model_name}_changelist")
            yield Waiting(number, duty.one if number == 1 else duty.many, f"{address}?{urlencode(duty.query)}")


def _value(text: str) -> str | bool:
    return {"False": False, "True": True}.get(text, text)
