"""The manifest: everything that is a person's to do, complete and authoritative, in a handful of queries."""

import hashlib
import uuid
from collections import defaultdict
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db.models import Exists, F, OuterRef

from audits.models import Assignment, Audit, Query, Submission
from audits.models.compiled import scope_of
from audits.models.windows import last_day, read_rules, stored_rules
from chains.models import User
from chains.models.statements import Lookup
from standards.models import TranslationDocument

# Counts up whenever the manifest says the same work in other words, so that phones fetch it anew.
FORMAT = 1
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


FIELDS = ("id", "state", *FACTS)
MINE = {"state__in": LISTED, "audit__state__in": UNDER_WAY}
_LISTED = Lookup(
    lambda person_id: (
        Assignment.objects.filter(auditor_id=person_id, **MINE)
        .order_by("audit__window_from", "id")
        .values_list("id", "state", *FACTS.values())
    ),
    int,
)
_TRANSLATIONS = Lookup(
    lambda person_id: (
        TranslationDocument.objects.filter(
            version__in=Audit.objects.filter(
                pk__in=Assignment.objects.filter(auditor_id=person_id, **MINE).values("audit_id")
            ).values("version_id")
        )
        .order_by("version_id", "language")
        .values_list("version_id", "language", "sha256")
    ),
    int,
)
_RETURNED = Lookup(
    lambda person_id: (
        Submission.objects.filter(
            ~Exists(Submission.objects.filter(replaces=OuterRef("pk"), assignment_id=OuterRef("assignment_id"))),
            assignment__auditor_id=person_id,
            state=Submission.State.RETURNED,
        )
        .order_by("received_at", "id")
        .values_list("assignment_id", "id", "digest")
    ),
    int,
)


class Work(NamedTuple):
    """What the database says of a person's work: the manifest follows from it, and is as new as it is."""

    rows: list[tuple[Any, ...]]
    translations: list[tuple[Any, ...]]
    returned: dict[uuid.UUID, dict[str, Any]]

    def name(self) -> str:
        """A name of the content: the same work under the same settings has the same name."""
        limits = (settings.MAX_EVIDENCE_BYTES, settings.MAX_EVIDENCE_PER_SUBMISSION, settings.MINIMUM_APP_VERSION)
        facts = orjson.dumps([FORMAT, limits, *self], option=orjson.OPT_NON_STR_KEYS)
        return hashlib.sha256(facts).hexdigest()[:32]


def work_of(person: User) -> Work:
    """What is a person's to do, in a handful of queries however much it is."""
    return Work(_LISTED.rows(person.pk), _TRANSLATIONS.rows(person.pk), _returned(person.pk))


def manifest_of(work: Work) -> dict[str, Any]:
    """The manifest but for the time, ready to be written as JSON. What is not in it is not its person's."""
    languages: dict[uuid.UUID, dict[str, str]] = defaultdict(dict)
    for version_id, language, sha256 in work.translations:
        languages[version_id][language] = sha256
    rows = [dict(zip(FIELDS, row, strict=True)) for row in work.rows]
    return {
        "assignments": [_entry(row, languages[row["version_id"]], work.returned.get(row["id"])) for row in rows],
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


def _returned(person_id: int) -> dict[uuid.UUID, dict[str, Any]]:
    """What was sent back and has not been corrected yet, by assignment, with the questions to answer."""
    found = {assignment_id: (pk, bytes(digest).hex()) for assignment_id, pk, digest in _RETURNED.rows(person_id)}
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
