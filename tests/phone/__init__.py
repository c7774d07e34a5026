"""A phone that obeys the protocol strictly, over real HTTP, importing nothing of the product.

For tests, benchmarks and `make chaos`. It serialises a submission once and sends those bytes at every try; it believes
nothing but a valid receipt; it deletes nothing before the server holds everything.
"""

from tests.phone.app import Phone, Sealed
from tests.phone.filling import Filler
from tests.phone.link import Answer, Link, NoAnswer

__all__ = ["Answer", "Filler", "Link", "NoAnswer", "Phone", "Sealed"]
