"""The table to be written: as it is in the database, or as the rows' schema would make it."""

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql.types import StructType

from ..errors import (
    CannotCreateError,
    ColumnMismatchError,
    PermissionRefusedError,
    UnknownOptionError,
    from_sqlite,
)
from .encode import storage_of, stores_exactly, unfitness
from .identifiers import quoted, quoted_list
from .staging import create_file

RUNS = "sparkctl_runs"
"""The table of committed runs."""


@dataclass(frozen=True)
class Target:
    path: str
    table: str
    definition: str
    """The CREATE TABLE statement."""
    columns: tuple[str, ...]
    key: tuple[str, ...]
    """The columns of the primary key, in its order."""
    computes_columns: bool = False
    """Whether it has further columns that SQLite computes from these."""

    @property
    def quarantine(self) -> str:
        return f"{self.table}_quarantine"


def open_database(path: Path | str, lock_timeout_ms: int, must_exist: bool = True) -> sqlite3.Connection:
    """A connection without transactions of its own making; it waits that long for locks of others."""
    if not must_exist:
        _create_file(Path(path))
    address = Path(path).absolute().as_uri() + "?mode=rw"
    try:
        connection = sqlite3.connect(address, uri=True, timeout=lock_timeout_ms / 1000, isolation_level=None)
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    return connection


def describe_target(
    path: Path, table: str, rows: StructType, key: Sequence[str] = (), lock_timeout_ms: int = 60_000
) -> Target:
    """Finds the table, or plans it from the rows' columns, and makes sure that the one fits the other."""
    if table.lower().startswith("sqlite_") or table.lower() == RUNS:
        raise UnknownOptionError(f"{table} can't be the name of a table: it is kept for other uses")
    check_folder(path)
    found = _find_table(path, table, lock_timeout_ms) if path.exists() and path.stat().st_size > 0 else None
    if found is None:
        return _planned(path, table, rows, key)
    target, declared = found
    _must_match(target, declared, rows)
    if key and tuple(key) != target.key:
        raise ColumnMismatchError(
            f"table {table} in {path} has the primary key ({', '.join(target.key)}), not ({', '.join(key)})"
        )
    return target


def check_folder(path: Path) -> None:
    """Says early what would only come out after all rows were read: there is no place to write to."""
    folder = path.absolute().parent
    if not folder.is_dir():
        raise CannotCreateError(f"the folder of the database is not there: {folder}. Make it first.")
    if path.is_dir():
        raise CannotCreateError(f"the database can't be created: {path} is a folder")
    if not _writable(folder):
        raise PermissionRefusedError(f"the folder of the database can't be written by this user: {folder}")
    if path.exists() and not _writable(path):
        raise PermissionRefusedError(f"the database can't be written by this user: {path}")


def check_database(path: Path, lock_timeout_ms: int) -> None:
    """Makes sure that the database can be written, or made. It waits for locks of other processes."""
    check_folder(path)
    if not path.exists() or path.stat().st_size == 0:
        return
    connection = open_database(path, lock_timeout_ms)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    finally:
        connection.close()


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK)


def _create_file(path: Path) -> None:
    # SQLite would make a file that the group can't write; containers run as another user of the group.
    if not path.exists():
        check_folder(path)
        create_file(path)


def _find_table(path: Path, table: str, lock_timeout_ms: int) -> tuple[Target, dict[str, str]] | None:
    connection = open_database(path, lock_timeout_ms)
    try:
        found = connection.execute(
            "SELECT type, sql FROM sqlite_schema WHERE name = ? COLLATE NOCASE", (table,)
        ).fetchone()
        if found is None:
            return None
        if found[0] != "table":
            raise ColumnMismatchError(f"{table} in {path} is no table but of the kind {found[0]}")
        columns = connection.execute(f"PRAGMA table_xinfo({quoted(table)})").fetchall()
        strict = connection.execute("SELECT strict FROM pragma_table_list(?)", (table,)).fetchone()[0]
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    finally:
        connection.close()
    ordinary = [column for column in columns if column[6] == 0]
    key = sorted((column[5], column[1]) for column in ordinary if column[5] > 0)
    names = tuple(column[1] for column in ordinary)
    target = Target(
        path=str(path.absolute()),
        table=table,
        definition=found[1],
        columns=names,
        key=tuple(name for _, name in key),
        computes_columns=len(ordinary) < len(columns),
    )
    return target, {
        column[1]: column[2] if strict or column[2].upper() != "ANY" else "NUMERIC" for column in ordinary
    }


def _planned(path: Path, table: str, rows: StructType, key: Sequence[str]) -> Target:
    unknown = [name for name in key if name not in rows.names]
    if unknown:
        raise ColumnMismatchError(
            f"the key column {', '.join(unknown)} is not among the rows' columns ({', '.join(rows.names)})"
        )
    lines = []
    for field in rows:
        required = " NOT NULL" if not field.nullable or field.name in key else ""
        # Only as a column's own constraint is an integer key the row's id, which needs no index.
        alone = " PRIMARY KEY" if [field.name] == list(key) else ""
        lines.append(f"{quoted(field.name)} {storage_of(field)}{required}{alone}")
    if len(key) > 1:
        lines.append(f"PRIMARY KEY ({quoted_list(list(key))})")
    definition = f"CREATE TABLE {quoted(table)} ({', '.join(lines)}) STRICT"
    return Target(str(path.absolute()), table, definition, tuple(rows.names), tuple(key))


def _must_match(target: Target, declared: dict[str, str], rows: StructType) -> None:
    if set(target.columns) != set(rows.names):
        raise ColumnMismatchError(
            f"table {target.table} has the columns ({', '.join(target.columns)}),"
            f" the rows have ({', '.join(rows.names)}): they must be the same"
        )
    for field in rows:
        if not stores_exactly(field, declared[field.name]):
            raise ColumnMismatchError(
                f"column {field.name} of table {target.table} is declared"
                f" {declared[field.name] or 'without a type'}, which"
                f" {unfitness(field, declared[field.name])}: declare it {storage_of(field)}"
            )
