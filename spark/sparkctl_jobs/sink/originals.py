"""The text of loaded rows, kept for the commit: only there it comes out that two tasks had the same key."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .source_block import SourceBlock
from .staging import create_file

_LINE, _RAW, _SIZE = "_line", "_raw", "_size"


class Originals:
    """
    A file beside the shard with the key, line and text of every row of a segment.

    With a source that has the text and can be read again, its size is kept instead: the text of all rows is
    as much as the whole input, and hardly any of it is ever needed. Not compressed: it is soon removed.
    """

    def __init__(self, path: Path, source: SourceBlock | None) -> None:
        self._path = path
        self._source = source
        self._sizes_do = False
        self._file: Any = None
        self._writer: Any = None

    def add(self, keys: pa.RecordBatch, lines: pa.Array, raw: pa.Array) -> None:
        if len(raw) == 0:
            return
        raw = raw.cast(pa.string())
        if self._writer is None and self._source is not None:
            # Whether it can be read again is found out by doing it.
            self._sizes_do = self._source.has(lines[0].as_py(), raw[0].as_py())
        text = (_SIZE, pc.binary_length(raw)) if self._sizes_do else (_RAW, raw)
        batch = keys.append_column(_LINE, lines).append_column(*text)
        if self._writer is None:
            create_file(self._path)
            self._file = pa.OSFile(os.fspath(self._path), "wb")
            self._writer = pa.ipc.new_file(self._file, batch.schema)
        self._writer.write_batch(batch)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._file.close()


def find_originals(path: Path, source: SourceBlock | None, wanted: pa.Table) -> Iterator[tuple[int, str]]:
    """The line and text of the rows that have one of these keys, in their order."""
    with pa.memory_map(os.fspath(path)) as file:
        reader = pa.ipc.open_file(file)
        batches = (_those_with(wanted, reader.get_batch(index)) for index in range(reader.num_record_batches))
        yield from _texts(batches, source, reader.schema)


def originals_at(path: Path, source: SourceBlock | None, wanted: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The line and text of the rows at these places, which rise from 0, in their order."""
    with pa.memory_map(os.fspath(path)) as file:
        reader = pa.ipc.open_file(file)
        batches = _those_at(wanted, map(reader.get_batch, range(reader.num_record_batches)))
        yield from _texts(batches, source, reader.schema)


def _texts(
    batches: Iterator[pa.RecordBatch], source: SourceBlock | None, schema: pa.Schema
) -> Iterator[tuple[int, str]]:
    if source is None or _RAW in schema.names:
        yield from _pairs(batches, _RAW)
    else:
        places = list(_pairs(batches, _SIZE))  # not more than the rows that are wanted
        yield from zip((line for line, _ in places), source.read(places), strict=True)


def _those_at(wanted: Sequence[int], batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    places, before, taken = np.array(wanted, np.int64), 0, 0
    for batch in batches:
        stop = int(np.searchsorted(places, before + batch.num_rows))
        yield batch.take(pa.array(places[taken:stop] - before))
        before, taken = before + batch.num_rows, stop


def _pairs(batches: Iterator[pa.RecordBatch], name: str) -> Iterator[tuple[int, Any]]:
    for batch in batches:
        yield from zip(batch.column(_LINE).to_pylist(), batch.column(name).to_pylist(), strict=True)


def _those_with(wanted: pa.Table, batch: pa.RecordBatch) -> pa.RecordBatch:
    if wanted.num_columns == 1:
        return batch.filter(pc.is_in(batch.column(0), wanted.column(0).combine_chunks()))
    places = batch.append_column("_place", pa.array(range(batch.num_rows)))
    names = wanted.schema.names
    joined = (
        pa.Table.from_batches([places]).select([*names, "_place"]).join(wanted, names, join_type="left semi")
    )
    return batch.take(joined.column("_place").combine_chunks().sort())
