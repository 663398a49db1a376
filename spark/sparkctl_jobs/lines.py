"""Text files as lines that know where they are from: the file, its block, the line in the block."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col

from .input_paths import REMOTE, escape_pattern, find_inputs
from .provenance import BLOCK, LINE, SOURCE_FILE

VALUE = "value"


def read_lines(spark: SparkSession, inputs: str | Sequence[str]) -> DataFrame:
    """
    One row for every line of the inputs (see `find_inputs`), as bytes, with its file and block.

    A line ends with LF, whatever the platform; a CR before it is still there.
    """
    files = [file if REMOTE.match(file) else escape_pattern(file) for file in find_inputs(inputs)]
    # The files are chosen already: Spark would skip those that begin with _ or . without a word.
    reader = spark.read.option("lineSep", "\n").option("ignoredPathSegmentRegex", "$^")
    return reader.text(files).select(
        col("value").cast("binary").alias(VALUE),
        col("_metadata.file_path").alias(SOURCE_FILE),
        col("_metadata.file_block_start").alias(BLOCK),
    )


def numbered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """
    The same lines with their number in their block, from 1.

    A task reads a block from its first line to its last, so counting is enough. The number in the file
    needs the lines of the blocks before, which other tasks read: the sink adds them up when it publishes.
    """
    place: tuple[str, int] | None = None
    count = 0
    for batch in batches:
        lines = np.empty(batch.num_rows, dtype=np.int64)
        for start, stop in runs_of(batch):
            here = (batch.column(SOURCE_FILE)[start].as_py(), batch.column(BLOCK)[start].as_py())
            if here != place:
                place, count = here, 0
            lines[start:stop] = np.arange(count + 1, count + 1 + stop - start)
            count += stop - start
        yield batch.append_column(LINE, pa.array(lines))


class CountedLines:
    """The batches that a stage reads, whose lines are counted on the way."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._lines = 0
        self._are_lines = True

    def __iter__(self) -> "CountedLines":
        return self

    def __next__(self) -> pa.RecordBatch:
        batch = next(self._batches)
        self._lines += batch.num_rows
        self._are_lines = self._are_lines and SOURCE_FILE in batch.schema.names
        return batch

    def count_all(self) -> int | None:
        """How many lines there are, with those that nobody has asked for. None if they are no lines."""
        for _ in self:
            pass
        return self._lines if self._are_lines else None


def runs_of(batch: pa.RecordBatch) -> list[tuple[int, int]]:
    """Where a batch goes from one block of a file to the next: the [start, stop) of each stretch."""
    if batch.num_rows == 0:
        return []
    names = [name for name in (SOURCE_FILE, BLOCK) if name in batch.schema.names]
    cuts: set[int] = set()
    for name in names:
        column = batch.column(name)
        cuts.update(
            (
                np.flatnonzero(pc.not_equal(column[1:], column[:-1]).to_numpy(zero_copy_only=False)) + 1
            ).tolist()
        )
    edges = [0, *sorted(cuts), batch.num_rows]
    return list(pairwise(edges))
