"""Lines of CSV as typed columns: each bad line with its reason, every good value exactly as written."""

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql.types import StructType

from .csv_header import CsvHeader, CsvLayout
from .csv_record import fields_of
from .csv_values import typed
from .lines import VALUE, numbered, runs_of
from .provenance import BLOCK, LINE, SOURCE_FILE, with_provenance
from .raw_text import raw_text, without_return
from .reasons import Reason, Skipped
from .rows import Rows
from .sink.plan import Stage
from .text import WHITE_SPACE, is_blank

# What a job does with the rows of a batch before they are loaded or rejected.
Clean = Callable[[Rows], Rows]

# The text of each column, and reasons, of a number of lines.
_Parsed = tuple[list[pa.Array], pa.Array]


def csv_stage(schema: StructType, header: CsvHeader, clean: Clean) -> Stage:
    """From the lines that `read_lines` reads to cleaned rows with their provenance."""

    def rows_in(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for lines in numbered(batches):
            yield clean(parse_csv_lines(lines, schema, header)).to_batch()

    return Stage(rows_in, with_provenance(schema), keeps_lines=True)


def parse_csv_lines(lines: pa.RecordBatch, schema: StructType, header: CsvHeader) -> Rows:
    """
    One row for every line (of `lines.numbered`): its fields as the columns of the schema, empty ones null.

    One line is one record. A line that has not as many fields as the header, has quotation marks elsewhere
    than around a field, or is not UTF-8, is `malformed-csv`. One with text in a column of numbers is
    `wrong-type` (see `csv_values`). The first line of a file is the header and no row.
    """
    values = lines.column(VALUE).cast(pa.binary())
    parts = []
    for start, stop in runs_of(lines):
        layout = header.layout_of(lines.column(SOURCE_FILE)[start].as_py())
        parts.append(_split(without_return(values.slice(start, stop - start)), layout))
    none = [pa.nulls(0, pa.string())]
    texts = [pa.concat_arrays(none + [part[0][i] for part in parts]) for i in range(len(schema))]
    reasons = pa.concat_arrays(none + [part[1] for part in parts])
    first = pc.and_(pc.equal(lines.column(LINE), 1), pc.equal(lines.column(BLOCK), 0))
    reasons = pc.if_else(first, pa.scalar(str(Skipped.BLANK)), reasons)

    rows = Rows({}, reasons, raw_text(values), lines)
    is_row = pc.is_null(reasons)
    for field, text in zip(schema, texts, strict=True):
        column, wrong = typed(pc.if_else(is_row, text, pa.scalar(None, pa.string())), field.dataType)
        rows = rows.with_column(field.name, column).reject(Reason.WRONG_TYPE, wrong)
    return rows


def _split(values: pa.Array, layout: CsvLayout) -> _Parsed:
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


def _split_plain(text: pa.Array, layout: CsvLayout) -> _Parsed:
    fields = pc.split_pattern(text, layout.delimiter)
    complete = pc.equal(pc.list_value_length(fields), layout.width)
    fields = pc.if_else(complete, fields, pa.scalar([""] * layout.width, fields.type))
    flat = fields.flatten()
    rows = np.arange(len(text)) * layout.width
    texts = [_empty_as_null(flat.take(pa.array(rows + place))) for place in layout.places]
    malformed = pc.if_else(complete, pa.scalar(None, pa.string()), pa.scalar(str(Reason.MALFORMED_CSV)))
    return texts, pc.if_else(is_blank(text), pa.scalar(str(Skipped.BLANK)), malformed)


def _split_exactly(values: pa.Array, layout: CsvLayout) -> _Parsed:
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
            reasons[-1] = str(Skipped.BLANK)
    columns = [pa.array([record[i] for record in records], pa.string()) for i in range(len(layout.places))]
    return columns, pa.array(reasons, pa.string())


def _decoded(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def _empty_as_null(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
