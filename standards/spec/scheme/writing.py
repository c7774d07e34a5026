"""A scheme as a person would write it: YAML with one line for what belongs together."""

from typing import Any

import yaml

from standards.spec.scheme.canonical import canonical_tree
from standards.spec.scheme.document import SchemeDocument

WIDTH = 110
_TEXT = "tag:yaml.org,2002:str"


class _PlainDumper(yaml.SafeDumper):
    """Writes every scalar as plain as YAML allows: the language reads none of them as anything but text."""

    yaml_implicit_resolvers: dict[Any, Any] = {}

    def ignore_aliases(self, data: Any) -> bool:
        return True


_WORDS = {None: "null", True: "true", False: "false"}
for _kind in (type(None), bool):
    _PlainDumper.add_representer(_kind, lambda dumper, one: dumper.represent_scalar(_TEXT, _WORDS[one]))


def scheme_text(document: SchemeDocument) -> str:
    """The document as YAML; reading it gives an equal document."""
    return tree_text(canonical_tree(document))


def tree_text(tree: Any) -> str:
    """Mappings, lists and text as YAML."""
    text: str = yaml.dump(
        tree, Dumper=_PlainDumper, sort_keys=False, default_flow_style=None, allow_unicode=True, width=WIDTH
    )
    return text
