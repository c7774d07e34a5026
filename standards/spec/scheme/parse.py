"""The door of the scheme language: a document goes in, the frozen scheme or the list of all its faults comes out."""

from collections.abc import Collection, Mapping
from typing import Any

from standards.spec.scheme.build import SchemeBuilder
from standards.spec.scheme.checks import Checker
from standards.spec.scheme.document import PIECES, Scheme, SchemeDocument, Version, is_complete
from standards.spec.scheme.draft import read_draft
from standards.spec.scheme.faults import Fault, FaultyScheme, pointer
from standards.spec.scheme.reading import read_tree
from standards.spec.scheme.shape import ShapeReader

MAX_VERSIONS = 60


def parse_scheme(source: str | bytes, known: Collection[str] | None = None) -> SchemeDocument:
    """Read a scheme from YAML or JSON text.

    `known` are the names of the parts there are; a trailing star stands for many ("section.*"). Without it
    any name is taken for a part. Raises FaultyScheme with every fault.
    """
    return scheme_from_tree(read_tree(source), known)


def faults_of(tree: Any, known: Collection[str] | None = None) -> tuple[Fault, ...]:
    """Return every fault of a document given as plain mappings, lists and text; empty when it can be used."""
    try:
        scheme_from_tree(tree, known)
    except FaultyScheme as error:
        return error.faults
    return ()


def scheme_from_tree(tree: Any, known: Collection[str] | None = None) -> SchemeDocument:
    """Read a document given as plain mappings, lists and text, e.g. from a database. Raises FaultyScheme."""
    reader = ShapeReader()
    entry = reader.mapping(tree, "", (*PIECES, "versions"), hint=" with levels, values, decide ..")
    if entry is None:
        raise FaultyScheme(reader.faults)
    listed = entry.pop("versions", None)
    if "levels" not in entry:
        reader.fault("", "missing-key", "A scheme needs levels: [worst, .., best].")
    faults = list(reader.faults)
    base = _read_scheme(entry, {}, known, needs_outcome=listed is None, faults=faults)
    versions = _read_versions(entry, listed, known, faults) if listed is not None else ()
    _check_same_types(base, versions, faults)
    if faults:
        raise FaultyScheme(_each_once(faults))
    return SchemeDocument(base, versions)


def _read_scheme(
    entry: Mapping[str, Any],
    where: Mapping[str, str],
    known: Collection[str] | None,
    needs_outcome: bool,
    faults: list[Fault],
) -> Scheme:
    """Read one set of rules; its faults are added to `faults`, and what is returned then is not to be used."""
    reader = ShapeReader()
    draft = read_draft(reader, entry, where)
    if "levels" not in entry:
        draft.broken.add("levels")
    if needs_outcome and not {"decide", "peers"} & entry.keys():
        path = where.get("", "")
        reader.fault(path, "nothing-decided", "Say how the level comes about: add decide or peers.")
    builder = SchemeBuilder(draft, reader)
    scheme = builder.build()
    Checker(draft, scheme, reader).check(known, builder.first_use, is_complete(scheme))
    faults += reader.faults
    return scheme


def _read_versions(
    base: Mapping[str, Any], listed: Any, known: Collection[str] | None, faults: list[Fault]
) -> tuple[Version, ...]:
    reader = ShapeReader()
    versions: list[Version] = []
    for position, item in enumerate(reader.sequence(listed, "/versions", MAX_VERSIONS, hint=" of versions") or []):
        path = pointer("/versions", position)
        own = reader.mapping(item, path, (*PIECES, "from"), hint=" with from: DATE and what changes")
        if own is None:
            continue
        if "from" not in own:
            reader.fault(path, "missing-key", "Say from when this holds: add from: DATE.")
            continue
        first_day = reader.day(own.pop("from"), pointer(path, "from"))
        if not own:
            reader.fault(path, "empty", "Say what changes from this day on, or remove the version.")
        where = {"": path, **dict.fromkeys(own, path)}
        scheme = _read_scheme({**base, **own}, where, known, needs_outcome=True, faults=faults)
        if first_day is None:
            continue
        if any(version.first_day == first_day for version in versions):
            message = "Another version begins on this day already; merge the two."
            reader.fault(pointer(path, "from"), "duplicate-version", message)
        versions.append(Version(first_day, tuple(sorted(own)), scheme))
    faults += reader.faults
    return tuple(sorted(versions, key=lambda version: version.first_day))


def _check_same_types(base: Scheme, versions: tuple[Version, ...], faults: list[Fault]) -> None:
    """A part that is read in two ways, for lack of a declaration, would make the canonical form ambiguous."""
    for version in versions:
        for name, kind in version.scheme.types.items():
            guessed = name not in version.scheme.declared
            if guessed and base.types.get(name, kind) != kind:
                message = f"'{name}' is {base.types[name].kind} at first and {kind.kind} in a version: say under read."
                faults.append(Fault("/read", "mixed-type", message))


def _each_once(faults: list[Fault]) -> list[Fault]:
    """A fault of the base shows in every version built on it; it is told once."""
    seen: dict[tuple[str, str], Fault] = {}
    for fault in faults:
        seen.setdefault((fault.path, fault.code), fault)
    return list(seen.values())
