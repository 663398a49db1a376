"""
Files and folders that belong to a table, such as a CSV of its rows: shown after it, and finished by a repeat.

No system renames files and commits a database at once. So the table's own transaction says what belongs to
it, in `TABLE_outputs`: for each output the digest of its content, and whether it has been put into its place.
The content lies beside that place by then. A script that dies in between leaves word of what is missing, and
the next one with the same outputs puts them there, whether it repeats the run or makes another.
"""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from sparkctl_io.errors import JobError, OutputLostError, from_os, from_sqlite
from sparkctl_io.sink.identifiers import quoted
from sparkctl_io.sink.staging import Staging, staging_root
from sparkctl_io.sink.target import open_database

from .replace_folder import replace_folder

_COLUMNS = "run_id string not null, path string not null, digest string not null, published boolean not null"
_A_MOMENT_MS = 1000
_NAMES = ["run_id", "path", "digest", "published"]


@dataclass(frozen=True)
class StagedOutput:
    """A file or folder that nobody sees yet."""

    staging: Staging
    content: Path
    path: Path
    """Its place, beside which it lies in a folder of its own."""


def outputs_table(table: str) -> str:
    """The name of the table that says which outputs belong to another one."""
    return f"{table}_outputs"


def outputs_of(spark: SparkSession, run_id: str, database: Path, staged: Iterable[StagedOutput]) -> DataFrame:
    """The companion that goes with the rows, see `outputs_table`. Paths are seen from the database."""
    rows = [(run_id, _seen_from(database, one.path), digest_of(one.content), False) for one in staged]
    return spark.createDataFrame(rows, _COLUMNS)


@contextlib.contextmanager
def shown_with(database: Path, table: str, run_id: str, lock_timeout_ms: int) -> Iterator[list[StagedOutput]]:
    """
    Puts the outputs that are added to the list into their places, once the table is written in its body.

    The table decides what they are, not how the body ends: Spark can fail right after the commit.
    """
    staged: list[StagedOutput] = []

    def finish(wait_ms: int) -> None:
        finish_outputs(database, table, [one.path for one in staged], run_id, wait_ms)
        for one in staged:
            one.staging.remove()

    try:
        yield staged
    except BaseException:
        with contextlib.suppress(JobError):
            finish(_A_MOMENT_MS)
        raise
    finish(lock_timeout_ms)


def finish_outputs(
    database: Path, table: str, outputs: Sequence[Path], run_id: str | None, lock_timeout_ms: int
) -> None:
    """
    Puts into their places what belongs to the present version of the table and is not there yet.

    Only `outputs` are touched, whatever the database says. It is locked meanwhile: neither another commit nor
    somebody else who finishes can come between. What this run should have left and nobody has is an error.
    """
    if not database.exists() or database.stat().st_size == 0:
        return
    connection = open_database(database, lock_timeout_ms)
    try:
        if not _pending(connection, table):
            return
        connection.execute("BEGIN IMMEDIATE")
        places = {_seen_from(database, path): path for path in outputs}
        for of_run, path, digest in _pending(connection, table):
            place = places.get(path)
            if place is not None and _publish(place, of_run, digest):
                connection.execute(
                    f"UPDATE main.{quoted(outputs_table(table))} SET published = 1 WHERE path = ?", (path,)
                )
            elif of_run == run_id:
                raise OutputLostError(_lost(of_run, path, place))
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise from_sqlite(error, database) from error
    finally:
        connection.close()


def digest_of(path: Path) -> str:
    """
    SHA-256 of a file, or of a folder: of a line for each file in it, `DIGEST  NAME`, in the names' order.

    The content is on the disk afterwards, so that no table can outlive what belongs to it.
    """
    if path.is_dir():
        files = sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())
        lines = "".join(f"{digest_of(path / name)}  {name}\n" for name in files)
        return hashlib.sha256(lines.encode()).hexdigest()
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _pending(connection: sqlite3.Connection, table: str) -> list[tuple[str, str, str]]:
    name = outputs_table(table)
    columns = [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?, 'main')", (name,))]
    if columns != _NAMES:  # there is none, or it is somebody's own
        return []
    return connection.execute(
        f"SELECT run_id, path, digest FROM main.{quoted(name)} WHERE published = 0 ORDER BY path"
    ).fetchall()


def _publish(place: Path, run_id: str, digest: str) -> bool:
    """Puts the content with that digest in its place, and tells if it is there now."""
    try:
        if place.exists() and digest_of(place) == digest:
            return True  # somebody has died right after that
        for staged in _staged_for(place, run_id):
            if digest_of(staged) == digest:
                if staged.is_dir():
                    replace_folder(staged, place)
                else:
                    staged.replace(place)
                return True
    except OSError as error:
        raise from_os(error, place) from error
    return False


def _staged_for(place: Path, run_id: str) -> list[Path]:
    root = staging_root(place)
    if not root.is_dir():
        return []
    folders = [folder for folder in root.iterdir() if folder.name.startswith(f"{run_id}.")]
    return sorted(found for folder in folders for found in folder.iterdir() if not found.is_symlink())


def _lost(run_id: str, path: str, place: Path | None) -> str:
    if place is None:
        return (
            f"run {run_id} has not put {path} into its place yet (seen from the database):"
            " repeat it with all of its outputs"
        )
    return (
        f"run {run_id} is committed, but {place} is not there, and its content is lost:"
        " run it again with another run id"
    )


def _seen_from(database: Path, path: Path) -> str:
    return os.path.relpath(path.absolute(), database.absolute().parent)
