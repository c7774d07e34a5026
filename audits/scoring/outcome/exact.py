"""Exact fractions for many rows at once: numerators and denominators as int64, never beyond what int64 holds.

Every operation first proves from the largest figures that its products fit; otherwise it raises TooWide and the
caller goes on with Python's unbounded fractions. Nothing is ever rounded silently.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

import msgspec
import numpy as np

LIMIT = 2**62


class TooWide(ArithmeticError):
    """Raised when a figure might not fit into 64 bits."""


class Exact(msgspec.Struct, frozen=True):
    """`above` / `below` per row where `present`; absent rows hold 0/1. `below` is always positive."""

    above: np.ndarray
    below: np.ndarray
    present: np.ndarray

    def at(self, row: int) -> Fraction | None:
        """Return the figure of one row, None when absent."""
        return Fraction(int(self.above[row]), int(self.below[row])) if self.present[row] else None


def exact_constant(number: Fraction | int, rows: int) -> Exact:
    """Return the same number for every row."""
    number = Fraction(number)
    _check(abs(number.numerator), number.denominator)
    ones = np.ones(rows, np.int64)
    return Exact(ones * number.numerator, ones * number.denominator, np.ones(rows, bool))


def exact_choice(numbers: Sequence[Fraction | int], index: np.ndarray) -> Exact:
    """Return `numbers[index]` for every row; a negative index is absent."""
    listed = [Fraction(0), *map(Fraction, numbers)]
    for number in listed:
        _check(abs(number.numerator), number.denominator)
    above = np.array([number.numerator for number in listed], np.int64)
    below = np.array([number.denominator for number in listed], np.int64)
    return Exact(above[index + 1], below[index + 1], index >= 0)


def masked(number: Exact, present: np.ndarray) -> Exact:
    """Return the figures where `present`, absent elsewhere."""
    return Exact(np.where(present, number.above, 0), np.where(present, number.below, 1), present)


def chosen(condition: np.ndarray, one: Exact, other: Exact) -> Exact:
    """Return `one` where the condition holds, `other` elsewhere."""
    return Exact(
        np.where(condition, one.above, other.above),
        np.where(condition, one.below, other.below),
        np.where(condition, one.present, other.present),
    )


def filled(number: Exact) -> Exact:
    """Return absent figures as 0 that is there."""
    return Exact(number.above, number.below, np.ones(len(number.above), bool))


def added(one: Exact, other: Exact) -> Exact:
    """Return the sum where both are present."""
    if _is_whole(one) and _is_whole(other):
        _check(_top(one.above) + _top(other.above))
        return masked(Exact(one.above + other.above, one.below, one.present), one.present & other.present)
    shared = np.gcd(one.below, other.below)
    left, right = other.below // shared, one.below // shared
    _check(2 * max(_top(one.above) * _top(left), _top(other.above) * _top(right)))
    _check(_top(one.below) * _top(left))
    total = Exact(one.above * left + other.above * right, one.below * left, one.present & other.present)
    return masked(_reduced(total), total.present)


def multiplied(one: Exact, other: Exact) -> Exact:
    """Return the product where both are present."""
    _check(_top(one.above) * _top(other.above), _top(one.below) * _top(other.below))
    product = Exact(one.above * other.above, one.below * other.below, one.present & other.present)
    return masked(_reduced(product), product.present)


def divided(one: Exact, other: Exact) -> Exact:
    """Return the quotient where both are present and the divisor is not 0."""
    present = one.present & other.present & (other.above != 0)
    sign = np.where(other.above < 0, -1, 1)
    above = np.where(present, np.abs(other.above), 1)
    turned = Exact(np.where(present, sign * other.below, 0), above, present)
    return multiplied(one, turned)


def compared(operator: str, one: Exact, other: Exact) -> np.ndarray:
    """Return, per row, whether the comparison holds; False where either is absent."""
    _check(_top(one.above) * _top(other.below), _top(other.above) * _top(one.below))
    left, right = one.above * other.below, other.above * one.below
    held: np.ndarray = _COMPARISONS[operator](left, right) & one.present & other.present
    return held


_COMPARISONS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "at_least": np.greater_equal,
    "at_most": np.less_equal,
    "above": np.greater,
    "below": np.less,
    "is": np.equal,
}


def extreme(operator: str, numbers: Sequence[Exact]) -> Exact:
    """Return the greatest (max) or least (min) of the present figures; absent where none is present."""
    best = numbers[0]
    for other in numbers[1:]:
        wins = compared("above" if operator == "max" else "below", other, best) | (other.present & ~best.present)
        best = chosen(wins, other, best)
    return best


def rounded_all(number: Exact, mode: str, places: int) -> Exact:
    """Round every figure: nearest (half away from zero), up (towards +infinity), down, or none."""
    if mode == "none":
        return number
    scale = 10**places
    _check(2 * _top(number.above) * scale + 2 * _top(number.below))
    scaled = number.above * scale
    if mode == "up":
        whole = -((-scaled) // number.below)
    elif mode == "down":
        whole = scaled // number.below
    else:
        whole = np.sign(scaled) * ((2 * np.abs(scaled) + number.below) // (2 * number.below))
    below = np.full(len(whole), scale, np.int64)
    return masked(_reduced(Exact(whole, below, number.present)), number.present)


def _reduced(number: Exact) -> Exact:
    shared = np.gcd(number.above, number.below)
    return Exact(number.above // shared, number.below // shared, number.present)


def _is_whole(number: Exact) -> bool:
    return bool((number.below == 1).all())


def _top(numbers: np.ndarray) -> int:
    return int(np.abs(numbers).max(initial=0))


def _check(*largest: int) -> None:
    if max(largest) >= LIMIT:
        raise TooWide("a figure may not fit into 64 bits")
