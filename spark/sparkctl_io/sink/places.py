"""From which lines the rows of a stretch are, kept beside a shard for the commit."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from .staging import create_file

_COLUMNS = ("_line", "_offset", "_raw", "_repaired")


class Place(NamedTuple):
    """The line of a row in its block, and the byte where it begins in its file, or else its text."""

    line: int
    offset: int | None
    raw: str | None
    repaired: bool | None
    """True if the job has repaired a value of it."""


class Places:
    """
    A file with the key and the place of every row of a stretch, in their order.

    Only at the commit it comes out that two tasks had the same key. Not compressed: it is soon removed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None
        self._writer: Any = None

    def add(self, keys: pa.RecordBatch, *place: pa.Array) -> None:
        """`place`: for each field of `Place` its values."""
        batch = keys
        for name, column in zip(_COLUMNS, place, strict=True):
            batch = batch.append_column(name, column)
        if self._writer is None:
            create_file(self._path)
            self._file = pa.OSFile(os.fspath(self._path), "wb")
            self._writer = pa.ipc.new_file(self._file, batch.schema)
        self._writer.write_batch(batch)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._file.close()


def places_of_keys(path: Path, wanted: pa.Table) -> Iterator[Place]:
    """The places of the rows that have one of these keys, in their order."""
    for batch in _batches(path):
        yield from _places(_those_with(wanted, batch))


def all_places(path: Path) -> Iterator[tuple[Any, ...]]:
    """For each row its number, from 1, its key and its place."""
    before = 0
    for batch in _batches(path):
        columns = [column.to_pylist() for column in batch.columns]
        yield from zip(range(before + 1, before + 1 + batch.num_rows), *columns, strict=True)
        before += batch.num_rows


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(os.fspath(path)) as file:
        reader = pa.ipc.open_file(file)
        yield from (reader.get_batch(index) for index in range(reader.num_record_batches))


def _places(batch: pa.RecordBatch) -> Iterator[Place]:
    columns = (batch.column(name).to_pylist() for name in _COLUMNS)
    return (Place(*values) for values in zip(*columns, strict=True))


def _those_with(wanted: pa.Table, batch: pa.RecordBatch) -> pa.RecordBatch:
    if wanted.num_columns == 1:
        return batch.filter(pc.is_in(batch.column(0), wanted.column(0).combine_chunks()))
    numbered = batch.append_column("_number", pa.array(range(batch.num_rows)))
    names = wanted.schema.names
    joined = (
        pa.Table.from_batches([numbered])
        .select([*names, "_number"])
        .join(wanted, names, join_type="left semi")
    )
    return batch.take(joined.column("_number").combine_chunks().sort())
