"""Small tables of results that are replaced together with the table of a write, in the same transaction."""

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from pyspark.sql import DataFrame

from ..errors import JobError, UnknownOptionError, from_sqlite
from .encode import encode, must_fit
from .identifiers import quoted, quoted_list
from .staging import create_file
from .target import RUNS, describe_target, open_database

MOST_ROWS = 100_000
"""A companion is collected on the driver: what has more rows is a table of its own."""
_FILE = "companions.db"


def stage_companions(
    database: Path, table: str, staging: Path, frames: Mapping[str, DataFrame], lock_timeout_ms: int
) -> None:
    """Computes the companions of a table and puts them into the staging folder of its write."""
    taken = {name.lower() for name in (table, f"{table}_quarantine", RUNS)}
    for name in frames:
        if name.lower() in taken:
            raise UnknownOptionError(f"{name} can't be the name of a companion of {table}: it is taken")
        taken.add(name.lower())
    path = staging / _FILE
    create_file(path)
    connection = open_database(path, lock_timeout_ms)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for name, frame in frames.items():
            target = describe_target(database, name, frame.schema, (), lock_timeout_ms)
            connection.execute(target.definition)
            connection.executemany(
                f"INSERT INTO {quoted(name)} ({quoted_list(frame.columns)})"
                f" VALUES ({', '.join('?' * len(frame.columns))})",
                _rows(name, frame),
            )
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    finally:
        connection.close()


def publish_companions(connection: sqlite3.Connection, staging: Path) -> None:
    """Replaces the tables that are staged, if any. Part of the write's transaction."""
    path = staging / _FILE
    if not path.exists():
        return
    connection.execute("ATTACH ? AS companions", (f"{path.absolute().as_uri()}?mode=ro",))
    staged = connection.execute(
        "SELECT name, sql FROM companions.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
        " ESCAPE '\\'"
    ).fetchall()
    for name, definition in staged:
        found = connection.execute(
            "SELECT sql FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE", (name,)
        ).fetchone()
        if found is None:
            connection.execute(definition)
        elif found[0] != definition:
            raise JobError(f"the definition of table {name} has changed during the run")
        else:
            connection.execute(f"DELETE FROM main.{quoted(name)}")
        columns = [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (name,))]
        connection.execute(
            f"INSERT INTO main.{quoted(name)} ({quoted_list(columns)})"
            f" SELECT {quoted_list(columns)} FROM companions.{quoted(name)}"
        )


def _rows(name: str, frame: DataFrame) -> Iterator[tuple[object, ...]]:
    found = frame.limit(MOST_ROWS + 1).toArrow()
    if found.num_rows > MOST_ROWS:
        raise JobError(f"the companion {name} has more than {MOST_ROWS} rows: write it as a table of its own")
    columns = []
    for field in frame.schema:
        column = found.column(field.name).combine_chunks()
        must_fit(column, field)
        columns.append(encode(column, field).to_pylist())
    return iter(zip(*columns, strict=True))
