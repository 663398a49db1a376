"""Lines of JSON as typed columns: each bad line with its reason, every good value exactly as written."""

import numpy as np
import pyarrow as pa
from pyspark.sql.types import StructType

from .json_exact import parse_exactly
from .json_plain import is_plain, parse_plain
from .json_types import arrow_type
from .lines import VALUE
from .raw_text import raw_text
from .rows import Rows

# Lines, and about how many bytes, that Arrow's parser is given at once. A block that it refuses is cut once;
# a small one is left to the exact parser, as a call of Arrow's costs as much as a hundred lines there.
_BLOCK, _BLOCK_BYTES, _SMALL_BLOCK = 8192, 8 << 20, 1024

# Columns and reasons of a number of lines.
_Parsed = tuple[list[pa.Array], pa.Array]


def parse_json_lines(lines: pa.RecordBatch, schema: StructType) -> Rows:
    """
    One row for every line (of `lines.numbered`): its fields as the columns of the schema, absent ones null.

    A line that is not one JSON object is `malformed-json`. A line with a value of another type than its
    column's is `wrong-type`: a number is no text, 3.0 is no integer, nor is 2**63, and NaN and 1e400 are no
    reals. Fields that the schema doesn't name are ignored; of a field that is there twice the last counts.

    Clean blocks go through Arrow's parser, which is five times as fast and refuses a whole block for one bad
    line. What it refuses is parsed line by line.
    """
    values = lines.column(VALUE).cast(pa.binary())
    step = max(1, min(_BLOCK, _BLOCK_BYTES * len(values) // max(1, values.nbytes)))
    parts = [_parse(values.slice(start, step), schema) for start in range(0, len(values), step)]
    columns, reasons = _concatenate(parts, schema)
    return Rows(dict(zip(schema.names, columns, strict=True)), reasons, raw_text(values), lines)


def _parse(values: pa.Array, schema: StructType) -> _Parsed:
    plain = is_plain(values)
    if plain.all():
        return _parse_block(values, schema)
    parts = [
        _parse_block(values.filter(pa.array(plain)), schema),
        parse_exactly(values.filter(pa.array(~plain)), schema),
    ]
    columns, reasons = _concatenate(parts, schema)
    order = np.argsort(np.concatenate([np.flatnonzero(plain), np.flatnonzero(~plain)]))
    return [column.take(pa.array(order)) for column in columns], reasons.take(pa.array(order))


def _parse_block(values: pa.Array, schema: StructType) -> _Parsed:
    columns = parse_plain(values, schema)
    if columns is not None:
        return columns, pa.nulls(len(values), pa.string())
    if len(values) <= _SMALL_BLOCK:
        return parse_exactly(values, schema)
    pieces = range(0, len(values), _SMALL_BLOCK)
    parts = [_parse_block(values.slice(start, _SMALL_BLOCK), schema) for start in pieces]
    return _concatenate(parts, schema)


def _concatenate(parts: list[_Parsed], schema: StructType) -> _Parsed:
    if len(parts) == 1:
        return parts[0]
    empty = [pa.nulls(0, arrow_type(field.dataType)) for field in schema]
    columns = [pa.concat_arrays([none, *(part[0][i] for part in parts)]) for i, none in enumerate(empty)]
    return columns, pa.concat_arrays([pa.nulls(0, pa.string()), *(part[1] for part in parts)])
