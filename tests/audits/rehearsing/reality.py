"""What a rehearsal foretells, really done: every visit audited again with the published draft, scored and rated."""

from datetime import date, datetime

from audits.models import Audit, Dirty, Observation, ScopeDocument, Score, Series
from audits.models.compiled import layout_of, scope_of
from audits.scoring.packing import pack, unpack
from audits.scoring.vector import decode, digest, encode, make_layout
from audits.services import rating, reviewing
from chains.models import Location
from standards.models import ChecklistVersion
from standards.models.frozen import pressed
from standards.spec.digest import sha256_hex
from standards.spec.scope import make_scope, scope_bytes, split_key


def rated_again(
    series: Series, version: ChecklistVersion, was: dict[str, str], *, start: date, now: datetime
) -> dict[str, dict[str, object]]:
    """Stars and scores by branch, once the same answers stand under a published version, sent key by key."""
    content = version.content()
    rows = Observation.objects.filter(
        submission__assignment__audit__programme_id=series.programme_id,
        version__checklist_id=version.checklist_id,
        submission__assignment__audit__state="released",
    ).select_related("submission__assignment__audit__location")
    for row in list(rows):
        audit = row.submission.assignment.audit
        tokens = decode(layout_of(row.version_id, row.scope_id), unpack(bytes(row.answers)))
        old = scope_of(row.scope_id)
        asked = {split_key(key)[0] for key in old.keys}
        scope = make_scope(
            checklist=content,
            checklist_sha256=version.sha256 or "",
            facilities=audit.location.facilities,
            instances=old.instances,
            only=[code for code, earlier in was.items() if earlier in asked],
        )
        body = scope_bytes(scope)
        document, _ = ScopeDocument.objects.get_or_create(
            chain=version.chain, sha256=sha256_hex(body), defaults={"body": pressed(body)}
        )
        layout = make_layout(content, scope)
        before = {key: _renamed(key, was) for key in scope.keys}
        given = {key: tokens[source] for key, source in before.items() if source in tokens}
        answers, _ = encode(layout, given)
        Observation.objects.filter(pk=row.pk).update(
            version=version, scope=document, answers=pack(answers), digest=digest(answers)
        )
        Audit.objects.filter(pk=audit.pk).update(version=version, scope=document)
        Dirty.objects.mark([Dirty.score(submission_id=row.submission_id, now=now)])
    Score.objects.filter(observation__in=rows.values("pk")).delete()
    while reviewing.score_due(now=now):
        pass
    places = Location.objects.filter(chain_id=version.chain_id)
    rated = rating.rate_places(series=series, start=start, location_ids=places.values_list("pk", flat=True), now=now)
    codes = dict(places.values_list("pk", "code"))
    return {
        codes[one.location_id]: {"outcome": one.row.outcome, "score": one.row.tenths / 10}
        for one in rated
        if one.row.tenths is not None
    }


def _renamed(key: str, was: dict[str, str]) -> str:
    code, instance = split_key(key)
    return f"{was[code]}@{instance}" if instance else was[code]
