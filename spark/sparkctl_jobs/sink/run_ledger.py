"""The tables that tell of a write, in the same database and published with it."""

import sqlite3
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from ..errors import from_sqlite
from .identifiers import quoted
from .target import RUNS, open_database

_DEFINITION = f"""CREATE TABLE IF NOT EXISTS {RUNS} (
  run_id TEXT PRIMARY KEY NOT NULL,
  target TEXT NOT NULL,
  mode TEXT NOT NULL,
  read INTEGER NOT NULL,
  loaded INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  filtered INTEGER NOT NULL,
  committed_at TEXT NOT NULL,
  checksum TEXT
) STRICT"""
_COLUMNS = "run_id, target, mode, read, loaded, quarantined, duplicates, filtered, committed_at, checksum"


def prepare_runs(connection: sqlite3.Connection) -> None:
    """Makes the table of runs, or brings one that was made before there was a checksum up to date."""
    connection.execute(_DEFINITION)
    if not _has_checksum(connection):
        connection.execute(f"ALTER TABLE main.{RUNS} ADD COLUMN checksum TEXT")


def quarantine_definition(table: str) -> str:
    """The statement that makes the quarantine: what is not in the present version of the table, and why."""
    return f"""CREATE TABLE IF NOT EXISTS {quoted(table)} (
  run_id TEXT NOT NULL,
  source_file TEXT NOT NULL,
  line INTEGER NOT NULL,
  reason TEXT NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY (source_file, line)
) STRICT"""


@dataclass(frozen=True)
class CommittedRun:
    """One row of the run ledger: read = loaded + quarantined + duplicates + filtered."""

    run_id: str
    target: str
    mode: str
    read: int
    loaded: int
    quarantined: int
    duplicates: int
    filtered: int
    committed_at: str
    checksum: str | None
    """That of the rows that the run has loaded, see `RowChecksum`: with the mode overwrite, of the table."""
    repeated: bool = False
    """Whether it was committed before and this time nothing was changed; not a column."""


def find_run(path: Path, run_id: str, lock_timeout_ms: int = 60_000) -> CommittedRun | None:
    """The committed run of that id, if there is one."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    connection = open_database(path, lock_timeout_ms)
    try:
        found = run_in(connection, run_id)
        return replace(found, repeated=True) if found else None
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    finally:
        connection.close()


def run_in(connection: sqlite3.Connection, run_id: str) -> CommittedRun | None:
    if not connection.execute("SELECT 1 FROM main.sqlite_schema WHERE name = ?", (RUNS,)).fetchone():
        return None
    columns = _COLUMNS if _has_checksum(connection) else _COLUMNS.replace("checksum", "NULL")
    found = connection.execute(f"SELECT {columns} FROM main.{RUNS} WHERE run_id = ?", (run_id,)).fetchone()
    return CommittedRun(*found) if found else None


def add_run(connection: sqlite3.Connection, run: CommittedRun) -> None:
    values = astuple(run)[:-1]
    places = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO main.{RUNS} ({_COLUMNS}) VALUES ({places})", values)


def _has_checksum(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM pragma_table_info(?, 'main') WHERE name = 'checksum'", (RUNS,))
    return found.fetchone() is not None
