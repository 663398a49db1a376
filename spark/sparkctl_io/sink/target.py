"""The table to be written: as it is in the database, or as the rows' schema would make it."""

import os
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyspark.sql.types import StructField, StructType

from ..errors import (
    CannotCreateError,
    ColumnMismatchError,
    PermissionRefusedError,
    TableUnfitError,
    UnavailableError,
    UnknownOptionError,
    from_os,
    from_sqlite,
)
from .encode import storage_of, stores_exactly, unfitness
from .identifiers import folded, quoted, quoted_list
from .row_checksum import Value
from .staging import create_file

RUNS = "sparkctl_runs"
"""The table of committed runs."""
OLDEST = (3, 37)
"""The first version of SQLite that has all that is used here."""


@dataclass(frozen=True)
class Target:
    path: str
    table: str
    definition: str
    """The CREATE TABLE statement."""
    columns: tuple[str, ...]
    key: tuple[str, ...]
    """The columns of the primary key, in its order."""
    collations: tuple[str, ...] = ()
    """The collation of each column of the key, if it has a key."""
    required: tuple[str, ...] = ()
    """The columns that must have a value."""
    defaults: Mapping[str, Value] = field(default_factory=dict)
    """The columns that the rows don't have, with what the table gives them instead."""
    is_constrained: bool = False
    """True if it may refuse a row for more than a missing value or a key that is there, byte by byte."""
    computes_columns: bool = False
    """True if it has further columns that SQLite computes from these."""

    @property
    def quarantine(self) -> str:
        return f"{self.table}_quarantine"


def _on_conflict(target: Target) -> str:
    """The part of a statement that puts a row into the place of that with its key."""
    others = [name for name in target.columns if name not in target.key] or list(target.key)
    updates = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in others)
    return f" ON CONFLICT ({quoted_list(target.key)}) DO UPDATE SET {updates}"


def insertion(target: Target, rows: str, updates: bool = False) -> str:
    """
    The statement that inserts rows, a query or VALUES, or puts them into the place of those with their keys.

    What it says of conflicts overrules what the table says: no row goes or stays in silence.
    """
    columns = quoted_list(target.columns)
    statement = f"INSERT OR ABORT INTO main.{quoted(target.table)} ({columns}) {rows}"
    return statement + _on_conflict(target) if updates else statement


def open_database(path: Path | str, lock_timeout_ms: int, must_exist: bool = True) -> sqlite3.Connection:
    """A connection without transactions of its own making; it waits that long for locks of others."""
    if sqlite3.sqlite_version_info < OLDEST:
        raise UnavailableError(
            f"SQLite {'.'.join(map(str, OLDEST))} or newer is needed (tables that are STRICT),"
            f" and this Python has {'.'.join(map(str, sqlite3.sqlite_version_info))}: take another Python"
        )
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
    target = _matching(*found, rows)
    if key and [*map(folded, key)] != [*map(folded, target.key)]:
        raise ColumnMismatchError(
            f"table {table} in {path} has the primary key ({', '.join(target.key)}), not ({', '.join(key)})"
        )
    return target


def check_folder(path: Path) -> None:
    """Says early what would only come out after all rows were read: there is no place to write to."""
    folder = path.absolute().parent
    if not _is_folder(folder):
        raise CannotCreateError(f"the folder of the database is not there: {folder}. Make it first.")
    if path.is_dir():
        raise CannotCreateError(f"the database can't be created: {path} is a folder")
    if not _writable(folder):
        raise PermissionRefusedError(f"the folder of the database can't be written by this user: {folder}")
    if path.exists() and not _writable(path):
        raise PermissionRefusedError(f"the database can't be written by this user: {path}")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:  # a folder above it that this user may not look into
        raise from_os(error, path) from error


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


@dataclass(frozen=True)
class _Column:
    name: str
    declared: str
    """Its type, as the rules of affinity are to see it."""
    default: str | None
    """An expression of SQL."""
    is_strict: bool


def _find_table(path: Path, table: str, lock_timeout_ms: int) -> tuple[Target, list[_Column]] | None:
    connection = open_database(path, lock_timeout_ms)
    try:
        found = connection.execute(
            "SELECT type, sql FROM sqlite_schema WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')",
            (table,),
        ).fetchone()
        if found is None:
            return None
        if found[0] != "table":
            raise ColumnMismatchError(f"{table} in {path} is no table but of the kind {found[0]}")
        _must_be_plain(connection, path, table)
        columns = connection.execute(f"PRAGMA table_xinfo({quoted(table)})").fetchall()
        strict = connection.execute("SELECT strict FROM pragma_table_list(?)", (table,)).fetchone()[0]
        ordinary = [column for column in columns if column[6] == 0]
        key = tuple(
            name for _, name in sorted((column[5], column[1]) for column in ordinary if column[5] > 0)
        )
        collations, has_more = _uniqueness(connection, table, key)
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    finally:
        connection.close()
    binary = all(collation == "BINARY" for collation in collations)
    target = Target(
        path=str(path.absolute()),
        table=table,
        definition=found[1],
        columns=tuple(column[1] for column in ordinary),
        key=key,
        collations=collations,
        required=tuple(column[1] for column in ordinary if column[3] or column[5]),
        is_constrained=has_more or not binary or _WORDS_OF_CONSTRAINTS.search(_plain(found[1])) is not None,
        computes_columns=len(ordinary) < len(columns),
    )
    return target, [
        _Column(
            column[1],
            column[2] if strict or column[2].upper() != "ANY" else "NUMERIC",
            column[4],
            bool(strict),
        )
        for column in ordinary
    ]


def _must_be_plain(connection: sqlite3.Connection, path: Path, table: str) -> None:
    """Refuses what would make the table another one than what is counted, before anything is read."""
    trigger = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE", (table,)
    ).fetchone()
    if trigger is not None:
        raise TableUnfitError(
            f"table {table} in {path} has the trigger {trigger[0]}, which could change rows after they were"
            f" counted: drop it (generated columns are kept), or write into another table and copy from there"
        )
    reference = connection.execute(
        'SELECT "from", "table" FROM pragma_foreign_key_list(?) ORDER BY id, seq', (table,)
    ).fetchone()
    if reference is not None:
        raise TableUnfitError(
            f"table {table} in {path} has a foreign key ({reference[0]} to {reference[1]}), which SQLite"
            " would not enforce here: make the table without it, and join before writing to leave out rows"
            " that refer to nothing"
        )


def _uniqueness(
    connection: sqlite3.Connection, table: str, key: tuple[str, ...]
) -> tuple[tuple[str, ...], bool]:
    """Returns the collations of the key's columns, and if anything else must be unique."""
    collations, has_more = dict.fromkeys(key, "BINARY"), False
    for _, index, unique, origin, _ in connection.execute(f"PRAGMA index_list({quoted(table)})").fetchall():
        if unique and origin != "pk":
            has_more = True
        elif origin == "pk":
            for column in connection.execute(f"PRAGMA index_xinfo({quoted(index)})"):
                if column[2] in collations and column[5]:
                    collations[column[2]] = column[4].upper()
    return tuple(collations.values()), has_more


# What the parts of a CREATE TABLE look like in which any word may stand.
_QUOTED = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/""", re.DOTALL
)
_WORDS_OF_CONSTRAINTS = re.compile(r"\b(CHECK|CONFLICT)\b", re.IGNORECASE)


def _plain(definition: str) -> str:
    return _QUOTED.sub(" ", definition)


def _planned(path: Path, table: str, rows: StructType, key: Sequence[str]) -> Target:
    fields = _by_name(rows)
    unknown = [name for name in key if folded(name) not in fields]
    if unknown:
        raise ColumnMismatchError(
            f"the key column {', '.join(unknown)} is not among the rows' columns ({', '.join(rows.names)})"
        )
    own_key = tuple(fields[folded(name)].name for name in key)
    lines, required = [], []
    for column in rows:
        if not column.nullable or column.name in own_key:
            required.append(column.name)
        # Only as a column's own constraint is an integer key the row's id, which needs no index.
        alone = " PRIMARY KEY" if (column.name,) == own_key else ""
        not_null = " NOT NULL" if column.name in required else ""
        lines.append(f"{quoted(column.name)} {storage_of(column)}{not_null}{alone}")
    if len(own_key) > 1:
        lines.append(f"PRIMARY KEY ({quoted_list(own_key)})")
    return Target(
        path=str(path.absolute()),
        table=table,
        definition=f"CREATE TABLE {quoted(table)} ({', '.join(lines)}) STRICT",
        columns=tuple(rows.names),
        key=own_key,
        collations=("BINARY",) * len(own_key),
        required=tuple(required),
    )


def _by_name(rows: StructType) -> dict[str, StructField]:
    fields = {folded(column.name): column for column in rows}
    if len(fields) < len(rows):
        again = next(column.name for column in rows if fields[folded(column.name)] is not column)
        raise ColumnMismatchError(
            f"the rows have the columns {again} and {fields[folded(again)].name}, which are one for SQLite:"
            " rename one of them"
        )
    return fields


def _matching(target: Target, columns: list[_Column], rows: StructType) -> Target:
    """The table with what it gives to the columns that the rows don't have, if the one fits the other."""
    fields = _by_name(rows)
    defaults = {}
    for column in columns:
        given = fields.pop(folded(column.name), None)
        if given is None and column.default is not None:
            defaults[column.name] = _default_of(target.table, column)
        elif given is None:
            raise _mismatch(target, rows)
        elif not stores_exactly(given, column.declared):
            raise ColumnMismatchError(
                f"column {given.name} of table {target.table} is declared"
                f" {column.declared or 'without a type'}, which"
                f" {unfitness(given, column.declared)}: declare it {storage_of(given)}"
            )
    if fields:
        raise _mismatch(target, rows)
    return replace(target, defaults=defaults)


def _mismatch(target: Target, rows: StructType) -> ColumnMismatchError:
    return ColumnMismatchError(
        f"table {target.table} has the columns ({', '.join(target.columns)}),"
        f" the rows have ({', '.join(rows.names)}): they must be the same"
    )


def _default_of(table: str, column: _Column) -> Value:
    """The column's DEFAULT as its rows will have it: found out once, so that all of them have the same."""
    strict = " STRICT" if column.is_strict else ""
    connection = sqlite3.connect(":memory:")
    try:
        column_of = f"{column.declared} DEFAULT ({column.default})"
        connection.execute(f"CREATE TABLE t (a {column_of}, b {column_of}){strict}")
        connection.execute("INSERT INTO t DEFAULT VALUES")
        values: list[Value] = [*connection.execute("SELECT a, b FROM t").fetchone()]
    except sqlite3.Error as error:
        raise ColumnMismatchError(
            f"the DEFAULT {column.default} of column {column.name} of table {table} can't be computed"
            f" ({error}): give the rows that column"
        ) from error
    finally:
        connection.close()
    if values[0] != values[1]:
        raise ColumnMismatchError(
            f"the DEFAULT {column.default} of column {column.name} of table {table} differs from row to row:"
            " give the rows that column"
        )
    return values[0]
