"""The stored form of answers: what a database column holds, a few hundred bytes for 900 answers.

Nearly every answer is a small number, so that one byte each is enough: 0–250 stand for themselves, 254 and 255 for "not
assessed" and "not applicable", 253 for a wide number (int32, behind the bytes) and 252 for any other int16 (behind the
bytes as well). The whole is Huffman coded (raw deflate); of two encoders the shorter result is kept. Measured on 900
answers of mixed kinds: 333 bytes, against 1,800 plain and 497 for zlib over the plain vector.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audits.scoring.answers import NOT_APPLICABLE, NOT_ASSESSED, WIDE, Answers

_MARK = b"\x01"
_OTHER, _WIDE, _NOT_ASSESSED, _NOT_APPLICABLE = 252, 253, 254, 255
_LARGEST_BYTE = 250
_STRATEGIES = (zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE)
_CODE_OF_BYTE = np.arange(256, dtype=np.int16)
_CODE_OF_BYTE[[_OTHER, _WIDE, _NOT_ASSESSED, _NOT_APPLICABLE]] = [0, WIDE, NOT_ASSESSED, NOT_APPLICABLE]


@dataclass(frozen=True, slots=True)
class Batch:
    """The answers of many visits with one layout: int16 (visits × keys), and (visit, position, number) of wide ones."""

    matrix: np.ndarray
    wide: tuple[tuple[int, int, int], ...] = ()

    def taken(self, lines: np.ndarray) -> "Batch":
        """These visits in this order."""
        if not self.wide:
            return Batch(self.matrix[lines])
        place = {line: number for number, line in enumerate(lines.tolist())}
        wide = tuple((place[line], where, number) for line, where, number in self.wide if line in place)
        return Batch(self.matrix[lines], wide)

    def replaced(self, changes: Mapping[int, Answers]) -> "Batch":
        """The same visits with other answers at these lines."""
        if not changes:
            return self
        matrix = self.matrix.copy()
        wide = [one for one in self.wide if one[0] not in changes]
        for line, answers in changes.items():
            matrix[line] = answers.vector()
            wide += [(line, position, number) for position, number in answers.wide]
        return Batch(matrix, tuple(wide))


def pack(answers: Answers) -> bytes:
    """The stored form of answers."""
    codes = answers.vector()
    small = np.full(codes.size, _OTHER, dtype=np.uint8)
    plain = (codes >= 0) & (codes <= _LARGEST_BYTE)
    small[plain] = codes[plain]
    small[codes == NOT_ASSESSED] = _NOT_ASSESSED
    small[codes == NOT_APPLICABLE] = _NOT_APPLICABLE
    small[codes == WIDE] = _WIDE
    head = np.array([codes.size], dtype="<u4").tobytes()
    wide = np.array([number for _, number in answers.wide], dtype="<i4").tobytes()
    body = head + small.tobytes() + codes[small == _OTHER].tobytes() + wide
    return _MARK + min((_deflated(body, strategy) for strategy in _STRATEGIES), key=len)


def unpack(stored: bytes) -> Answers:
    """The answers of a stored form. Raises ValueError where it is not one."""
    batch = unpack_many([stored])
    return Answers(batch.matrix.astype("<i2").tobytes(), tuple((where, number) for _, where, number in batch.wide))


def unpack_many(stored: Sequence[bytes]) -> Batch:
    """The answers of many visits at once. Raises ValueError for a broken form, or where the numbers of keys differ."""
    if not stored:
        return Batch(np.zeros((0, 0), dtype=np.int16))
    bodies = [_inflated(one) for one in stored]
    head = bodies[0][:4]
    keys = int.from_bytes(head, "little")
    end = 4 + keys
    if any(body[:4] != head or len(body) < end for body in bodies):
        raise ValueError("These answers were not given to the same list of standards, or are cut short.")
    small = np.frombuffer(b"".join([body[4:end] for body in bodies]), dtype=np.uint8).reshape(len(bodies), keys)
    matrix = _CODE_OF_BYTE.take(small)
    other, wide = np.flatnonzero(small == _OTHER), np.flatnonzero(small == _WIDE)
    split, tail = (np.bincount(where // max(keys, 1), minlength=len(bodies)) for where in (other, wide))
    if (2 * split + 4 * tail != [len(body) - end for body in bodies]).any():
        raise ValueError("The stored answers are cut short.")
    middles = (end + 2 * split).tolist()
    rest = b"".join([body[end:middle] for body, middle in zip(bodies, middles, strict=True)])
    matrix.reshape(-1)[other] = np.frombuffer(rest, dtype="<i2")
    rest = b"".join([body[middle:] for body, middle in zip(bodies, middles, strict=True)]) if wide.size else b""
    numbers = np.frombuffer(rest, dtype="<i4").tolist()
    places = [divmod(place, keys) for place in wide.tolist()]
    return Batch(matrix, tuple((*place, number) for place, number in zip(places, numbers, strict=True)))


def as_batch(answers: Iterable[Answers]) -> Batch:
    """Answers in memory as one matrix; all must have the same number of keys (ValueError otherwise)."""
    rows = list(answers)
    if len({len(row.codes) for row in rows}) > 1:
        raise ValueError("These answers were not given to the same list of standards.")
    matrix = np.frombuffer(b"".join(row.codes for row in rows), dtype="<i2").reshape(len(rows), -1) if rows else None
    wide = tuple((row, position, number) for row, one in enumerate(rows) for position, number in one.wide)
    return Batch(np.zeros((0, 0), dtype=np.int16) if matrix is None else matrix.astype(np.int16), wide)


def _deflated(body: bytes, strategy: int) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
    return engine.compress(body) + engine.flush()


def _inflated(stored: bytes) -> bytes:
    if stored[:1] != _MARK:
        raise ValueError("These are no stored answers.")
    try:
        body = zlib.decompress(stored[1:], -15, 2048)
    except zlib.error as error:
        raise ValueError(f"The stored answers are broken: {error}") from None
    if len(body) < 4:
        raise ValueError("The stored answers are cut short.")
    return body
