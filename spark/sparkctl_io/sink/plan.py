"""The plan of one write: decided once on the driver, then carried to every task and to the commit."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from pyspark.sql.types import StructField, StructType

from ..errors import UnknownOptionError
from ..source import SOURCE
from .identifiers import folded
from .run_ledger import CommittedRun, find_run
from .source_files import project_of
from .target import Target, describe_target

Mode = Literal["overwrite", "append", "upsert"]
"""Replace all rows, add rows, or add rows and replace those that have the same key."""
DEFAULT_LOCK_TIMEOUT_MS = 60_000
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True)
class WritePlan:
    """Everything that a task and the commit need to know. It is pickled."""

    target: Target
    mode: Mode
    run_id: str
    committed: CommittedRun | None
    """The earlier commit of the same run into the table, if there is one: then there is nothing to do."""
    lock_timeout_ms: int
    project: str
    """Source files inside this folder are recorded relative to it."""
    fields: Mapping[str, StructField]
    """The rows' columns by the name that the table has for them."""
    has_source: bool
    """True if each row knows the line that it is from."""
    staging: str = ""
    """The private folder of this write, beside the database."""

    @property
    def already_committed(self) -> bool:
        return self.committed is not None

    @property
    def dedupes(self) -> bool:
        """True if a repeated key is put into the quarantine. Without a source it is an error of SQLite."""
        return self.has_source and bool(self.target.key) and not self.target.is_constrained

    @property
    def tries_rows(self) -> bool:
        """True if the table itself is asked of each row, and what it refuses is put into the quarantine."""
        return self.has_source and self.target.is_constrained

    @property
    def database(self) -> Path:
        return Path(self.target.path)

    def staged_in(self, folder: Path) -> "WritePlan":
        return replace(self, staging=str(folder))


def plan_write(
    database: Path,
    table: str,
    rows: StructType,
    *,
    key: Sequence[str],
    mode: str,
    run_id: str | None,
    lock_timeout_ms: int | None,
) -> WritePlan:
    """Makes the plan, once nothing is found wrong with what is asked for."""
    if mode not in ("overwrite", "append", "upsert"):
        raise UnknownOptionError(f"the mode {mode} is none of overwrite, append, upsert")
    run_id = checked_run_id(run_id or str(uuid.uuid4()))
    timeout = DEFAULT_LOCK_TIMEOUT_MS if lock_timeout_ms is None else lock_timeout_ms
    path = database.absolute()
    own = StructType([field for field in rows if field.name != SOURCE])
    target = describe_target(path, table, own, key, timeout)
    if mode == "upsert" and not target.key:
        raise UnknownOptionError(f"upsert needs a primary key, and table {table} has none")
    fields = {folded(field.name): field for field in own}
    return WritePlan(
        target=target,
        mode=cast(Mode, mode),
        run_id=run_id,
        committed=find_run(path, run_id, table, timeout),
        lock_timeout_ms=timeout,
        project=project_of(path),
        fields={name: fields[folded(name)] for name in target.columns if folded(name) in fields},
        has_source=SOURCE in rows.names,
    )


def checked_run_id(run_id: str) -> str:
    if not _RUN_ID.fullmatch(run_id):
        raise UnknownOptionError(
            f"{run_id!r} can't be a run id: use letters, digits, dots, _ and -, at most 128"
        )
    return run_id
