"""What a task tells the commit of its shard."""

from dataclasses import dataclass, field

from pyspark.sql.datasource import WriterCommitMessage

from ..errors import JobError
from .row_checksum import RowChecksum
from .source_block import SourceBlock

ROWS, REJECTS = "rows_{}", "rejects_{}"
"""The tables of a segment in a shard."""
REJECTS_COLUMNS = "line INTEGER NOT NULL, reason TEXT NOT NULL, raw TEXT NOT NULL"


@dataclass
class Segment:
    """
    The rows of a shard that stood together in their source: one block of one file, in its order.

    Segments, not tasks, have a place in the order of all rows: a task may read blocks from here and there.
    """

    index: int
    source_file: str | None
    block: int | None
    first_line: int = 0
    last_line: int = 0
    lines: int = 0
    """Those of its lines that have come here, whatever became of them."""
    rows: int = 0
    rejects: int = 0
    least_key: int | None = None
    greatest_key: int | None = None
    """The range of the keys where the key is one integer column: ranges that lie apart need no comparing."""
    originals: str | None = None

    @property
    def source(self) -> SourceBlock | None:
        """Where its lines can be read again, if they are lines of a local file."""
        if self.source_file is None or self.block is None:
            return None
        return SourceBlock.of(self.source_file, self.block)


@dataclass
class ShardMessage(WriterCommitMessage):
    """What a task tells the commit."""

    path: str
    partition: int
    segments: list[Segment] = field(default_factory=list)
    checksum: RowChecksum = field(default_factory=RowChecksum)
    """That of the rows to be loaded."""
    counts: dict[str, int] = field(default_factory=dict)
    """Rows by what became of them: a reason, `filtered`, `blank`, or `loaded`."""
    lines: int | None = None
    """How many lines the task has read, counted before its stage, if it has read lines."""
    failure: JobError | None = None
    """What ended the task, if trying it again would end it again."""
