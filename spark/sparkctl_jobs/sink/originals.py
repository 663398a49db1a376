"""The text of loaded rows, kept for the commit: only there it comes out that two tasks had the same key."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .staging import create_file

_LINE, _RAW = "_line", "_raw"


class Originals:
    """
    A file beside the shard with the key, line and text of every row of a segment.

    Not compressed: it is written once, hardly ever read, and soon removed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None
        self._writer: Any = None

    def add(self, keys: pa.RecordBatch, lines: pa.Array, raw: pa.Array) -> None:
        batch = keys.append_column(_LINE, lines).append_column(_RAW, raw.cast(pa.string()))
        if self._writer is None:
            create_file(self._path)
            self._file = pa.OSFile(os.fspath(self._path), "wb")
            self._writer = pa.ipc.new_file(self._file, batch.schema)
        self._writer.write_batch(batch)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._file.close()


def find_originals(path: Path, wanted: pa.Table) -> Iterator[tuple[int, str]]:
    """The line and text of the rows that have one of these keys, in their order."""
    with pa.memory_map(os.fspath(path)) as file:
        reader = pa.ipc.open_file(file)
        for index in range(reader.num_record_batches):
            batch = reader.get_batch(index)
            if wanted.num_columns == 1:
                found = batch.filter(pc.is_in(batch.column(0), wanted.column(0).combine_chunks()))
            else:
                places = batch.append_column("_place", pa.array(range(batch.num_rows)))
                names = wanted.schema.names
                joined = (
                    pa.Table.from_batches([places])
                    .select([*names, "_place"])
                    .join(wanted, names, join_type="left semi")
                )
                found = batch.take(joined.column("_place").combine_chunks().sort())
            yield from zip(found.column(_LINE).to_pylist(), found.column(_RAW).to_pylist(), strict=True)
