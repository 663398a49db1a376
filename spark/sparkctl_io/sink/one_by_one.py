"""Loads rows one by one, in the order of their source: a table with constraints is asked of each."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from ..reasons import Reason
from .identifiers import quoted, quoted_list
from .merge import Piece
from .message import ROWS
from .places import all_places
from .plan import WritePlan
from .quarantine import Quarantine
from .row_checksum import RowChecksum, Value
from .sources import Rejected
from .target import insertion, open_database

_REASONS = {
    "SQLITE_CONSTRAINT_CHECK": Reason.CONSTRAINT_CHECK,
    "SQLITE_CONSTRAINT_NOTNULL": Reason.CONSTRAINT_NOT_NULL,
    "SQLITE_CONSTRAINT_PRIMARYKEY": Reason.DUPLICATE_KEY,
    "SQLITE_CONSTRAINT_ROWID": Reason.DUPLICATE_KEY,
    "SQLITE_CONSTRAINT_UNIQUE": Reason.CONSTRAINT_UNIQUE,
}
_REJECTED_AT_ONCE = 10_000

PlacedRow = tuple[tuple[Value, ...], Rejected]
"""The values of a row, and the line that it is from."""


class OneByOne:
    """
    Fills the table and its quarantine in the main database of a connection, as `Merge` does.

    It is slower by far, and knows CHECK, UNIQUE, indexes of whatever kind, and other ways to compare keys.
    """

    def __init__(self, connection: sqlite3.Connection, plan: WritePlan, quarantine: Quarantine) -> None:
        self._connection = connection
        self._plan = plan
        values = f"VALUES ({', '.join('?' * len(plan.target.columns))})"
        self._statement = insertion(plan.target, values, updates=plan.mode == "upsert")
        self._quarantine = quarantine
        self.loaded = 0
        self.refused = 0
        self.checksum = RowChecksum()
        """The part of the shards' checksum that they take away."""
        key = plan.target.key
        self._key_places = [plan.target.columns.index(name) for name in key]
        self._seen = plan.mode == "upsert"
        if self._seen:
            # A key that is there is replaced, but not by two rows of the same run.
            names = [f"k{place}" for place in range(len(key))]
            columns = [f"{k} COLLATE {quoted(c)}" for k, c in zip(names, plan.target.collations, strict=True)]
            matches = " AND ".join(f"{name} = ?" for name in names)
            self._find = f"SELECT 1 FROM temp.seen WHERE {matches}"
            connection.execute(f"CREATE TEMP TABLE seen ({', '.join(columns)}, UNIQUE ({', '.join(names)}))")

    def add_all(self, rows: Iterable[PlacedRow]) -> None:
        """Loads the rows, which must be in order."""
        refused: list[Rejected] = []
        for row, place in rows:
            reason = self._try(row)
            if reason is None:
                self.loaded += 1
                continue
            self.refused += 1
            self.checksum.remove([row])
            refused.append(place._replace(reason=reason))
            if len(refused) == _REJECTED_AT_ONCE:
                self._quarantine.add(refused)
                refused = []
        self._quarantine.add(refused)

    def _try(self, row: tuple[Value, ...]) -> Reason | None:
        key = [row[place] for place in self._key_places]
        if self._seen and self._connection.execute(self._find, key).fetchone():
            return Reason.DUPLICATE_KEY
        try:
            self._connection.execute(self._statement, row)
        except sqlite3.IntegrityError as error:
            reason = _REASONS.get(error.sqlite_errorname)
            if reason is None:
                raise
            return reason
        if self._seen:
            self._connection.execute(f"INSERT INTO temp.seen VALUES ({', '.join('?' * len(key))})", key)
        return None


def rows_of(plan: WritePlan, pieces: Sequence[Piece]) -> Iterator[PlacedRow]:
    """The rows of pieces, which are in order."""
    columns = quoted_list(plan.target.columns)
    for piece in pieces:
        if piece.stretch.rows == 0:
            continue
        with contextlib.closing(open_database(piece.shard, plan.lock_timeout_ms)) as shard:
            rows = shard.execute(f"SELECT {columns} FROM {ROWS.format(piece.stretch.index)} ORDER BY rowid")
            file, block = piece.stretch.file, piece.stretch.block
            for row, (_, *_key, line, offset, raw, repaired) in zip(
                rows, all_places(piece.places), strict=True
            ):
                yield row, Rejected(file, block, line, offset, raw, repaired, "")
