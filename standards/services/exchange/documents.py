"""YAML, read so that it can say one thing only: plain text, lists and mappings.

No tags, anchors or aliases; no key twice; nothing turned into a number, date or truth value ("no", "1.10" and "1:30"
stay text until a key asks for a type). Every node knows its line, so that a fault can name it.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from standards.services.exchange.assembly import AMOUNTS, Raw, Row
from standards.services.exchange.sheets import MAX_BYTES, refuse
from standards.spec.checklist import Checklist
from standards.spec.parsing import escape_pointer
from standards.spec.plain import as_document

MAX_DEPTH = 12
MAX_NODES = 600_000
# libyaml is in every wheel of PyYAML that we know; without it the same is read ten times slower.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class Mapping(dict[str, Any]):
    """A YAML mapping that remembers the line it starts on."""

    line = 0


def read_yaml(body: bytes, *, name: str = "") -> Any:
    """The content of a YAML file: text, lists and `Mapping`s; a bare `~` or nothing is None.

    Raises Problem (file-refused) with the line.
    """
    where = f"{name} " if name else ""
    if len(body) > MAX_BYTES:
        raise refuse("too-large", f"{where}At most {MAX_BYTES} bytes.")
    try:
        return _Tree(where).build(yaml.parse(body.decode("utf-8-sig"), Loader=Loader))
    except UnicodeDecodeError:
        raise refuse("not-utf-8", f"{where}Save the file as UTF-8.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        told = getattr(error, "problem", None) or "cannot be read"
        raise refuse("not-yaml", f"{where}line {line}: this is not YAML ({told}).", f"/lines/{line}") from None


class _Tree:
    """Builds the content from the events of the parser, without recursion."""

    def __init__(self, where: str) -> None:
        self.where = where

    def build(self, events: Iterator[Any]) -> Any:
        stack: list[tuple[Any, list[Any]]] = []
        roots: list[Any] = []
        for count, event in enumerate(events):
            if count > MAX_NODES:
                raise self._refuse("too-many", event, "too many entries")
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise self._refuse("anchor", event, "anchors and aliases are refused; write it out")
            if isinstance(event, yaml.DocumentStartEvent) and roots:
                raise self._refuse("second-document", event, "one document only")
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._check_tag(event)
                stack.append((event, []))
                if len(stack) > MAX_DEPTH:
                    raise self._refuse("too-deep", event, f"more than {MAX_DEPTH} levels deep")
                continue
            if isinstance(event, yaml.ScalarEvent):
                self._check_tag(event)
                value: Any = self._scalar(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                start, items = stack.pop()
                value = self._mapping(start, items) if isinstance(event, yaml.MappingEndEvent) else items
            else:
                continue
            (stack[-1][1] if stack else roots).append(value)
        return roots[0] if roots else None

    def _check_tag(self, event: Any) -> None:
        if event.tag is not None and event.tag != "!":
            raise self._refuse("tag", event, "tags are refused")

    @staticmethod
    def _scalar(event: Any) -> str | None:
        is_nothing = event.style is None and event.value in ("", "~", "null")
        return None if is_nothing else event.value

    def _mapping(self, start: Any, items: list[Any]) -> Mapping:
        found = Mapping()
        found.line = start.start_mark.line + 1
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, str):
                raise self._refuse("key", start, "a key is no text")
            if key in found:
                raise self._refuse("duplicate-key", start, f"the key {key} is there twice")
            found[key] = value
        return found

    def _refuse(self, code: str, event: Any, detail: str) -> Exception:
        line = event.start_mark.line + 1
        return refuse(code, f"{self.where}line {line}: {detail}.", f"/lines/{line}")


def raw_of_document(tree: Any) -> Raw:
    """A checklist in one YAML file as keyed rows. Raises Problem (file-refused) where its shape is another."""
    if not isinstance(tree, Mapping):
        raise refuse("shape", "A checklist has the keys checklist, name, sections, standards.")
    head = {key: value for key, value in tree.items() if key not in ("classifications", "sections", "standards")}
    return Raw(
        head=Row("", "", head),
        classifications=_rows(tree, "classifications"),
        sections=_rows(tree, "sections"),
        standards=_rows(tree, "standards"),
    )


def _rows(tree: Mapping, part: str) -> list[Row]:
    return [
        Row(f"/{part}/{_name(item, index)}", f"Line {item.line}", item)
        for index, item in enumerate(items_of(tree.get(part), part))
    ]


def _name(item: Mapping, index: int) -> str:
    code = item.get("code")
    return escape_pointer(code) if isinstance(code, str) and code else str(index)


def items_of(node: Any, what: str) -> list[Mapping]:
    """The mappings of a list; none for nothing. Raises Problem (file-refused) for anything else."""
    if node is None:
        return []
    if not isinstance(node, list) or not all(isinstance(item, Mapping) for item in node):
        raise refuse("shape", f"{what} should be a list of mappings.", f"/{what}")
    return node


class Plain(str):
    """A number written without quotes."""


class _Dumper(Dumper):
    """Writes text as YAML needs it, numbers plain."""


_NUMBER = "tag:yaml.org,2002:float"
_Dumper.add_representer(
    Plain, lambda dumper, text: dumper.represent_scalar(_NUMBER if "." in text else "tag:yaml.org,2002:int", str(text))
)


def document_of(checklist: Checklist) -> bytes:
    """The checklist as one YAML file in the form that `raw_of_document` reads."""
    written: dict[str, Any] = as_document(checklist)
    content = {
        "checklist": written["code"],
        "name": written["name"],
        "language": written["language"],
        "decimals": written["decimals"],
        "classifications": written.get("classifications", []),
        "sections": written["sections"],
        "standards": [_plain_numbers(standard) for standard in written["standards"]],
    }
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text.encode("utf-8")


def _plain_numbers(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: Plain(value) if key in (*AMOUNTS, "points") and _is_number(value) else _plain_numbers(value)
            for key, value in node.items()
        }
    return [_plain_numbers(item) for item in node] if isinstance(node, list | tuple) else node


def _is_number(text: Any) -> bool:
    return isinstance(text, str) and text.lstrip("-").replace(".", "", 1).isascii() and _digits(text)


def _digits(text: str) -> bool:
    whole, _, part = text.lstrip("-").partition(".")
    return whole.isdigit() and (part.isdigit() or "." not in text)
