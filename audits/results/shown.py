"""What a branch is shown of a released visit: clean copies under random names, in the order of the checklist."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from audits.models import Audit, Evidence, Submission
from audits.models.compiled import layout_of
from chains.models import User
from chains.problems import NOT_FOUND, Problem


@dataclass(frozen=True, slots=True)
class Shown:
    """One clean copy: its random name, what it is, and the answers it belongs to."""

    id: uuid.UUID
    type: str
    answers: tuple[str, ...]


def shown_evidence(audit: Audit) -> list[Shown]:
    """The copies that whoever may see this released visit may see: announced by its accepted report, and held as such.

    Nothing where the programme shares none. The order tells nothing of when they were taken or sent.
    """
    if not audit.programme.shares_evidence:
        return []
    accepted = Submission.objects.filter(assignment__audit=audit, state=Submission.State.ACCEPTED).first()
    if accepted is None or not accepted.expected_evidence:
        return []
    announced = {(item["id"], item["sha256"]): tuple(item.get("for", ())) for item in accepted.expected_evidence}
    places = _places(audit)
    rows = Evidence.objects.for_branches().filter(submission_id=accepted.pk, owner_id=accepted.sender_id)
    found = []
    for row in rows:
        answers = announced.get((str(row.id), bytes(row.sha256).hex()))
        if answers is not None:
            keys = sorted((key for key in answers if key in places), key=places.__getitem__)
            found.append(Shown(row.shown_id, row.type, tuple(keys)))
    return sorted(found, key=lambda one: ([places[key] for key in one.answers] or [len(places)], str(one.id)))


def shown_copy(user: User, *, visit_id: uuid.UUID, shown_id: uuid.UUID) -> str:
    """The name in the storage of one such copy. Raises Problem (not-found): foreign, withheld or absent alike."""
    rows = Audit.objects.released_to(user).select_related("programme").filter(visit_id=visit_id)
    audit: Audit | None = rows.first()
    if audit is not None and shown_id in {one.id for one in shown_evidence(audit)}:
        return str(Evidence.objects.for_branches().values_list("derivative", flat=True).get(shown_id=shown_id))
    raise Problem(NOT_FOUND)


def _places(audit: Audit) -> Mapping[str, int]:
    return {key: place for place, key in enumerate(layout_of(audit.version_id, audit.scope_id).keys)}
