"""The Spark data source `sqlite`, for rows that don't know which line they are from."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
from pyspark.sql.datasource import DataSource, DataSourceArrowWriter, WriterCommitMessage
from pyspark.sql.types import StructType

from ..errors import AccountingError, UnknownOptionError
from ..source import SOURCE
from .message import ShardMessage
from .plan import WritePlan, plan_write
from .publish import publish
from .shard import this_partition, write_shard
from .sources import Sources
from .staging import Staging, remove_folder


class SqliteDataSource(DataSource):
    """
    Writes a frame into a table of a SQLite database, all of it or nothing.

    Options: `path` (or the argument of `save`), `table`, and if wanted `runId`, `key` (columns of the primary
    key, by commas, for a table that is made), `mode` (`upsert`, with Spark's mode append), `lockTimeoutMs`,
    `staging` (a folder that the driver and all workers see, where they don't see that of the database).
    """

    @classmethod
    def name(cls) -> str:
        return "sqlite"

    def writer(self, schema: StructType, overwrite: bool) -> "SqliteWriter":
        if SOURCE in schema.names:
            raise UnknownOptionError(
                f"rows that know their lines (column {SOURCE}) are written with write_sqlite, which accounts"
                f" for each line; or drop the column with .drop('{SOURCE}')"
            )
        options = self.options  # whatever the case of their names
        for name in ("path", "table"):
            if not options.get(name):
                raise UnknownOptionError(f"the data source sqlite needs the option {name}")
        plan = plan_write(
            Path(options["path"].removeprefix("file:")),
            options["table"],
            schema,
            key=[name.strip() for name in options.get("key", "").split(",") if name.strip()],
            mode=_mode(options.get("mode"), overwrite),
            run_id=options.get("runId"),
            lock_timeout_ms=_milliseconds(options.get("lockTimeoutMs")),
        )
        staging = Staging.create(plan.database, plan.run_id, options.get("staging"), guarded=False)
        staging.leave()
        return SqliteWriter(plan.staged_in(staging.folder))


class SqliteWriter(DataSourceArrowWriter):
    def __init__(self, plan: WritePlan) -> None:
        self._plan = plan

    def write(self, iterator: Iterator[pa.RecordBatch]) -> WriterCommitMessage:
        partition = this_partition()
        if self._plan.already_committed:
            return ShardMessage("", partition)
        return write_shard(self._plan, partition, iterator)

    def commit(self, messages: Sequence[WriterCommitMessage | None]) -> None:
        if not self._plan.already_committed:
            publish(self._plan, shards_of(messages), Sources({}, self._plan.project))
        remove_folder(Path(self._plan.staging))

    def abort(self, messages: Sequence[WriterCommitMessage | None]) -> None:  # noqa: ARG002 -- failed tasks have none
        remove_folder(Path(self._plan.staging))


def shards_of(messages: Sequence[object]) -> list[ShardMessage]:
    """Returns the tasks' messages, one of each: without one of them, rows would be missing in silence."""
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


def _mode(asked: str | None, overwrite: bool) -> str:
    if overwrite != (asked == "overwrite") and asked is not None:
        fitting = "overwrite" if asked == "overwrite" else "append"
        raise UnknownOptionError(f"the option mode={asked} goes with Spark's mode {fitting}")
    return asked or ("overwrite" if overwrite else "append")


def _milliseconds(text: str | None) -> int | None:
    if text is not None and not text.isdecimal():
        raise UnknownOptionError(f"lockTimeoutMs={text} is no number of milliseconds")
    return None if text is None else int(text)
