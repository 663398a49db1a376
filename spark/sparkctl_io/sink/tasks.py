"""Has tasks write their shards, and fetches those that were written where the driver can't look."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

from ..errors import AccountingError, CannotCreateError, UnavailableError
from ..reading.reader import parallelism
from ..source import flattened
from .message import ShardMessage
from .plan import WritePlan
from .shard import this_partition, write_shard
from .staging import create_file

_MOST_SHARDS = 8
"""As many as SQLite attaches at once. One process writes into a database anyway."""
_NEEDED = ("numpy", "pyarrow", "adbc_driver_sqlite")
_AT_ONCE = 8 << 20
_SHARD_FILE = re.compile(r"[0-9a-f]{32}(\.\d+)?\.(db|arrow)")


def written(frame: DataFrame, plan: WritePlan, must_be_seen: bool = False) -> list[ShardMessage]:
    """
    Runs the tasks, and returns their messages. All their shards are in the staging folder afterwards.

    `must_be_seen`: a staging folder that not all workers can write into is an error.

    Only what an attempt says that Spark accepts comes back, however often Spark tries a task.
    """
    if plan.has_source:
        frame = flattened(frame)
    spark = frame.sparkSession
    if _is_one_machine(spark) or _workers_see(spark, Path(plan.staging)):
        return _written_here(frame, plan)
    if must_be_seen:
        raise CannotCreateError(
            f"not every worker can write into the staging folder {Path(plan.staging).parent.parent}: name one"
            " that all of them have under this path, or none"
        )
    return _fetched(frame, plan)


def _written_here(frame: DataFrame, plan: WritePlan) -> list[ShardMessage]:
    def write(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield _row(message=write_shard(plan, this_partition(), batches).to_json())

    said = frame.coalesce(_MOST_SHARDS).mapInArrow(write, _COLUMNS).collect()
    return [ShardMessage.from_json(row["message"]) for row in said]


def _fetched(frame: DataFrame, plan: WritePlan) -> list[ShardMessage]:
    """
    The same without a folder that workers and driver share: the shards themselves are rows.

    Spark keeps them on the disks of the workers until the driver has copied each. Where a worker is lost
    meanwhile, its tasks run again, and what they say now comes with what they write now.
    """

    def write(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with tempfile.TemporaryDirectory(prefix="sparkctl-") as folder:
            message = write_shard(plan.staged_in(Path(folder)), this_partition(), batches)
            yield _row(message=message.to_json())
            if message.failure is None:
                for path in sorted(Path(folder).iterdir()):
                    with path.open("rb") as file:
                        while content := file.read(_AT_ONCE):
                            yield _row(name=path.name, content=content)

    rows = frame.coalesce(_MOST_SHARDS).mapInArrow(write, _COLUMNS).persist(StorageLevel.DISK_ONLY)
    try:
        rows.count()
        return list(_copied(rows.toLocalIterator(), Path(plan.staging)))
    finally:
        rows.unpersist()


def _copied(rows: Iterable[Any], staging: Path) -> Iterator[ShardMessage]:
    for row in rows:
        if row["message"] is not None:
            yield ShardMessage.from_json(row["message"])
            continue
        if not _SHARD_FILE.fullmatch(row["name"]):
            raise AccountingError(f"a task has sent a file called {row['name']!r}: nothing is published")
        path = staging / row["name"]
        if not path.exists():
            create_file(path)
        with path.open("ab") as file:
            file.write(row["content"])


def _is_one_machine(spark: SparkSession) -> bool:
    """Tells if the workers are known to have the driver's folders and its Python."""
    is_local = str(spark.conf.get("spark.master", "")).startswith("local")
    return is_local or spark.conf.get("spark.sparkctl.sharedFiles", "") == "true"


def _workers_see(spark: SparkSession, folder: Path) -> bool:
    """Tells if all can write into the folder, and have what a shard needs: found out before rows are read."""
    name = str(folder)

    def look(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            missing = [needed for needed in _NEEDED if find_spec(needed) is None]
            is_writable = os.access(name, os.W_OK | os.X_OK)
            yield _row(name=", ".join(missing), content=b"seen" if is_writable else None)

    cores = parallelism(spark)
    found = spark.range(0, cores, 1, cores).mapInArrow(look, _COLUMNS).collect()
    for row in found:
        if row["name"]:
            raise UnavailableError(
                f"the Python of the workers has no {row['name']}: install sparkctl-io there, or send an"
                " environment with --archives"
            )
    return all(row["content"] is not None for row in found)


_COLUMNS = "message string, name string, content binary"


def _row(message: str | None = None, name: str | None = None, content: bytes | None = None) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array([message], pa.string()), pa.array([name], pa.string()), pa.array([content], pa.binary())],
        names=["message", "name", "content"],
    )
