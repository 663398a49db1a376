"""Lines of JSON as typed columns: each bad line with its reason, every good value exactly as written."""

import json
import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json
from pyspark.sql import types
from pyspark.sql.types import DataType, StructType

from ..text import UTF_8
from .blocks import Lines, bytes_of, opened
from .json_exact import parse_exactly
from .parsed import Columns, Parsed, interleaved, joined, typed_columns
from .values import arrow_type, narrowed

_SMALL = 256
"""So many lines are left to the exact way, as a call of Arrow's costs as much as a hundred lines there."""
_LINES_TO_LEARN_FROM = 64

_BLANKS = r"[ \t\r\n]*"
# Neither NUL nor surrogates.
_CODE = "|".join(
    [
        r"[1-9a-cefA-CEF][0-9a-fA-F]{3}",
        r"[dD][0-7][0-9a-fA-F]{2}",
        r"0[1-9a-fA-F][0-9a-fA-F]{2}",
        r"00[1-9a-fA-F][0-9a-fA-F]",
    ]
)
_TEXT = rf'"(?:[ !#-\[\]-\x7f]|{UTF_8}|\\["\\/bfnrt]|\\u(?:{_CODE}))*"'
_INTEGER = r"-?(?:0|[1-9][0-9]{0,17})"
_REAL = r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?"


def _or_nested(value: str) -> str:
    """The value, or an array or object of such."""
    value = f"{_BLANKS}{value}{_BLANKS}"
    member = f"{_BLANKS}{_TEXT}{_BLANKS}:{value}"
    array, record = (f"(?:{one}(?:,{one})*|{_BLANKS})" for one in (value, member))
    return rf"(?:{value}|\[{array}\]|\{{{record}\}})"


_SCALAR = f"(?:{_TEXT}|{_REAL}|true|false|null)"
_OTHERS = (_SCALAR, _or_nested(_SCALAR), _or_nested(_or_nested(_SCALAR)))
"""Patterns for a field that is no column, by the depth of its value. Deeper ones would be slow to match."""


class JsonLines:
    """
    Parses lines of which each is one JSON object: its fields are the columns of the schema, absent ones null.

    A line that is not one JSON object is `malformed-json`. A line with a value of another type than its
    column's is `wrong-type`: a number is no text, 3.0 is no integer, nor is 2**63 a bigint, and NaN and 1e400
    are no reals. Dates and instants are text as `values.typed` reads it, decimals are numbers or text. Fields
    that the schema doesn't name are ignored; of a field that is there twice the last counts.

    One pattern finds the lines that Arrow's parser can't get wrong, which is fast. The others, such as all
    bad ones, are looked at one by one.
    """

    def __init__(self, schema: StructType, zone: str) -> None:
        self._schema = schema
        self._zone = zone
        self._base = pa.schema([(field.name, _base_type(field.dataType, field.name)) for field in schema])
        self._plain = _pattern(self._base, [])

    def __call__(self, lines: Lines, file: str, block: int) -> Parsed:  # noqa: ARG002 -- a `Parser`
        columns, reasons = self._parse(lines.values)
        pairs = zip(columns, self._schema, strict=True)
        return typed_columns(
            (narrowed(column, field.dataType, self._zone) for column, field in pairs), reasons
        )

    def _parse(self, values: pa.Array) -> Columns:
        if len(values) <= _SMALL:
            return parse_exactly(values, self._base)
        is_plain = self._plain_among(values)
        if is_plain.true_count == len(values):
            return self._parse_plain(values)
        plain = self._parse_plain(values.filter(is_plain))
        rest = parse_exactly(values.filter(pc.invert(is_plain)), self._base)
        return interleaved(plain, rest, is_plain)

    def _plain_among(self, values: pa.Array) -> pa.Array:
        found = pc.match_substring_regex(values, self._plain)
        if found.true_count > len(values) // 2:
            return found
        # Perhaps a file with other fields. The same pattern again would find the same.
        examples = values.filter(pc.invert(found))[:_LINES_TO_LEARN_FROM].to_pylist()
        self._plain = _pattern(self._base, examples)
        return pc.match_substring_regex(values, self._plain)

    def _parse_plain(self, values: pa.Array) -> Columns:
        """Plain lines. If Arrow's parser refuses one all the same, it and its neighbours are read exactly."""
        if len(values) <= _SMALL:
            return parse_exactly(values, self._base)
        columns = self._parse_at_once(values)
        if columns is not None:
            return columns, pa.nulls(len(values), pa.string())
        half = len(values) // 2
        return joined(self._parse_plain(values[:half]), self._parse_plain(values[half:]))

    def _parse_at_once(self, values: pa.Array) -> list[pa.Array] | None:
        data = bytes_of(values)
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
    Makes the pattern of a plain line: an object with these columns of the right types, and with such other
    fields as the examples have, in any order.
    """
    names: dict[str, list[str]] = {}
    for field in base:
        names.setdefault(f"(?:{_value(field.type)}|null)", []).append(field.name)
    others: dict[str, int] = {}
    for line in examples:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            for name in found.keys() - set(base.names):
                others[name] = max(others.get(name, 0), _depth(found[name]))
    for name, depth in sorted(others.items()):
        names.setdefault(_OTHERS[min(depth, len(_OTHERS) - 1)], []).append(name)
    # RE2 and Python escape alike. A name that JSON would have to escape never matches, and is read exactly.
    members = (
        f'"(?:{"|".join(map(re.escape, of))})"{_BLANKS}:{_BLANKS}{value}' for value, of in names.items()
    )
    member = f"(?:{'|'.join(members)})"
    return rf"^{_BLANKS}\{{{_BLANKS}(?:{member}{_BLANKS}(?:,{_BLANKS}{member}{_BLANKS})*)?\}}{_BLANKS}$"


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


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
