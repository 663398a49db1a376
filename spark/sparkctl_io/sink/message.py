"""The message in which a task tells the commit of its shard."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field

from pyspark.sql.datasource import WriterCommitMessage

from ..errors import JobError, all_kinds
from .row_checksum import RowChecksum

ROWS = "rows_{}"
"""The table of a stretch, in a shard: the target's own definition, so that its pages' cells are copied."""
SCATTERED = "scattered"
"""The table of the rows that came in no order, each with its place."""
REJECTS = "rejects"
"""The table of the rows that are not to be loaded, each with its place and its reason."""
PLACE = ("_file", "_block", "_line", "_offset", "_raw", "_repaired")
"""
Columns beside those of a row, or of a reason: from which line it is, and whether a value of it was repaired.

See `source.SOURCE_TYPE`.

The file is the place of its name in the message.
"""


@dataclass
class Stretch:
    """
    Rows that came in the order of their lines, all from one block of one file.

    Stretches, not tasks, have a place in the order of all rows: a task may read blocks from here and there.
    """

    index: int
    file: str | None
    block: int
    first_line: int = 0
    last_line: int = 0
    lines: int = 0
    """From how many lines its rows are, whatever became of them."""
    rows: int = 0
    """Those to be loaded."""
    least_key: int | None = None
    greatest_key: int | None = None
    """The range of the keys where the key is one integer column: ranges that lie apart need no comparing."""
    places: str | None = None
    """The file beside the shard that says from which line each of its rows is."""


@dataclass
class ShardMessage(WriterCommitMessage):
    """The message of one task to the commit."""

    path: str
    partition: int
    files: list[str] = field(default_factory=list)
    """Those from whose lines the rows are."""
    stretches: list[Stretch] = field(default_factory=list)
    scattered: int = 0
    """Rows that came in no order."""
    rejects: int = 0
    repaired: int = 0
    """Rows in which the job has repaired a value, whatever became of them."""
    checksum: RowChecksum = field(default_factory=RowChecksum)
    """That of the rows to be loaded."""
    counts: Counter[str] = field(default_factory=Counter)
    """Rows by what became of them: a reason, or `loaded`."""
    failure: JobError | None = None
    """The error that ended the task, if trying it again would end it again."""

    def to_json(self) -> str:
        """The same as text: a worker that has not this package could not name its classes."""
        return json.dumps(
            {
                "path": self.path,
                "partition": self.partition,
                "files": self.files,
                "stretches": [asdict(one) for one in self.stretches],
                "scattered": self.scattered,
                "rejects": self.rejects,
                "repaired": self.repaired,
                "checksum": self.checksum.digest(),
                "counts": self.counts,
                "failure": self.failure and [type(self.failure).__name__, str(self.failure)],
            }
        )

    @staticmethod
    def from_json(text: str) -> "ShardMessage":
        said = json.loads(text)
        failure = said["failure"]
        kinds = {kind.__name__: kind for kind in all_kinds(JobError)}
        return ShardMessage(
            path=said["path"],
            partition=said["partition"],
            files=said["files"],
            stretches=[Stretch(**one) for one in said["stretches"]],
            scattered=said["scattered"],
            rejects=said["rejects"],
            repaired=said["repaired"],
            checksum=RowChecksum.of_digest(said["checksum"]),
            counts=Counter(said["counts"]),
            failure=kinds[failure[0]](failure[1]) if failure else None,
        )
