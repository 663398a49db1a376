"""What one attempt of a task writes: a database of its own, which counts only if the commit names it."""

import contextlib
import uuid
from collections import Counter
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import adbc_driver_manager
import adbc_driver_sqlite.dbapi as adbc
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import (
    CannotCreateError,
    ConstraintError,
    JobError,
    LockedError,
    StoppedError,
    StorageError,
    ValueNotStorableError,
    from_os,
    from_sqlite,
)
from ..lines import runs_of
from ..provenance import BLOCK, LINE, RAW, REASON, SOURCE_FILE
from ..reasons import Reason, Skipped
from .encode import encode
from .identifiers import quoted, quoted_list
from .originals import Originals
from .plan import WritePlan
from .repeated import RepeatedKeys
from .segment import REJECTS, REJECTS_COLUMNS, ROWS, Segment, ShardMessage
from .staging import create_file

# After a crash nobody reads a shard. Larger pages than SQLite's own are fewer writes: a sixth of the time.
_PRAGMAS = ("page_size = 16384", "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE")
_FAILED = "failed"
"""A file in the staging folder: some task has failed for good."""
_KNOWN = frozenset([*map(str, Reason), *map(str, Skipped)])


class Shard:
    """Takes the batches of a task; holds one batch in memory, never all rows."""

    def __init__(self, plan: WritePlan, partition: int) -> None:
        self._plan = plan
        self._path = Path(plan.staging) / f"{uuid.uuid4().hex}.db"
        self._message = ShardMessage(str(self._path), partition)
        self._counts: Counter[str] = Counter()
        self._originals: Originals | None = None
        self._repeated: RepeatedKeys | None = None
        create_file(self._path)
        self._connection = adbc.connect(str(self._path), autocommit=True)
        self._cursor = self._connection.cursor()
        for pragma in _PRAGMAS:
            self._cursor.execute(f"PRAGMA {pragma}")
            self._cursor.fetchall()

    def write(self, batch: pa.RecordBatch) -> None:
        if not self._plan.carries_provenance:
            segment = self._segment(None, None)
            self._counts["loaded"] += batch.num_rows
            self._load(segment, batch)
            return
        for start, stop in runs_of(batch):
            piece = batch.slice(start, stop - start)
            block = piece.column(BLOCK)[0].as_py() if BLOCK in piece.schema.names else None
            self._take(self._segment(piece.column(SOURCE_FILE)[0].as_py(), block), piece)

    def finish(self) -> ShardMessage:
        self._end_segment()
        self._cursor.close()
        self._connection.close()
        self._message.counts = dict(self._counts)
        return self._message

    def discard(self) -> None:
        """Removes what this attempt has written: it failed, and another one will write it again."""
        for close in (self._cursor.close, self._connection.close, self._end_segment):
            with contextlib.suppress(Exception):
                close()
        for file in self._path.parent.glob(f"{self._path.stem}*"):
            file.unlink(missing_ok=True)

    def _segment(self, source_file: str | None, block: int | None) -> Segment:
        segments = self._message.segments
        if segments and (segments[-1].source_file, segments[-1].block) == (source_file, block):
            return segments[-1]
        self._end_segment()
        segment = Segment(len(segments), source_file, block)
        segments.append(segment)
        plan = self._plan
        rows = ROWS.format(segment.index)
        if plan.tries_rows:
            self._cursor.execute(f"CREATE TABLE {rows} ({quoted_list(plan.target.columns)})")
        else:
            # The table's own definition, so that SQLite may copy its pages' cells without looking into them.
            self._cursor.execute(plan.target.definition)
            self._cursor.execute(f"ALTER TABLE {quoted(plan.target.table)} RENAME TO {rows}")
        if plan.dedupes or plan.tries_rows:
            segment.originals = f"{self._path.stem}.{segment.index}.arrow"
            source = segment.source if plan.keeps_lines else None
            self._originals = Originals(self._path.parent / segment.originals, source)
        if plan.dedupes:
            self._repeated = RepeatedKeys(self._cursor, rows, plan.target.key)
        return segment

    def _end_segment(self) -> None:
        if self._originals is not None:
            self._originals.close()
        self._originals = self._repeated = None

    def _take(self, segment: Segment, piece: pa.RecordBatch) -> None:
        """Sorts the rows of one segment: to be loaded, rejected, or neither; and counts them."""
        reasons = piece.column(REASON)
        segment.lines += piece.num_rows
        if segment.first_line == 0:
            segment.first_line = piece.column(LINE)[0].as_py()
        segment.last_line = piece.column(LINE)[piece.num_rows - 1].as_py()
        found = {entry["values"]: entry["counts"] for entry in pc.value_counts(reasons).to_pylist()}
        kept = found.pop(None, 0)
        self._count(found)
        if found:
            rejected = pc.invert(pc.is_in(reasons, pa.array([None, *map(str, Skipped)], pa.string())))
            self._reject(segment, piece.filter(rejected))
            piece = piece.filter(pc.is_null(reasons))
        if kept:
            self._load(segment, piece)

    def _count(self, found: dict[str, int]) -> None:
        unknown = sorted(found.keys() - _KNOWN)
        if unknown:
            raise ValueNotStorableError(
                f"{unknown[0]!r} is no reason; the reasons are {', '.join(sorted(_KNOWN))}"
            )
        self._counts.update(found)

    def _load(self, segment: Segment, piece: pa.RecordBatch) -> None:
        plan = self._plan
        encoded = [self._encoded(name, piece) for name in plan.target.columns]
        rows = pa.RecordBatch.from_arrays(encoded, names=plan.target.columns)
        incomplete = [rows.column(name) for name in plan.target.required if rows.column(name).null_count]
        if incomplete and plan.carries_provenance:
            missing = reduce(pc.or_, map(pc.is_null, incomplete))
            rows, piece = self._reject_some(segment, rows, piece, missing, Reason.CONSTRAINT_NOT_NULL)
        elif incomplete:
            for name in plan.target.key:
                if rows.column(name).null_count:  # SQLite would invent an id
                    raise ConstraintError(
                        f"a row has no value in {name}, which is in the primary key of {plan.target.table}"
                    )
        if self._repeated is not None and rows.num_rows:
            repeated = self._repeated.find(rows)
            if pc.any(repeated, min_count=0).as_py():
                rows, piece = self._reject_some(segment, rows, piece, repeated, Reason.DUPLICATE_KEY)
        if self._originals is not None:
            self._originals.add(rows.select(list(plan.target.key)), piece.column(LINE), piece.column(RAW))
        if plan.carries_provenance:
            self._counts["loaded"] += rows.num_rows
        segment.rows += rows.num_rows
        self._message.checksum.add(rows)
        self._note_range(segment, rows)
        self._cursor.adbc_ingest(ROWS.format(segment.index), rows, mode="append")

    def _encoded(self, column: str, piece: pa.RecordBatch) -> pa.Array:
        found = self._plan.fields.get(column)
        if found is not None:
            return encode(piece.column(found.name), found)
        value = self._plan.target.defaults[column]
        return pa.array([value] * piece.num_rows, pa.string() if value is None else None)

    def _reject_some(
        self, segment: Segment, rows: pa.RecordBatch, piece: pa.RecordBatch, wrong: pa.Array, reason: Reason
    ) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        """Puts the rows where `wrong` is true into the quarantine; gives the others."""
        rejected = piece.filter(wrong)
        self._counts[reason] += rejected.num_rows
        reasons = pa.array([str(reason)] * rejected.num_rows)
        self._reject(segment, rejected.set_column(rejected.schema.get_field_index(REASON), REASON, reasons))
        right = pc.invert(wrong)
        return rows.filter(right), piece.filter(right)

    def _reject(self, segment: Segment, rows: pa.RecordBatch) -> None:
        if rows.num_rows == 0:
            return
        table = REJECTS.format(segment.index)
        if segment.rejects == 0:
            self._cursor.execute(f"CREATE TABLE {table} ({REJECTS_COLUMNS}) STRICT")
        segment.rejects += rows.num_rows
        columns = {
            "line": rows.column(LINE),
            "reason": rows.column(REASON),
            "raw": rows.column(RAW).cast(pa.string()),
        }
        self._cursor.adbc_ingest(table, pa.RecordBatch.from_pydict(columns), mode="append")

    def _note_range(self, segment: Segment, rows: pa.RecordBatch) -> None:
        key = self._plan.target.key
        if rows.num_rows == 0 or len(key) != 1 or not pa.types.is_integer(rows.column(key[0]).type):
            return
        ends: dict[str, Any] = pc.min_max(rows.column(key[0])).as_py()
        segment.least_key = min(ends["min"], ends["min"] if segment.least_key is None else segment.least_key)
        segment.greatest_key = max(
            ends["max"], ends["max"] if segment.greatest_key is None else segment.greatest_key
        )


def write_shard(plan: WritePlan, partition: int, batches: Iterator[pa.RecordBatch]) -> ShardMessage:
    """
    Runs a task's whole write. What fails leaves nothing behind.

    Spark tries a task that fails four times, with a page of traces each. So a failure that would come again
    is no failure of the task: the commit gets it as its message and says it. Other tasks stop then.
    """
    failed = Path(plan.staging) / _FAILED
    try:
        return _write(plan, partition, _until(failed, batches))
    except (LockedError, StorageError):
        raise
    except JobError as error:
        with contextlib.suppress(OSError):
            failed.touch()
        return ShardMessage("", partition, failure=error)


def _until(failed: Path, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        if failed.exists():
            raise StoppedError("another task of this write has failed, and its words were lost: try again")
        yield batch


def _write(plan: WritePlan, partition: int, batches: Iterator[pa.RecordBatch]) -> ShardMessage:
    path = Path(plan.staging)
    if not path.is_dir():
        raise CannotCreateError(
            f"the staging folder is not on this worker: {path}. The database's folder must be shared with it."
        )
    with _failures_said(plan):
        shard = Shard(plan, partition)
    try:
        for batch in batches:
            if batch.num_rows:
                with _failures_said(plan):
                    shard.write(batch)
        with _failures_said(plan):
            return shard.finish()
    except BaseException:
        shard.discard()
        raise


@contextlib.contextmanager
def _failures_said(plan: WritePlan) -> Iterator[None]:
    """Says the shard's own failures, not those of the rows' source, in words for a person."""
    try:
        yield
    except adbc_driver_manager.Error as error:
        raise from_sqlite(error, plan.target.path, plan.target.table) from error
    except OSError as error:
        raise from_os(error, plan.staging) from error
