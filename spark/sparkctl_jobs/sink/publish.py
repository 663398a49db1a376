"""The commit: one SQLite transaction that makes a whole write visible, or nothing of it."""

import contextlib
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ..errors import AccountingError, JobError, StoppedError, from_os, from_sqlite
from ..reasons import Reason, Skipped
from .companions import publish_companions
from .identifiers import quoted, quoted_list
from .merge import Merge, copy_rows, merges_directly
from .one_by_one import OneByOne
from .order import Piece, in_order
from .plan import WritePlan
from .row_checksum import RowChecksum
from .run_ledger import (
    CommittedRun,
    add_run,
    prepare_quarantine,
    prepare_runs,
    quarantine_definition,
    run_in,
)
from .segment import ShardMessage
from .staging import Staging, create_file
from .target import Target, on_conflict, open_database

_CACHE_KIB = 64 * 1024
_MOST_WAITING = 2 << 30
"""Bytes of changed pages that wait for the end of the transaction, if there is memory for them."""
_CONTAINER_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_MERGED = "merged.db"


def publish(plan: WritePlan, messages: Sequence[ShardMessage]) -> bool:
    """Publishes the shards that the messages name. False if the run was committed before; nothing changes."""
    failures = [message.failure for message in messages if message.failure is not None]
    for failure in sorted(failures, key=lambda one: isinstance(one, StoppedError)):
        raise failure
    database = plan.database
    try:
        with Staging.guarded(Path(plan.staging)):
            connection = open_database(database, plan.lock_timeout_ms, must_exist=False)
            try:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
                _keep_changes_back(connection)
                connection.execute("PRAGMA secure_delete = OFF")
                read = _count_read(messages)
                pieces = in_order(plan, messages)
                directly = plan.tries_rows or merges_directly(plan, pieces)
                merge = OneByOne(connection, plan) if plan.tries_rows else Merge(connection, plan)
                if directly and isinstance(merge, Merge):
                    merge.attach_all(pieces)  # SQLite sets journals only outside of transactions
                with _transaction(connection):
                    if run_in(connection, plan.run_id, plan.target.table) is not None:
                        return False
                    if not directly:
                        merge = _merge_aside(connection, plan, pieces)
                    _prepare_tables(connection, plan)
                    if directly:
                        merge.add_all(pieces)
                    else:
                        _copy_merged(connection, plan, merge.loaded)
                    publish_companions(connection, Path(plan.staging))
                    _account(connection, plan, messages, merge, read)
                    return True
            finally:
                connection.close()
    except sqlite3.Error as error:
        raise from_sqlite(error, database) from error
    except OSError as error:
        raise from_os(error, database) from error


def _keep_changes_back(connection: sqlite3.Connection) -> None:
    """
    Lets changed pages wait in memory: the first one that is written takes the lock that keeps readers out.

    So they wait for the last moment only, when all pages are written one after the other. Of a write that is
    larger than the memory for it, they wait for the rest of the copying, too.
    """
    page = connection.execute("PRAGMA main.page_size").fetchone()[0]
    connection.execute(f"PRAGMA main.cache_spill = {min(_MOST_WAITING, _memory_limit() // 4) // page}")


def _memory_limit() -> int:
    """The bytes of memory of this machine or, where that is less, of the container."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in _CONTAINER_LIMITS:
        with contextlib.suppress(OSError, ValueError):  # another kind of system, or no limit: `max`
            limits.append(int(path.read_text("ascii")))
    return min(limits)


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # some errors have rolled back already
            connection.execute("ROLLBACK")
        raise


def _prepare_tables(connection: sqlite3.Connection, plan: WritePlan) -> None:
    target = plan.target
    prepare_runs(connection)
    now = _definition_of(connection, target.table)
    if now is None:
        connection.execute(target.definition)
    elif now != target.definition:
        raise JobError(f"the definition of table {target.table} has changed during the run: {target.path}")
    elif plan.mode == "overwrite":
        connection.execute(f"DELETE FROM main.{quoted(target.table)}")
    if plan.carries_provenance or _definition_of(connection, target.quarantine) is not None:
        prepare_quarantine(connection, target.quarantine)
        if plan.mode == "overwrite":
            connection.execute(f"DELETE FROM main.{quoted(target.quarantine)}")


def _merge_aside(connection: sqlite3.Connection, plan: WritePlan, pieces: list[Piece]) -> Merge:
    """
    Merges into a database in the staging folder: more shards than can be attached, or rows to be updated.

    The target is locked against other writers by now, but nothing is written there yet: it can be read.
    """
    path = Path(plan.staging) / _MERGED
    create_file(path)
    merging = open_database(path, plan.lock_timeout_ms)
    try:
        merging.execute("PRAGMA journal_mode = OFF")
        merging.execute("PRAGMA synchronous = OFF")
        merging.execute(plan.target.definition)
        merging.execute(quarantine_definition(plan.target.quarantine))
        merge = Merge(merging, plan)
        if plan.mode == "append" and _definition_of(connection, plan.target.table) is not None:
            merging.execute("ATTACH ? AS target", (f"{plan.database.as_uri()}?mode=ro",))
            merge.avoid("target")
        merge.add_all(pieces)
        return merge
    finally:
        merging.close()


def _copy_merged(connection: sqlite3.Connection, plan: WritePlan, rows: int) -> None:
    connection.execute("ATTACH ? AS merged", (f"{(Path(plan.staging) / _MERGED).as_uri()}?mode=ro",))
    target = plan.target
    source = f"merged.{quoted(target.table)}"
    statement = _upsert(target, source) if plan.mode == "upsert" else copy_rows(target, source)
    if connection.execute(statement).rowcount != rows:
        raise AccountingError(f"not all of the {rows} rows went into {target.table}: nothing is published")
    if plan.carries_provenance:
        quarantine = quoted(target.quarantine)
        connection.execute(f"INSERT INTO main.{quarantine} SELECT * FROM merged.{quarantine}")


def _definition_of(connection: sqlite3.Connection, table: str) -> str | None:
    found = connection.execute(
        "SELECT sql FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE", (table,)
    ).fetchone()
    return found[0] if found else None


def _upsert(target: Target, source: str) -> str:
    columns = quoted_list(target.columns)
    statement = (
        f"INSERT INTO main.{quoted(target.table)} ({columns}) SELECT {columns} FROM {source} WHERE true"
    )
    return statement + on_conflict(target)


def _count_read(messages: Sequence[ShardMessage]) -> int:
    """The lines that tasks have read or, where they have read none, the rows that have come to the sink."""
    made = sum(sum(message.counts.values()) for message in messages)
    read = sum(
        sum(message.counts.values()) if message.lines is None else message.lines for message in messages
    )
    if read != made:
        raise AccountingError(
            f"{read} lines were read, and the job made {made} rows of them: nothing is published. Every line"
            f" must become one row; one that is left out has the reason {Skipped.FILTERED} or {Skipped.BLANK}"
        )
    return read


def _account(
    connection: sqlite3.Connection,
    plan: WritePlan,
    messages: Sequence[ShardMessage],
    merge: Merge | OneByOne,
    read: int,
) -> None:
    counts: Counter[str] = Counter()
    checksum = RowChecksum()
    for message in messages:
        counts.update(message.counts)
        checksum.join(message.checksum)
    read -= counts.pop(Skipped.BLANK, 0)
    checksum.join(merge.checksum)
    loaded, duplicates = merge.loaded, merge.duplicates
    expected = counts.pop("loaded", 0) - duplicates - merge.rejected.total()
    counts.update(merge.rejected)
    if loaded != expected:
        raise AccountingError(
            f"{expected} rows were to be loaded into {plan.target.table}, {loaded} were: nothing is published"
        )
    duplicates += counts.pop(Reason.DUPLICATE_KEY, 0)
    filtered = counts.pop(Skipped.FILTERED, 0)
    quarantined = sum(counts.values())
    if read != loaded + quarantined + duplicates + filtered:
        raise AccountingError(
            f"{read} rows were read, and {loaded} + {quarantined} + {duplicates} + {filtered} are accounted"
            " for: nothing is published"
        )
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    add_run(
        connection,
        CommittedRun(
            run_id=plan.run_id,
            target=plan.target.table,
            mode=plan.mode,
            read=read,
            loaded=loaded,
            quarantined=quarantined,
            duplicates=duplicates,
            filtered=filtered,
            committed_at=now,
            checksum=checksum.digest(),
        ),
    )
