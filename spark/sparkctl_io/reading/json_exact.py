"""The exact way with JSON: line by line, whatever is in it. It decides where the fast way has doubts."""

import json
import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from ..reasons import Reason
from ..text import WHITE_SPACE
from .parsed import BLANK, Columns
from .values import exact_decimal


def parse_exactly(values: pa.Array, base: pa.Schema) -> Columns:
    has_decimals = any(pa.types.is_decimal(field.type) for field in base)
    objects: list[dict[str, Any]] = []
    reasons: list[str | None] = []
    for value in values.to_pylist():
        found, reason = _object_in(value, has_decimals)
        objects.append(found)
        reasons.append(reason)
    columns = []
    for field in base:
        fits = _fitting(field.type)
        column = [found.get(field.name) for found in objects]
        for row, value in enumerate(column):
            if value is None:
                continue
            column[row] = kept = fits(value)
            if kept is None:
                reasons[row] = reasons[row] or Reason.WRONG_TYPE
        try:
            columns.append(pa.array(column, field.type))
        except UnicodeEncodeError:
            columns.append(_without_surrogates(column, reasons))
    return columns, pa.array(reasons, pa.string())


def _object_in(line: bytes, has_decimals: bool) -> tuple[dict[str, Any], str | None]:
    try:
        text = line.decode()
        found = _decode(text, has_decimals)
    except json.JSONDecodeError:
        return {}, Reason.MALFORMED_JSON if text.strip(WHITE_SPACE) else BLANK
    except (UnicodeDecodeError, RecursionError):
        return {}, Reason.MALFORMED_JSON
    return (found, None) if type(found) is dict else ({}, Reason.MALFORMED_JSON)


def _decode(text: str, has_decimals: bool) -> Any:
    options: dict[str, Any] = {"parse_float": _real} if has_decimals else {}
    try:
        return json.loads(text, **options)
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python reads no integer of more than 4300 digits
        return json.loads(text, parse_int=_integer_or_infinity, **options)


def _real(digits: str) -> Decimal | float:
    try:
        return Decimal(digits)
    except InvalidOperation:
        return math.inf


def _integer_or_infinity(digits: str) -> int | float:
    return int(digits) if len(digits) < 400 else math.inf


def _fitting(kind: pa.DataType) -> Callable[[Any], Any]:
    """From a value to what a column of the type keeps of it: all of it, or nothing."""
    if pa.types.is_decimal(kind):
        return lambda value: _decimal_in(value, kind)
    if pa.types.is_integer(kind):
        return lambda value: value if type(value) is int and -(2**63) <= value < 2**63 else None
    if pa.types.is_floating(kind):
        return _finite_number
    expected = bool if pa.types.is_boolean(kind) else str
    return lambda value: value if type(value) is expected else None


def _decimal_in(value: Any, kind: pa.DataType) -> Decimal | None:
    return exact_decimal(str(value), kind) if type(value) in (int, float, str, Decimal) else None


def _finite_number(value: Any) -> float | None:
    if type(value) not in (int, float, Decimal):
        return None
    try:
        number = float(value) + 0.0  # SQLite has no negative zero
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _without_surrogates(column: list[Any], reasons: list[str | None]) -> pa.Array:
    """A lone surrogate is no text: UTF-8 can't hold it."""
    for row, value in enumerate(column):
        if value is not None and any("\ud800" <= letter <= "\udfff" for letter in value):
            column[row] = None
            reasons[row] = reasons[row] or Reason.WRONG_TYPE
    return pa.array(column, pa.string())
