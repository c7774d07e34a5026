"""Reading what a phone sent: one fast pass for a good body, a slow one that lists every fault of a bad one.

Only what the office cannot do without makes a body unreadable; whatever else is odd is noted and kept.
"""

import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from types import UnionType
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from chains.problems import Fault
from standards.spec.parsing import Unreadable, escape_pointer, read_json

MAX_ANSWERS = 2_000
MAX_COMMENT = 10_000
MAX_EVIDENCE = 400

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Text = Annotated[str, Meta(max_length=MAX_COMMENT)]
Token = Annotated[str, Meta(max_length=100)]
EvidenceType = Literal["photo", "receipt", "document", "recording"]


class SentInstance(msgspec.Struct, frozen=True):
    """One repetition of a section, as the phone had it."""

    id: Token
    section: Token
    name: Annotated[str, Meta(max_length=200)] = ""
    outlet: uuid.UUID | None = None


class SentEvidence(msgspec.Struct, frozen=True):
    """A file that comes by itself: which answers it is for, and how it can be recognised."""

    id: uuid.UUID
    type: EvidenceType
    sha256: Sha256
    length: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    answers: Annotated[list[Token], Meta(max_length=MAX_ANSWERS)] = msgspec.field(name="for", default_factory=list)


class Replaces(msgspec.Struct, frozen=True):
    """The returned submission that this one corrects."""

    id: uuid.UUID
    digest: Sha256


class QueryReply(msgspec.Struct, frozen=True):
    """The answer to a question of the office."""

    query: uuid.UUID
    text: Text
    evidence: list[uuid.UUID] = []


class Sent(msgspec.Struct, frozen=True):
    """A submission as sent. `entered` and `clock` speak of the phone only: anything goes there."""

    format: Literal[1]
    id: uuid.UUID
    assignment: uuid.UUID
    checklist: Sha256
    scope: Sha256
    outcome: Literal["completed", "partial", "not_possible", "recognised"]
    visited_on: date
    answers: Annotated[dict[str, int | str], Meta(max_length=MAX_ANSWERS)]
    reason: Token | None = None
    language: Annotated[str, Meta(max_length=20)] = ""
    instances: Annotated[list[SentInstance], Meta(max_length=MAX_ANSWERS)] = []
    comments: Annotated[dict[str, Text], Meta(max_length=MAX_ANSWERS)] = {}
    entered: Any = None
    evidence: Annotated[list[SentEvidence], Meta(max_length=MAX_EVIDENCE)] = []
    replaces: Replaces | None = None
    query_replies: Annotated[list[QueryReply], Meta(max_length=MAX_ANSWERS)] = []
    clock: Any = None


class UnreadableBody(ValueError):
    """The bytes cannot be read as a submission; `faults` names every reason by JSON pointer."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


FIELDS = {field.encode_name: field for field in msgspec.structs.fields(Sent)}
MEMBERS = frozenset(FIELDS)
MAX_FAULTS = 200


def read_body(body: bytes, submission_id: uuid.UUID) -> tuple[Sent, bool]:
    """The submission, and whether it has members that nobody knows. Raises `UnreadableBody`."""
    try:
        value = read_json(body)
    except Unreadable as error:
        raise UnreadableBody([Fault(error.pointer, error.code, error.detail)]) from None
    try:
        sent = msgspec.convert(value, Sent)
    except msgspec.ValidationError:
        raise UnreadableBody(_faults(value)) from None
    if sent.id != submission_id:
        raise UnreadableBody([Fault("/id", "id-differs", "The id in the body is not the one in the address.")])
    return sent, has_unknown_members(value)


def has_unknown_members(value: Mapping[str, Any]) -> bool:
    """Whether a readable body has members, at the top or in its lists, that this format does not know."""
    if not MEMBERS.issuperset(value):
        return True
    inner: dict[str, type[msgspec.Struct]] = {
        "instances": SentInstance,
        "evidence": SentEvidence,
        "query_replies": QueryReply,
    }
    for name, kind in inner.items():
        if items := value.get(name):
            known = {field.encode_name for field in msgspec.structs.fields(kind)}
            if any(not known.issuperset(item) for item in items):
                return True
    return bool(value.get("replaces")) and not {"id", "digest"}.issuperset(value["replaces"])


def _faults(value: Any) -> list[Fault]:
    """Every fault of a body that is JSON but no submission (at most MAX_FAULTS)."""
    if not isinstance(value, dict):
        return [Fault("", "not-an-object", "A submission is a JSON object.")]
    found: list[Fault] = []
    for name, field in FIELDS.items():
        pointer = f"/{name}"
        if name not in value:
            if field.required:
                found.append(Fault(pointer, "missing", "This member is needed."))
            continue
        for fault in _member_faults(value[name], field.type, pointer):
            found.append(fault)
            if len(found) == MAX_FAULTS:
                return found
    return found


def _member_faults(value: Any, kind: Any, pointer: str) -> Iterator[Fault]:
    """The faults of one value measured against a type, those of its items one by one."""
    try:
        msgspec.convert(value, kind)
        return
    except msgspec.ValidationError as error:
        own = Fault(pointer, "invalid", _sentence(error))
    inner = list(_inner_faults(value, kind, pointer))
    yield from inner or [own]


def _inner_faults(value: Any, kind: Any, pointer: str) -> Iterator[Fault]:
    plain, limit = _bare(kind)
    if limit is not None and isinstance(value, dict | list) and len(value) > limit:
        yield Fault(pointer, "too-many", f"At most {limit}; these are {len(value)}.")
        return
    arguments = get_args(plain)
    if isinstance(value, dict) and getattr(plain, "__origin__", None) is dict:
        for key, item in value.items():
            yield from _member_faults(item, arguments[1], f"{pointer}/{escape_pointer(key)}")
    elif isinstance(value, list) and getattr(plain, "__origin__", None) is list:
        for index, item in enumerate(value):
            yield from _member_faults(item, arguments[0], f"{pointer}/{index}")
    elif isinstance(value, dict) and (struct := _struct_in(plain)):
        for field in msgspec.structs.fields(struct):
            inner = f"{pointer}/{field.encode_name}"
            if field.encode_name in value:
                yield from _member_faults(value[field.encode_name], field.type, inner)
            elif field.required:
                yield Fault(inner, "missing", "This member is needed.")


def _bare(kind: Any) -> tuple[Any, int | None]:
    """A type without its Annotated wrapper, and the most items it allows."""
    limits = [meta.max_length for meta in getattr(kind, "__metadata__", ()) if isinstance(meta, Meta)]
    return getattr(kind, "__origin__", kind) if limits else kind, limits[0] if limits else None


def _struct_in(kind: Any) -> Any:
    choices = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    return next((c for c in choices if isinstance(c, type) and issubclass(c, msgspec.Struct)), None)


def _sentence(error: msgspec.ValidationError) -> str:
    return str(error).partition(" - at ")[0] + "."
