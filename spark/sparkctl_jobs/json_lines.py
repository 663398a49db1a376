"""Lines of JSON as typed columns: each bad line with its reason, every good value exactly as written."""

import json
import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json
from pyspark.sql.types import BooleanType, DataType, DoubleType, LongType, StringType, StructType

from .lines import VALUE
from .reasons import Reason, Skipped
from .rows import Rows
from .text import NUL, WHITE_SPACE

# Lines, and about how many bytes, that Arrow's parser is given at once. A block that it refuses is cut once;
# a small one is left to the exact parser, as a call of Arrow's costs as much as a hundred lines there.
_BLOCK, _BLOCK_BYTES, _SMALL_BLOCK = 8192, 8 << 20, 1024
_OPENING, _CLOSING, _BRACKET, _RETURN = ord("{"), ord("}"), ord("["), ord("\r")
_LONG_MIN, _LONG_MAX = -(2**63), 2**63 - 1

# Columns and reasons of a number of lines.
_Parsed = tuple[list[pa.Array], pa.Array]
_Bytes = npt.NDArray[np.uint8]
_Flags = npt.NDArray[np.bool_]
_Offsets = npt.NDArray[np.integer[Any]]


def parse_json_lines(lines: pa.RecordBatch, schema: StructType) -> Rows:
    """
    One row for every line (of `lines.numbered`): its fields as the columns of the schema, absent ones null.

    A line that is not one JSON object is `malformed-json`. A line with a value of another type than its
    column's is `wrong-type`: a number is no text, 3.0 is no integer, nor is 2**63, and NaN and 1e400 are no
    reals. Fields that the schema doesn't name are ignored; of a field that is there twice the last
    counts.

    Clean blocks go through Arrow's parser, which is five times as fast and refuses a whole block for one bad
    line. What it refuses is parsed line by line.
    """
    values = lines.column(VALUE)
    step = max(1, min(_BLOCK, _BLOCK_BYTES * len(values) // max(1, values.nbytes)))
    parts = [_parse(values.slice(start, step), schema) for start in range(0, len(values), step)]
    columns, reasons = _concatenate(parts, schema)
    return Rows(dict(zip(schema.names, columns, strict=True)), reasons, _raw_text(values), lines)


def _parse(values: pa.Array, schema: StructType) -> _Parsed:
    plain = _is_plain(values)
    if plain.all():
        return _parse_plain(values, schema)
    parts = [
        _parse_plain(values.filter(pa.array(plain)), schema),
        _parse_exactly(values.filter(pa.array(~plain)), schema),
    ]
    columns, reasons = _concatenate(parts, schema)
    order = np.argsort(np.concatenate([np.flatnonzero(plain), np.flatnonzero(~plain)]))
    return [column.take(pa.array(order)) for column in columns], reasons.take(pa.array(order))


def _parse_plain(values: pa.Array, schema: StructType) -> _Parsed:
    columns = _parse_fast(values, schema)
    if columns is not None:
        return columns, pa.nulls(len(values), pa.string())
    if len(values) <= _SMALL_BLOCK:
        return _parse_exactly(values, schema)
    pieces = range(0, len(values), _SMALL_BLOCK)
    parts = [_parse_plain(values.slice(start, _SMALL_BLOCK), schema) for start in pieces]
    return _concatenate(parts, schema)


def _is_plain(values: pa.Array) -> _Flags:
    """
    Which lines begin with {, end with the only } in them, and have no [: one flat object, if any.

    Arrow's parser doesn't care for line ends: it finds two objects in a line or one in two lines, and some
    texts between objects crash it. None of this can happen among plain lines. They nest nothing either, and
    so the two parsers can't differ in how deep they go.
    """
    offsets = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1]
    data = np.frombuffer(values.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    starts, ends = offsets[:-1] - offsets[0], offsets[1:] - offsets[0]
    if len(data) == 0:
        return np.zeros(len(values), dtype=np.bool_)
    last = np.maximum(ends - 1, 0)
    last = np.where(data[last] == _RETURN, np.maximum(last - 1, 0), last)
    verdict: _Flags = last > starts
    verdict &= (data[np.where(verdict, starts, 0)] == _OPENING) & (data[last] == _CLOSING)
    text = data.tobytes()
    if not verdict.all() or text.count(b"}") != len(values) or b"[" in text:
        verdict &= (_count(data, _CLOSING, starts, ends) == 1) & (_count(data, _BRACKET, starts, ends) == 0)
    return verdict


def _count(data: _Bytes, letter: int, starts: _Offsets, ends: _Offsets) -> _Offsets:
    places = np.flatnonzero(data == letter)
    return np.searchsorted(places, ends) - np.searchsorted(places, starts)


def _parse_fast(values: pa.Array, schema: StructType) -> list[pa.Array] | None:
    """The columns of plain lines, or None if there is anything in a line that needs a closer look."""
    if len(values) == 0:
        return [pa.nulls(0, _arrow_type(field.dataType)) for field in schema]
    try:
        values.cast(pa.string())  # refuses what is not UTF-8, which the parser would let through
        together = pc.binary_join(
            pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values), b"\n"
        )
        text = together[0].as_buffer()
        table = pyarrow.json.read_json(
            pa.BufferReader(text),
            read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=text.size + 1),
            parse_options=pyarrow.json.ParseOptions(
                explicit_schema=pa.schema([(field.name, _arrow_type(field.dataType)) for field in schema]),
                unexpected_field_behavior="ignore",
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    if table.num_rows != len(values):
        return None
    columns = [table.column(name).combine_chunks() for name in schema.names]
    for column in columns:
        if pa.types.is_floating(column.type) and not pc.all(pc.is_finite(column), min_count=0).as_py():
            return None
    return columns


def _parse_exactly(values: pa.Array, schema: StructType) -> _Parsed:
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


def _arrow_type(data_type: DataType) -> pa.DataType:
    types = {LongType: pa.int64(), DoubleType: pa.float64(), StringType: pa.string(), BooleanType: pa.bool_()}
    return types[type(data_type)]


def _to_arrow(column: list[Any], data_type: DataType) -> pa.Array:
    if isinstance(data_type, DoubleType):
        column = [None if value is None else float(value) for value in column]
    try:
        return pa.array(column, _arrow_type(data_type))
    except UnicodeEncodeError:
        # A lone surrogate, which no UTF-8 can hold. NUL stands for it: just as unfit for a database.
        return pa.array(
            [value if value is None else _without_surrogates(value) for value in column], pa.string()
        )


def _without_surrogates(text: str) -> str:
    return "".join(NUL if "\ud800" <= letter <= "\udfff" else letter for letter in text)


def _raw_text(values: pa.Array) -> pa.Array:
    """The lines as text without their CR. What is not UTF-8 becomes U+FFFD."""
    if pc.any(pc.ends_with(values, b"\r"), min_count=0).as_py():
        values = pc.if_else(pc.ends_with(values, b"\r"), pc.binary_slice(values, 0, -1), values)
    try:
        return values.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([value.decode(errors="replace") for value in values.to_pylist()], pa.string())


def _concatenate(parts: list[_Parsed], schema: StructType) -> _Parsed:
    if len(parts) == 1:
        return parts[0]
    empty = [pa.nulls(0, _arrow_type(field.dataType)) for field in schema]
    columns = [pa.concat_arrays([none, *(part[0][i] for part in parts)]) for i, none in enumerate(empty)]
    return columns, pa.concat_arrays([pa.nulls(0, pa.string()), *(part[1] for part in parts)])
