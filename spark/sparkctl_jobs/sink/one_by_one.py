"""Loads rows one by one, in the order of their source: a table with constraints is asked of each."""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

from ..reasons import Reason
from .identifiers import quoted, quoted_list
from .order import Piece
from .originals import originals_at
from .plan import WritePlan
from .row_checksum import RowChecksum, Value
from .segment import REJECTS, ROWS
from .target import Target, on_conflict, open_database

_REASONS = {
    "SQLITE_CONSTRAINT_CHECK": Reason.CONSTRAINT_CHECK,
    "SQLITE_CONSTRAINT_NOTNULL": Reason.CONSTRAINT_NOT_NULL,
    "SQLITE_CONSTRAINT_PRIMARYKEY": Reason.DUPLICATE_KEY,
    "SQLITE_CONSTRAINT_ROWID": Reason.DUPLICATE_KEY,
    "SQLITE_CONSTRAINT_UNIQUE": Reason.CONSTRAINT_UNIQUE,
}
_REJECTED_AT_ONCE = 10_000


class OneByOne:
    """
    Fills the table and its quarantine in the main database of a connection, as `Merge` does.

    It is slower by far, and knows CHECK, UNIQUE, indexes of whatever kind, and other ways to compare keys.
    """

    def __init__(self, connection: sqlite3.Connection, plan: WritePlan) -> None:
        self._connection = connection
        self._plan = plan
        self._statement = insertion(plan.target, updates=plan.mode == "upsert")
        self.loaded = 0
        self.duplicates = 0
        self.rejected: Counter[str] = Counter()
        """Rows by the reason for which the table has refused them."""
        self.checksum = RowChecksum()
        """What they take from the checksum of the shards."""
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

    def add_all(self, pieces: Sequence[Piece]) -> None:
        """Loads the segments, which must be in order."""
        for piece in pieces:
            if piece.segment.rows == 0 and piece.segment.rejects == 0:
                continue
            with contextlib.closing(open_database(piece.shard, self._plan.lock_timeout_ms)) as shard:
                if piece.segment.rows:
                    self._add(piece, shard)
                if piece.segment.rejects:
                    found = shard.execute(
                        f"SELECT ?, ?, ? + line, reason, raw FROM {REJECTS.format(piece.segment.index)}",
                        (self._plan.run_id, piece.source_file, piece.lines_before),
                    )
                    self._quarantine(found)

    def _add(self, piece: Piece, shard: sqlite3.Connection) -> None:
        columns = quoted_list(self._plan.target.columns)
        rows = shard.execute(f"SELECT {columns} FROM {ROWS.format(piece.segment.index)} ORDER BY rowid")
        refused: list[tuple[int, Reason]] = []
        for place, row in enumerate(rows):
            reason = self._try(row)
            if reason is None:
                self.loaded += 1
                continue
            self.checksum.remove([row])
            refused.append((place, reason))
            if len(refused) == _REJECTED_AT_ONCE:
                self._reject(piece, refused)
                refused = []
        self._reject(piece, refused)

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

    def _reject(self, piece: Piece, refused: list[tuple[int, Reason]]) -> None:
        reasons = Counter(reason for _, reason in refused)
        self.duplicates += reasons.pop(Reason.DUPLICATE_KEY, 0)
        self.rejected.update(reasons)
        if refused:
            originals = piece.shard.parent / (piece.segment.originals or "")
            found = originals_at(originals, piece.segment.source, [place for place, _ in refused])
            self._quarantine(
                (self._plan.run_id, piece.source_file, piece.lines_before + line, reason, raw)
                for (line, raw), (_, reason) in zip(found, refused, strict=True)
            )

    def _quarantine(self, rows: Iterable[tuple[Value, ...]]) -> None:
        name = quoted(self._plan.target.quarantine)
        self._connection.executemany(f"INSERT INTO main.{name} VALUES (?, ?, ?, ?, ?)", rows)


def insertion(target: Target, updates: bool) -> str:
    """The statement that inserts a row, or puts it into the place of that with its key."""
    columns = quoted_list(target.columns)
    places = ", ".join("?" * len(target.columns))
    # Said in the statement, it overrules what the table says of conflicts: no row goes or stays in silence.
    statement = f"INSERT OR ABORT INTO main.{quoted(target.table)} ({columns}) VALUES ({places})"
    return statement + on_conflict(target) if updates else statement
