"""Spark's values as SQLite's, each one exactly: what would be rounded is an error that names the column."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import types
from pyspark.sql.types import StructField

from ..errors import ColumnMismatchError, ValueNotStorableError
from ..text import has_nul

_STORAGE: dict[type[types.DataType], str] = {
    types.ByteType: "INTEGER",
    types.ShortType: "INTEGER",
    types.IntegerType: "INTEGER",
    types.LongType: "INTEGER",
    types.BooleanType: "INTEGER",
    types.FloatType: "REAL",
    types.DoubleType: "REAL",
    types.StringType: "TEXT",
    types.DecimalType: "REAL",  # as text, 1000.00 would be less than 999.98
    types.DateType: "TEXT",
    types.TimestampType: "TEXT",
    types.TimestampNTZType: "TEXT",
    types.BinaryType: "BLOB",
}

_SURE_DIGITS = 15
# 0000-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z, in microseconds since 1970.
_FIRST, _LAST = -62_167_219_200_000_000, 253_402_300_799_999_999


def storage_of(field: StructField) -> str:
    """The type of a STRICT table's column that keeps the field's values exactly."""
    for kind in type(field.dataType).__mro__:
        if kind in _STORAGE:
            return _STORAGE[kind]
    raise ColumnMismatchError(
        f"column {field.name} is of the type {field.dataType.simpleString()}, which SQLite doesn't have:"
        " write it as text, for instance with to_json"
    )


def stores_exactly(field: StructField, declared: str) -> bool:
    """Tells if a column declared so keeps the field's values as they are, by SQLite's rules of affinity."""
    storage, affinity = storage_of(field), _affinity(declared)
    if affinity in ("ANY", "BLOB", storage):
        return affinity != "BLOB" or storage == "BLOB" or declared == ""
    if affinity == "NUMERIC":
        # Text that looks like a number would become one. An instant or a date never looks like one.
        return storage == "INTEGER" or isinstance(
            field.dataType, (types.DateType, types.TimestampType, types.TimestampNTZType)
        )
    return False


def unfitness(field: StructField, declared: str) -> str:
    """Says in words why a column does not store the field's values exactly."""
    if isinstance(field.dataType, types.DecimalType) and _affinity(declared) == "TEXT":
        return "compares numbers as text"
    return f"can't keep every {field.dataType.simpleString()} exactly"


def _affinity(declared: str) -> str:
    name = declared.upper()
    if name == "ANY":
        return "ANY"
    if "INT" in name:
        return "INTEGER"
    if any(part in name for part in ("CHAR", "CLOB", "TEXT")):
        return "TEXT"
    if not name or "BLOB" in name:
        return "BLOB"
    return "REAL" if any(part in name for part in ("REAL", "FLOA", "DOUB")) else "NUMERIC"


def unfit(column: pa.Array, field: StructField) -> pa.Array | None:
    """
    True for each NaN, infinity, and text with a NUL, at which many readers of a database would end it.

    None if there are none.
    """
    if isinstance(field.dataType, (types.FloatType, types.DoubleType)):
        found = pc.invert(pc.is_finite(column))
    elif isinstance(field.dataType, types.StringType):
        found = has_nul(column)
    else:
        return None
    return found if pc.any(found, min_count=0).as_py() else None


def must_fit(column: pa.Array, field: StructField) -> None:
    """Refuses the values that `unfit` finds, where there is no quarantine for their rows."""
    if unfit(column, field) is not None:
        is_text = isinstance(field.dataType, types.StringType)
        raise ValueNotStorableError(
            f"column {field.name} has {'text with the character NUL' if is_text else 'NaN or an infinity'},"
            f" which SQLite can't keep: reject such rows or make them null"
        )


def encode(column: pa.Array, field: StructField) -> pa.Array:
    """The column as int64, float64, text or bytes."""
    data_type = field.dataType
    if isinstance(data_type, types.DecimalType):
        return _numbers(column, field)
    if isinstance(data_type, types.DateType):
        return _instants(column.cast(pa.timestamp("us")), field, days=True)
    if isinstance(data_type, types.TimestampType):
        return _instants(column, field, end="Z")
    if isinstance(data_type, types.TimestampNTZType):
        return _instants(column, field)
    storage = {"INTEGER": pa.int64(), "REAL": pa.float64(), "TEXT": pa.string(), "BLOB": pa.binary()}
    return column.cast(storage[storage_of(field)])


def _numbers(column: pa.Array, field: StructField) -> pa.Array:
    """Decimals as the nearest reals. Up to 15 digits, those are read again as what they were."""
    texts = column.cast(pa.string())
    if column.type.precision > _SURE_DIGITS:
        most = Decimal(10**_SURE_DIGITS - 1).scaleb(-column.type.scale)
        doubted = texts.filter(pc.fill_null(pc.greater(pc.abs(column), pa.scalar(most, column.type)), False))
        for text in doubted.to_pylist():
            if len(Decimal(text).normalize().as_tuple().digits) > _SURE_DIGITS:
                raise ValueNotStorableError(
                    f"column {field.name} has {text}, whose {_SURE_DIGITS + 1}th digit a number of SQLite"
                    f" loses: keep it as text with cast({field.name} AS string), or round it"
                )
    # By way of their text: dividing by a power of ten would be off in the last digit.
    return texts.cast(pa.float64())


def _instants(column: pa.Array, field: StructField, end: str = "", days: bool = False) -> pa.Array:
    """
    ISO 8601 with milliseconds; with microseconds where an instant has them.

    Outside the years 0000 to 9999 it would not sort as text.
    """
    micros = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64())
    known = pc.fill_null(micros, 0)
    if not pc.all(pc.and_(pc.greater_equal(known, _FIRST), pc.less_equal(known, _LAST)), min_count=0).as_py():
        raise ValueNotStorableError(f"column {field.name} has an instant outside the years 0000 to 9999")
    numbers = known.to_numpy()
    texts = _fixed_width(known.cast(pa.timestamp("us")).cast(pa.timestamp("ms"), safe=False), end, days)
    finer = pa.array(numbers % 1000 != 0)
    if pc.any(finer, min_count=0).as_py():
        precise = _fixed_width(known.filter(finer).cast(pa.timestamp("us")), end, days)
        texts = pc.replace_with_mask(texts, finer, precise)
    return pc.if_else(column.is_valid(), texts, pa.scalar(None, pa.string())) if column.null_count else texts


def _fixed_width(instants: pa.Array, end: str, days: bool) -> pa.Array:
    """Instants of years of four digits as text, of which all have the same length."""
    count = len(instants)
    plain = instants.cast(pa.string())
    if days or count == 0:
        return pc.utf8_slice_codeunits(plain, 0, len("YYYY-MM-DD"))
    offsets = np.frombuffer(plain.buffers()[1], np.int32)[plain.offset : plain.offset + count + 1]
    width = int(offsets[1] - offsets[0])
    letters = np.frombuffer(plain.buffers()[2], np.uint8)[offsets[0] : offsets[-1]].reshape(count, width)
    written = np.empty((count, width + len(end)), np.uint8)
    written[:, :width] = letters
    written[:, len("YYYY-MM-DD")] = ord("T")
    if end:
        written[:, width:] = np.frombuffer(end.encode(), np.uint8)
    edges = np.arange(count + 1, dtype=np.int32) * (width + len(end))
    return pa.Array.from_buffers(pa.string(), count, [None, pa.py_buffer(edges), pa.py_buffer(written)])
