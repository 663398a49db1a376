"""Text as typed values: each exactly as written, or not at all."""

import re
from collections.abc import Callable
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import types
from pyspark.sql.types import DataType, StructType

from ..errors import ColumnMismatchError, UnknownOptionError
from ..source import SOURCE
from ..text import is_blank, trimmed

Typed = tuple[pa.Array, pa.Array | None]
"""The values of a column, and for each row whether its text is no value of the type; None if all are."""

_UTC = pa.timestamp("us", "UTC")
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
    types.TimestampType: _UTC,
    types.TimestampNTZType: pa.timestamp("us"),
}
_WHOLE = r"^-?[0-9]+$"
_REAL = r"^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_NUMBER = re.compile(_REAL)
# Spark's years, which are those of Python: 0001 to 9999.
_DATE = r"(000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
_ZONE = r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
_SHORTEST_IN_UTC = len("YYYY-MM-DDTHH:MM:SSZ")
_FIRST_INSTANT, _LAST_INSTANT = -62135596800_000000, 253402300799_999999
_OFFSET = re.compile(r"(?:UTC|GMT|UT)?([+-])(\d\d?)(?::?(\d\d))?")
_ALL_DIGITS = Context(prec=38, traps=[Inexact, InvalidOperation])
_SURELY_SHORT = 18
"""So many letters are always within 64 bits."""


def readable(schema: StructType) -> StructType:
    """The schema, once it is sure that each of its columns can be read from text."""
    repeated = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if repeated:
        raise ColumnMismatchError(f"the schema has the column {', '.join(repeated)} more than once")
    for field in schema:
        arrow_type(field.dataType, field.name)
        if field.name == SOURCE:
            raise ColumnMismatchError(f"the column {SOURCE} can't be read: it says which line a row is from")
    return schema


def arrow_type(data_type: DataType, column: str) -> pa.DataType:
    """Returns the Arrow type of a column. A type that can't be read from text is an error."""
    if isinstance(data_type, types.DecimalType):
        return pa.decimal128(data_type.precision, data_type.scale)
    for kind in type(data_type).__mro__:
        if kind in _INTEGERS or kind in _OTHERS:
            return _INTEGERS.get(kind) or _OTHERS[kind]
    raise ColumnMismatchError(
        f"column {column} can't be read as {data_type.simpleString()}: read it as string, and take it apart"
        " afterwards, for instance with from_json"
    )


def zone_of(name: str) -> str:
    """The name that Arrow has for a time zone of Spark's."""
    offset = _OFFSET.fullmatch(name)
    if offset:
        sign, hours, minutes = offset.groups()
        return f"{sign}{int(hours):02}:{minutes or '00'}"
    zone = "UTC" if name in ("Z", "UT", "GMT", "Etc/UTC") else name
    try:
        _in_zone(pa.array([0], pa.timestamp("us")), zone)
    except pa.ArrowInvalid:
        raise UnknownOptionError(
            f"instants can't be read in the time zone {name}: set spark.sql.session.timeZone to an area and a"
            " city, such as Europe/Paris"
        ) from None
    return zone


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
        return _short(column)
    return column, None


def _from_text(text: pa.Array, data_type: DataType, zone: str) -> Typed:
    if isinstance(data_type, types.DecimalType):
        return _decimals(text, arrow_type(data_type, ""))
    if isinstance(data_type, types.TimestampType):
        return _instants(text, zone)
    if type(data_type) in _INTEGERS:
        return _then(_integers(text), lambda values: _within(values, _INTEGERS[type(data_type)]))
    return _READERS[type(data_type)](text)


def _integers(text: pa.Array) -> Typed:
    digits, wrong = _matching(text, _WHOLE)
    long = pc.greater(pc.binary_length(digits), _SURELY_SHORT)
    if not pc.any(long, min_count=0).as_py():
        return digits.cast(pa.int64()), wrong
    values = pa.array([None if value is None else _long(value) for value in digits.to_pylist()], pa.int64())
    return values, _also_lost(wrong, digits, values)


def _long(digits: str) -> int | None:
    if len(digits.lstrip("-").lstrip("0")) > _SURELY_SHORT + 1:
        return None
    value = int(digits)
    return value if -(2**63) <= value < 2**63 else None


def _within(values: pa.Array, narrow: pa.DataType) -> Typed:
    if values.type == narrow:
        return values, None
    least, most = -(2 ** (narrow.bit_width - 1)), 2 ** (narrow.bit_width - 1) - 1
    fitting, beyond = _without(values, pc.or_(pc.less(values, least), pc.greater(values, most)))
    return fitting.cast(narrow), beyond


def _reals(text: pa.Array) -> Typed:
    digits, wrong = _matching(text, _REAL)
    numbers = [None if value is None else float(value) + 0.0 for value in digits.to_pylist()]
    return _then((pa.array(numbers, pa.float64()), wrong), _finite)


def _short_reals(text: pa.Array) -> Typed:
    return _then(_reals(text), _short)


def _short(values: pa.Array) -> Typed:
    return _finite(values.cast(pa.float32(), safe=False))


def _finite(values: pa.Array) -> Typed:
    return _without(values, pc.invert(pc.is_finite(values)))


def _decimals(text: pa.Array, wanted: pa.DataType) -> Typed:
    digits, wrong = _matching(text, _REAL)
    whole, fraction = wanted.precision - wanted.scale, wanted.scale
    # Of other numbers Arrow would round some, and keep only the last bits of long ones.
    plain = pc.match_substring_regex(digits, rf"^-?[0-9]{{0,{whole}}}(\.[0-9]{{0,{fraction}}})?$")
    if pc.all(plain, min_count=0).as_py():
        return digits.cast(wanted), wrong
    values = pa.array([exact_decimal(value, wanted) for value in digits.to_pylist()], wanted)
    return values, _also_lost(wrong, digits, values)


def exact_decimal(digits: str | None, wanted: pa.DataType) -> Decimal | None:
    """The number, unless it has more digits than the type."""
    if digits is None or not _NUMBER.fullmatch(digits):
        return None
    try:
        number = Decimal(digits)
        if number.adjusted() >= wanted.precision - wanted.scale and number != 0:
            return None
        return number.quantize(Decimal(1).scaleb(-wanted.scale), context=_ALL_DIGITS)
    except DecimalException:
        return None


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
    return _then(_instants_in_utc(text) or _instants_of_zones(text, zone), _in_known_years)


def _in_known_years(values: pa.Array) -> Typed:
    micros = _micros(values)
    return _without(values, pc.or_(pc.less(micros, _FIRST_INSTANT), pc.greater(micros, _LAST_INSTANT)))


def _instants_in_utc(text: pa.Array) -> Typed | None:
    """Reads instants with Arrow, if all have seconds and a Z: otherwise it takes some that are none here."""
    in_utc = pc.all(pc.ends_with(text, "Z"), min_count=0).as_py()
    if not in_utc or (pc.min(pc.binary_length(text)).as_py() or _SHORTEST_IN_UTC) < _SHORTEST_IN_UTC:
        return None
    try:
        return text.cast(_UTC), None
    except pa.ArrowInvalid:
        return None


def _instants_of_zones(text: pa.Array, zone: str) -> Typed:
    with_zone = pc.fill_null(pc.match_substring_regex(text, f"^{_DATE}[T ]{_TIME}{_ZONE}$"), False)
    zoned, _ = _in_calendar(pc.if_else(with_zone, text, pa.scalar(None, pa.string())), None)
    local, wrong = _local_times(pc.if_else(with_zone, pa.scalar(None, pa.string()), text))
    values = pc.coalesce(zoned.cast(_UTC), _in_zone(local, zone))
    return values, _also_lost(wrong, text, values)


def _in_zone(local: pa.Array, zone: str) -> pa.Array:
    """
    The instants of local times, as Spark has them.

    Of a time that is there twice it is the first, and one that the clocks leave out is as much later as they
    leave out.
    """
    if zone == "UTC":
        return local.cast(_UTC)
    before = pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="earliest")
    after = pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="latest")
    offset = pc.subtract(_micros(pc.local_timestamp(before)), _micros(before))
    left_out = pc.not_equal(_micros(before), _micros(after))
    return pc.if_else(left_out, pc.subtract(_micros(local), offset), _micros(before)).cast(_UTC)


def _micros(times: pa.Array) -> pa.Array:
    return times.cast(pa.int64())


def _matching(text: pa.Array, pattern: str) -> Typed:
    """The text that matches, else null; and for each row whether there is text that doesn't."""
    return _without(text, pc.invert(pc.match_substring_regex(text, pattern)))


def _then(found: Typed, read: Callable[[pa.Array], Typed]) -> Typed:
    """Reads on, and joins what both ways have found wrong."""
    values, wrong = read(found[0])
    return values, _either(found[1], wrong)


def _without(values: pa.Array, wrong: pa.Array) -> Typed:
    """The values but for those that are wrong. What is null is not."""
    wrong = pc.fill_null(wrong, False)
    if not pc.any(wrong, min_count=0).as_py():
        return values, None
    return pc.if_else(wrong, pa.scalar(None, values.type), values), wrong


def _also_lost(wrong: pa.Array | None, before: pa.Array, after: pa.Array) -> pa.Array | None:
    if before.null_count == after.null_count:
        return wrong
    return _either(wrong, pc.and_(pc.is_valid(before), pc.is_null(after)))


def _either(first: pa.Array | None, second: pa.Array | None) -> pa.Array | None:
    if first is None or second is None:
        return second if first is None else first
    return pc.or_(first, second)


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
    real, lost = _without(text, pa.array(unreal))
    return real, _either(wrong, lost)


_READERS: dict[type[DataType], Callable[[pa.Array], Typed]] = {
    types.FloatType: _short_reals,
    types.DoubleType: _reals,
    types.BooleanType: _booleans,
    types.DateType: _dates,
    types.TimestampNTZType: _local_times,
}
