"""One thing to mend in a document before it can be published."""

from typing import NamedTuple


class Fault(NamedTuple):
    """`pointer` is a JSON pointer into the document, `code` is stable, `detail` says to people what to do."""

    pointer: str
    code: str
    detail: str
