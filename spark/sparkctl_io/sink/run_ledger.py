"""The tables that tell of a write, in the same database and published with it."""

import sqlite3
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from ..errors import from_sqlite
from .identifiers import quoted
from .target import RUNS, open_database

_KEY = ("run_id", "target")
_COLUMNS = (
    "run_id, target, mode, read, loaded, quarantined, duplicates, filtered, committed_at, checksum, added,"
    " repaired"
)
_LATER = {"checksum": "NULL", "added": "0", "repaired": "0"}
"""Columns that tables of earlier versions have not, and what is said in their place."""
# A run may write several tables, each in a transaction of its own. SQLite compares their names so.
_DEFINITION = f"""CREATE TABLE {RUNS} (
  run_id TEXT NOT NULL,
  target TEXT NOT NULL COLLATE NOCASE,
  mode TEXT NOT NULL,
  read INTEGER NOT NULL,
  loaded INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  filtered INTEGER NOT NULL,
  committed_at TEXT NOT NULL,
  checksum TEXT,
  added INTEGER NOT NULL DEFAULT 0,
  repaired INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY ({", ".join(_KEY)})
) STRICT"""
_QUARANTINE_KEY = ("run_id", "source_file", "line")
_QUARANTINE_COLUMNS = "run_id, source_file, line, reason, raw"


def prepare_runs(connection: sqlite3.Connection) -> None:
    """Makes the table of runs, or brings one that was made by an earlier version up to date."""
    _prepare(connection, RUNS, _DEFINITION, _KEY, _columns(connection))


def prepare_quarantine(connection: sqlite3.Connection, table: str) -> None:
    """Makes the quarantine of that name, or brings one that was made by an earlier version up to date."""
    _prepare(connection, table, quarantine_definition(table), _QUARANTINE_KEY, _QUARANTINE_COLUMNS)


def quarantine_definition(table: str) -> str:
    """The statement that makes the quarantine: what each run has rejected, and why."""
    return f"""CREATE TABLE {quoted(table)} (
  run_id TEXT NOT NULL,
  source_file TEXT NOT NULL,
  line INTEGER NOT NULL,
  reason TEXT NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY ({", ".join(_QUARANTINE_KEY)})
) STRICT"""


def _prepare(
    connection: sqlite3.Connection, table: str, definition: str, key: tuple[str, ...], columns: str
) -> None:
    """
    Makes a table, or makes it anew with its rows where its columns are others. Part of a transaction.

    Its rows wait elsewhere meanwhile: to give a table another name would change what views say of it.
    """
    found = connection.execute("SELECT name, pk FROM pragma_table_info(?, 'main')", (table,)).fetchall()
    key_now = tuple(name for name, place in sorted(found, key=lambda column: column[1]) if place > 0)
    if not found:
        connection.execute(definition)
    elif key_now != key or len(found) != len(columns.split(", ")):
        others = connection.execute(
            "SELECT sql FROM main.sqlite_schema WHERE tbl_name = ? COLLATE NOCASE"
            " AND type <> 'table' AND sql IS NOT NULL",
            (table,),
        ).fetchall()
        main = f"main.{quoted(table)}"
        connection.execute(f"CREATE TEMP TABLE carried AS SELECT {columns} FROM {main} ORDER BY rowid")
        connection.execute(f"DROP TABLE {main}")
        connection.execute(definition)
        connection.execute(f"INSERT INTO {main} SELECT * FROM temp.carried ORDER BY rowid")
        connection.execute("DROP TABLE temp.carried")
        for (statement,) in others:
            connection.execute(statement)


@dataclass(frozen=True)
class CommittedRun:
    """One row of the run ledger: read + added = loaded + quarantined + duplicates + filtered."""

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
    added: int = 0
    """Rows that the job has made beyond one for each line, as a join does, and those of no line at all."""
    repaired: int = 0
    """Rows that are loaded with a value that the job has repaired, see `repair`."""
    repeated: bool = False
    """True if it was committed before and this time nothing was changed; not a column."""


def find_run(path: Path, run_id: str, table: str, lock_timeout_ms: int = 60_000) -> CommittedRun | None:
    """Finds the run that has committed into a table under that id, if one has."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    connection = open_database(path, lock_timeout_ms)
    try:
        found = run_in(connection, run_id, table)
        return replace(found, repeated=True) if found else None
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    finally:
        connection.close()


def run_in(connection: sqlite3.Connection, run_id: str, table: str) -> CommittedRun | None:
    if not connection.execute("SELECT 1 FROM main.sqlite_schema WHERE name = ?", (RUNS,)).fetchone():
        return None
    found = connection.execute(
        f"SELECT {_columns(connection)} FROM main.{RUNS} WHERE run_id = ? AND target = ? COLLATE NOCASE",
        (run_id, table),
    ).fetchone()
    return CommittedRun(*found) if found else None


def add_run(connection: sqlite3.Connection, run: CommittedRun) -> None:
    values = astuple(run)[:-1]
    places = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO main.{RUNS} ({_COLUMNS}) VALUES ({places})", values)


def _columns(connection: sqlite3.Connection) -> str:
    found = connection.execute("SELECT name FROM pragma_table_info(?)", (RUNS,)).fetchall()
    names = {name for (name,) in found}
    return ", ".join(name if name in names else _LATER.get(name, name) for name in _COLUMNS.split(", "))
