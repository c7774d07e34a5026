"""Canonical bytes depend on what is said, never on where the words were read from."""

import msgspec

from standards.spec import checklist as spec
from tests.cast import small_checklist


def fresh(node):
    """The same words as new objects, as a database or a file gives them."""
    if isinstance(node, msgspec.Struct):
        return type(node)(**{name: fresh(getattr(node, name)) for name in node.__struct_fields__})
    if isinstance(node, tuple):
        return tuple(fresh(item) for item in [*node])
    return "".join([node[:1], node[1:]]) if isinstance(node, str) else node


def test_defaults_read_from_elsewhere_are_left_out_like_those_of_the_source():
    content = small_checklist()
    again = fresh(content)
    assert again.standards[0].kind is not content.standards[0].kind
    assert spec.frozen_bytes(again) == spec.frozen_bytes(content)
    assert b"in_person" not in spec.frozen_bytes(again)


def test_frozen_bytes_read_back_to_the_same_values():
    assert spec.read_checklist(spec.frozen_bytes(small_checklist())) == small_checklist()
