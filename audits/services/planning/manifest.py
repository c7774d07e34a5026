"""The manifest: everything that is a person's to do, complete and authoritative, in a handful of queries."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef

from audits.models import Assignment, Audit, Query, Submission
from audits.models.compiled import scope_of
from audits.models.windows import last_day, read_rules, stored_rules
from chains.models import User
from standards.models import TranslationDocument

LISTED = (Assignment.State.OFFERED, Assignment.State.ACCEPTED, Assignment.State.DELIVERED)
UNDER_WAY = (Audit.State.ASSIGNED, Audit.State.DELIVERED)
FACTS = {
    "kind": F("audit__kind"),
    "from": F("audit__window_from"),
    "to": F("audit__window_until"),
    "rules": F("audit__window_rules"),
    "version_id": F("audit__version_id"),
    "scope_id": F("audit__scope_id"),
    "checklist": F("audit__version__sha256"),
    "scope": F("audit__scope__sha256"),
    "brief": F("audit__brief__sha256"),
    "component_code": F("audit__component__code"),
    "component_name": F("audit__component__name"),
    "channel": F("audit__component__channel"),
    "evidence_types": F("audit__programme__evidence_types"),
    "chain_id": F("audit__programme__chain_id"),
    "chain_name": F("audit__programme__chain__name"),
    "location_id": F("audit__location_id"),
    "location_code": F("audit__location__code"),
    "location_name": F("audit__location__name"),
    "town": F("audit__location__town"),
    "country": F("audit__location__country"),
    "timezone": F("audit__location__timezone"),
}


def manifest_of(person: User) -> dict[str, Any]:
    """The manifest of one person, but for the time; ready to be written as JSON. What is not in it is not theirs."""
    rows = list(
        Assignment.objects.own(person)
        .filter(state__in=LISTED, audit__state__in=UNDER_WAY)
        .order_by("audit__window_from", "id")
        .values("id", "state", **FACTS)
    )
    languages = _translations({row["version_id"] for row in rows})
    returned = _returned([row["id"] for row in rows])
    return {
        "assignments": [_entry(row, languages[row["version_id"]], returned.get(row["id"])) for row in rows],
        "minimum_app_version": settings.MINIMUM_APP_VERSION,
    }


def _entry(row: dict[str, Any], languages: dict[str, str], returned: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": row["id"],
        "state": row["state"],
        "kind": row["kind"],
        "component": {"code": row["component_code"], "name": row["component_name"], "channel": row["channel"]},
        "chain": {"id": row["chain_id"], "name": row["chain_name"]},
        "location": {
            "id": row["location_id"],
            "code": row["location_code"],
            "name": row["location_name"],
            "town": row["town"],
            "country": row["country"],
        },
        "window": _window(row),
        "checklist": row["checklist"],
        "brief": row["brief"],
        "scope": row["scope"],
        "translations": languages,
        "instances": [
            {"id": place.id, "section": place.section, "name": place.name, "outlet": place.outlet}
            for place in scope_of(row["scope_id"]).instances
        ],
        "evidence": {
            "types": row["evidence_types"],
            "max_bytes": settings.MAX_EVIDENCE_BYTES,
            "max_files": settings.MAX_EVIDENCE_PER_SUBMISSION,
        },
        "returned": returned,
    }


def _window(row: dict[str, Any]) -> dict[str, Any]:
    rules = read_rules(row["rules"])
    full = {"weekdays": [], "times": [], "excluded": []} | stored_rules(rules)
    full |= {"tz": row["timezone"], "from": row["from"], "to": row["to"], "deliver_by": last_day(row["to"], rules)}
    return full


def _translations(version_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """The sha256 of every language, by version."""
    found: dict[uuid.UUID, dict[str, str]] = defaultdict(dict)
    rows = TranslationDocument.objects.filter(version_id__in=list(version_ids)).order_by("language")
    for version_id, language, sha256 in rows.values_list("version_id", "language", "sha256"):
        found[version_id][language] = sha256
    return found


def _returned(assignment_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """What was sent back and has not been corrected yet, by assignment, with the questions to answer."""
    corrected = Submission.objects.filter(replaces=OuterRef("pk"), assignment_id=OuterRef("assignment_id"))
    rows = Submission.objects.filter(assignment_id__in=assignment_ids, state=Submission.State.RETURNED)
    facts = rows.filter(~Exists(corrected)).order_by("received_at").values_list("assignment_id", "id", "digest")
    found = {assignment_id: (pk, bytes(digest).hex()) for assignment_id, pk, digest in facts}
    if not found:
        return {}
    queries: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    due: dict[uuid.UUID, Any] = {}
    asked = Query.objects.filter(submission_id__in=[pk for pk, _ in found.values()]).order_by("answer_key", "id")
    for query in asked:
        queries[query.submission_id].append({"id": query.pk, "answer_key": query.answer_key, "text": query.text})
        if query.due_on:
            due[query.submission_id] = min(query.due_on, due.get(query.submission_id, query.due_on))
    return {
        assignment_id: {"submission": pk, "digest": digest, "due": due.get(pk), "queries": queries[pk]}
        for assignment_id, (pk, digest) in found.items()
    }
