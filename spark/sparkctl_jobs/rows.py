"""Rows on their way through a job: columns to be loaded, and for each row the reason why it is not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from .provenance import BLOCK, LINE, RAW, REASON, SOURCE_FILE
from .reasons import Reason


@dataclass(frozen=True)
class Rows:
    """A batch of rows. Every method returns new rows and leaves these as they are."""

    columns: Mapping[str, pa.Array]
    reasons: pa.Array
    """For each row null, or the first reason that was found against it."""
    raw: pa.Array
    lines: pa.RecordBatch
    """The numbered lines that the rows were read from."""

    def __getitem__(self, column: str) -> pa.Array:
        return self.columns[column]

    def with_column(self, name: str, values: pa.Array) -> "Rows":
        return replace(self, columns={**self.columns, name: values})

    def reject(self, reason: Reason, wrong: pa.Array) -> "Rows":
        """Gives the rows where `wrong` is true this reason, unless they have one. Null is not wrong."""
        new = pc.and_(pc.fill_null(wrong, False), pc.is_null(self.reasons))
        if not pc.any(new, min_count=0).as_py():
            return self
        return replace(self, reasons=pc.if_else(new, pa.scalar(str(reason)), self.reasons))

    def to_batch(self) -> pa.RecordBatch:
        """The rows as `with_provenance` describes them."""
        provenance = {
            REASON: self.reasons,
            RAW: self.raw,
            SOURCE_FILE: self.lines.column(SOURCE_FILE),
            BLOCK: self.lines.column(BLOCK),
            LINE: self.lines.column(LINE),
        }
        return pa.RecordBatch.from_pydict({**self.columns, **provenance})
