"""The fast way with JSON: Arrow's parser, for lines that it can't get wrong."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json
from pyspark.sql.types import StructType

from .json_types import arrow_type

_OPENING, _CLOSING, _BRACKET, _RETURN = ord("{"), ord("}"), ord("["), ord("\r")
_Bytes = npt.NDArray[np.uint8]
_Offsets = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]


def is_plain(values: pa.Array) -> Flags:
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
    verdict: Flags = last > starts
    verdict &= (data[np.where(verdict, starts, 0)] == _OPENING) & (data[last] == _CLOSING)
    text = data.tobytes()
    if not verdict.all() or text.count(b"}") != len(values) or b"[" in text:
        verdict &= (_count(data, _CLOSING, starts, ends) == 1) & (_count(data, _BRACKET, starts, ends) == 0)
    return verdict


def _count(data: _Bytes, letter: int, starts: _Offsets, ends: _Offsets) -> _Offsets:
    places = np.flatnonzero(data == letter)
    return np.searchsorted(places, ends) - np.searchsorted(places, starts)


def parse_plain(values: pa.Array, schema: StructType) -> list[pa.Array] | None:
    """The columns of plain lines, or None if there is anything in a line that needs a closer look."""
    if len(values) == 0:
        return [pa.nulls(0, arrow_type(field.dataType)) for field in schema]
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
                explicit_schema=pa.schema([(field.name, arrow_type(field.dataType)) for field in schema]),
                unexpected_field_behavior="ignore",
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    if table.num_rows != len(values):
        return None
    columns = [table.column(name).combine_chunks() for name in schema.names]
    for place, column in enumerate(columns):
        if pa.types.is_floating(column.type):
            if not pc.all(pc.is_finite(column), min_count=0).as_py():
                return None
            columns[place] = pc.add(column, 0.0)  # SQLite has no negative zero either
    return columns
