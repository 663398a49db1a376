"""Brings rows together that came in no order, as after a shuffle: sorted by their lines, first of each key."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import AccountingError
from ..reasons import Reason
from .identifiers import quoted, quoted_list
from .merge import Piece, attach_scratch, shard_of
from .message import PLACE, REJECTS, ROWS, SCATTERED, ShardMessage
from .one_by_one import PlacedRow
from .places import all_places
from .plan import WritePlan
from .quarantine import Quarantine
from .row_checksum import RowChecksum
from .sources import Rejected
from .staging import create_file
from .target import on_conflict, open_database

_FILE = "gathered.db"
_AT_ONCE = 10_000
_BY_LINE = "_file, _block, _line, rowid"


class Gathered:
    """
    All rows of a write in one table of a database in the staging folder, each with its place.

    Made before the target is locked. Rows of the same line stand in no certain order, unless their key says it.
    """

    def __init__(self, plan: WritePlan, messages: Sequence[ShardMessage], pieces: Sequence[Piece]) -> None:
        self._plan = plan
        self.path = Path(plan.staging) / _FILE
        self._columns = quoted_list(plan.target.columns)
        self._places = ", ".join(PLACE)
        self.loaded = 0
        self.refused = 0
        self.checksum = RowChecksum()
        """What the rows that were set aside take from the checksum of the shards."""
        create_file(self.path)
        self._connection = open_database(self.path, plan.lock_timeout_ms)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", "cache_size = -65536"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(f"CREATE TABLE gathered ({self._columns}, {self._places})")
        self._connection.execute("CREATE TABLE touched (_file, _block, _line)")
        for message in messages:
            self._take_scattered(shard_of(plan, message), message)
        for piece in pieces:
            if piece.stretch.rows:
                self._take_piece(piece)
        self.lines = self._count_lines()

    def close(self) -> None:
        self._connection.close()

    def rows(self) -> Iterator[PlacedRow]:
        """The rows in the order of their lines."""
        width = len(self._plan.target.columns)
        found = self._connection.execute(
            f"SELECT {self._columns}, {self._places} FROM gathered ORDER BY {_BY_LINE}"
        )
        for row in found:
            yield row[:width], Rejected(*row[width:], "")

    def load(self, connection: sqlite3.Connection, quarantine: Quarantine) -> None:
        """Loads the first row of each key, inside the transaction of the target."""
        if self._plan.dedupes:
            quarantine.add(self._without_repeated())
            if self._plan.mode == "append":
                quarantine.add(self._without_known())
        key = self._plan.target.key
        order = f"{quoted_list(key)}" if key else _BY_LINE
        statement = (
            f"INSERT OR ABORT INTO main.{quoted(self._plan.target.table)} ({self._columns})"
            f" VALUES ({', '.join('?' * len(self._plan.target.columns))})"
        )
        if self._plan.mode == "upsert":
            statement = upsertion(self._plan, f"VALUES ({', '.join('?' * len(self._plan.target.columns))})")
        rows = self._connection.execute(f"SELECT {self._columns} FROM gathered ORDER BY {order}")
        while chunk := rows.fetchmany(_AT_ONCE):
            self.loaded += connection.executemany(statement, chunk).rowcount

    def _take_scattered(self, shard: Path, message: ShardMessage) -> None:
        if not message.scattered and not message.rejects:
            return
        attach_scratch(self._connection, shard, "shard")
        if message.scattered:
            self._connection.execute(f"INSERT INTO gathered SELECT * FROM shard.{SCATTERED}")
        if message.rejects:
            self._connection.execute(f"INSERT INTO touched SELECT _file, _block, _line FROM shard.{REJECTS}")
        self._connection.execute("DETACH shard")

    def _take_piece(self, piece: Piece) -> None:
        """Takes the rows of a stretch with their places, which are in a file beside the shard."""
        with contextlib.closing(open_database(piece.shard, self._plan.lock_timeout_ms)) as shard:
            rows, keys = ROWS.format(piece.stretch.index), self._plan.target.key
            shard.execute("PRAGMA journal_mode = OFF")
            matches = "r.rowid = p.number"
            if self._plan.dedupes:  # a rowid may be another one than the row's number, where it is the key
                matches = " AND ".join(f"r.{quoted(key)} = p.k{place}" for place, key in enumerate(keys))
            names = ["number", *(f"k{place}" for place in range(len(keys))), "line", "offset", "raw"]
            shard.execute(f"CREATE TEMP TABLE places ({', '.join(names)})")
            shard.executemany(
                f"INSERT INTO temp.places VALUES ({', '.join('?' * len(names))})", all_places(piece.places)
            )
            found = shard.execute(
                f"SELECT {quoted_list(self._plan.target.columns, 'r.')}, ?, ?, p.line, p.offset, p.raw"
                f" FROM temp.places AS p CROSS JOIN {rows} AS r WHERE {matches}",
                (piece.stretch.file, piece.stretch.block),
            )
            places = ", ".join("?" * (len(self._plan.target.columns) + len(PLACE)))
            self._connection.execute("BEGIN")
            taken = self._connection.executemany(f"INSERT INTO gathered VALUES ({places})", found).rowcount
            self._connection.execute("COMMIT")
            if taken != piece.stretch.rows:
                raise AccountingError(
                    f"of {piece.stretch.rows} rows of a task {taken} could be gathered: nothing is published"
                )

    def _count_lines(self) -> int:
        """From how many lines the rows are, those that are rejected too."""
        found: tuple[int] = self._connection.execute(
            "SELECT count(*) FROM (SELECT _file, _block, _line FROM gathered WHERE _file IS NOT NULL"
            " UNION SELECT _file, _block, _line FROM touched WHERE _file IS NOT NULL)"
        ).fetchone()
        return found[0]

    def _without_repeated(self) -> Iterator[Rejected]:
        key = quoted_list(self._plan.target.key)
        return self._leaving(
            f"rowid IN (SELECT id FROM (SELECT rowid AS id, row_number() OVER (PARTITION BY {key}"
            f" ORDER BY {_BY_LINE}) AS n FROM gathered) WHERE n > 1)"
        )

    def _without_known(self) -> Iterator[Rejected]:
        table = quoted(self._plan.target.table)
        self._connection.execute("ATTACH ? AS target", (f"{self._plan.database.as_uri()}?mode=ro",))
        matches = " AND ".join(f"t.{quoted(k)} = gathered.{quoted(k)}" for k in self._plan.target.key)
        if self._connection.execute(
            "SELECT 1 FROM target.sqlite_schema WHERE name = ? COLLATE NOCASE", (self._plan.target.table,)
        ).fetchone():
            yield from self._leaving(f"EXISTS (SELECT 1 FROM target.{table} AS t WHERE {matches})")

    def _leaving(self, condition: str) -> Iterator[Rejected]:
        width = len(self._plan.target.columns)
        leaving = self._connection.execute(
            f"DELETE FROM gathered WHERE {condition} RETURNING {self._columns}, {self._places}"
        )
        while chunk := leaving.fetchmany(_AT_ONCE):
            self.refused += len(chunk)
            self.checksum.remove([row[:width] for row in chunk])
            yield from (Rejected(*row[width:], Reason.DUPLICATE_KEY) for row in chunk)


def upsertion(plan: WritePlan, rows: str) -> str:
    """The statement that puts rows into the place of those with their keys."""
    columns = quoted_list(plan.target.columns)
    return (
        f"INSERT INTO main.{quoted(plan.target.table)} ({columns}) {rows}{on_conflict(plan.target)}"
    )
