"""Writing a frame into SQLite, as a job does it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from ..errors import JobError, find_in
from ..reading.reader import AnyReader, declared_by, reader_of, readers_of
from ..reading.rows import Reports
from ..source import knows_its_source
from .companions import stage_companions
from .data_source import SqliteDataSource, shards_of
from .message import ShardMessage
from .plan import DEFAULT_LOCK_TIMEOUT_MS, Mode, plan_write
from .publish import publish
from .run_ledger import CommittedRun, find_run
from .sources import Sources, joined, never_read
from .staging import Staging
from .target import check_database
from .tasks import written


def register_sqlite(spark: SparkSession) -> None:
    """Makes `frame.write.format("sqlite")` known to a session."""
    spark.dataSource.register(SqliteDataSource)


def write_sqlite(
    frame: DataFrame,
    database: str | Path,
    table: str,
    *,
    mode: Mode = "overwrite",
    key: str | Sequence[str] = (),
    run_id: str | None = None,
    companions: Mapping[str, DataFrame] | None = None,
    lock_timeout_ms: int = DEFAULT_LOCK_TIMEOUT_MS,
    staging: str | Path | None = None,
) -> CommittedRun:
    """
    Writes the rows into a table: afterwards it is the new version, or the old one if anything failed.

    Of rows that know their lines (those of `read_json_lines` and `read_csv`, whatever was done with them),
    rejected and repeated ones go to the table's quarantine, with the lines that could not be read, and the
    run says what became of each line. A run may write several tables; what its id has committed already is
    not written again. `key`, a column or several, is for a table that is not there yet.

    `companions`: small tables by their names, at most 100,000 rows each, such as results that were computed
    from these rows. Whatever the mode, each is replaced, in the same transaction as the rows.

    `staging`: a folder that the driver and all workers see, for what the tasks write, where they don't see
    that of the database. Without one it reaches the driver through Spark.
    """
    path = Path(database).absolute()
    readers = readers_of(frame) if knows_its_source(frame) else []
    check_database(path, lock_timeout_ms)
    keys = [key] if isinstance(key, str) else list(key)
    rows = declared_by(readers, frame.schema)
    plan = plan_write(path, table, rows, key=keys, mode=mode, run_id=run_id, lock_timeout_ms=lock_timeout_ms)
    if plan.committed is not None:
        return plan.committed
    own = Staging.create(path, plan.run_id, staging)
    try:
        plan = plan.staged_in(own.folder)
        if companions:
            stage_companions(path, table, own.folder, companions, lock_timeout_ms)
        said = written(frame, plan, must_be_seen=staging is not None)
        # Spark runs no task where it finds out itself that there are no rows.
        shards = shards_of(said) if said else []
        is_new = publish(plan, shards, Sources(_reports(readers, shards), plan.project))
    except Exception as error:
        foreseen = find_in(error)
        if foreseen is None:
            raise
        raise foreseen from None
    finally:
        own.remove()
    run = find_run(path, plan.run_id, table, lock_timeout_ms)
    if run is None:
        raise JobError(f"run {plan.run_id} has ended without an error, and {table} is not in {path}")
    return replace(run, repeated=not is_new)


def _reports(readers: Sequence[AnyReader], shards: Sequence[ShardMessage]) -> Reports:
    """Collects the reports of a frame's readers, once its rows are written."""
    reports = joined(reader.reports() for reader in readers)
    for file in sorted({file for shard in shards for file in shard.files}):
        if all(file != known for known, _ in reports):
            reader = reader_of(file)
            if reader is None:
                raise never_read(file)
            reports = joined([reports, reader.reports()])
    return reports
