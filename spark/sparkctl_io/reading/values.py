"""Text as typed values: each exactly as written, or not at all."""

import math
import re
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import types
from pyspark.sql.types import DataType, StructType

from ..errors import ColumnMismatchError
from ..text import is_blank, trimmed

Typed = tuple[pa.Array, pa.Array | None]
"""The values of a column, and for each row whether its text is no value of the type; None if all are."""

_INTEGERS: dict[type[DataType], pa.DataType] = {
    types.ByteType: pa.int8(),
    types.ShortType: pa.int16(),
    types.IntegerType: pa.int32(),
    types.LongType: pa.int64(),
}
_OTHERS: dict[type[DataType], pa.DataType] = {
    types.FloatType: pa.float32(),
    types.DoubleType: pa.float64(),
    types.BooleanType: pa.bool_(),
    types.StringType: pa.string(),
    types.DateType: pa.date32(),
    types.TimestampType: pa.timestamp("us", "UTC"),
    types.TimestampNTZType: pa.timestamp("us"),
}
_WHOLE = r"^-?[0-9]+$"
_REAL = r"^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_NUMBER = re.compile(_REAL)
_DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
_ZONE = r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
_SHORTEST_INSTANT = len("YYYY-MM-DDTHH:MM:SS")
_SURELY_LONG = 18
"""So many letters are always within 64 bits."""


def readable(schema: StructType) -> StructType:
    """The schema, once it is sure that each of its columns can be read from text."""
    for field in schema:
        arrow_type(field.dataType, field.name)
        if field.name.startswith("_"):
            raise ColumnMismatchError(f"the column {field.name} can't be read: names with _ first are kept")
    return schema


def arrow_type(data_type: DataType, column: str) -> pa.DataType:
    """What Arrow calls the type of a column. One that can't be read from text is an error."""
    if isinstance(data_type, types.DecimalType):
        return pa.decimal128(data_type.precision, data_type.scale)
    for kind in type(data_type).__mro__:
        if kind in _INTEGERS or kind in _OTHERS:
            return _INTEGERS.get(kind) or _OTHERS[kind]
    raise ColumnMismatchError(
        f"column {column} can't be read as {data_type.simpleString()}: read it as string, and take it apart"
        " afterwards, for instance with from_json"
    )


def typed(text: pa.Array, data_type: DataType, zone: str) -> Typed:
    """
    The values of a column of text, as CSV has it.

    Numbers may have blanks around them, and blank text is null where it is not a column of text. They have a
    point and no other sign: 1,5 and 1 000 are text. So are NaN, Infinity, and what is too large to be finite.
    Dates are `YYYY-MM-DD`; instants `YYYY-MM-DDTHH:MM:SS`, with a fraction of up to six digits and an offset
    or Z if wanted, else in the time zone `zone`; a blank may stand for the T. Booleans are true and false.
    """
    if isinstance(data_type, types.StringType):
        return text, None
    blank = pc.fill_null(is_blank(text), True)
    inner = trimmed(pc.if_else(blank, pa.scalar(None, pa.string()), text))
    return _from_text(inner, data_type, zone)


def narrowed(column: pa.Array, data_type: DataType, zone: str) -> Typed:
    """The values of a column of JSON that was read as a 64-bit integer, a double, text or truth."""
    if pa.types.is_string(column.type) and not isinstance(data_type, types.StringType):
        return _from_text(column, data_type, zone)
    if pa.types.is_integer(column.type) and type(data_type) in _INTEGERS:
        return _within(column, _INTEGERS[type(data_type)])
    if isinstance(data_type, types.FloatType):
        return _finite(column.cast(pa.float32(), safe=False), column)
    return column, None


def _from_text(text: pa.Array, data_type: DataType, zone: str) -> Typed:
    if isinstance(data_type, types.DecimalType):
        return _decimals(text, arrow_type(data_type, ""))
    if isinstance(data_type, types.TimestampType):
        return _instants(text, zone)
    if type(data_type) in _INTEGERS:
        values, wrong = _integers(text)
        narrow, beyond = _within(values, _INTEGERS[type(data_type)])
        return narrow, wrong if beyond is None else beyond if wrong is None else pc.or_(wrong, beyond)
    return _READERS[type(data_type)](text)


def _integers(text: pa.Array) -> Typed:
    digits, wrong = _matching(text, _WHOLE)
    long = pc.fill_null(pc.greater(pc.binary_length(digits), _SURELY_LONG), False)
    if not pc.any(long, min_count=0).as_py():
        return digits.cast(pa.int64()), wrong
    values = pa.array([None if value is None else _long(value) for value in digits.to_pylist()], pa.int64())
    return values, _also_lost(wrong, digits, values)


def _long(digits: str) -> int | None:
    if len(digits.lstrip("-").lstrip("0")) > _SURELY_LONG + 1:
        return None
    value = int(digits)
    return value if -(2**63) <= value < 2**63 else None


def _within(values: pa.Array, narrow: pa.DataType) -> Typed:
    if values.type == narrow:
        return values, None
    least, most = -(2 ** (narrow.bit_width - 1)), 2 ** (narrow.bit_width - 1) - 1
    beyond = pc.fill_null(pc.or_(pc.less(values, least), pc.greater(values, most)), False)
    if not pc.any(beyond, min_count=0).as_py():
        return values.cast(narrow), None
    return pc.if_else(beyond, pa.scalar(None, values.type), values).cast(narrow), beyond


def _reals(text: pa.Array) -> Typed:
    digits, wrong = _matching(text, _REAL)
    numbers = [None if value is None else float(value) + 0.0 for value in digits.to_pylist()]
    values = pa.array([None if v is None or not math.isfinite(v) else v for v in numbers], pa.float64())
    return values, _also_lost(wrong, digits, values)


def _short_reals(text: pa.Array) -> Typed:
    values, wrong = _reals(text)
    narrow, beyond = _finite(values.cast(pa.float32(), safe=False), values)
    return narrow, wrong if beyond is None else beyond if wrong is None else pc.or_(wrong, beyond)


def _finite(values: pa.Array, before: pa.Array) -> Typed:
    infinite = pc.fill_null(pc.invert(pc.is_finite(values)), False)
    if not pc.any(infinite, min_count=0).as_py():
        return values, None
    return pc.if_else(infinite, pa.scalar(None, values.type), values), infinite


def _decimals(text: pa.Array, wanted: pa.DataType) -> Typed:
    digits, wrong = _matching(text, _REAL)
    try:
        return digits.cast(wanted), wrong
    except pa.ArrowInvalid:
        values = pa.array([exact_decimal(value, wanted) for value in digits.to_pylist()], wanted)
        return values, _also_lost(wrong, digits, values)


def exact_decimal(digits: str | None, wanted: pa.DataType) -> Decimal | None:
    """The number, unless it has more digits than the type."""
    if digits is None or not _NUMBER.fullmatch(digits):
        return None
    number = Decimal(digits)
    if number != 0 and number.adjusted() >= wanted.precision - wanted.scale:
        return None
    exact = number.normalize()
    return exact if -int(exact.as_tuple().exponent) <= wanted.scale else None


def _booleans(text: pa.Array) -> Typed:
    known, wrong = _matching(text, "^(true|false)$")
    return pc.equal(known, "true"), wrong


def _dates(text: pa.Array) -> Typed:
    days, wrong = _matching(text, f"^{_DATE}$")
    days, wrong = _in_calendar(days, wrong)
    return days.cast(pa.date32()), wrong


def _local_times(text: pa.Array) -> Typed:
    times, wrong = _matching(text, f"^{_DATE}[T ]{_TIME}$")
    times, wrong = _in_calendar(times, wrong)
    return times.cast(pa.timestamp("us")), wrong


def _instants(text: pa.Array, zone: str) -> Typed:
    try:
        values = text.cast(pa.timestamp("us", "UTC"))
        if (pc.min(pc.binary_length(text)).as_py() or _SHORTEST_INSTANT) >= _SHORTEST_INSTANT:
            return values, None
    except pa.ArrowInvalid:
        pass
    with_zone = pc.fill_null(pc.match_substring_regex(text, f"^{_DATE}[T ]{_TIME}{_ZONE}$"), False)
    zoned, _ = _in_calendar(pc.if_else(with_zone, text, pa.scalar(None, pa.string())), None)
    local, wrong = _local_times(pc.if_else(with_zone, pa.scalar(None, pa.string()), text))
    local = pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="latest")
    values = pc.coalesce(zoned.cast(pa.timestamp("us", "UTC")), local.cast(pa.timestamp("us", "UTC")))
    return values, _also_lost(wrong, text, values)


def _texts(text: pa.Array) -> Typed:
    return text, None


def _matching(text: pa.Array, pattern: str) -> Typed:
    """The text that matches, else null; and for each row whether there is text that doesn't."""
    matches = pc.fill_null(pc.match_substring_regex(text, pattern), False)
    if pc.sum(matches, min_count=0).as_py() == len(text) - text.null_count:
        return text, None
    wrong = pc.and_(pc.is_valid(text), pc.invert(matches))
    return pc.if_else(matches, text, pa.scalar(None, pa.string())), wrong


def _also_lost(wrong: pa.Array | None, before: pa.Array, after: pa.Array) -> pa.Array | None:
    if before.null_count == after.null_count:
        return wrong
    lost = pc.and_(pc.is_valid(before), pc.is_null(after))
    return lost if wrong is None else pc.or_(wrong, lost)


def _in_calendar(text: pa.Array, wrong: pa.Array | None) -> Typed:
    """Without the 29th to 31st of a month that has fewer days."""
    late = pc.fill_null(pc.match_substring_regex(text, r"^\d{4}-\d\d-(29|3\d)"), False)
    if not pc.any(late, min_count=0).as_py():
        return text, wrong
    days = text.filter(late)
    year, month, day = (
        pc.utf8_slice_codeunits(days, start, stop).cast(pa.int64()).to_numpy()
        for start, stop in ((0, 4), (5, 7), (8, 10))
    )
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    length = np.where(month == 2, np.where(leap, 29, 28), np.where(np.isin(month, (4, 6, 9, 11)), 30, 31))
    unreal = np.zeros(len(text), dtype=bool)
    unreal[late.to_numpy(zero_copy_only=False)] = day > length
    mask = pa.array(unreal)
    if not unreal.any():
        return text, wrong
    real = pc.if_else(mask, pa.scalar(None, pa.string()), text)
    return real, mask if wrong is None else pc.or_(wrong, mask)


_READERS: dict[type[DataType], Callable[[pa.Array], Typed]] = {
    types.StringType: _texts,
    types.FloatType: _short_reals,
    types.DoubleType: _reals,
    types.BooleanType: _booleans,
    types.DateType: _dates,
    types.TimestampNTZType: _local_times,
}
