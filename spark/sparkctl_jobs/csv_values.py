"""Text from CSV as typed values: each exactly as written, or not at all."""

import math
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql.types import DataType, DoubleType, LongType, StringType

from .text import is_blank, trimmed

_WHOLE = r"^-?[0-9]+$"
_DECIMAL = r"^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_SURELY_LONG = 18
"""So many letters are always within 64 bits."""
_LONG_MIN, _LONG_MAX = -(2**63), 2**63 - 1


def typed(text: pa.Array, data_type: DataType) -> tuple[pa.Array, pa.Array]:
    """
    The values of a column, and for each row whether its text is none of the column's type.

    Numbers may have blanks around them, and blank text is null in a column of numbers. They have a point and
    no other sign: 1,5 and 1 000 are text. So are NaN, Infinity, and what is too large to be finite.
    """
    return _READERS[type(data_type)](text)


def _read_text(text: pa.Array) -> tuple[pa.Array, pa.Array]:
    return text, _none_of(text)


def _read_whole(text: pa.Array) -> tuple[pa.Array, pa.Array]:
    digits, wrong = _matching(text, _WHOLE)
    long = pc.fill_null(pc.greater(pc.binary_length(digits), _SURELY_LONG), False)
    if not pc.any(long, min_count=0).as_py():
        return digits.cast(pa.int64()), wrong
    values = [None if value is None else _long(value) for value in digits.to_pylist()]
    kept = pa.array(values, pa.int64())
    return kept, pc.or_(wrong, pc.and_(pc.is_valid(digits), pc.is_null(kept)))


def _long(digits: str) -> int | None:
    if len(digits.lstrip("-").lstrip("0")) > _SURELY_LONG + 1:
        return None
    value = int(digits)
    return value if _LONG_MIN <= value <= _LONG_MAX else None


def _read_decimal(text: pa.Array) -> tuple[pa.Array, pa.Array]:
    digits, wrong = _matching(text, _DECIMAL)
    values = [None if value is None else float(value) for value in digits.to_pylist()]
    kept = pa.array(
        [value if value is not None and math.isfinite(value) else None for value in values], pa.float64()
    )
    return kept, pc.or_(wrong, pc.and_(pc.is_valid(digits), pc.is_null(kept)))


def _matching(text: pa.Array, pattern: str) -> tuple[pa.Array, pa.Array]:
    """The text that matches, else null; and for each row whether there is text that doesn't."""
    blank = pc.fill_null(is_blank(text), True)
    inner = pc.if_else(blank, pa.scalar(None, pa.string()), trimmed(text))
    matches = pc.fill_null(pc.match_substring_regex(inner, pattern), False)
    return pc.if_else(matches, inner, pa.scalar(None, pa.string())), pc.invert(pc.or_(matches, blank))


def _none_of(text: pa.Array) -> pa.Array:
    return pa.array([False] * len(text), pa.bool_())


_READERS: dict[type[DataType], Callable[[pa.Array], tuple[pa.Array, pa.Array]]] = {
    StringType: _read_text,
    LongType: _read_whole,
    DoubleType: _read_decimal,
}
