"""Writing a frame into SQLite, as a job does it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from ..errors import JobError, find_in
from .companions import stage_companions
from .data_source import (
    DEFAULT_LOCK_TIMEOUT_MS,
    NOTHING_CHANGED,
    SqliteDataSource,
    checked_run_id,
    data_source_with,
)
from .plan import Mode, Stage
from .run_ledger import CommittedRun, find_run
from .staging import Staging
from .target import check_database


def register_sqlite(spark: SparkSession) -> None:
    """Makes `frame.write.format("sqlite")` known to a session."""
    spark.dataSource.register(SqliteDataSource)


def write_sqlite(
    frame: DataFrame,
    database: str | Path,
    table: str,
    *,
    mode: Mode,
    run_id: str | None = None,
    key: str | Sequence[str] = (),
    stage: Stage | None = None,
    companions: Mapping[str, DataFrame] | None = None,
    lock_timeout_ms: int = DEFAULT_LOCK_TIMEOUT_MS,
) -> CommittedRun:
    """
    Writes the rows into a table: afterwards it is the new version, or the old one if anything failed.

    Rows may carry the provenance columns (see `provenance`); then rejected and repeated ones go to the
    table's quarantine. With a stage, the frame is what the stage reads and the rows are what it makes. A run
    may write several tables; what its id has committed already is not written again. `key`, a column
    or several, is for a table that is not there yet.

    `companions`: small tables by their names, at most 100,000 rows each, such as results that were computed
    from these rows. Whatever the mode, each is replaced, in the same transaction as the rows.
    """
    path = Path(database).absolute()
    run_id = checked_run_id(run_id or str(uuid.uuid4()))
    check_database(path, lock_timeout_ms)
    before = find_run(path, run_id, table, lock_timeout_ms)
    if before is not None:
        return before
    # A name of its own: who writes with the format `sqlite` meanwhile or later has no part in this stage.
    source = data_source_with(stage)
    frame.sparkSession.dataSource.register(source)
    staging = Staging.create(path, run_id)
    try:
        if companions:
            stage_companions(path, table, staging.folder, companions, lock_timeout_ms)
        writer = frame.write.format(source.name()).mode("overwrite" if mode == "overwrite" else "append")
        writer.options(
            table=table,
            mode=mode,
            runId=run_id,
            key=key if isinstance(key, str) else ",".join(key),
            lockTimeoutMs=lock_timeout_ms,
            staging=str(staging.folder),
        ).save(str(path))
        repeated = (staging.folder / NOTHING_CHANGED).exists()
    except Exception as error:
        foreseen = find_in(error)
        if foreseen is None:
            raise
        raise foreseen from None
    finally:
        staging.remove()
    run = find_run(path, run_id, table, lock_timeout_ms)
    if run is None:
        raise JobError(f"run {run_id} has ended without an error, and its table {table} is not in {path}")
    return replace(run, repeated=repeated)
