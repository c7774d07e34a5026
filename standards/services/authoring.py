"""Writing drafts: new ones, their head, the difference between two versions, and bringing an older draft back.

A change is made only while the version is a draft; `open_draft` asks that inside the same UPDATE that takes the row.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from chains import problems as ground
from chains.models import User
from chains.problems import Fault, Problem
from standards import problems
from standards.models import Checklist, ChecklistVersion, Revision, VersionState
from standards.models.checklists import may_write
from standards.models.drafts import (
    before_change,
    checklist_of,
    map_codes,
    note_revision,
    open_draft,
    read_draft_content,
    translations_of,
    write_content,
    write_translation,
)
from standards.models.lineage import Lineage
from standards.spec import checklist as spec
from standards.spec.changes import Changes, Comparison, changes_between, compared, same_words

HEAD_FIELDS = frozenset({"language", "decimals", "classifications", "note"})


@contextmanager
def changing(version_id: uuid.UUID, *, action: str, by: User | None, now: datetime) -> Iterator[ChecklistVersion]:
    """A transaction in which one draft may be changed; what it says afterwards becomes a revision.

    Raises Problem: not-found, not-allowed, not-a-draft; and invalid where a code is used twice.
    """
    try:
        with transaction.atomic():
            version = open_draft(version_id, by=by)
            before = before_change(version)
            yield version
            note_revision(version, before=before, action=action, by=by, now=now)
    except IntegrityError as error:
        detail = "This code is taken in this version; every code is used once."
        if "code_once" not in str(error) and ".code" not in str(error):
            raise
        raise Problem(ground.INVALID, detail, errors=[Fault("/code", "duplicate-code", detail)]) from None


def new_checklist(
    *,
    chain_id: uuid.UUID,
    code: str,
    name: str,
    by: User | None,
    now: datetime,
    language: str = "en",
    decimals: int = 0,
) -> ChecklistVersion:
    """A checklist that did not exist, with an empty first draft. Raises Problem: not-allowed, invalid (code taken)."""
    if not may_write(by, chain_id):
        raise Problem(ground.NOT_ALLOWED)
    try:
        with transaction.atomic():
            checklist = Checklist.objects.create(chain_id=chain_id, code=code, name=name)
            return _first_row(checklist, by=by, now=now, action="begun", language=language, decimals=decimals)
    except IntegrityError:
        detail = f"This chain has a checklist {code} already."
        raise Problem(ground.INVALID, detail, errors=[Fault("/code", "duplicate-code", detail)]) from None


def rename_checklist(*, checklist_id: uuid.UUID, name: str, by: User | None) -> None:
    """Give a checklist another name, for versions to come: published ones keep the one they were published under.

    Raises Problem: not-found, not-allowed.
    """
    Checklist.objects.filter(pk=_writable(checklist_id, by).pk).update(name=name)


def new_draft(*, checklist_id: uuid.UUID, by: User | None, now: datetime, **head: Any) -> ChecklistVersion:
    """An empty draft of a checklist, to be compared with the newest published version.

    Raises Problem: not-found, not-allowed, busy (two made one at once).
    """
    with transaction.atomic():
        checklist = _writable(checklist_id, by)
        frozen = ChecklistVersion.objects.filter(checklist=checklist).exclude(state=VersionState.DRAFT)
        base = frozen.order_by("-number").values_list("pk", flat=True).first()
        return _first_row(checklist, by=by, now=now, action="begun", based_on_id=base, **head)


def new_draft_from(*, version_id: uuid.UUID, by: User | None, now: datetime) -> ChecklistVersion:
    """A draft that says what a version says: the same codes, its translations too.

    Raises Problem: not-found, not-allowed, busy (two made one at once).
    """
    with transaction.atomic():
        source = ChecklistVersion.objects.select_related("checklist").filter(pk=version_id).first()
        if source is None:
            raise Problem(ground.NOT_FOUND)
        checklist = _writable(source.checklist_id, by)
        # A draft's own base stays the base: what it was copied from was never published and will say something else.
        base = source.based_on_id if source.state == VersionState.DRAFT else source.pk
        content = checklist_of(source)
        version = _row(
            checklist,
            now=now,
            language=source.language,
            decimals=source.decimals,
            based_on_id=base,
            code_map=source.code_map if source.state == VersionState.DRAFT else {},
        )
        write_content(version, content)
        for translation in translations_of(source).values():
            write_translation(version, translation)
        note_revision(version, before=None, action=f"begun from version {source.number}", by=by, now=now)
    return version


def _writable(checklist_id: uuid.UUID, by: User | None) -> Checklist:
    checklist: Checklist | None = Checklist.objects.filter(pk=checklist_id).first()
    if checklist is None:
        raise Problem(ground.NOT_FOUND)
    if not may_write(by, checklist.chain_id):
        raise Problem(ground.NOT_ALLOWED)
    return checklist


def _first_row(checklist: Checklist, *, by: User | None, now: datetime, action: str, **head: Any) -> ChecklistVersion:
    version = _row(checklist, now=now, **head)
    note_revision(version, before=None, action=action, by=by, now=now)
    return version


def _row(checklist: Checklist, *, now: datetime, **fields: Any) -> ChecklistVersion:
    last = ChecklistVersion.objects.filter(checklist=checklist).aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            return ChecklistVersion.objects.create(
                checklist=checklist, chain_id=checklist.chain_id, number=last + 1, created_at=now, revision=1, **fields
            )
    except IntegrityError:
        raise Problem(ground.BUSY, "Somebody made a draft of this checklist at the same moment.") from None


def change_head(*, version_id: uuid.UUID, by: User | None, now: datetime, **fields: Any) -> ChecklistVersion:
    """Change a draft's language, decimals, classifications or note. Raises Problem: not-found, not-allowed,
    not-a-draft."""
    if unknown := set(fields) - HEAD_FIELDS:
        raise TypeError(f"A version's head has no {', '.join(sorted(unknown))}.")
    with changing(version_id, action="changed the head", by=by, now=now) as version:
        ChecklistVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(**fields)
        for name, value in fields.items():
            setattr(version, name, value)
    return version


def discard_draft(*, version_id: uuid.UUID, by: User | None) -> None:
    """Delete a draft for ever, its history included. Raises Problem: not-found, not-allowed, not-a-draft, stale."""
    with transaction.atomic():
        version = open_draft(version_id, by=by)
        if ChecklistVersion.objects.filter(based_on=version).exists():
            raise Problem(ground.STALE, "Another draft was made from this one.")
        version.delete()


def replace_content(
    *, version_id: uuid.UUID, checklist: spec.Checklist, action: str, by: User | None, now: datetime
) -> Changes:
    """Make a draft say exactly this, and tell what changed; a standard that only has another code stays the same one.

    Raises Problem: not-found, not-allowed, not-a-draft.
    """
    with transaction.atomic():
        version = open_draft(version_id, by=by)
        before = before_change(version)
        renamed = same_words(before.checklist, checklist)
        write_content(version, checklist)
        map_codes(version, renamed)
        note_revision(version, before=before, action=action, by=by, now=now)
    return changes_between(before.checklist, checklist, code_map=renamed)


def restore(*, revision_id: uuid.UUID, by: User | None, now: datetime) -> ChecklistVersion:
    """Bring a draft back to what it said after one of its revisions, translations included; itself a new revision.

    Raises Problem: not-found, not-allowed, not-a-draft.
    """
    revision = Revision.objects.filter(pk=revision_id, version__isnull=False).first()
    if revision is None:
        raise Problem(ground.NOT_FOUND)
    content = revision.content()
    checklist, translations = read_draft_content(content)
    action = f"brought back revision {revision.number}"
    with changing(revision.version_id, action=action, by=by, now=now) as version:
        write_content(version, checklist)
        version.code_map = content.get("code_map", {})
        ChecklistVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(code_map=version.code_map)
        for translation in translations.values():
            write_translation(version, translation)
    return version


def difference(*, old: ChecklistVersion, new: ChecklistVersion) -> Changes:
    """How one version of a checklist differs from another. Raises Problem like `comparison`."""
    return comparison(old=old, new=new).changes


def comparison(*, old: ChecklistVersion, new: ChecklistVersion) -> Comparison:
    """How one version of a checklist differs from another; renamed standards are followed through all in between.

    Raises Problem (wrong-state) for versions of two checklists.
    """
    if old.checklist_id != new.checklist_id:
        raise Problem(problems.WRONG_STATE, "Only versions of one checklist can be compared.")
    before, after = checklist_of(old), checklist_of(new)
    code_map = Lineage(new.checklist_id).between(
        old=old.pk, old_codes=codes_of(before), new=new.pk, new_codes=codes_of(after)
    )
    return compared(before, after, code_map=code_map)


def codes_of(checklist: spec.Checklist) -> list[str]:
    """The codes of a checklist's standards, in order."""
    return [standard.code for standard in checklist.standards]


def base_of(version: ChecklistVersion) -> ChecklistVersion | None:
    """What a version is compared with: the one it was made from, else the newest published before it."""
    if version.based_on_id:
        base: ChecklistVersion = ChecklistVersion.objects.select_related("checklist").get(pk=version.based_on_id)
        return base
    earlier = ChecklistVersion.objects.filter(checklist=version.checklist_id, number__lt=version.number)
    frozen = earlier.exclude(state=VersionState.DRAFT).select_related("checklist")
    newest: ChecklistVersion | None = frozen.order_by("-number").first()
    return newest
