"""Rating schemes: writing a draft of the document, its faults, freezing it, bringing an older draft back."""

import uuid
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from chains import problems as ground
from chains.models import User
from chains.problems import Fault, Problem
from standards import problems
from standards.models import RatingScheme, Revision, SchemeVersion
from standards.models.checklists import may_write
from standards.spec.changes import line_changes
from standards.spec.digest import canonical_bytes, sha256_hex
from standards.spec.scheme import FaultyScheme, SchemeDocument, canonical_tree, directions_of, parse_scheme
from standards.spec.scheme.common_shape import CommonShape, shape_of, tree_of
from standards.spec.scheme.offered import PARTS
from standards.spec.scheme.writing import scheme_text, tree_text


def new_scheme(
    *,
    chain_id: uuid.UUID,
    code: str,
    name: str,
    document: str,
    effective_from: date,
    by: User | None,
    now: datetime,
) -> SchemeVersion:
    """A scheme that did not exist, with its first draft. Raises Problem: not-allowed, invalid (code taken)."""
    if not may_write(by, chain_id):
        raise Problem(ground.NOT_ALLOWED)
    try:
        with transaction.atomic():
            scheme = RatingScheme.objects.create(chain_id=chain_id, code=code, name=name)
            return new_scheme_draft(
                scheme_id=scheme.pk, document=document, effective_from=effective_from, by=by, now=now
            )
    except IntegrityError:
        detail = f"This chain has a scheme {code} already."
        raise Problem(ground.INVALID, detail, errors=[Fault("/code", "duplicate-code", detail)]) from None


def new_scheme_draft(
    *, scheme_id: uuid.UUID, document: str, effective_from: date, by: User | None, now: datetime
) -> SchemeVersion:
    """One more draft of a scheme; it may still have faults. Raises Problem: not-found, not-allowed, busy."""
    scheme = RatingScheme.objects.filter(pk=scheme_id).first()
    if scheme is None:
        raise Problem(ground.NOT_FOUND)
    if not may_write(by, scheme.chain_id):
        raise Problem(ground.NOT_ALLOWED)
    try:
        with transaction.atomic():
            last = SchemeVersion.objects.filter(scheme=scheme).aggregate(last=Max("number"))["last"] or 0
            version = SchemeVersion.objects.create(
                scheme=scheme, number=last + 1, effective_from=effective_from, document=document
            )
            _note(version, action="begun", lines=[], by=by, now=now)
    except IntegrityError:
        raise Problem(ground.BUSY, "Somebody made a draft of this scheme at the same moment.") from None
    return version


def change_scheme(
    *,
    version_id: uuid.UUID,
    document: str,
    by: User | None,
    now: datetime,
    effective_from: date | None = None,
    note: str | None = None,
    action: str = "changed",
) -> SchemeVersion:
    """Change a draft; it may still have faults. Raises Problem: not-found, not-allowed, not-a-draft."""
    with transaction.atomic():
        version = _open(version_id, by)
        lines = line_changes(version.document, document)
        if effective_from and effective_from != version.effective_from:
            lines.insert(0, f"effective from: {version.effective_from} → {effective_from}")
        version.document = document
        version.effective_from = effective_from or version.effective_from
        version.note = version.note if note is None else note
        SchemeVersion.objects.filter(pk=version_id, published_at__isnull=True).update(
            document=document, effective_from=version.effective_from, note=version.note
        )
        _note(version, action=action, lines=lines, by=by, now=now)
    return version


def restore_scheme(*, revision_id: uuid.UUID, by: User | None, now: datetime) -> SchemeVersion:
    """Bring back what a draft said after one of its revisions. Raises Problem: not-found, not-allowed, not-a-draft."""
    revision = Revision.objects.filter(pk=revision_id, scheme_version__isnull=False).first()
    if revision is None or revision.scheme_version_id is None:
        raise Problem(ground.NOT_FOUND)
    content = revision.content()
    return change_scheme(
        version_id=revision.scheme_version_id,
        document=content["document"],
        effective_from=date.fromisoformat(content["effective_from"]),
        by=by,
        now=now,
        action=f"brought back revision {revision.number}",
    )


def read_scheme(document: str) -> SchemeDocument:
    """A scheme's text (YAML or JSON) as values. Raises Problem (scheme-invalid) with every fault by its path."""
    try:
        return parse_scheme(document, PARTS)
    except FaultyScheme as error:
        faults = [Fault(fault.path, fault.code, fault.message) for fault in error.faults]
        raise Problem(problems.SCHEME_INVALID, errors=faults) from None


def as_a_person_writes(document: str) -> str:
    """A scheme's text as YAML to be edited: what is published is one line. A text with faults stays as it is."""
    try:
        return scheme_text(parse_scheme(document))
    except FaultyScheme:
        return document


def common_shape(document: str) -> tuple[CommonShape | None, bool]:
    """A scheme as the form of the common shape (None where it says more), and whether it could be read at all."""
    try:
        return shape_of(parse_scheme(document)), True
    except FaultyScheme:
        return None, False


def shape_document(shape: CommonShape) -> str:
    """The document that a filled form means. Raises Problem (scheme-invalid) with every fault by its path."""
    text = tree_text(tree_of(shape))
    read_scheme(text)
    return text


def scheme_directions(document: str) -> dict[str, str]:
    """Which way each part moves the outcome by its newest rules. Raises Problem (scheme-invalid)."""
    return directions_of(read_scheme(document).newest())


def publish_scheme(*, version_id: uuid.UUID, by: User | None, now: datetime, note: str = "") -> SchemeVersion:
    """Freeze a scheme in its canonical form. Raises Problem: not-found, not-allowed, not-a-draft (also for the second
    of two who press at once), scheme-invalid with every fault by its path."""
    with transaction.atomic():
        version = _open(version_id, by)
        if by is not None and not by.may_publish(version.scheme.chain_id):
            raise Problem(ground.NOT_ALLOWED, "Publishing needs the publisher's right.")
        body = canonical_bytes(canonical_tree(read_scheme(version.document)))
        _note(version, action="published", lines=[note] if note else [], by=by, now=now)
        version.document, version.sha256 = body.decode(), sha256_hex(body)
        version.published_at, version.published_by, version.note = now, by, note or version.note
        SchemeVersion.objects.filter(pk=version_id, published_at__isnull=True).update(
            document=version.document,
            sha256=version.sha256,
            published_at=now,
            published_by=by,
            note=version.note,
        )
    return version


def _open(version_id: uuid.UUID, by: User | None) -> SchemeVersion:
    """Take a draft for this transaction, like `open_draft` for checklists."""
    taken = SchemeVersion.objects.filter(pk=version_id, published_at__isnull=True).update(number=F("number"))
    version: SchemeVersion | None = SchemeVersion.objects.select_related("scheme").filter(pk=version_id).first()
    if version is None:
        raise Problem(ground.NOT_FOUND)
    if not may_write(by, version.scheme.chain_id):
        raise Problem(ground.NOT_ALLOWED)
    if not taken:
        raise Problem(problems.NOT_A_DRAFT)
    return version


def _note(version: SchemeVersion, *, action: str, lines: list[str], by: User | None, now: datetime) -> None:
    last = Revision.objects.filter(scheme_version=version).aggregate(last=Max("number"))["last"] or 0
    Revision.objects.create(
        chain_id=version.scheme.chain_id,
        scheme_version=version,
        number=last + 1,
        made_at=now,
        made_by=by,
        action=action,
        lines=lines,
        body=Revision.packed({"document": version.document, "effective_from": version.effective_from.isoformat()}),
    )
