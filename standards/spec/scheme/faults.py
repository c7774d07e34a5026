"""What can be wrong with a scheme document: each fault has a place, a stable code and a sentence."""

import msgspec

# Faults of form. The published JSON Schema refuses exactly the documents that have one of these;
# all other codes are faults of meaning, which only the validator sees.
SHAPE_CODES = frozenset(
    {
        "not-a-mapping", "not-a-list", "not-text", "unknown-key", "missing-key", "bad-number", "bad-choice",
        "bad-date", "bad-name", "empty", "too-many", "too-deep", "one-of", "bad-pick", "bad-test",
    }
)  # fmt: skip


class Fault(msgspec.Struct, frozen=True):
    """One thing to mend: `path` is a JSON pointer into the document ("" is the document itself)."""

    path: str
    code: str
    message: str

    @property
    def is_of_shape(self) -> bool:
        """True when the published JSON Schema refuses this too."""
        return self.code in SHAPE_CODES

    def __str__(self) -> str:
        return f"{self.path or '/'}: {self.message} [{self.code}]"


class FaultyScheme(ValueError):
    """Raised for a document that cannot be used; carries every fault found, in the order of the document."""

    def __init__(self, faults: list[Fault] | tuple[Fault, ...]):
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def pointer(path: str, *steps: str | int) -> str:
    """Extend a JSON pointer (RFC 6901) by keys or positions."""
    return path + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
