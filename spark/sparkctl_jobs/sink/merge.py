"""Brings the rows of shards together in one table, in the order of their source, the first of each key."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from ..reasons import Reason
from .identifiers import quoted, quoted_list
from .order import Piece
from .originals import find_originals
from .plan import WritePlan
from .row_checksum import RowChecksum
from .segment import REJECTS, ROWS, Segment
from .target import Target

# SQLite attaches ten databases at most; two are for the merge itself.
_MOST_ATTACHED = 8
_KEYS_AT_ONCE = 100_000
_ROWS_AT_ONCE = 10_000
_MOST_RANGES = 1000


def merges_directly(plan: WritePlan, pieces: Sequence[Piece]) -> bool:
    """Whether the shards can be attached all at once, and no row has to be updated."""
    return plan.mode != "upsert" and len({piece.shard for piece in pieces}) <= _MOST_ATTACHED


def copy_rows(target: Target, source: str) -> str:
    """
    The statement that copies all rows of a table of the same definition.

    Without a list of columns, and only then, SQLite copies the cells as they are. But where columns are
    computed from others it must be told which are not.
    """
    if not target.computes_columns:
        return f"INSERT OR ABORT INTO main.{quoted(target.table)} SELECT * FROM {source}"
    columns = quoted_list(target.columns)
    return f"INSERT OR ABORT INTO main.{quoted(target.table)} ({columns}) SELECT {columns} FROM {source}"


class Merge:
    """Fills the table and its quarantine in the main database of a connection."""

    def __init__(self, connection: sqlite3.Connection, plan: WritePlan) -> None:
        self._connection = connection
        self._plan = plan
        self._table = quoted(plan.target.table)
        self._known = [f"main.{self._table}"]
        self._ranges: list[tuple[int, int]] = []
        self._attached: dict[Path, str] = {}
        self.loaded = 0
        self.duplicates = 0
        self.rejected: Counter[str] = Counter()
        self.checksum = RowChecksum()
        """What the rows that were set aside take from the checksum of the shards."""
        self._keys = ", ".join(f"k{i}" for i in range(len(plan.target.key)))
        if plan.dedupes:
            connection.execute(f"CREATE TEMP TABLE duplicates (piece INTEGER NOT NULL, {self._keys})")

    def avoid(self, schema: str) -> None:
        """Takes the keys in the table of another attached database for taken."""
        self._known.append(f"{schema}.{self._table}")

    def attach_all(self, pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            self._attach(piece.shard)

    def add_all(self, pieces: Sequence[Piece]) -> None:
        """Loads the segments, which must be in order."""
        if self._plan.dedupes:
            self._note_known_ranges()
        for place, piece in enumerate(pieces):
            self._add(place, piece)

    def _add(self, place: int, piece: Piece) -> None:
        if piece.segment.rows == 0 and piece.segment.rejects == 0:
            return
        shard = self._attach(piece.shard)
        if piece.segment.rows:
            rows = f"{shard}.{ROWS.format(piece.segment.index)}"
            repeated = self._set_aside_repeated(place, piece.segment, rows) if self._plan.dedupes else 0
            self.loaded += self._connection.execute(copy_rows(self._plan.target, rows)).rowcount
            if repeated:
                self._quarantine_repeated(place, piece)
        if piece.segment.rejects:
            self._connection.execute(
                f"INSERT INTO main.{quoted(self._plan.target.quarantine)}"
                f" SELECT ?, ?, ? + line, reason, raw FROM {shard}.{REJECTS.format(piece.segment.index)}",
                (self._plan.run_id, piece.source_file, piece.lines_before),
            )

    def _detach_all(self) -> None:
        for schema in self._attached.values():
            self._connection.execute(f"DETACH {schema}")
        self._attached.clear()

    def _attach(self, shard: Path) -> str:
        if shard not in self._attached:
            if len(self._attached) == _MOST_ATTACHED:
                self._detach_all()
            schema = f"shard{len(self._attached)}"
            _attach_scratch(self._connection, shard, schema)
            self._attached[shard] = schema
        return self._attached[shard]

    def _note_known_ranges(self) -> None:
        key = self._plan.target.key
        if len(key) == 1:
            for table in self._known:
                least, greatest = self._connection.execute(
                    f"SELECT min({quoted(key[0])}), max({quoted(key[0])}) FROM {table}"
                ).fetchone()
                if isinstance(least, int) and isinstance(greatest, int):
                    self._note_range(least, greatest)

    def _note_range(self, least: int, greatest: int) -> None:
        self._ranges.append((least, greatest))
        if (
            len(self._ranges) > _MOST_RANGES
        ):  # many small files: comparing the ranges would take longer than the keys
            self._ranges = [(min(low for low, _ in self._ranges), max(high for _, high in self._ranges))]

    def _set_aside_repeated(self, place: int, segment: Segment, rows: str) -> int:
        """Takes the rows out of the shard whose key is taken, and remembers their keys."""
        least, greatest = segment.least_key, segment.greatest_key
        if least is not None and greatest is not None:
            apart = all(greatest < low or high < least for low, high in self._ranges)
            self._note_range(least, greatest)
            if apart:
                return 0
        key = self._plan.target.key
        taken = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} AS t WHERE "
            + " AND ".join(f"t.{quoted(k)} = s.{quoted(k)}" for k in key)
            + ")"
            for table in self._known
        )
        found = self._connection.execute(
            f"INSERT INTO temp.duplicates SELECT ?, {quoted_list(key, 's.')} FROM {rows} AS s WHERE {taken}",
            (place,),
        ).rowcount
        if found:
            leaving = self._connection.execute(
                f"DELETE FROM {rows} WHERE ({quoted_list(key)})"
                f" IN (SELECT {self._keys} FROM temp.duplicates WHERE piece = ?)"
                f" RETURNING {quoted_list(self._plan.target.columns)}",
                (place,),
            )
            while chunk := leaving.fetchmany(_ROWS_AT_ONCE):
                self.checksum.remove(chunk)
        self.duplicates += found
        return found

    def _quarantine_repeated(self, place: int, piece: Piece) -> None:
        wanted = self._connection.execute(
            f"SELECT {self._keys} FROM temp.duplicates WHERE piece = ?", (place,)
        )
        while chunk := wanted.fetchmany(_KEYS_AT_ONCE):
            columns = [pa.array(column) for column in zip(*chunk, strict=True)]
            table = pa.Table.from_arrays(columns, names=list(self._plan.target.key))
            self._connection.executemany(
                f"INSERT INTO main.{quoted(self._plan.target.quarantine)}"
                f" VALUES (?, ?, ?, '{Reason.DUPLICATE_KEY}', ?)",
                (
                    (self._plan.run_id, piece.source_file, piece.lines_before + line, raw)
                    for line, raw in find_originals(
                        piece.shard.parent / (piece.segment.originals or ""), piece.segment.source, table
                    )
                ),
            )


def _attach_scratch(connection: sqlite3.Connection, path: Path, schema: str) -> None:
    """Attaches a database of the staging folder: after a crash nobody reads it, so it needs no journal."""
    connection.execute(f"ATTACH ? AS {schema}", (f"{path.absolute().as_uri()}?mode=rw",))
    connection.execute(f"PRAGMA {schema}.journal_mode = OFF")
    connection.execute(f"PRAGMA {schema}.synchronous = OFF")
