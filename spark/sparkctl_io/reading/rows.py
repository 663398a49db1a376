"""The rows of blocks, each with its line, and a report of every line that is no row: what a task reads."""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql.types import StructType

from ..source import FLAT_NAMES
from .blocks import Block, Lines, lines_of
from .parsed import BLANK, Parser, raw_text

_UNREADABLE = pa.schema(
    [("line", pa.int64()), ("offset", pa.int64()), ("raw", pa.string()), ("reason", pa.string())]
)


_Plain = tuple[int, int, pa.Table]


@dataclass
class BlockReport:
    """The lines that a task has found in a block: their number, and those that are no rows."""

    lines: int = 0
    blank: int = 0
    """Lines that are no rows and are not counted: empty ones, and the header of CSV."""
    unreadable: pa.Table = field(default_factory=_UNREADABLE.empty_table)
    """Each with its number in the block, its offset or its text, and the reason."""

    @property
    def plain(self) -> _Plain:
        """The same without a class of this package, which workers need not have."""
        return self.lines, self.blank, self.unreadable.combine_chunks()


Reports = dict[tuple[str, int], BlockReport]
"""By file and block."""

PlainReports = dict[tuple[str, int], _Plain]


def rows_of_block(
    block: Block, parser: Parser, schema: StructType | None, reports: Reports
) -> Iterator[pa.RecordBatch]:
    reports[block.file, block.start] = BlockReport()
    for lines in lines_of(block):
        yield from _rows_in(lines, block.file, block.start, parser, schema, reports)


def _rows_in(
    lines: Lines, file: str, block: int, parser: Parser, schema: StructType | None, reports: Reports
) -> Iterator[pa.RecordBatch]:
    """The rows of some lines of a block, with their source; the others go into the block's report."""
    report = reports[file, block]
    parsed = parser(lines, file, block)
    report.lines += len(lines)
    sound = parsed.sound()
    if sound is not None:
        _note(report, lines, parsed.reasons, np.flatnonzero(~sound))
    if schema is None or (sound is not None and not sound.any()):
        return
    places = np.arange(len(lines)) if sound is None else np.flatnonzero(sound)
    count = len(places)
    columns = parsed.columns
    if sound is not None:
        columns = [column.filter(pa.array(sound)) for column in columns]
    offsets, raw = _place(lines, places)
    source = [
        pa.repeat(pa.scalar(file), count),
        pa.repeat(pa.scalar(block, pa.int64()), count),
        pa.array(lines.numbers[places]),
        offsets,
        raw,
        pa.nulls(count, pa.bool_()),
        pa.nulls(count, pa.string()),
    ]
    yield pa.RecordBatch.from_arrays([*columns, *source], names=[*schema.names, *FLAT_NAMES])


def _note(report: BlockReport, lines: Lines, reasons: pa.Array, places: npt.NDArray[np.int64]) -> None:
    reasons = reasons.take(pa.array(places))
    is_blank = pc.equal(reasons, BLANK).to_numpy(zero_copy_only=False)
    report.blank += int(is_blank.sum())
    bad = places[~is_blank]
    if not len(bad):
        return
    offsets, raw = _place(lines, bad)
    reasons = reasons.filter(pa.array(~is_blank))
    found = pa.Table.from_arrays([pa.array(lines.numbers[bad]), offsets, raw, reasons], schema=_UNREADABLE)
    report.unreadable = pa.concat_tables([report.unreadable, found])


def _place(lines: Lines, chosen: npt.NDArray[np.int64]) -> tuple[pa.Array, pa.Array]:
    """Returns what the chosen lines can be found by: their offsets, or else their text."""
    if lines.offsets is not None:
        return pa.array(lines.offsets[chosen]), pa.nulls(len(chosen), pa.string())
    texts = [raw_text(line) for line in lines.values.take(pa.array(chosen)).to_pylist()]
    return pa.nulls(len(chosen), pa.int64()), pa.array(texts, pa.string())


def remote_rows(
    batches: Iterator[pa.RecordBatch], parser: Parser, schema: StructType | None, reports: Reports
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for lines, file, block in _remote_lines(batch, reports):
            yield from _rows_in(lines, file, block, parser, schema, reports)


def _remote_lines(batch: pa.RecordBatch, reports: Reports) -> Iterator[tuple[Lines, str, int]]:
    """The lines of a batch by the block that they are of, numbered from where its report is."""
    edges = [0, *_changes(batch), batch.num_rows]
    for start, stop in pairwise(edges):
        if start == stop:
            continue
        file, block = batch.column(1)[start].as_py(), batch.column(2)[start].as_py()
        report = reports.setdefault((file, block), BlockReport())
        numbers = np.arange(report.lines + 1, report.lines + 1 + stop - start, dtype=np.int64)
        values = pc.binary_join_element_wise(batch.column(0)[start:stop], b"\n", b"")
        yield Lines(values, numbers, None), file, block


def _changes(batch: pa.RecordBatch) -> list[int]:
    cuts: set[int] = set()
    for column in (batch.column(1), batch.column(2)):
        changed = pc.not_equal(column[1:], column[:-1]).to_numpy(zero_copy_only=False)
        cuts.update((np.flatnonzero(changed) + 1).tolist())
    return sorted(cuts)


def plain(reports: Reports) -> PlainReports:
    return {place: report.plain for place, report in reports.items()}


def from_plain(reports: PlainReports) -> Reports:
    return {place: BlockReport(*report) for place, report in reports.items()}


def pickled(reports: Reports) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"report": [pickle.dumps(plain(reports))]})
