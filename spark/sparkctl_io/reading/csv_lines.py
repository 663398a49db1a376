"""Lines of CSV as typed columns: each bad line with its reason, every good value exactly as written."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from pyspark.sql.types import StructType

from ..reasons import Reason
from ..text import UTF_8, WHITE_SPACE, is_blank
from .blocks import BYTE_ORDER_MARK, Lines, bytes_of, without_end
from .csv_header import CsvHeader, CsvLayout
from .csv_record import fields_of
from .parsed import BLANK, Columns, Parsed, interleaved, typed_columns
from .values import typed

_WHOLE = 2**31 - 1
"""Of a number of lines no more is read at once than that, so they are read as one block."""


class CsvLines:
    """
    Parses lines of which each is one record: its fields are the columns of the schema, empty ones null.

    A line that has not as many fields as the header, has quotation marks elsewhere than around a field, or is
    not UTF-8, is `malformed-csv`. One with text that is no value of its column's type is `wrong-type` (see
    `values.typed`). The first line of a file is the header and no row.
    """

    def __init__(self, schema: StructType, header: CsvHeader, zone: str) -> None:
        self._schema = schema
        self._header = header
        self._zone = zone

    def __call__(self, lines: Lines, file: str, block: int) -> Parsed:
        texts, reasons = _split(lines.values, self._header.layout_of(file))
        if block == 0 and lines.numbers[0] == 1:
            first = pa.array(lines.numbers == 1)
            reasons = pc.if_else(first, pa.scalar(BLANK), reasons)
        is_row = pc.is_null(reasons)
        all_are = reasons.null_count == len(reasons)
        if not all_are:
            texts = [pc.if_else(is_row, text, pa.scalar(None, pa.string())) for text in texts]
        pairs = zip(self._schema, texts, strict=True)
        return typed_columns((typed(text, field.dataType, self._zone) for field, text in pairs), reasons)


def _split(values: pa.Array, layout: CsvLayout) -> Columns:
    """Lines of which it is sure where their fields end are split all at once, the others one by one."""
    plain = pc.match_substring_regex(values, _pattern(layout.delimiter))
    if plain.true_count in (0, len(values)):
        return (_split_plain if plain.true_count else _split_exactly)(values, layout)
    first = _split_plain(values.filter(plain), layout)
    second = _split_exactly(values.filter(pc.invert(plain)), layout)
    return interleaved(first, second, plain)


def _pattern(delimiter: str) -> str:
    """Fields without a quotation mark or within two of them, in a line that nothing but its end ends."""
    plain = rf"(?:[^{re.escape(delimiter)}\r\n\"\x80-\xff]|{UTF_8})*"
    quoted = rf'"(?:[^\r\n\"\x80-\xff]|""|{UTF_8})*"'
    field = f"(?:{plain}|{quoted})"
    return rf"^{field}(?:{re.escape(delimiter)}{field})*\r?\n?$"


def _split_plain(values: pa.Array, layout: CsvLayout) -> Columns:
    incomplete: list[int] = []

    def leave_out(row: pyarrow.csv.InvalidRow) -> str:
        incomplete.append(row.number - 1)
        return "skip"

    names = [str(place) for place in range(layout.width)]
    wanted = [names[place] for place in layout.places]
    data = bytes_of(values)
    # Arrow leaves out such a mark at the start of what it reads, which is seldom the start of a file.
    if data[: len(BYTE_ORDER_MARK)].to_pybytes() == BYTE_ORDER_MARK:
        data = BYTE_ORDER_MARK + data.to_pybytes()
    table = pyarrow.csv.read_csv(
        pa.BufferReader(data),
        pyarrow.csv.ReadOptions(use_threads=False, block_size=_WHOLE, column_names=names),
        pyarrow.csv.ParseOptions(
            delimiter=layout.delimiter, ignore_empty_lines=False, invalid_row_handler=leave_out
        ),
        pyarrow.csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=list(dict.fromkeys(wanted)),
        ),
    )
    is_row = np.ones(len(values), dtype=np.bool_)
    is_row[incomplete] = False
    columns = {name: _empty_as_null(table.column(name).combine_chunks()) for name in table.column_names}
    reasons = pa.nulls(len(values), pa.string())
    if incomplete:
        places = pa.array(np.cumsum(is_row) - 1, mask=~is_row)
        columns = {name: column.take(places) for name, column in columns.items()}
        reasons = pc.if_else(pa.array(is_row), reasons, pa.scalar(str(Reason.MALFORMED_CSV)))
    blank = is_blank(values.cast(pa.string()))
    return [columns[name] for name in wanted], pc.if_else(blank, pa.scalar(BLANK), reasons)


def _split_exactly(values: pa.Array, layout: CsvLayout) -> Columns:
    records: list[list[str | None]] = []
    reasons: list[str | None] = []
    for value in values.to_pylist():
        text, fields = _decoded(value), None
        if text is not None:
            fields = fields_of(text, layout.delimiter)
        if fields is None or len(fields) != layout.width:
            records.append([None] * len(layout.places))
            reasons.append(str(Reason.MALFORMED_CSV))
        else:
            records.append([fields[place] or None for place in layout.places])
            reasons.append(None)
        # A file of one column can't tell an empty field from an empty line: a line is what people see.
        if text is not None and not text.strip(WHITE_SPACE):
            reasons[-1] = BLANK
    columns = [pa.array([record[i] for record in records], pa.string()) for i in range(len(layout.places))]
    return columns, pa.array(reasons, pa.string())


def _decoded(line: bytes) -> str | None:
    try:
        return without_end(line).decode()
    except UnicodeDecodeError:
        return None


def _empty_as_null(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
