"""The commit: one SQLite transaction that makes a whole write visible, or nothing of it."""

import contextlib
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ..errors import AccountingError, JobError, StoppedError, from_os, from_sqlite
from ..reasons import Reason
from .companions import publish_companions
from .gather import Gathered
from .identifiers import quoted
from .merge import Merge, Piece, are_in_order, copy_rows, merges_directly, pieces_of, shard_of
from .message import PLACE, REJECTS, ShardMessage
from .one_by_one import OneByOne, rows_of
from .plan import WritePlan
from .quarantine import Quarantine
from .row_checksum import RowChecksum
from .run_ledger import CommittedRun, add_run, prepare_quarantine, prepare_runs, run_in
from .sources import Rejected, Sources
from .staging import Staging, create_file
from .target import insertion, open_database

_CACHE_KIB = 64 * 1024
_MOST_WAITING = 2 << 30
"""Bytes of changed pages that wait for the end of the transaction, if there is memory for them."""
_CONTAINER_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_MERGED = "merged.db"


def publish(plan: WritePlan, messages: Sequence[ShardMessage], sources: Sources) -> bool:
    """Publishes the shards that the messages name. False if the run was committed before; nothing changes."""
    failures = [message.failure for message in messages if message.failure is not None]
    for failure in sorted(failures, key=lambda one: isinstance(one, StoppedError)):
        raise failure
    pieces = pieces_of(plan, messages)
    try:
        with Staging.guarded(Path(plan.staging)), contextlib.ExitStack() as stack:
            # What takes long and changes nothing comes before the target is locked.
            gathered = None
            if plan.has_source and not are_in_order(messages, pieces):
                gathered = Gathered(plan, messages, pieces)
            connection = open_database(plan.database, plan.lock_timeout_ms, must_exist=False)
            stack.enter_context(contextlib.closing(connection))
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            _keep_changes_back(connection)
            connection.execute("PRAGMA secure_delete = OFF")
            quarantine = Quarantine(connection, plan, sources)
            merge = None
            if gathered is not None:
                gathered.attach(connection)
            elif not plan.tries_rows and merges_directly(plan, pieces):
                merge = Merge(connection, plan, quarantine)
                merge.attach_all(pieces)
            with _transaction(connection):
                if run_in(connection, plan.run_id, plan.target.table) is not None:
                    return False
                _prepare_tables(connection, plan)
                loading = _load(connection, plan, pieces, quarantine, gathered, merge)
                if plan.has_source:
                    quarantine.add(_rejects_of(plan, messages))
                    quarantine.add(sources.unreadable())
                publish_companions(connection, Path(plan.staging))
                lines = gathered.lines if gathered is not None else sum(p.stretch.lines for p in pieces)
                _account(connection, plan, messages, sources, quarantine, loading, lines)
                return True
    except sqlite3.Error as error:
        raise from_sqlite(error, plan.database) from error
    except OSError as error:
        raise from_os(error, plan.database) from error


def _load(
    connection: sqlite3.Connection,
    plan: WritePlan,
    pieces: list[Piece],
    quarantine: Quarantine,
    gathered: Gathered | None,
    merge: Merge | None,
) -> Merge | OneByOne | Gathered:
    """Fills the table, in the way that the rows and the table allow."""
    if plan.tries_rows:
        one_by_one = OneByOne(connection, plan, quarantine)
        one_by_one.add_all(rows_of(plan, pieces) if gathered is None else gathered.rows(connection))
        return one_by_one
    if gathered is not None:
        gathered.load(connection, quarantine)
        return gathered
    if merge is None:
        return _merge_aside(connection, plan, pieces, quarantine)
    merge.add_all(pieces)
    return merge


def _rejects_of(plan: WritePlan, messages: Sequence[ShardMessage]) -> Iterator[Rejected]:
    """The rows that the tasks have rejected, in the order of their lines in each shard."""
    for message in messages:
        if message.rejects:
            shard = open_database(shard_of(plan, message), plan.lock_timeout_ms)
            with contextlib.closing(shard):
                columns = f"{', '.join(PLACE)}, reason"
                for number, *row in shard.execute(
                    f"SELECT {columns} FROM {REJECTS} ORDER BY _file, _block, _line"
                ):
                    yield Rejected(None if number is None else message.files[number], *row)


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
    if plan.has_source or _definition_of(connection, target.quarantine) is not None:
        prepare_quarantine(connection, target.quarantine)
        if plan.mode == "overwrite":
            connection.execute(f"DELETE FROM main.{quoted(target.quarantine)}")


def _merge_aside(
    connection: sqlite3.Connection, plan: WritePlan, pieces: list[Piece], quarantine: Quarantine
) -> Merge:
    """Merges in the staging folder first: more shards than can be attached, or rows to be updated."""
    path = Path(plan.staging) / _MERGED
    create_file(path)
    merging = open_database(path, plan.lock_timeout_ms)
    try:
        merging.execute("PRAGMA journal_mode = OFF")
        merging.execute("PRAGMA synchronous = OFF")
        merging.execute(plan.target.definition)
        merge = Merge(merging, plan, quarantine)
        if plan.mode == "append":
            merging.execute("ATTACH ? AS target", (f"{plan.database.as_uri()}?mode=ro",))
            if _definition_of(merging, plan.target.table, "target") is not None:
                merge.avoid("target")
        merge.add_all(pieces)
    finally:
        merging.close()
    connection.execute("ATTACH ? AS merged", (f"{path.as_uri()}?mode=ro",))
    source = f"merged.{quoted(plan.target.table)}"
    columns = ", ".join(map(quoted, plan.target.columns))
    rows = f"SELECT {columns} FROM {source} WHERE true"
    is_upsert = plan.mode == "upsert"
    statement = insertion(plan.target, rows, updates=True) if is_upsert else copy_rows(plan.target, source)
    if connection.execute(statement).rowcount != merge.loaded:
        raise AccountingError(
            f"not all of the {merge.loaded} rows went into {plan.target.table}: nothing is published"
        )
    return merge


def _definition_of(connection: sqlite3.Connection, table: str, schema: str = "main") -> str | None:
    found = connection.execute(
        f"SELECT sql FROM {schema}.sqlite_schema WHERE name = ? COLLATE NOCASE", (table,)
    ).fetchone()
    return found[0] if found else None


def _account(
    connection: sqlite3.Connection,
    plan: WritePlan,
    messages: Sequence[ShardMessage],
    sources: Sources,
    quarantine: Quarantine,
    loading: Merge | OneByOne | Gathered,
    lines: int,
) -> None:
    """
    Adds the row of the run ledger, once everything adds up.

    `lines`: from how many lines rows have come to the sink. A line from which none has come was left out by
    the job, or could not be read; one from which several have come has added rows.
    """
    counts: Counter[str] = Counter()
    checksum = RowChecksum()
    for message in messages:
        counts.update(message.counts)
        checksum.join(message.checksum)
    checksum.join(loading.checksum)
    loaded = loading.loaded
    expected = counts["loaded"] - loading.refused
    if loaded != expected:
        raise AccountingError(
            f"{expected} rows were to be loaded into {plan.target.table}, {loaded} were: nothing is published"
        )
    if plan.has_source:
        read, unreadable = sources.read, sources.unreadable_lines
        duplicates = quarantine.counts[Reason.DUPLICATE_KEY]
        quarantined = quarantine.counts.total() - duplicates
        filtered = read - unreadable - lines
        added = loaded + quarantined + duplicates - unreadable - lines
        if filtered < 0 or quarantined < unreadable:
            raise AccountingError(
                f"{read} lines were read, of which {unreadable} could not be and {lines} have come to the"
                f" end; {quarantined} lines are in the quarantine: nothing is published"
            )
    else:
        read, quarantined, duplicates, filtered, added = loaded, 0, 0, 0, 0
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
            added=added,
            repaired=sum(message.repaired for message in messages) - quarantine.repaired,
            committed_at=now,
            checksum=checksum.digest(),
        ),
    )
