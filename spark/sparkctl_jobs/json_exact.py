"""The exact way with JSON: line by line, whatever is in it. It decides where the fast way gives up."""

import json
import math
from typing import Any

import pyarrow as pa
from pyspark.sql.types import BooleanType, DataType, DoubleType, LongType, StringType, StructType

from .json_types import arrow_type
from .reasons import Reason, Skipped
from .text import NUL, WHITE_SPACE

_LONG_MIN, _LONG_MAX = -(2**63), 2**63 - 1


def parse_exactly(values: pa.Array, schema: StructType) -> tuple[list[pa.Array], pa.Array]:
    """Line by line, whatever is in it."""
    objects: list[dict[str, Any]] = []
    reasons: list[str | None] = []
    for value in values.to_pylist():
        found, reason = _object_in(value)
        objects.append(found)
        reasons.append(reason)
    columns = []
    for field in schema:
        column = [found.get(field.name) for found in objects]
        for row in _misfits(column, field.dataType):
            column[row] = None
            reasons[row] = reasons[row] or Reason.WRONG_TYPE
        columns.append(_to_arrow(column, field.dataType))
    return columns, pa.array(reasons, pa.string())


def _object_in(line: bytes) -> tuple[dict[str, Any], str | None]:
    try:
        text = line.decode()
        found = _decode(text)
    except json.JSONDecodeError:
        return {}, Reason.MALFORMED_JSON if text.strip(WHITE_SPACE) else Skipped.BLANK
    except (UnicodeDecodeError, RecursionError):
        return {}, Reason.MALFORMED_JSON
    return (found, None) if type(found) is dict else ({}, Reason.MALFORMED_JSON)


def _decode(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python reads no integer of more than 4300 digits
        return json.loads(text, parse_int=_integer_or_infinity)


def _integer_or_infinity(digits: str) -> int | float:
    return int(digits) if len(digits) < 400 else math.inf


def _misfits(column: list[Any], data_type: DataType) -> list[int]:
    """The rows whose value is not of the column's type."""
    fits = _FITS[type(data_type)]
    if set(map(type, column)) <= {str, type(None)} and isinstance(data_type, StringType):
        return []
    return [row for row, value in enumerate(column) if value is not None and not fits(value)]


def _is_long(value: Any) -> bool:
    return type(value) is int and _LONG_MIN <= value <= _LONG_MAX


def _is_finite_number(value: Any) -> bool:
    try:
        return type(value) in (int, float) and math.isfinite(float(value))
    except OverflowError:
        return False


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_truth(value: Any) -> bool:
    return type(value) is bool


_FITS = {LongType: _is_long, DoubleType: _is_finite_number, StringType: _is_text, BooleanType: _is_truth}


def _to_arrow(column: list[Any], data_type: DataType) -> pa.Array:
    if isinstance(data_type, DoubleType):
        # 0 is added as in `json_plain`: here -0 is an integer, which has no negative zero.
        column = [None if value is None else float(value) + 0.0 for value in column]
    try:
        return pa.array(column, arrow_type(data_type))
    except UnicodeEncodeError:
        # A lone surrogate, which no UTF-8 can hold. NUL stands for it: just as unfit for a database.
        return pa.array(
            [value if value is None else _without_surrogates(value) for value in column], pa.string()
        )


def _without_surrogates(text: str) -> str:
    return "".join(NUL if "\ud800" <= letter <= "\udfff" else letter for letter in text)
