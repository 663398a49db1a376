"""What one write is to do: decided once on the driver, then carried to every task and to the commit."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import StructField, StructType

from ..provenance import PROVENANCE, REASON
from .target import Target

Mode = Literal["overwrite", "append", "upsert"]
"""Replace all rows, add rows, or add rows and replace those that have the same key."""


@dataclass(frozen=True)
class Stage:
    """
    The last step of a job: a function and a schema as `DataFrame.mapInArrow` takes them.

    Applied to a frame it does just that. Handed to `write_sqlite` it runs inside the tasks that write, which
    saves every row the way from Python to the JVM and back.
    """

    function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]
    schema: StructType
    keeps_lines: bool = False
    """Whether `_raw` of every row is its line in its file: then the sink may read it there again."""

    def __call__(self, frame: DataFrame) -> DataFrame:
        # In a rejected row any column may be null; only the table need not allow it.
        nullable = StructType([StructField(field.name, field.dataType) for field in self.schema])
        return frame.mapInArrow(self.function, nullable)


@dataclass(frozen=True)
class WritePlan:
    """Everything that a task and the commit need to know. It is pickled."""

    target: Target
    mode: Mode
    run_id: str
    staging: str
    """The private folder of this write, beside the database."""
    owns_staging: bool
    """Whether the commit removes the folder; else the process that made it does."""
    already_committed: bool
    lock_timeout_ms: int
    project: str
    """Source files inside this folder are recorded relative to it."""
    fields: Mapping[str, StructField]
    """The rows' columns by the name that the table has for them."""
    carries_provenance: bool
    keeps_lines: bool
    """See `Stage`."""

    @property
    def dedupes(self) -> bool:
        """Whether a repeated key is put into the quarantine. Without provenance it is an error of SQLite."""
        return self.carries_provenance and bool(self.target.key) and not self.target.is_constrained

    @property
    def tries_rows(self) -> bool:
        """Whether the table itself is asked of each row, and what it refuses is put into the quarantine."""
        return self.carries_provenance and self.target.is_constrained

    @property
    def database(self) -> Path:
        return Path(self.target.path)


def own_columns(schema: StructType) -> StructType:
    """The columns of the rows that belong to the table."""
    return StructType([field for field in schema if field.name not in PROVENANCE.names])


def carries_provenance(schema: StructType) -> bool:
    return REASON in schema.names
