"""The failures that jobs and the sink foresee: each says what happened and has its exit code."""

import errno
import re
from pathlib import Path


class JobError(Exception):
    """A foreseen failure. Its message is one line for a person; its class decides the exit code."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class UnknownOptionError(JobError):
    """An option of the sink has a value that it can't have."""


class ColumnMismatchError(JobError):
    """The rows and the table don't have the same columns, or a column can't keep its values exactly."""


class TableUnfitError(JobError):
    """The table has something with which the sink can't keep its promises."""


class ValueNotStorableError(JobError):
    """A value can't be kept exactly, and the rows don't know their lines, so that it can't be rejected."""


class ConstraintError(JobError):
    """Rows break a constraint of the table, such as its primary key."""


class StoppedError(JobError):
    """A task has stopped, since the write had failed already in another one."""


class AccountingError(JobError):
    """The rows that were stored are not those that were counted: a defect, and nothing is published."""


class InputMissingError(JobError):
    """An input is not there or can't be read."""

    exit_code = 66


class InputUnfitError(JobError):
    """An input is there, and the job can't work on it: no header, a column missing, too few rows."""

    exit_code = 65


class OutputLostError(JobError):
    """A committed run has left an output out, and its content can't be had any more."""

    exit_code = 65


class UnavailableError(JobError):
    """Something that is needed is not here, or too old."""

    exit_code = 69


class CannotCreateError(JobError):
    """The database or its staging folder can't be created."""

    exit_code = 73


class StorageError(JobError):
    """The disk is full or failed."""

    exit_code = 74


class LockedError(JobError):
    """Another process holds the database."""

    exit_code = 75


class PermissionRefusedError(JobError):
    """This user may not write there."""

    exit_code = 77


def from_sqlite(error: Exception, path: Path | str, table: str = "") -> JobError:
    """
    Says an error of SQLite, from Python's own module or through ADBC, in the words of this module.

    `table` is the one that a person knows where the error comes from a piece of it.
    """
    text = re.sub(r"\brows_\d+\.", f"{table}.", str(error)) if table else str(error)
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_BUSY") or "is locked" in text:
        return LockedError(f"database is locked by another process: {path}. Try again when it has finished.")
    if name == "SQLITE_FULL" or "disk is full" in text:
        return StorageError(f"no space left for the database: {path}. Free some space and try again.")
    if name.startswith("SQLITE_IOERR") or "disk I/O error" in text:
        return StorageError(f"the disk failed while writing the database: {path} ({text})")
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM")) or "readonly database" in text:
        return PermissionRefusedError(f"the database can't be written by this user: {path}")
    if name.startswith("SQLITE_CONSTRAINT") or "constraint failed" in text:
        broken = re.search(r"[A-Z ]*constraint failed[^\n]*", text)
        return ConstraintError(f"{broken.group(0).strip() if broken else text} in {path}")
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_NOTADB")) or "unable to open" in text:
        return CannotCreateError(f"the database can't be opened: {path} ({text})")
    return JobError(f"SQLite refused: {text} ({path})")


def from_os(error: OSError, path: Path | str) -> JobError:
    """Says an error of the operating system in the words of this module."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        return StorageError(f"{error.strerror}: {path}")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return PermissionRefusedError(f"{error.strerror}: {path}")
    return CannotCreateError(f"{error.strerror or error}: {path}")


def find_in(error: BaseException) -> JobError | None:
    """
    The foreseen failure inside an error of Spark.

    What a task or the commit raises comes back to the driver as text inside an exception of the JVM; the
    class's full name in the traceback is what survives on every way (classic and Connect).
    """
    known = {kind.__name__: kind for kind in all_kinds(JobError)}
    for name, message in re.findall(rf"{re.escape(__name__)}\.(\w+): ([^\n]+)", str(error)):
        if name in known:
            return known[name](message)
    return None


def all_kinds(kind: type[JobError]) -> list[type[JobError]]:
    return [kind, *(found for below in kind.__subclasses__() for found in all_kinds(below))]
