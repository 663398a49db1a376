"""Lines of CSV as typed columns: each bad line with its reason, every good value exactly as written."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql.types import StructType

from ..reasons import Reason
from ..text import WHITE_SPACE, is_blank
from .blocks import Lines
from .csv_header import CsvHeader, CsvLayout
from .csv_record import fields_of
from .parsed import BLANK, Parsed
from .values import typed

# The text of each column, and reasons, of a number of lines.
_Split = tuple[list[pa.Array], pa.Array]


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
        texts, reasons = _split(_without_ends(lines.values), self._header.layout_of(file))
        if block == 0 and lines.numbers[0] == 1:
            first = pa.array(lines.numbers == 1)
            reasons = pc.if_else(first, pa.scalar(BLANK), reasons)
        is_row = pc.is_null(reasons)
        all_are = reasons.null_count == len(reasons)
        columns = []
        for field, text in zip(self._schema, texts, strict=True):
            shown = text if all_are else pc.if_else(is_row, text, pa.scalar(None, pa.string()))
            column, wrong = typed(shown, field.dataType, self._zone)
            columns.append(column)
            if wrong is not None:
                new = pc.and_(wrong, pc.is_null(reasons))
                reasons = pc.if_else(new, pa.scalar(str(Reason.WRONG_TYPE)), reasons)
        return Parsed(columns, reasons)


def _without_ends(values: pa.Array) -> pa.Array:
    """The lines without the LF, or CR and LF, that ends each."""
    for end in (b"\n", b"\r"):
        ends = pc.ends_with(values, end)
        if pc.any(ends, min_count=0).as_py():
            values = pc.if_else(ends, pc.binary_slice(values, 0, -1), values)
    return values


def _split(values: pa.Array, layout: CsvLayout) -> _Split:
    """Lines without quotation marks are cut all at once, the others one by one."""
    try:
        text = values.cast(pa.string())
    except pa.ArrowInvalid:
        return _split_exactly(values, layout)
    quoted = pc.match_substring(text, '"')
    if pc.any(quoted, min_count=0).as_py():
        order = pa.array(np.argsort(quoted.to_numpy(zero_copy_only=False), kind="stable"))
        plain = _split_plain(text.filter(pc.invert(quoted)), layout)
        exact = _split_exactly(values.filter(quoted), layout)
        back = pa.array(np.argsort(order.to_numpy()))
        texts = [pa.concat_arrays([a, b]).take(back) for a, b in zip(plain[0], exact[0], strict=True)]
        return texts, pa.concat_arrays([plain[1], exact[1]]).take(back)
    return _split_plain(text, layout)


def _split_plain(text: pa.Array, layout: CsvLayout) -> _Split:
    fields = pc.split_pattern(text, layout.delimiter)
    complete = pc.equal(pc.list_value_length(fields), layout.width)
    fields = pc.if_else(complete, fields, pa.scalar([""] * layout.width, fields.type))
    flat = fields.flatten()
    rows = np.arange(len(text)) * layout.width
    texts = [_empty_as_null(flat.take(pa.array(rows + place))) for place in layout.places]
    malformed = pc.if_else(complete, pa.scalar(None, pa.string()), pa.scalar(str(Reason.MALFORMED_CSV)))
    return texts, pc.if_else(is_blank(text), pa.scalar(BLANK), malformed)


def _split_exactly(values: pa.Array, layout: CsvLayout) -> _Split:
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
        return line.decode()
    except UnicodeDecodeError:
        return None


def _empty_as_null(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
