"""Which announced files of a report have not come: the one question that "complete" hangs on."""

import uuid
from collections.abc import Mapping, Sequence

from audits.models.evidence import Evidence
from audits.models.submissions import Submission

SETTLED = (Evidence.State.HELD, Evidence.State.ERASED, Evidence.State.LOST)


def awaited_files(submissions: Sequence[Submission]) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    """Files that were announced and are neither held as announced nor declared lost, in the order announced.

    By submission; those that lack nothing are not in it. A file erased when its time was over was held once.
    """
    expecting = {one.pk: one for one in submissions if one.expected_evidence}
    if not expecting:
        return {}
    rows = Evidence.objects.filter(state__in=SETTLED, submission_id__in=list(expecting))
    fields = ("submission_id", "owner_id", "id", "state", "sha256")
    settled = {
        (of, owner, name, "" if state == Evidence.State.LOST else bytes(sha256).hex())
        for of, owner, name, state, sha256 in rows.values_list(*fields)
    }
    awaited: dict[uuid.UUID, list[uuid.UUID]] = {}
    for one in expecting.values():
        for item in one.expected_evidence:
            name = uuid.UUID(item["id"])
            here = {(one.pk, one.sender_id, name, known) for known in ("", item["sha256"])}
            if not here & settled:
                awaited.setdefault(one.pk, []).append(name)
    return awaited
