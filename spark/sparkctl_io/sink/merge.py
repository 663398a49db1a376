"""Brings the rows of shards together in one table, in the order of their source, the first of each key."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from ..reasons import Reason
from .identifiers import quoted, quoted_list
from .message import ROWS, ShardMessage, Stretch
from .places import places_of_keys
from .plan import WritePlan
from .quarantine import Quarantine
from .row_checksum import RowChecksum
from .source_files import local_path
from .sources import Rejected
from .target import Target, insertion

# SQLite attaches ten databases at most; two are for the merge itself.
_MOST_ATTACHED = 8
_KEYS_AT_ONCE = 100_000
_ROWS_AT_ONCE = 10_000
_MOST_RANGES = 1000


@dataclass(frozen=True)
class Piece:
    """A stretch, and the shard that has it."""

    shard: Path
    stretch: Stretch
    partition: int

    @property
    def places(self) -> Path:
        return self.shard.parent / (self.stretch.places or "")


def pieces_of(plan: WritePlan, messages: Sequence[ShardMessage]) -> list[Piece]:
    """The stretches of all shards by file and place in the file, which is the same however they were read."""
    pieces = [
        Piece(shard_of(plan, message), stretch, message.partition)
        for message in messages
        for stretch in message.stretches
    ]
    pieces.sort(key=lambda p: (*_block_of(p), p.stretch.first_line, p.partition, p.stretch.index))
    return pieces


def are_in_order(messages: Sequence[ShardMessage], pieces: Sequence[Piece]) -> bool:
    """Tells if the rows of each piece come after those of the one before."""
    if any(message.scattered for message in messages):
        return False
    return all(
        before.stretch.file is None
        or _block_of(before) != _block_of(after)
        or before.stretch.last_line < after.stretch.first_line
        for before, after in pairwise(pieces)
    )


def shard_of(plan: WritePlan, message: ShardMessage) -> Path:
    return Path(plan.staging) / Path(message.path).name


def file_order(file: str) -> str:
    """Returns the text by which files are ordered, whatever they are called in the quarantine."""
    return local_path(file) or file


def _block_of(piece: Piece) -> tuple[str, int]:
    return file_order(piece.stretch.file or ""), piece.stretch.block


def merges_directly(plan: WritePlan, pieces: Sequence[Piece]) -> bool:
    """Tells if the shards can be attached all at once, and no row has to be updated."""
    return plan.mode != "upsert" and len({piece.shard for piece in pieces}) <= _MOST_ATTACHED


def copy_rows(target: Target, source: str) -> str:
    """
    The statement that copies all rows of a table of the same definition.

    Without a list of columns, and only then, SQLite copies the cells as they are. But where columns are
    computed from others it must be told which are not.
    """
    if not target.computes_columns:
        return f"INSERT OR ABORT INTO main.{quoted(target.table)} SELECT * FROM {source}"
    return insertion(target, f"SELECT {quoted_list(target.columns)} FROM {source}")


class Merge:
    """Fills the table in the main database of a connection, and the quarantine with repeated keys."""

    def __init__(self, connection: sqlite3.Connection, plan: WritePlan, quarantine: Quarantine) -> None:
        self._connection = connection
        self._quarantine = quarantine
        self._plan = plan
        self._table = quoted(plan.target.table)
        self._known = [f"main.{self._table}"]
        self._ranges: list[tuple[int, int]] = []
        self._attached: dict[Path, str] = {}
        self.loaded = 0
        self.refused = 0
        """Rows whose key was taken."""
        self.checksum = RowChecksum()
        """The part of the shards' checksum that the rows which were set aside take away."""
        self._keys = ", ".join(f"k{i}" for i in range(len(plan.target.key)))
        if plan.dedupes:
            connection.execute(f"CREATE TEMP TABLE duplicates (piece INTEGER NOT NULL, {self._keys})")

    def avoid(self, schema: str) -> None:
        """Takes the keys in the table of another attached database for taken."""
        self._known.append(f"{schema}.{self._table}")

    def attach_all(self, pieces: Sequence[Piece]) -> None:
        """Attaches the shards before the transaction, in which SQLite sets no journals."""
        for piece in pieces:
            self._attach(piece.shard)

    def add_all(self, pieces: Sequence[Piece]) -> None:
        """Loads the pieces, which must be in order."""
        if self._plan.dedupes:
            self._note_known_ranges()
        for place, piece in enumerate(pieces):
            self._add(place, piece)

    def _add(self, place: int, piece: Piece) -> None:
        if piece.stretch.rows == 0:
            return
        rows = f"{self._attach(piece.shard)}.{ROWS.format(piece.stretch.index)}"
        repeated = self._set_aside_repeated(place, piece.stretch, rows) if self._plan.dedupes else 0
        self.loaded += self._connection.execute(copy_rows(self._plan.target, rows)).rowcount
        if repeated:
            self._quarantine.add(self._repeated(place, piece))

    def _detach_all(self) -> None:
        for schema in self._attached.values():
            self._connection.execute(f"DETACH {schema}")
        self._attached.clear()

    def _attach(self, shard: Path) -> str:
        if shard not in self._attached:
            if len(self._attached) == _MOST_ATTACHED:
                self._detach_all()
            schema = f"shard{len(self._attached)}"
            attach_scratch(self._connection, shard, schema)
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

    def _set_aside_repeated(self, place: int, stretch: Stretch, rows: str) -> int:
        """Takes the rows out of the shard whose key is taken, and remembers their keys."""
        least, greatest = stretch.least_key, stretch.greatest_key
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
        self.refused += found
        return found

    def _repeated(self, place: int, piece: Piece) -> Iterator[Rejected]:
        wanted = self._connection.execute(
            f"SELECT {self._keys} FROM temp.duplicates WHERE piece = ?", (place,)
        )
        file, block = piece.stretch.file, piece.stretch.block
        while chunk := wanted.fetchmany(_KEYS_AT_ONCE):
            columns = [pa.array(column) for column in zip(*chunk, strict=True)]
            table = pa.Table.from_arrays(columns, names=list(self._plan.target.key))
            for of_row in places_of_keys(piece.places, table):
                yield Rejected(file, block, *of_row, Reason.DUPLICATE_KEY)


def attach_scratch(connection: sqlite3.Connection, path: Path, schema: str) -> None:
    """Attaches a database of the staging folder: after a crash nobody reads it, so it needs no journal."""
    connection.execute(f"ATTACH ? AS {schema}", (f"{path.absolute().as_uri()}?mode=rw",))
    connection.execute(f"PRAGMA {schema}.journal_mode = OFF")
    connection.execute(f"PRAGMA {schema}.synchronous = OFF")
