"""The tables that tell of a write, in the same database and published with it."""

import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import from_sqlite
from .identifiers import quoted
from .target import RUNS, open_database

RUNS_DEFINITION = f"""CREATE TABLE IF NOT EXISTS {RUNS} (
  run_id TEXT PRIMARY KEY NOT NULL,
  target TEXT NOT NULL,
  mode TEXT NOT NULL,
  read INTEGER NOT NULL,
  loaded INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  filtered INTEGER NOT NULL,
  committed_at TEXT NOT NULL
) STRICT"""


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
    found = connection.execute(
        "SELECT run_id, target, mode, read, loaded, quarantined, duplicates, filtered, committed_at"
        f" FROM main.{RUNS} WHERE run_id = ?",
        (run_id,),
    ).fetchone()
    return CommittedRun(*found) if found else None


def add_run(connection: sqlite3.Connection, run: CommittedRun) -> None:
    connection.execute(
        f"INSERT INTO main.{RUNS} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run.run_id,
            run.target,
            run.mode,
            run.read,
            run.loaded,
            run.quarantined,
            run.duplicates,
            run.filtered,
            run.committed_at,
        ),
    )
