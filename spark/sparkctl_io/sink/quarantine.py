"""The quarantine of a table: the lines that are not loaded, each once."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator

from .identifiers import quoted
from .plan import WritePlan
from .sources import Rejected, Sources


class Quarantine:
    """Fills the quarantine of a write, inside its transaction."""

    def __init__(self, connection: sqlite3.Connection, plan: WritePlan, sources: Sources) -> None:
        self._connection = connection
        self._sources = sources
        self._run_id = plan.run_id
        self._table = f"main.{quoted(plan.target.quarantine)}"
        # Of a line from which a join has made several rows, the first one that is rejected says why.
        self._statement = f"INSERT OR IGNORE INTO {self._table} VALUES (?, ?, ?, ?, ?)"
        self.counts: Counter[str] = Counter()
        """Lines by their reason."""
        self.repaired = 0
        """Rows in which the job had repaired a value, and which are not loaded all the same."""

    def add(self, rejected: Iterable[Rejected]) -> None:
        counts: Counter[str] = Counter()
        taken = self._connection.executemany(self._statement, self._rows(rejected, counts)).rowcount
        if max(taken, 0) == counts.total():
            self.counts.update(counts)
        else:
            self._count_again()

    def _rows(
        self, rejected: Iterable[Rejected], counts: Counter[str]
    ) -> Iterator[tuple[str, str, int, str, str]]:
        for name, number, reason, raw in self._sources.with_text(self._noted(rejected)):
            counts[reason] += 1
            yield self._run_id, name, number, reason, raw

    def _noted(self, rejected: Iterable[Rejected]) -> Iterator[Rejected]:
        for one in rejected:
            self.repaired += bool(one.repaired)
            yield one

    def _count_again(self) -> None:
        found = self._connection.execute(
            f"SELECT reason, count(*) FROM {self._table} WHERE run_id = ? GROUP BY reason", (self._run_id,)
        )
        self.counts = Counter(dict(found.fetchall()))
