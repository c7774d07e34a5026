"""Decimal text of documents ("1.5") as exact fractions; binary floats never enter a score."""

import re
from fractions import Fraction

AMOUNT_PATTERN = r"-?[0-9]{1,9}(\.[0-9]{1,6})?"
_AMOUNT = re.compile(AMOUNT_PATTERN)
# The largest number that an answer may be, in the standard's unit and decimals.
LARGEST_NUMBER = 999_999_999


def read_amount(text: str) -> Fraction:
    """The exact value of decimal text: at most nine digits before the point and six after it.

    Raises ValueError for anything else ("1e3", "½", " 1", "1.").
    """
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise ValueError(f'{text!r} is not a decimal number like "1.5" (at most 9 digits before the point, 6 after).')
    return Fraction(text)
