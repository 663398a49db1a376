"""Lines of JSON as typed columns: each bad line with its reason, every good value exactly as written."""

import json
import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json
from pyspark.sql import types
from pyspark.sql.types import DataType, StructType

from ..reasons import Reason
from .blocks import Lines, opened
from .json_exact import parse_exactly
from .parsed import Parsed
from .values import arrow_type, narrowed

_SMALL = 256
"""So many lines are left to the exact way, as a call of Arrow's costs as much as a hundred lines there."""
_LINES_TO_LEARN_FROM = 64

_BLANKS = r"[ \t\r\n]*"
_TEXT = (
    r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|'
    r'\\u(?:[1-9abcefABCEF][0-9a-fA-F]{3}|0(?:[1-9a-fA-F][0-9a-fA-F]{2}|0[1-9a-fA-F][0-9a-fA-F])|[dD][0-7][0-9a-fA-F]{2}))*"'
)
_INTEGER = r"-?(?:0|[1-9][0-9]{0,17})"
_REAL = r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?"
_ANY = f"(?:{_TEXT}|{_REAL}|true|false|null)"


class JsonLines:
    """
    Parses lines of which each is one JSON object: its fields are the columns of the schema, absent ones null.

    A line that is not one JSON object is `malformed-json`. A line with a value of another type than its
    column's is `wrong-type`: a number is no text, 3.0 is no integer, nor is 2**63 a bigint, and NaN and 1e400
    are no reals. Dates and instants are text as `values.typed` reads it, decimals are numbers or text. Fields
    that the schema doesn't name are ignored; of a field that is there twice the last counts.

    One pattern finds the lines that Arrow's parser can't get wrong, which is fast. The others, such as all bad
    ones, are looked at one by one.
    """

    def __init__(self, schema: StructType, zone: str) -> None:
        self._schema = schema
        self._zone = zone
        self._base = pa.schema([(field.name, _base_type(field.dataType, field.name)) for field in schema])
        self._plain: str | None = None

    def __call__(self, lines: Lines, file: str, block: int) -> Parsed:  # noqa: ARG002 -- a `Parser`
        values = lines.values
        plain = self._plain_among(values)
        if plain.all():
            columns = self._parse_plainly(values)
            if columns is not None:
                return self._narrow(columns, pa.nulls(len(values), pa.string()))
            plain = np.zeros(len(values), dtype=np.bool_)
        columns = self._parse_plainly(values.filter(pa.array(plain))) if plain.any() else None
        if columns is None:
            return self._narrow(*parse_exactly(values, self._base))
        rest, reasons = parse_exactly(values.filter(pa.array(~plain)), self._base)
        order = pa.array(np.argsort(np.concatenate([np.flatnonzero(plain), np.flatnonzero(~plain)])))
        together = [pa.concat_arrays([a, b]).take(order) for a, b in zip(columns, rest, strict=True)]
        all_reasons = pa.concat_arrays([pa.nulls(int(plain.sum()), pa.string()), reasons]).take(order)
        return self._narrow(together, all_reasons)

    def _plain_among(self, values: pa.Array) -> Any:
        """The lines that are one flat object with values of the right types and nothing unusual."""
        if len(values) <= _SMALL:
            return np.zeros(len(values), dtype=np.bool_)
        if self._plain is None:
            self._plain = _pattern(self._base, values[:_LINES_TO_LEARN_FROM].to_pylist())
        try:
            text = values.cast(pa.string())
        except pa.ArrowInvalid:  # as bytes, of which those of ASCII alone are sure to be text
            ascii_only = pc.invert(pc.match_substring_regex(values, r"[\x80-\xff]"))
            plain = pc.and_(ascii_only, pc.match_substring_regex(values, self._plain))
            return plain.to_numpy(zero_copy_only=False)
        return pc.match_substring_regex(text, self._plain).to_numpy(zero_copy_only=False)

    def _parse_plainly(self, values: pa.Array) -> list[pa.Array] | None:
        """The columns of plain lines; None if Arrow's parser finds something in them all the same."""
        offsets = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1]
        data = values.buffers()[2].slice(int(offsets[0]), int(offsets[-1] - offsets[0]))
        try:
            table = pyarrow.json.read_json(
                pa.BufferReader(data),
                read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=data.size + 1),
                parse_options=pyarrow.json.ParseOptions(
                    explicit_schema=self._base, unexpected_field_behavior="ignore"
                ),
            )
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None
        if table.num_rows != len(values):
            return None
        columns = [table.column(name).combine_chunks() for name in self._base.names]
        for place, column in enumerate(columns):
            if pa.types.is_floating(column.type):
                columns[place] = pc.add(column, 0.0)  # SQLite has no negative zero
        return columns

    def _narrow(self, columns: list[pa.Array], reasons: pa.Array) -> Parsed:
        narrow = []
        for column, field in zip(columns, self._schema, strict=True):
            values, wrong = narrowed(column, field.dataType, self._zone)
            narrow.append(values)
            if wrong is not None:
                new = pc.and_(wrong, pc.is_null(reasons))
                reasons = pc.if_else(new, pa.scalar(str(Reason.WRONG_TYPE)), reasons)
        return Parsed(narrow, reasons)


def first_fields(file: str) -> set[str]:
    """The fields of the object in a file's first line, if it is one."""
    with opened(file) as lines:
        line = lines.readline(1 << 20)
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return set()
    return set(found) if isinstance(found, dict) else set()


def _base_type(data_type: DataType, name: str) -> pa.DataType:
    """The type as which a column is read from JSON, before it is made narrower or read as an instant."""
    wanted = arrow_type(data_type, name)
    if isinstance(data_type, types.DecimalType):
        return wanted
    if pa.types.is_integer(wanted):
        return pa.int64()
    if pa.types.is_floating(wanted):
        return pa.float64()
    return wanted if pa.types.is_boolean(wanted) else pa.string()


def _pattern(base: pa.Schema, examples: list[bytes]) -> str:
    """
    What a plain line looks like: an object with these columns of the right types, and with such other fields
    as the examples have, in any order.
    """
    others: dict[str, None] = {}
    for line in examples:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            others.update(dict.fromkeys(found.keys() - set(base.names)))
    members = [f"{_quoted(field.name)}{_BLANKS}:{_BLANKS}(?:{_value(field.type)}|null)" for field in base]
    members += [f"{_quoted(name)}{_BLANKS}:{_BLANKS}{_ANY}" for name in sorted(others)]
    member = f"(?:{'|'.join(members)})"
    return rf"^{_BLANKS}\{{{_BLANKS}(?:{member}{_BLANKS}(?:,{_BLANKS}{member}{_BLANKS})*)?\}}{_BLANKS}$"


def _quoted(name: str) -> str:
    # RE2 and Python escape alike. A name that JSON would have to escape never matches, and is read exactly.
    return f'"{re.escape(name)}"'


def _value(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        before, after = kind.precision - kind.scale, kind.scale
        whole = rf"(?:0|[1-9][0-9]{{0,{before - 1}}})" if before > 0 else "0"
        number = rf"-?{whole}(?:\.[0-9]{{1,{after}}})?" if after > 0 else f"-?{whole}"
        return f'(?:{number}|"{number}")'
    if pa.types.is_integer(kind):
        return _INTEGER
    if pa.types.is_floating(kind):
        return _REAL
    return "(?:true|false)" if pa.types.is_boolean(kind) else _TEXT
