"""Loading a pack into a chain: its checklist with all languages, and its rating scheme."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from chains.models import User
from standards.models import ChecklistVersion, RatingScheme, SchemeVersion
from standards.services import importing, publishing, schemes
from standards.services.exchange.packs import pack_names

__all__ = ["STEPS", "Loaded", "load_pack", "pack_names"]

# What `advance` is told, in order, as each begins.
STEPS = ("reading", "writing standards", "publishing", "writing the scheme")


@dataclass(frozen=True)
class Loaded:
    """What loading a pack made."""

    version: ChecklistVersion
    standards: int
    scheme: SchemeVersion | None


def load_pack(
    *,
    name: str,
    chain_id: uuid.UUID,
    by: User | None,
    now: datetime,
    publish: bool = False,
    languages: Collection[str] | None = None,
    since: date | None = None,
    advance: Callable[[str], object] = lambda step: None,
) -> Loaded:
    """Load a pack as drafts, or published at once; all or nothing.

    `languages` are the translations to publish (None: every complete one), `since` the scheme's first day. Raises
    Problem: not-found, import-refused, not-allowed, not-publishable, scheme-invalid.
    """
    advance(STEPS[0])
    reading = importing.read_pack_named(name)
    advance(STEPS[1])
    with transaction.atomic():
        version = importing.import_new(chain_id=chain_id, reading=reading, source=f"pack {name}", by=by, now=now)
        advance(STEPS[2])
        if publish:
            version = publishing.publish(version_id=version.pk, by=by, now=now, languages=languages)
        advance(STEPS[3])
        scheme = _scheme(name, chain_id, reading.scheme, since or now.date(), by, now) if reading.scheme else None
        if publish and scheme:
            scheme = schemes.publish_scheme(version_id=scheme.pk, by=by, now=now)
    return Loaded(version, len(reading.checklist.standards), scheme)


def _scheme(
    name: str, chain_id: uuid.UUID, document: str, since: date, by: User | None, now: datetime
) -> SchemeVersion:
    known = RatingScheme.objects.filter(chain_id=chain_id, code=name).first()
    if known:
        return schemes.new_scheme_draft(scheme_id=known.pk, document=document, effective_from=since, by=by, now=now)
    title = name.replace("-", " ").capitalize()
    return schemes.new_scheme(
        chain_id=chain_id, code=name, name=title, document=document, effective_from=since, by=by, now=now
    )
