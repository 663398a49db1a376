"""The Spark data source `sqlite`."""

import hashlib
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

import pyarrow as pa
from pyspark import TaskContext, cloudpickle
from pyspark.sql.datasource import DataSource, DataSourceArrowWriter, WriterCommitMessage
from pyspark.sql.types import StructType

from ..errors import AccountingError, UnknownOptionError
from ..lines import CountedLines
from .identifiers import folded
from .plan import Mode, Stage, WritePlan, carries_provenance, own_columns
from .publish import publish
from .run_ledger import find_run
from .segment import ShardMessage
from .shard import write_shard
from .source_files import project_of
from .staging import Staging, remove_folder
from .target import describe_target

DEFAULT_LOCK_TIMEOUT_MS = 60_000
NOTHING_CHANGED = "nothing-changed"
"""A file in the staging folder by which the commit says that the run was committed before."""
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class SqliteDataSource(DataSource):
    """
    Writes a frame into a table of a SQLite database, all of it or nothing.

    Options: `path` (or the argument of `save`), `table`, and if wanted `runId`, `key` (columns of the primary
    key, by commas, for a table that is made), `mode` (`upsert`, with Spark's mode append), `lockTimeoutMs`.
    """

    stage: ClassVar[Stage | None] = None

    @classmethod
    def name(cls) -> str:
        return "sqlite"

    def writer(self, schema: StructType, overwrite: bool) -> "SqliteWriter":
        rows = self.stage.schema if self.stage is not None else schema
        keeps_lines = self.stage is not None and self.stage.keeps_lines
        return SqliteWriter(plan_write(self.options, rows, overwrite, keeps_lines), self.stage)


class SqliteWriter(DataSourceArrowWriter):
    def __init__(self, plan: WritePlan, stage: Stage | None) -> None:
        self._plan = plan
        self._stage = stage

    def write(self, iterator: Iterator[pa.RecordBatch]) -> WriterCommitMessage:
        context = TaskContext.get()
        partition = context.partitionId() if context is not None else 0
        if self._plan.already_committed:
            return ShardMessage("", partition)
        if self._stage is None:
            return write_shard(self._plan, partition, iterator)
        lines = CountedLines(iterator)
        message = write_shard(self._plan, partition, self._stage.function(lines))
        if self._plan.carries_provenance and message.failure is None:
            message.lines = lines.count_all()
        return message

    def commit(self, messages: Sequence[WriterCommitMessage | None]) -> None:
        if self._plan.already_committed or not publish(self._plan, _shards_of(messages)):
            (Path(self._plan.staging) / NOTHING_CHANGED).touch()
        self._clean()

    def abort(self, messages: Sequence[WriterCommitMessage | None]) -> None:  # noqa: ARG002 -- failed tasks have none
        self._clean()

    def _clean(self) -> None:
        if self._plan.owns_staging:
            remove_folder(Path(self._plan.staging))


def _shards_of(messages: Sequence[WriterCommitMessage | None]) -> list[ShardMessage]:
    """What the tasks have said, one message each: without one of them, rows would be missing in silence."""
    shards = [message for message in messages if isinstance(message, ShardMessage)]
    partitions = sorted(shard.partition for shard in shards)
    if len(shards) != len(messages) or not shards or partitions != list(range(len(shards))):
        strange = {type(message).__name__ for message in messages} - {ShardMessage.__name__}
        raise AccountingError(
            f"the commit has {len(messages)} messages, {len(shards)} of them from tasks of this write"
            f" (partitions {partitions}{', others: ' + ', '.join(sorted(strange)) if strange else ''}):"
            " nothing is published"
        )
    return shards


def plan_write(
    options: Mapping[str, str], rows: StructType, overwrite: bool, keeps_lines: bool = False
) -> WritePlan:
    """What the options ask for, after everything that can be wrong with it."""
    path = Path(_required(options, "path").removeprefix("file:")).absolute()
    table = _required(options, "table")
    mode = _mode(options, overwrite)
    run_id = checked_run_id(options.get("runId") or str(uuid.uuid4()))
    timeout = _milliseconds(options.get("lockTimeoutMs", str(DEFAULT_LOCK_TIMEOUT_MS)))
    key = [name.strip() for name in options.get("key", "").split(",") if name.strip()]
    target = describe_target(path, table, own_columns(rows), key, timeout)
    if mode == "upsert" and not target.key:
        raise UnknownOptionError(f"upsert needs a primary key, and table {table} has none")
    fields = {folded(field.name): field for field in own_columns(rows)}
    committed = find_run(path, run_id, table, timeout) is not None
    staging = options.get("staging")
    if not staging:
        made = Staging.create(path, run_id, guarded=False)
        made.leave()
    return WritePlan(
        target=target,
        mode=mode,
        run_id=run_id,
        staging=staging or str(made.folder),
        owns_staging=not staging,
        already_committed=committed,
        lock_timeout_ms=timeout,
        project=project_of(path),
        fields={name: fields[folded(name)] for name in target.columns if folded(name) in fields},
        carries_provenance=carries_provenance(rows),
        keeps_lines=keeps_lines,
    )


def data_source_with(stage: Stage | None) -> type[SqliteDataSource]:
    """
    The data source whose tasks run that stage before they write.

    Its name tells it from others in a session, and is the same for the same stage: a session keeps them all.
    """
    pickled: bytes = cloudpickle.dumps(stage)  # type: ignore[no-untyped-call]
    name = f"sqlite_{hashlib.sha256(pickled).hexdigest()[:16]}"
    members: dict[str, Any] = {"stage": stage, "name": classmethod(lambda _: name)}
    return type("SqliteDataSource", (SqliteDataSource,), members)


def checked_run_id(run_id: str) -> str:
    if not _RUN_ID.fullmatch(run_id):
        raise UnknownOptionError(
            f"{run_id!r} can't be a run id: use letters, digits, dots, _ and -, at most 128"
        )
    return run_id


def _required(options: Mapping[str, str], name: str) -> str:
    value = options.get(name)
    if not value:
        raise UnknownOptionError(f"the data source sqlite needs the option {name}")
    return value


def _mode(options: Mapping[str, str], overwrite: bool) -> Mode:
    asked = options.get("mode")
    if asked not in (None, "overwrite", "append", "upsert"):
        raise UnknownOptionError(f"the mode {asked} is none of overwrite, append, upsert")
    if overwrite != (asked == "overwrite") and asked is not None:
        fitting = "overwrite" if asked == "overwrite" else "append"
        raise UnknownOptionError(f"the option mode={asked} goes with Spark's mode {fitting}")
    return cast(Mode, asked or ("overwrite" if overwrite else "append"))


def _milliseconds(text: str) -> int:
    if not text.isdecimal():
        raise UnknownOptionError(f"lockTimeoutMs={text} is no number of milliseconds")
    return int(text)
