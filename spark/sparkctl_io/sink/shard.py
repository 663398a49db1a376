"""The shard of one attempt of a task: a database of its own, which counts only if the commit names it."""

import contextlib
import uuid
from collections.abc import Iterable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import adbc_driver_manager
import adbc_driver_sqlite.dbapi as adbc
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark import TaskContext

from ..errors import (
    CannotCreateError,
    ConstraintError,
    JobError,
    LockedError,
    StoppedError,
    StorageError,
    from_os,
    from_sqlite,
)
from ..keep_loaded import keep_loaded
from ..reasons import Reason
from ..source import FLAT_NAMES
from .encode import encode, must_fit, unfit
from .identifiers import quoted, quoted_list
from .message import PLACE, REJECTS, ROWS, SCATTERED, ShardMessage, Stretch
from .places import Places
from .plan import WritePlan
from .repeated import RepeatedKeys
from .staging import create_file

# After a crash nobody reads a shard. Larger pages than SQLite's own are fewer writes: a sixth of the time.
_PRAGMAS = ("page_size = 16384", "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE")
_FAILED = "failed"
"""A file in the staging folder: some task has failed for good."""
_MOST_STRETCHES = 500


class Shard:
    """Takes the batches of a task; holds one batch in memory, never all rows."""

    def __init__(self, plan: WritePlan, partition: int) -> None:
        self._plan = plan
        self._path = Path(plan.staging) / f"{uuid.uuid4().hex}.db"
        self._message = ShardMessage(str(self._path), partition)
        self._places: Places | None = None
        self._repeated: RepeatedKeys | None = None
        self._is_scattered = False
        create_file(self._path)
        self._connection = adbc.connect(str(self._path), autocommit=True)
        self._cursor = self._connection.cursor()
        for pragma in _PRAGMAS:
            self._cursor.execute(f"PRAGMA {pragma}")
            self._cursor.fetchall()

    def write(self, batch: pa.RecordBatch) -> None:
        if not self._plan.has_source:
            for field in self._plan.fields.values():
                must_fit(batch.column(field.name), field)
            rows = self._encoded(batch)
            self._must_have_keys(rows)
            self._load(self._stretch(None, 0), rows, None)
            return
        source = _source_of(map(batch.column, FLAT_NAMES), self._message.files)
        batch = batch.drop_columns(FLAT_NAMES)
        start = 0
        while start < batch.num_rows:
            stop = batch.num_rows if self._is_scattered else source.end_of_run(start)
            if not self._is_scattered and not self._continues(source, start, stop):
                self._scatter()
                continue
            stretch: Stretch | None = None
            if not self._is_scattered:
                stretch = self._stretch(*self._block_at(source, start))
                source.note(stretch, start, stop)
            self._take(stretch, batch.slice(start, stop - start), source.slice(start, stop))
            start = stop

    def finish(self) -> ShardMessage:
        self._end_stretch()
        self._cursor.close()
        self._connection.close()
        return self._message

    def discard(self) -> None:
        """Removes what this attempt has written: it failed, and another one will write it again."""
        for close in (self._cursor.close, self._connection.close, self._end_stretch):
            with contextlib.suppress(Exception):
                close()
        for file in self._path.parent.glob(f"{self._path.stem}*"):
            file.unlink(missing_ok=True)

    def _continues(self, source: "_Source", start: int, stop: int) -> bool:
        """Tells if the rows come in the order of their lines, after those before."""
        lines = source.lines[start:stop]
        if not source.file[start].is_valid or np.any(lines[1:] < lines[:-1]):
            return False
        stretches = self._message.stretches
        last = stretches[-1] if stretches else None
        if last is not None and (last.file, last.block) == self._block_at(source, start):
            return bool(lines[0] >= last.last_line)
        return len(stretches) < _MOST_STRETCHES

    def _block_at(self, source: "_Source", place: int) -> tuple[str, int]:
        return self._message.files[source.file[place].as_py()], source.block[place].as_py()

    def _scatter(self) -> None:
        """Writes the rows that follow with their places, and leaves their order to the commit."""
        self._end_stretch()
        self._is_scattered = True
        columns = ", ".join((*map(quoted, self._plan.target.columns), *PLACE))
        self._cursor.execute(f"CREATE TABLE {SCATTERED} ({columns})")

    def _stretch(self, file: str | None, block: int) -> Stretch:
        stretches = self._message.stretches
        if stretches and (stretches[-1].file, stretches[-1].block) == (file, block):
            return stretches[-1]
        self._end_stretch()
        stretch = Stretch(len(stretches), file, block)
        stretches.append(stretch)
        plan = self._plan
        rows = ROWS.format(stretch.index)
        if plan.tries_rows:
            self._cursor.execute(f"CREATE TABLE {rows} ({quoted_list(plan.target.columns)})")
        else:
            # The table's own definition, so that SQLite may copy its pages' cells without looking into them.
            self._cursor.execute(plan.target.definition)
            self._cursor.execute(f"ALTER TABLE {quoted(plan.target.table)} RENAME TO {rows}")
        if plan.has_source:
            stretch.places = f"{self._path.stem}.{stretch.index}.arrow"
            self._places = Places(self._path.parent / stretch.places)
        if plan.dedupes:
            self._repeated = RepeatedKeys(self._cursor, rows, plan.target.key)
        return stretch

    def _end_stretch(self) -> None:
        if self._places is not None:
            self._places.close()
        self._places = self._repeated = None

    def _take(self, stretch: Stretch | None, batch: pa.RecordBatch, source: "_Source") -> None:
        """Sorts rows with a source: to be loaded, or rejected; and counts them."""
        self._message.repaired += source.repaired.true_count
        if source.reason.null_count < len(source.reason):
            marked = pc.is_valid(source.reason)
            self._reject(source.filter(marked))
            batch, source = batch.filter(pc.invert(marked)), source.filter(pc.invert(marked))
        for name in self._plan.target.columns:
            found = self._plan.fields.get(name)
            wrong = None if found is None else unfit(batch.column(found.name), found)
            if wrong is not None:
                keeps = self._reject_where(pc.fill_null(wrong, False), source, Reason.INVALID_VALUE)
                batch, source = batch.filter(keeps), source.filter(keeps)
        rows = self._encoded(batch)
        incomplete = [
            rows.column(name) for name in self._plan.target.required if rows.column(name).null_count
        ]
        if incomplete:
            missing = reduce(pc.or_, map(pc.is_null, incomplete))
            keeps = self._reject_where(missing, source, Reason.CONSTRAINT_NOT_NULL)
            rows, source = rows.filter(keeps), source.filter(keeps)
        if stretch is not None and self._repeated is not None and rows.num_rows:
            repeated = self._repeated.find(rows)
            if pc.any(repeated, min_count=0).as_py():
                keeps = self._reject_where(repeated, source, Reason.DUPLICATE_KEY)
                rows, source = rows.filter(keeps), source.filter(keeps)
        self._load(stretch, rows, source)

    def _load(self, stretch: Stretch | None, rows: pa.RecordBatch, source: "_Source | None") -> None:
        self._message.counts["loaded"] += rows.num_rows
        if rows.num_rows == 0:
            return
        self._message.checksum.add(rows)
        if stretch is None and source is not None:
            self._message.scattered += rows.num_rows
            for name, column in zip(PLACE, source.place, strict=True):
                rows = rows.append_column(name, column)
            self._cursor.adbc_ingest(SCATTERED, rows, mode="append")
        elif stretch is not None:
            if self._places is not None and source is not None:
                keys = rows.select(list(self._plan.target.key))
                self._places.add(keys, source.line, source.offset, source.raw, source.repaired)
            stretch.rows += rows.num_rows
            self._note_range(stretch, rows)
            self._cursor.adbc_ingest(ROWS.format(stretch.index), rows, mode="append")

    def _encoded(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows as the table has them."""
        columns = []
        for name in self._plan.target.columns:
            found = self._plan.fields.get(name)
            if found is not None:
                columns.append(encode(batch.column(found.name), found))
            else:
                value = self._plan.target.defaults[name]
                columns.append(pa.array([value] * batch.num_rows, pa.string() if value is None else None))
        return pa.RecordBatch.from_arrays(columns, names=list(self._plan.target.columns))

    def _must_have_keys(self, rows: pa.RecordBatch) -> None:
        for name in self._plan.target.key:
            if rows.column(name).null_count:  # SQLite would invent an id
                raise ConstraintError(
                    f"a row has no value in {name}, which is in the primary key of {self._plan.target.table}"
                )

    def _reject_where(self, wrong: pa.Array, source: "_Source", reason: Reason) -> pa.Array:
        """Puts the rows where `wrong` is true into the quarantine; says which are kept."""
        self._reject(source.filter(wrong), reason)
        return pc.invert(wrong)

    def _reject(self, source: "_Source", reason: Reason | None = None) -> None:
        count = len(source.line)
        if count == 0:
            return
        reasons = source.reason if reason is None else pa.repeat(pa.scalar(str(reason)), count)
        found = pc.value_counts(reasons).to_pylist()
        self._message.counts.update({entry["values"]: entry["counts"] for entry in found})
        if self._message.rejects == 0:
            self._cursor.execute(f"CREATE TABLE {REJECTS} ({', '.join(PLACE)}, reason)")
        self._message.rejects += count
        rows = pa.RecordBatch.from_arrays([*source.place, reasons], names=[*PLACE, "reason"])
        self._cursor.adbc_ingest(REJECTS, rows, mode="append")

    def _note_range(self, stretch: Stretch, rows: pa.RecordBatch) -> None:
        key = self._plan.target.key
        if len(key) != 1 or not pa.types.is_integer(rows.column(key[0]).type):
            return
        ends: dict[str, Any] = pc.min_max(rows.column(key[0])).as_py()
        least, greatest = stretch.least_key, stretch.greatest_key
        stretch.least_key = ends["min"] if least is None else min(least, ends["min"])
        stretch.greatest_key = ends["max"] if greatest is None else max(greatest, ends["max"])


class _Source:
    """The columns of `_source` of a batch. The file is the place of its name in the message."""

    def __init__(self, columns: Iterable[pa.Array]) -> None:
        self.columns = list(columns)
        self.file, self.block, self.line, self.offset, self.raw, self.repaired, self.reason = self.columns
        self._ends: list[int] | None = None

    @property
    def place(self) -> list[pa.Array]:
        return self.columns[:-1]

    @property
    def lines(self) -> Any:
        return pc.fill_null(self.line, 0).to_numpy(zero_copy_only=False)

    def end_of_run(self, start: int) -> int:
        """Returns the end of the rows that begin at `start` and are of the same block."""
        if self._ends is None:
            count = len(self.file)
            changed = np.zeros(max(count - 1, 0), dtype=np.bool_)
            for column in (self.file, self.block):
                differs = pc.fill_null(pc.not_equal(column[1:], column[:-1]), True)
                changed |= differs.to_numpy(zero_copy_only=False)
            self._ends = [*(np.flatnonzero(changed) + 1).tolist(), count]
        return self._ends[int(np.searchsorted(self._ends, start, side="right"))]

    def note(self, stretch: Stretch, start: int, stop: int) -> None:
        """Notes from which lines the rows of a stretch are; they come in order."""
        lines = self.lines[start:stop]
        begins = stretch.lines == 0
        stretch.lines += int(np.count_nonzero(lines[1:] != lines[:-1]))
        stretch.lines += int(begins or lines[0] != stretch.last_line)
        if begins:
            stretch.first_line = int(lines[0])
        stretch.last_line = int(lines[-1])

    def slice(self, start: int, stop: int) -> "_Source":
        return _Source(column.slice(start, stop - start) for column in self.columns)

    def filter(self, keeps: pa.Array) -> "_Source":
        return _Source(column.filter(keeps) for column in self.columns)


def _source_of(columns: Iterable[pa.Array], files: list[str]) -> _Source:
    """The source of the rows of a batch. Adds the files that are new."""
    # Of a row that has no source, as after an outer join, every field is null.
    names, *others = columns
    files.extend(name for name in pc.unique(names).to_pylist() if name is not None and name not in files)
    return _Source([pc.index_in(names, value_set=pa.array(files, pa.string())), *others])


def this_partition() -> int:
    """The number of the partition that this task writes."""
    context = TaskContext.get()
    return context.partitionId() if context is not None else 0


def write_shard(plan: WritePlan, partition: int, batches: Iterator[pa.RecordBatch]) -> ShardMessage:
    """
    Runs a task's whole write. What fails leaves nothing behind.

    Spark tries a task that fails four times, with a page of traces each. So a failure that would come again
    is no failure of the task: the commit gets it as its message and says it. Other tasks stop then.
    """
    keep_loaded()
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
            f"the staging folder is not on this worker: {path}. The database's folder must be shared with it,"
            " or another one that is named as staging"
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
