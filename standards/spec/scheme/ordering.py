"""How two figures of one type are compared: the validator and the evaluator must never disagree on it."""

from typing import Any

from standards.spec.scheme.document import PartType


def compare(operator: str, left: Any, right: Any) -> bool:
    """Compare two ranked values; `right` is a tuple for `in`."""
    if operator == "at_least":
        return bool(left >= right)
    if operator == "at_most":
        return bool(left <= right)
    if operator == "above":
        return bool(left > right)
    if operator == "below":
        return bool(left < right)
    return bool(left in right if operator == "in" else left == right)


def rank(value: Any, kind: PartType) -> Any:
    """Return something that can be compared: the position of an ordinal, everything else itself."""
    if kind.kind != "ordinal" or value is None:
        return value
    # Names outside the list (only possible between two lists of one class) rank below all.
    return kind.names.index(value) if value in kind.names else -1
