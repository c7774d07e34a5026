"""The answers of one visit as values: a vector of int16 codes, and beside it the few numbers that no int16 holds."""

import hashlib
from dataclasses import dataclass

import numpy as np

from standards.spec.amounts import LARGEST_NUMBER

NOT_ASSESSED = -32768
NOT_APPLICABLE = -32767
WIDE = -32766
LOWEST, HIGHEST = -32765, 32767
MAX_NUMBER = LARGEST_NUMBER


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one visit: `codes` is the int16 vector, `wide` the (position, number) of every wide one.

    Codes are little-endian, in the order of the scope; -32768 is "not assessed", -32767 "not applicable" and -32766
    "wide": the number is in `wide`, which is sorted by position.
    """

    codes: bytes
    wide: tuple[tuple[int, int], ...] = ()

    def vector(self) -> np.ndarray:
        """The codes as a read-only int16 array (keys,)."""
        return np.frombuffer(self.codes, dtype="<i2")

    def numbers(self) -> list[int]:
        """The codes as plain integers with the wide numbers put back in their places."""
        numbers: list[int] = self.vector().tolist()
        for position, number in self.wide:
            numbers[position] = number
        return numbers


def digest(answers: Answers) -> bytes:
    """The sha256 over the canonical form: the number of keys (uint32), the codes (int16), the wide numbers (int32)."""
    numbers = [number for _, number in answers.wide]
    head = np.array([len(answers.codes) // 2], dtype="<u4").tobytes()
    return hashlib.sha256(head + answers.codes + np.array(numbers, dtype="<i4").tobytes()).digest()
