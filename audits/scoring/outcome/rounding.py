"""Rounding of exact fractions, declared by the scheme."""

import math
from fractions import Fraction


def rounded(number: Fraction, mode: str, places: int) -> Fraction:
    """Round to `places` decimals: nearest (half away from zero), up (towards +infinity), down, or none."""
    if mode == "none":
        return number
    scale = 10**places
    scaled = number * scale
    if mode == "up":
        whole = math.ceil(scaled)
    elif mode == "down":
        whole = math.floor(scaled)
    else:
        whole = nearest(scaled)
    return Fraction(whole, scale)


def nearest(number: Fraction) -> int:
    """Round to the nearest whole number, a half away from zero."""
    whole = math.floor(abs(number) + Fraction(1, 2))
    return whole if number >= 0 else -whole
