"""Spark's values as SQLite's, each one exactly: what would be rounded is an error that names the column."""

from decimal import Decimal
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
    types.DecimalType: "REAL",  # as text, 1000.00 would be less than 999.98
    types.DateType: "TEXT",
    types.TimestampType: "TEXT",
    types.TimestampNTZType: "TEXT",
    types.BinaryType: "BLOB",
}

_SURE_DIGITS = 15


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


def unfitness(field: StructField, declared: str) -> str:
    """What is wrong with a column that does not store the field's values exactly."""
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


def encode(column: pa.Array, field: StructField) -> pa.Array:
    """The column as int64, float64, text or bytes."""
    data_type = field.dataType
    if isinstance(data_type, (types.FloatType, types.DoubleType)):
        return _finite(column.cast(pa.float64()), field)
    if isinstance(data_type, types.DecimalType):
        return _numbers(column, field)
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
