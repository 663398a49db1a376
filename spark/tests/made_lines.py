"""Lines without a file, and what a parser makes of them."""

import numpy as np
import pyarrow as pa

from sparkctl_io.reading.blocks import Lines


def made_lines(values, first=1):
    """The lines as they would stand in a block, from the one with the number `first`."""
    ended = [(value if isinstance(value, bytes) else value.encode()) + b"\n" for value in values]
    offsets = np.cumsum([0, *map(len, ended)], dtype=np.int64)[:-1]
    numbers = np.arange(first, first + len(ended), dtype=np.int64)
    return Lines(pa.array(ended, pa.binary()), numbers, offsets)


def rows_of(parsed, name=lambda row: row):
    """For each line its values, or why it is no row."""
    values = zip(*(column.to_pylist() for column in parsed.columns), strict=True)
    return [reason or name(row) for reason, row in zip(parsed.reasons.to_pylist(), values, strict=True)]
