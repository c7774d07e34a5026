"""From draft to frozen: publishing a checklist and its translations, closing and retiring it.

Every step is a conditional UPDATE: of two people who press at once one is served and the other is told.
"""

import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction

from chains import problems as ground
from chains.models import User
from chains.problems import Fault, Problem
from standards import problems
from standards.models import ChecklistVersion, TranslationDocument, VersionState
from standards.models.drafts import checklist_of, note_revision, open_draft, translations_of
from standards.models.frozen import pressed_for_phones
from standards.models.lineage import Lineage
from standards.spec import checklist as spec
from standards.spec.checklist_faults import checklist_faults
from standards.spec.digest import sha256_hex
from standards.spec.parsing import escape_pointer
from standards.spec.translation import Translation, gaps, only_needed, share, translation_bytes

__all__ = [
    "checklist_of",
    "close",
    "faults_against",
    "faults_of",
    "publish",
    "publish_translation",
    "retire",
    "translation_shares",
]

_INDEXED = re.compile(r"^/(standards|sections|classifications)/(\d+)(/.*)?$")


def faults_of(checklist: spec.Checklist) -> list[Fault]:
    """Everything that stands against publishing a checklist; pointers name sections and standards by their codes."""
    return [Fault(named_pointer(checklist, at), code, detail) for at, code, detail in checklist_faults(checklist)]


def faults_against(version: ChecklistVersion, checklist: spec.Checklist | None = None) -> list[Fault]:
    """Everything that stands against publishing a version; `checklist` is what it says, where that was read before."""
    checklist = checklist or checklist_of(version)
    return faults_of(checklist) + list(_reused_codes(version, checklist))


def _reused_codes(version: ChecklistVersion, checklist: spec.Checklist) -> Iterable[Fault]:
    """Codes that an earlier version of this line used for another standard: a published code never changes meaning."""
    lineage = Lineage(version.checklist_id)
    published: dict[str, str] = {}
    for base in ChecklistVersion.objects.filter(pk__in=lineage.ancestors(version.pk)):
        published |= lineage.origins(base.pk, [standard.code for standard in base.content().standards])
    origins = lineage.origins(version.pk, [standard.code for standard in checklist.standards])
    # Of two that claim one origin the renamed one has it: the other came later, under the code that became free.
    owner = {origin: code for code, origin in origins.items() if code == origin}
    owner |= {origin: code for code, origin in origins.items() if code != origin}
    for code, origin in origins.items():
        meant = published.get(code, origin)
        if meant != origin or owner[origin] != code:
            became = f", which is {owner[meant]} now" if owner.get(meant, code) != code else ""
            detail = f"{code} was published for another standard{became}; a published code never changes its meaning."
            yield Fault(f"/standards/{escape_pointer(code)}/code", "reused-code", detail)


def named_pointer(checklist: spec.Checklist, pointer: str) -> str:
    """`/standards/ARR-001/weight` for `/standards/0/weight`: what an editor knows a standard by."""
    if not (match := _INDEXED.match(pointer)):
        return pointer
    rows: Sequence[spec.Standard | spec.Section | spec.Named] = getattr(checklist, match[1])
    if int(match[2]) >= len(rows):
        return pointer
    return f"/{match[1]}/{escape_pointer(rows[int(match[2])].code)}{match[3] or ''}"


def publish(
    *,
    version_id: uuid.UUID,
    by: User | None,
    now: datetime,
    note: str = "",
    languages: Collection[str] | None = None,
) -> ChecklistVersion:
    """Freeze a draft: its canonical bytes, their sha256, and its translations.

    `languages` are the translations to freeze with it; None takes every one that is complete. Raises Problem:
    not-found, not-allowed, not-a-draft (also for the second of two who press at once), not-publishable with every
    fault, also where a version of this chain has exactly this content already.
    """
    with transaction.atomic():
        version = open_draft(version_id, by=by)
        _check_right(by, version)
        checklist = checklist_of(version)
        translations = _translations_wanted(checklist, translations_of(version), languages)
        faults = faults_against(version, checklist) + [
            fault for one in translations for fault in _gap_faults(checklist, one)
        ]
        if faults:
            raise Problem(problems.NOT_PUBLISHABLE, errors=faults)
        note_revision(version, before=None, action="published", by=by, now=now, lines=[note] if note else [])
        _freeze(version, checklist, by=by, now=now, note=note)
        for translation in translations:
            _freeze_translation(version, checklist, translation)
    return version


def _check_right(by: User | None, version: ChecklistVersion) -> None:
    if by is not None and not by.may_publish(version.chain_id):
        raise Problem(ground.NOT_ALLOWED, "Publishing needs the publisher's right.")


def _freeze(version: ChecklistVersion, checklist: spec.Checklist, *, by: User | None, now: datetime, note: str) -> None:
    body = spec.frozen_bytes(checklist)
    version.sha256, version.body = sha256_hex(body), pressed_for_phones(body)
    version.state, version.published_at, version.published_by = VersionState.PUBLISHED, now, by
    version.note = note or version.note
    try:
        with transaction.atomic():
            ChecklistVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(
                sha256=version.sha256,
                body=version.body,
                state=version.state,
                published_at=now,
                published_by=by,
                note=version.note,
            )
    except IntegrityError:
        twin = ChecklistVersion.objects.filter(chain_id=version.chain_id, sha256=version.sha256).first()
        detail = f"{twin or 'Another version'} says exactly the same; there is nothing new to publish."
        raise Problem(problems.NOT_PUBLISHABLE, detail, errors=[Fault("", "same-content", detail)]) from None


def _translations_wanted(
    checklist: spec.Checklist, known: dict[str, Translation], languages: Collection[str] | None
) -> list[Translation]:
    if languages is None:
        return [one for one in known.values() if not gaps(checklist, one)]
    return [known.get(language, Translation(checklist="", language=language)) for language in sorted(set(languages))]


def _gap_faults(checklist: spec.Checklist, translation: Translation) -> Iterable[Fault]:
    language = translation.language
    if language == checklist.language:
        yield Fault(f"/translations/{language}", "original-language", "This is the language of the checklist itself.")
    for pointer in gaps(checklist, translation):
        detail = f"Not translated into {language} yet; publishing in a language needs all of it."
        yield Fault(f"/translations/{language}{pointer}", "not-translated", detail)


def _freeze_translation(version: ChecklistVersion, checklist: spec.Checklist, translation: Translation) -> None:
    whole = only_needed(checklist, translation)
    body = translation_bytes(msgspec.structs.replace(whole, checklist=str(version.sha256)))
    TranslationDocument.objects.create(
        version=version,
        chain_id=version.chain_id,
        language=translation.language,
        sha256=sha256_hex(body),
        body=pressed_for_phones(body),
    )


def publish_translation(*, version_id: uuid.UUID, language: str, by: User | None, now: datetime) -> TranslationDocument:
    """Freeze one more language of a version that is published already.

    Raises Problem: not-found, not-allowed, wrong-state (a draft's translations are published with it; a language
    is published once), not-publishable with every text that is missing.
    """
    with transaction.atomic():
        version: ChecklistVersion | None = (
            ChecklistVersion.objects.select_related("checklist").filter(pk=version_id).first()
        )
        if version is None:
            raise Problem(ground.NOT_FOUND)
        _check_right(by, version)
        if version.state == VersionState.DRAFT:
            raise Problem(problems.WRONG_STATE, "Publish the checklist first; its languages come with it.")
        checklist = checklist_of(version)
        [translation] = _translations_wanted(checklist, translations_of(version), [language])
        if faults := list(_gap_faults(checklist, translation)):
            raise Problem(problems.NOT_PUBLISHABLE, errors=faults)
        try:
            with transaction.atomic():
                _freeze_translation(version, checklist, translation)
        except IntegrityError:
            raise Problem(problems.WRONG_STATE, f"{language} of this version is published already.") from None
    return TranslationDocument.objects.get(version_id=version_id, language=language)


def translation_shares(version: ChecklistVersion) -> dict[str, tuple[int, int]]:
    """How much of a version is translated, by language: texts done, texts needed."""
    checklist = checklist_of(version)
    return {language: share(checklist, one) for language, one in translations_of(version).items()}


def close(*, version_id: uuid.UUID, by: User | None) -> ChecklistVersion:
    """No new visits with this version; late phones are still accepted. Raises Problem: not-found, not-allowed,
    wrong-state."""
    return _move(version_id, by, (VersionState.PUBLISHED,), VersionState.CLOSING)


def retire(*, version_id: uuid.UUID, by: User | None) -> ChecklistVersion:
    """The end of a version's use; its content stays for ever. Raises Problem: not-found, not-allowed, wrong-state."""
    return _move(version_id, by, (VersionState.PUBLISHED, VersionState.CLOSING), VersionState.RETIRED)


def _move(
    version_id: uuid.UUID, by: User | None, states: Sequence[VersionState], target: VersionState
) -> ChecklistVersion:
    version: ChecklistVersion | None = (
        ChecklistVersion.objects.select_related("checklist").filter(pk=version_id).first()
    )
    if version is None:
        raise Problem(ground.NOT_FOUND)
    _check_right(by, version)
    if not ChecklistVersion.objects.filter(pk=version_id, state__in=states).update(state=target):
        now_in = ChecklistVersion.objects.values_list("state", flat=True).get(pk=version_id)
        raise Problem(problems.WRONG_STATE, f"This version is {now_in}; it cannot become {target}.")
    version.state = target
    return version
