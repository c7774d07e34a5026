"""Exact numbers and days as a scheme writes them: decimal text, fractions, ISO dates."""

import re
from datetime import date
from fractions import Fraction

MAX_DIGITS = 12
MAX_PLACES = 6
# The same two patterns stand in the published JSON Schema.
DECIMAL_PATTERN = r"[+-]?(?=[0-9.]{1,13}$)(?=(?:\.?[0-9]){1,12}$)[0-9]*(?:[0-9]|\.[0-9]{1,6})"
FRACTION_PATTERN = r"[+-]?[0-9]{1,12}/(?=[0-9]{1,12}$)[0-9]*[1-9][0-9]*"
NUMBER_PATTERN = rf"^(?:{DECIMAL_PATTERN}|{FRACTION_PATTERN})$"
DAY_PATTERN = r"^[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?$"

_FRACTION = re.compile(r"([+-]?\d{1,12})/(\d{1,12})", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d*)(?:\.(\d{1,6}))?", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def exact_number(text: str) -> Fraction:
    """Read "90", "-0.75", "+1" or "1/3" exactly.

    Raises ValueError with a sentence when it is no such number, has more than 12 digits or 6 places.
    """
    fraction = _FRACTION.fullmatch(text)
    if fraction:
        if int(fraction[2]) == 0:
            raise ValueError("a fraction cannot have 0 below the line")
        return Fraction(int(fraction[1]), int(fraction[2]))
    decimal = _DECIMAL.fullmatch(text)
    digits = len(decimal[1]) + len(decimal[2] or "") if decimal else 0
    if not decimal or not digits:
        raise ValueError(f"'{text}' is not a number; write it like 90, 0.75 or 1/3 (at most 6 places)")
    if digits > MAX_DIGITS:
        raise ValueError(f"'{text}' has more than {MAX_DIGITS} digits")
    return Fraction(text)


def is_number(text: str) -> bool:
    """Say whether `exact_number` would read this text."""
    try:
        exact_number(text)
    except ValueError:
        return False
    return True


def number_text(number: Fraction) -> str:
    """Write a number in its one canonical form: "0.75", "90", "-2", or "1/3" where decimals do not end in time."""
    scaled = number * 10**MAX_PLACES
    if scaled.denominator != 1:
        return f"{number.numerator}/{number.denominator}"
    sign = "-" if number < 0 else ""
    whole, places = divmod(abs(scaled.numerator), 10**MAX_PLACES)
    decimals = f"{places:0{MAX_PLACES}d}".rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def exact_day(text: str) -> date:
    """Read an ISO day; a bare year or month means its first day. Raises ValueError with a sentence."""
    match = _DAY.fullmatch(text)
    try:
        if match:
            return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        pass
    raise ValueError(f"'{text}' is not a day; write it like 2024-07-01, 2024-07 or 2024")
