"""Briefs: writing a draft of the scenario, freezing it, bringing an older draft back."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from chains import problems as ground
from chains.models import User
from chains.problems import Fault, Problem
from standards import problems
from standards.models import Brief, BriefVersion, Revision
from standards.models.checklists import may_write
from standards.models.frozen import pressed_for_phones
from standards.spec import brief as spec
from standards.spec.changes import line_changes
from standards.spec.digest import sha256_hex


def new_brief(
    *, chain_id: uuid.UUID, code: str, name: str, text: str, by: User | None, now: datetime, language: str = "en"
) -> BriefVersion:
    """A brief that did not exist, with its first draft. Raises Problem: not-allowed, invalid (code taken)."""
    if not may_write(by, chain_id):
        raise Problem(ground.NOT_ALLOWED)
    try:
        with transaction.atomic():
            brief = Brief.objects.create(chain_id=chain_id, code=code, name=name)
            return new_brief_draft(brief_id=brief.pk, text=text, by=by, now=now, language=language)
    except IntegrityError:
        detail = f"This chain has a brief {code} already."
        raise Problem(ground.INVALID, detail, errors=[Fault("/code", "duplicate-code", detail)]) from None


def new_brief_draft(
    *, brief_id: uuid.UUID, text: str, by: User | None, now: datetime, language: str = "en"
) -> BriefVersion:
    """One more draft of a brief. Raises Problem: not-found, not-allowed, busy."""
    brief = Brief.objects.filter(pk=brief_id).first()
    if brief is None:
        raise Problem(ground.NOT_FOUND)
    if not may_write(by, brief.chain_id):
        raise Problem(ground.NOT_ALLOWED)
    try:
        with transaction.atomic():
            last = BriefVersion.objects.filter(brief=brief).aggregate(last=Max("number"))["last"] or 0
            version = BriefVersion.objects.create(
                brief=brief, chain_id=brief.chain_id, number=last + 1, language=language, text=text
            )
            _note(version, action="begun", lines=[], by=by, now=now)
    except IntegrityError:
        raise Problem(ground.BUSY, "Somebody made a draft of this brief at the same moment.") from None
    return version


def change_brief(
    *, version_id: uuid.UUID, text: str, by: User | None, now: datetime, language: str | None = None,
    action: str = "changed",
) -> BriefVersion:  # fmt: skip
    """Reword a draft. Raises Problem: not-found, not-allowed, not-a-draft."""
    with transaction.atomic():
        version = _open(version_id, by)
        lines = line_changes(version.text, text)
        if language and language != version.language:
            lines.insert(0, f"language: {version.language} → {language}")
        version.text, version.language = text, language or version.language
        BriefVersion.objects.filter(pk=version_id, sha256__isnull=True).update(
            text=version.text, language=version.language
        )
        _note(version, action=action, lines=lines, by=by, now=now)
    return version


def restore_brief(*, revision_id: uuid.UUID, by: User | None, now: datetime) -> BriefVersion:
    """Bring back what a draft said after one of its revisions. Raises Problem: not-found, not-allowed, not-a-draft."""
    revision = Revision.objects.filter(pk=revision_id, brief_version__isnull=False).first()
    if revision is None or revision.brief_version_id is None:
        raise Problem(ground.NOT_FOUND)
    content = revision.content()
    return change_brief(
        version_id=revision.brief_version_id,
        text=content["text"],
        language=content["language"],
        by=by,
        now=now,
        action=f"brought back revision {revision.number}",
    )


def publish_brief(*, version_id: uuid.UUID, by: User | None, now: datetime) -> BriefVersion:
    """Freeze a brief. Raises Problem: not-found, not-allowed, not-a-draft (also for the second of two who press at
    once), not-publishable (empty, or the chain has the same words already)."""
    with transaction.atomic():
        version = _open(version_id, by)
        if by is not None and not by.may_publish(version.chain_id):
            raise Problem(ground.NOT_ALLOWED, "Publishing needs the publisher's right.")
        if not version.text.strip():
            raise Problem(problems.NOT_PUBLISHABLE, errors=[Fault("/text", "empty", "Say what the auditor is to do.")])
        content = spec.Brief(
            code=version.brief.code, title=version.brief.name, language=version.language, text=version.text
        )
        body = spec.brief_bytes(content)
        version.sha256, version.body, version.published_at = sha256_hex(body), pressed_for_phones(body), now
        _note(version, action="published", lines=[], by=by, now=now)
        try:
            with transaction.atomic():
                BriefVersion.objects.filter(pk=version_id, sha256__isnull=True).update(
                    sha256=version.sha256, body=version.body, published_at=now
                )
        except IntegrityError:
            detail = "A brief of this chain says exactly the same; there is nothing new to publish."
            raise Problem(problems.NOT_PUBLISHABLE, detail, errors=[Fault("", "same-content", detail)]) from None
    return version


def _open(version_id: uuid.UUID, by: User | None) -> BriefVersion:
    """Take a draft for this transaction, like `open_draft` for checklists."""
    taken = BriefVersion.objects.filter(pk=version_id, sha256__isnull=True).update(number=F("number"))
    version: BriefVersion | None = BriefVersion.objects.select_related("brief").filter(pk=version_id).first()
    if version is None:
        raise Problem(ground.NOT_FOUND)
    if not may_write(by, version.chain_id):
        raise Problem(ground.NOT_ALLOWED)
    if not taken:
        raise Problem(problems.NOT_A_DRAFT)
    return version


def _note(version: BriefVersion, *, action: str, lines: list[str], by: User | None, now: datetime) -> None:
    last = Revision.objects.filter(brief_version=version).aggregate(last=Max("number"))["last"] or 0
    Revision.objects.create(
        chain_id=version.chain_id,
        brief_version=version,
        number=last + 1,
        made_at=now,
        made_by=by,
        action=action,
        lines=lines,
        body=Revision.packed({"text": version.text, "language": version.language}),
    )
