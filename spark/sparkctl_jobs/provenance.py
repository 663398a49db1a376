"""
The columns that a row carries beside its own: what became of it and where it is from.

The sink takes rows with or without them. With them it puts rejected rows into the quarantine, and counts.
"""

from pyspark.sql.types import LongType, StringType, StructField, StructType

REASON = "_reason"
"""Null for a row to be loaded, else a `Reason` or a `Skipped`."""
RAW = "_raw"
"""The row as it was read: a line without its line end."""
SOURCE_FILE = "_source_file"
BLOCK = "_block"
"""Where in its file the block begins that the row was read with. Blocks of a file are ordered by it."""
LINE = "_line"
"""
The number of the line in its block, from 1. Without `_block`, the number in the file.

With `_block` the sink counts the lines of a block to number those of the next: every line must reach it,
empty ones as `Skipped.BLANK`.
"""

PROVENANCE = StructType(
    [
        StructField(REASON, StringType()),
        StructField(RAW, StringType()),
        StructField(SOURCE_FILE, StringType()),
        StructField(BLOCK, LongType()),
        StructField(LINE, LongType()),
    ]
)


def with_provenance(columns: StructType) -> StructType:
    """The schema of rows with these columns of their own that also say what became of them."""
    return StructType([*columns.fields, *PROVENANCE.fields])
