"""Spark's values as SQLite's, each one exactly: what would be rounded is an error that names the column."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import types
from pyspark.sql.types import StructField

from ..errors import ColumnMismatchError, ValueNotStorableError
from ..timestamps import milliseconds_to_text

_STORAGE: dict[type[types.DataType], str] = {
    types.ByteType: "INTEGER",
    types.ShortType: "INTEGER",
    types.IntegerType: "INTEGER",
    types.LongType: "INTEGER",
    types.BooleanType: "INTEGER",
    types.FloatType: "REAL",
    types.DoubleType: "REAL",
    types.StringType: "TEXT",
    types.DecimalType: "TEXT",
    types.DateType: "TEXT",
    types.TimestampType: "TEXT",
    types.TimestampNTZType: "TEXT",
    types.BinaryType: "BLOB",
}


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
    """Whether a column declared so keeps the field's values as they are, by SQLite's rules of affinity."""
    storage, affinity = storage_of(field), _affinity(declared)
    if affinity in ("ANY", "BLOB", storage):
        return affinity != "BLOB" or storage == "BLOB" or declared == ""
    if affinity == "NUMERIC":
        # Text that looks like a number would become one. An instant or a date never looks like one.
        return storage == "INTEGER" or isinstance(
            field.dataType, (types.DateType, types.TimestampType, types.TimestampNTZType)
        )
    return False


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


def encode(column: pa.Array, field: StructField) -> pa.Array:
    """The column as int64, float64, text or bytes."""
    data_type = field.dataType
    if isinstance(data_type, (types.FloatType, types.DoubleType)):
        return _finite(column.cast(pa.float64()), field)
    if isinstance(data_type, types.DecimalType):
        return _digits(column)
    if isinstance(data_type, types.DateType):
        return _must_all_be_known(
            milliseconds_to_text(column.cast(pa.timestamp("ms"))), column, field, stop=10
        )
    if isinstance(data_type, types.TimestampType):
        return _must_all_be_known(milliseconds_to_text(_milliseconds(column, field)), column, field)
    if isinstance(data_type, types.TimestampNTZType):
        return _must_all_be_known(milliseconds_to_text(_milliseconds(column, field)), column, field, stop=-1)
    storage = {"INTEGER": pa.int64(), "TEXT": pa.string(), "BLOB": pa.binary()}
    return column.cast(storage[storage_of(field)])


def _finite(column: pa.Array, field: StructField) -> pa.Array:
    if not pc.all(pc.is_finite(column), min_count=0).as_py():
        raise ValueNotStorableError(
            f"column {field.name} has NaN or an infinity, which SQLite can't keep:"
            " reject such rows or make them null"
        )
    return column


def _digits(column: pa.Array) -> pa.Array:
    text = column.cast(pa.string())
    if pc.any(pc.match_substring(text, "E"), min_count=0).as_py():  # Arrow writes 1E-7 for 0.0000001
        return pa.array(
            [None if value is None else format(value, "f") for value in column.to_pylist()], pa.string()
        )
    return text


def _milliseconds(column: pa.Array, field: StructField) -> pa.Array:
    micros = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64())
    finer: Any = pc.fill_null(micros, 0).to_numpy() % 1000
    if np.any(finer != 0):
        raise ValueNotStorableError(
            f"column {field.name} has instants finer than a millisecond, which would be lost:"
            f" cut them with date_trunc('MILLISECOND', {field.name})"
        )
    return micros.cast(pa.timestamp("us")).cast(pa.timestamp("ms"))


def _must_all_be_known(
    text: pa.Array, column: pa.Array, field: StructField, stop: int | None = None
) -> pa.Array:
    if text.null_count != column.null_count:
        raise ValueNotStorableError(f"column {field.name} has an instant outside the years 0000 to 9999")
    return text if stop is None else pc.utf8_slice_codeunits(text, 0, stop)
