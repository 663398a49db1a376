"""Keys that a stretch has already."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .identifiers import quoted, quoted_list


class RepeatedKeys:
    """
    Finds the rows whose key an earlier row of the stretch has.

    It keeps no keys: those of earlier batches are in the shard, and only rows that may be repeated are looked
    up there. With keys that rise, as most do, that is next to none.
    """

    def __init__(self, cursor: Any, table: str, key: tuple[str, ...]) -> None:
        self._cursor = cursor
        self._key = list(key)
        self._greatest: int | None = None
        self._candidates = f"candidates_{table}"
        matches = " AND ".join(f"t.{quoted(name)} = c.{quoted(name)}" for name in key)
        self._look_up = (
            f"SELECT c.place FROM temp.{self._candidates} AS c"
            f" WHERE EXISTS (SELECT 1 FROM {table} AS t WHERE {matches})"
        )
        cursor.execute(f"CREATE TEMP TABLE {self._candidates} ({quoted_list(key)}, place)")

    def find(self, rows: pa.RecordBatch) -> pa.Array:
        """True for the rows that are there already."""
        keys = rows.select(self._key)
        if self._all_rise(keys):
            return pa.array(np.zeros(keys.num_rows, dtype=bool))
        repeated = self._in_batch(keys)
        candidates = np.flatnonzero(~repeated & self._may_be_known(keys))
        if len(candidates):
            repeated[self._in_shard(keys, candidates)] = True
        return pa.array(repeated)

    def _all_rise(self, keys: pa.RecordBatch) -> bool:
        """Tells if each key is greater than all before: the common case, and nothing has to be looked up."""
        column = keys.column(0)
        if len(self._key) != 1 or not pa.types.is_integer(column.type):
            return False
        values = column.to_numpy()
        if not np.all(values[1:] > values[:-1]) or (
            self._greatest is not None and values[0] <= self._greatest
        ):
            return False
        self._greatest = int(values[-1])
        return True

    def _in_batch(self, keys: pa.RecordBatch) -> Any:
        table = pa.Table.from_batches([keys]).append_column("place", pa.array(np.arange(keys.num_rows)))
        first = table.group_by(self._key, use_threads=False).aggregate([("place", "min")]).column("place_min")
        repeated = np.ones(keys.num_rows, dtype=bool)
        repeated[first.to_numpy()] = False
        return repeated

    def _may_be_known(self, keys: pa.RecordBatch) -> Any:
        """False for keys greater than all before: those are new."""
        column = keys.column(0)
        if len(self._key) != 1 or not pa.types.is_integer(column.type):
            return np.ones(keys.num_rows, dtype=bool)
        values = column.to_numpy()
        known = np.zeros(len(values), dtype=bool) if self._greatest is None else values <= self._greatest
        greatest = pc.max(column).as_py()
        if self._greatest is None or greatest > self._greatest:
            self._greatest = greatest
        return known

    def _in_shard(self, keys: pa.RecordBatch, candidates: Any) -> Any:
        chosen = keys.take(pa.array(candidates)).append_column("place", pa.array(candidates))
        self._cursor.adbc_ingest(self._candidates, chosen, mode="append", catalog_name="temp")
        self._cursor.execute(self._look_up)
        found = self._cursor.fetch_arrow_table().column(0).to_numpy()
        self._cursor.execute(f"DELETE FROM temp.{self._candidates}")
        return found
