"""A checksum of the rows of a table, whatever their order, for the run ledger."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_SEPARATOR, _NULL = "\x1f", "\x00"
_LANE = 2**48
# Arrow writes reals of this size as digits with a point, like everybody else. 0 may be a negative 0.
_PLAIN_FROM, _PLAIN_BELOW = 1e-6, 1e10

Value = int | float | str | bytes | None


class RowChecksum:
    """
    The sum of what SHA-256 makes of each row: of the text of its values, in the order of the table's columns,
    joined by U+001F. The first and the second six bytes of a digest are two numbers; each is summed modulo
    2^48. It finds mistakes, and is no proof against somebody who forges rows.

    The text of a value: integers and text as they are, reals as JavaScript writes them (the shortest text
    that is read as the same number), bytes as `blob:` and hexadecimal digits, NULL as U+0000.

    sparkctl computes the same from what it generates, and from the database when it checks a result.
    """

    def __init__(self) -> None:
        self._lanes = [0, 0]

    def add(self, rows: pa.RecordBatch) -> None:
        """Adds rows as `encode` makes them: of int64, float64, text and bytes."""
        if rows.num_rows == 0:
            return
        texts = [_text_of(column) for column in rows.columns]
        joined = pc.binary_join_element_wise(
            *texts, _SEPARATOR, null_handling="replace", null_replacement=_NULL
        )
        self._change(joined.cast(pa.binary()).to_pylist(), 1)

    def remove(self, rows: Iterable[tuple[Value, ...]]) -> None:
        """Takes rows out that were added before."""
        self._change((_SEPARATOR.join(map(text_of, row)).encode() for row in rows), -1)

    def join(self, other: "RowChecksum") -> None:
        """Adds the rows of another one."""
        self._lanes = [(a + b) % _LANE for a, b in zip(self._lanes, other._lanes, strict=True)]

    def digest(self) -> str:
        """24 hexadecimal digits."""
        return "".join(f"{lane:012x}" for lane in self._lanes)

    @staticmethod
    def of_digest(digest: str) -> "RowChecksum":
        """The checksum that has this digest."""
        checksum = RowChecksum()
        checksum._lanes = [int(digest[:12], 16), int(digest[12:], 16)]
        return checksum

    def _change(self, rows: Iterable[bytes], sign: int) -> None:
        sha256 = hashlib.sha256
        digests = np.frombuffer(b"".join([sha256(row).digest() for row in rows]), np.uint8).reshape(-1, 32)
        # The sum of each byte of the digests: numbers that fit, and of which the lanes are made.
        sums: list[int] = digests.sum(axis=0, dtype=np.uint64).tolist()
        for place in range(2):
            total = sum(number << (8 * (5 - i)) for i, number in enumerate(sums[6 * place : 6 * place + 6]))
            self._lanes[place] = (self._lanes[place] + sign * total) % _LANE


def text_of(value: Value) -> str:
    """The text of a value as a database gives it."""
    if value is None:
        return _NULL
    if isinstance(value, float):
        return real_text(value)
    if isinstance(value, bytes):
        return f"blob:{value.hex()}"
    return str(value)


def real_text(value: float) -> str:
    """A real as ECMA-262 (Number::toString) writes it."""
    if value == 0:
        return "0"
    _, digits, exponent = Decimal(repr(abs(value))).normalize().as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is no number of a table")
    text, point = "".join(map(str, digits)), len(digits) + exponent
    minus = "-" if value < 0 else ""
    if len(text) <= point <= 21:
        return minus + text + "0" * (point - len(text))
    if 0 < point <= 21:
        return f"{minus}{text[:point]}.{text[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{text}"
    power = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return minus + text[0] + ("." + text[1:] if len(text) > 1 else "") + power


def _text_of(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_binary(column.type):
        return pa.array(
            [None if value is None else text_of(value) for value in column.to_pylist()], pa.string()
        )
    if pa.types.is_floating(column.type):
        return _real_texts(column)
    return column.cast(pa.string())


def _real_texts(column: pa.Array) -> pa.Array:
    size = pc.abs(column)
    plain = pc.fill_null(pc.and_(pc.greater_equal(size, _PLAIN_FROM), pc.less(size, _PLAIN_BELOW)), True)
    texts = column.cast(pa.string())
    if pc.all(plain, min_count=0).as_py():
        return texts
    others: Any = [real_text(value) for value in column.filter(pc.invert(plain)).to_pylist()]
    return pc.replace_with_mask(texts, pc.invert(plain), pa.array(others, pa.string()))
