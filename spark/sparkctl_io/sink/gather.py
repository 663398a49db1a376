"""Brings rows together that came in no order, as after a shuffle: by their lines, the first of each key."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import AccountingError
from ..reasons import Reason
from .identifiers import quoted, quoted_list
from .merge import Piece, attach_scratch, file_order, shard_of
from .message import PLACE, REJECTS, ROWS, SCATTERED, ShardMessage
from .one_by_one import PlacedRow
from .places import Place, all_places
from .plan import WritePlan
from .quarantine import Quarantine
from .row_checksum import RowChecksum
from .sources import Rejected
from .staging import create_file
from .target import insertion, open_database

_FILE = "gathered.db"
_PRAGMAS = ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", "cache_size = -65536")
_AT_ONCE = 10_000
_LINE = ", ".join(PLACE[:3])
_PlaceOfRow = tuple[int, int, int, int | None, str | None, bool | None]
"""The values of `PLACE`."""


class Gathered:
    """
    All rows of a write in one table of a database in the staging folder, each with its place.

    Made before the target is locked, of at most eight shards: so many does `write_sqlite` make, and SQLite
    attach. Rows of the same line stand in no certain order.
    """

    def __init__(self, plan: WritePlan, messages: Sequence[ShardMessage], pieces: Sequence[Piece]) -> None:
        self._plan = plan
        self._path = Path(plan.staging) / _FILE
        self._columns = quoted_list(plan.target.columns)
        self._places = ", ".join(PLACE)
        # Rows of no line come after all others: the number of their file is one more.
        self._files = sorted({file for message in messages for file in message.files}, key=file_order)
        self.loaded = 0
        self.refused = 0
        self.checksum = RowChecksum()
        """The part of the shards' checksum that the rows which were set aside take away."""
        create_file(self._path)
        with contextlib.closing(open_database(self._path, plan.lock_timeout_ms)) as connection:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            for table in ("gathered", "of_pieces"):
                connection.execute(f"CREATE TABLE {table} ({self._columns}, {self._places})")
            connection.execute(f"CREATE TABLE repeated ({self._places})")
            connection.execute("CREATE TEMP TABLE files (shard, here, number, PRIMARY KEY (shard, here))")
            for piece in pieces:
                if piece.stretch.rows:
                    self._take_piece(connection, piece)
            for number, message in enumerate(messages):
                self._attach_shard(connection, number, message)
            self._sort(connection, messages)
            self.lines = self._count_lines(connection, messages)
            if plan.dedupes:
                before = " AND ".join(f"b.{quoted(key)} = gathered.{quoted(key)}" for key in plan.target.key)
                is_later = (
                    f"EXISTS (SELECT 1 FROM gathered AS b WHERE b.rowid = gathered.rowid - 1 AND {before})"
                )
                self._set_aside(connection, "main", is_later)

    def attach(self, connection: sqlite3.Connection) -> None:
        """Makes the rows known to the connection of the target. It must not be in a transaction."""
        attach_scratch(connection, self._path, "gathering")

    def rows(self, connection: sqlite3.Connection) -> Iterator[PlacedRow]:
        """The rows in the order of their lines."""
        width = len(self._plan.target.columns)
        for row in connection.execute(
            f"SELECT {self._columns}, {self._places} FROM gathering.gathered ORDER BY rowid"
        ):
            yield row[:width], self._rejected(row[width:], "")

    def load(self, connection: sqlite3.Connection, quarantine: Quarantine) -> None:
        """Loads the first row of each key, inside the transaction of the target."""
        plan = self._plan
        if plan.dedupes and plan.mode == "append":
            matches = " AND ".join(f"t.{quoted(key)} = gathered.{quoted(key)}" for key in plan.target.key)
            is_known = f"EXISTS (SELECT 1 FROM main.{quoted(plan.target.table)} AS t WHERE {matches})"
            self._set_aside(connection, "gathering", is_known)
        repeated = connection.execute(f"SELECT {self._places} FROM gathering.repeated ORDER BY {_LINE}")
        quarantine.add(self._rejected(place, Reason.DUPLICATE_KEY) for place in repeated)
        rows = f"SELECT {self._columns} FROM gathering.gathered WHERE true ORDER BY rowid"
        self.loaded = connection.execute(insertion(plan.target, rows, plan.mode == "upsert")).rowcount

    def _rejected(self, place: _PlaceOfRow, reason: str) -> Rejected:
        return Rejected(self._files[place[0]] if place[0] < len(self._files) else None, *place[1:], reason)

    def _attach_shard(self, connection: sqlite3.Connection, number: int, message: ShardMessage) -> None:
        if message.scattered or message.rejects:
            attach_scratch(connection, shard_of(self._plan, message), f"shard{number}")
        files = [(number, here, self._files.index(file)) for here, file in enumerate(message.files)]
        connection.executemany("INSERT INTO temp.files VALUES (?, ?, ?)", files)

    def _file_in(self, shard: int) -> str:
        """An expression: the file of a row of a shard, by its number here."""
        found = f"SELECT number FROM temp.files WHERE shard = {shard} AND here = _file"
        return f"coalesce(({found}), {len(self._files)})"

    def _sort(self, connection: sqlite3.Connection, messages: Sequence[ShardMessage]) -> None:
        """Brings all rows together, by their keys if only the first of each is loaded, and by their lines."""
        others = ", ".join(PLACE[1:])
        parts = [f"SELECT {self._columns}, {self._places} FROM of_pieces"]
        parts += [
            f"SELECT {self._columns}, {self._file_in(number)}, {others} FROM shard{number}.{SCATTERED}"
            for number, message in enumerate(messages)
            if message.scattered
        ]
        order = quoted_list([*self._plan.target.key, *PLACE[:3]]) if self._plan.dedupes else _LINE
        connection.execute(
            f"INSERT INTO gathered SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY {order}"
        )

    def _take_piece(self, connection: sqlite3.Connection, piece: Piece) -> None:
        """Takes the rows of a stretch with their places, which are in a file beside the shard."""
        with contextlib.closing(open_database(piece.shard, self._plan.lock_timeout_ms)) as shard:
            rows, keys = ROWS.format(piece.stretch.index), self._plan.target.key
            shard.execute("PRAGMA journal_mode = OFF")
            matches = "r.rowid = p.number"
            if self._plan.dedupes:  # a rowid may be another one than the row's number, where it is the key
                matches = " AND ".join(f"r.{quoted(key)} = p.k{place}" for place, key in enumerate(keys))
            names = ["number", *(f"k{place}" for place in range(len(keys))), *Place._fields]
            shard.execute(f"CREATE TEMP TABLE places ({', '.join(names)})")
            shard.executemany(
                f"INSERT INTO temp.places VALUES ({', '.join('?' * len(names))})", all_places(piece.places)
            )
            found = shard.execute(
                f"SELECT {quoted_list(self._plan.target.columns, 'r.')}, ?, ?,"
                f" {quoted_list(Place._fields, 'p.')}"
                f" FROM temp.places AS p CROSS JOIN {rows} AS r WHERE {matches}",
                (self._files.index(piece.stretch.file or ""), piece.stretch.block),
            )
            places = ", ".join("?" * (len(self._plan.target.columns) + len(PLACE)))
            connection.execute("BEGIN")
            taken = connection.executemany(f"INSERT INTO of_pieces VALUES ({places})", found).rowcount
            connection.execute("COMMIT")
            if taken != piece.stretch.rows:
                raise AccountingError(
                    f"of {piece.stretch.rows} rows of a task {taken} could be gathered: nothing is published"
                )

    def _count_lines(self, connection: sqlite3.Connection, messages: Sequence[ShardMessage]) -> int:
        """From how many lines the rows are, those that are rejected too."""
        parts = [f"SELECT {_LINE} FROM gathered"]
        parts += [
            f"SELECT {self._file_in(number)}, _block, _line FROM shard{number}.{REJECTS}"
            for number, message in enumerate(messages)
            if message.rejects
        ]
        # Grouping sorts, which is several times as fast as DISTINCT or UNION.
        lines = f"SELECT 1 FROM ({' UNION ALL '.join(parts)}) WHERE _file < ? GROUP BY {_LINE}"
        found: tuple[int] = connection.execute(
            f"SELECT count(*) FROM ({lines})", (len(self._files),)
        ).fetchone()
        return found[0]

    def _set_aside(self, connection: sqlite3.Connection, schema: str, condition: str) -> None:
        """Takes rows out whose key is taken, and keeps their places."""
        width = len(self._plan.target.columns)
        leaving = connection.execute(
            f"DELETE FROM {schema}.gathered WHERE {condition} RETURNING {self._columns}, {self._places}"
        )
        while chunk := leaving.fetchmany(_AT_ONCE):
            self.refused += len(chunk)
            self.checksum.remove([row[:width] for row in chunk])
            connection.executemany(
                f"INSERT INTO {schema}.repeated VALUES ({', '.join('?' * len(PLACE))})",
                (row[width:] for row in chunk),
            )
