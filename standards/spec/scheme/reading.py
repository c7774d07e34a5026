"""From the text of a scheme (YAML or JSON) to a plain tree of mappings, lists and text.

No scalar gets a type here: `no`, `1:30` and `1.10` stay the text they were written as. Anchors, aliases,
tags and keys given twice are refused, because two readers would disagree about them.
"""

import json
from typing import Any

import yaml

from standards.spec.scheme.faults import Fault, FaultyScheme, pointer

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16


def read_tree(source: str | bytes) -> Any:
    """Return the tree of a scheme text: dict, list, str, bool (JSON only) and None (JSON only).

    Raises FaultyScheme with every duplicate key, alias, anchor and tag found, or with the one place
    where the text stops being YAML or JSON.
    """
    content = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    if len(content) > MAX_BYTES:
        raise FaultyScheme([Fault("", "too-large", f"A scheme may have 64 KiB; this one has {len(content)} bytes.")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FaultyScheme([Fault("", "not-utf8", f"Save the scheme as UTF-8 (byte {error.start}).")]) from error
    if text.lstrip().startswith("{"):
        tree = _read_json(text)
        if tree is not _NOT_JSON:
            return tree
    return _read_yaml(text)


_NOT_JSON = object()


def _read_json(text: str) -> Any:
    faults: list[Fault] = []

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                faults.append(Fault("", "duplicate-key", f"The key '{key}' is given twice; keep one of them."))
            found[key] = value
        return found

    if _depth(text) > MAX_DEPTH:
        raise FaultyScheme([Fault("", "nested-too-deep", f"Brackets may be nested {MAX_DEPTH} deep.")])

    def refuse(name: str) -> str:
        faults.append(Fault("", "bad-constant", f"The constant {name} is not a number a scheme can use."))
        return name

    try:
        tree = json.loads(text, object_pairs_hook=mapping, parse_float=str, parse_int=str, parse_constant=refuse)
    except ValueError:
        return _NOT_JSON  # a YAML flow mapping begins with a brace as well
    if faults:
        raise FaultyScheme(faults)
    return tree


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _read_yaml(text: str) -> Any:
    builder = _TreeBuilder()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable"
        raise FaultyScheme([Fault("", "not-yaml", f"The text is not YAML ({place}{reason}).")]) from error
    if builder.faults:
        raise FaultyScheme(builder.faults)
    if not builder.documents:
        raise FaultyScheme([Fault("", "empty-text", "The scheme is empty.")])
    return builder.documents[0]


class _Open:
    """A mapping or list that is being filled."""

    def __init__(self, content: dict | list, path: str):
        self.content = content
        self.path = path
        self.key: str | None = None  # of a mapping: the key read, its value not yet


class _TreeBuilder:
    """Builds the tree from parser events with a stack of its own: no recursion, no constructors, no types."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.documents: list[Any] = []
        self.stack: list[_Open] = []

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._fault(event, "alias", "Aliases (*name) are not allowed; write the content out.")
            self._put(event, "")
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_extras(event)
            self._put(event, event.value)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._refuse_extras(event)
            self._open(event, {} if isinstance(event, yaml.MappingStartEvent) else [])
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self.documents:
            self._fault(event, "two-documents", "Only one document per file; remove the second.")

    def _open(self, event: yaml.Event, content: dict | list) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise FaultyScheme([Fault("", "nested-too-deep", f"Lists and mappings may be nested {MAX_DEPTH} deep.")])
        path = self._path()
        if self._awaits_key():
            raise FaultyScheme([Fault(path, "key-not-text", f"{_line(event)}A key must be a plain word.")])
        self._put(event, content)
        self.stack.append(_Open(content, path))

    def _put(self, event: yaml.Event, content: Any) -> None:
        if not self.stack:
            self.documents.append(content)
            return
        top = self.stack[-1]
        if isinstance(top.content, list):
            top.content.append(content)
        elif top.key is None:
            if content in top.content:
                message = f"The key '{content}' is given twice; keep one of them."
                self._fault(event, "duplicate-key", message, pointer(top.path, content))
            top.key = content
        else:
            top.content[top.key] = content
            top.key = None

    def _awaits_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].content, dict) and self.stack[-1].key is None

    def _path(self) -> str:
        if not self.stack:
            return ""
        top = self.stack[-1]
        if isinstance(top.content, list):
            return pointer(top.path, len(top.content))
        return pointer(top.path, top.key) if top.key is not None else top.path

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor:
            self._fault(event, "anchor", f"Anchors (&{event.anchor}) are not allowed; write the content out.")
        if event.tag and event.tag != "!":
            self._fault(event, "tag", f"Types are not given with {event.tag}; put text in quotes instead.")

    def _fault(self, event: yaml.Event, code: str, message: str, path: str | None = None) -> None:
        self.faults.append(Fault(self._path() if path is None else path, code, _line(event) + message))


def _line(event: yaml.Event) -> str:
    return f"Line {event.start_mark.line + 1}: " if event.start_mark else ""
