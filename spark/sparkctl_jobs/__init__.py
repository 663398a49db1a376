"""
What the jobs of this project share: strict JSON and CSV, a quarantine, a sink for SQLite, charts.

A job finds it in `spark/` beside `jobs/`. Executors need no copy: what a job uses travels with its tasks.
"""

import sys

from pyspark import cloudpickle

from .errors import JobError
from .input_paths import find_inputs
from .lines import numbered, read_lines
from .reasons import Reason, Skipped
from .rows import Rows
from .sink.plan import Stage
from .sink.run_ledger import CommittedRun, find_run
from .sink.target import check_database
from .sink.write import register_sqlite, write_sqlite

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]

__all__ = [
    "CommittedRun",
    "JobError",
    "Reason",
    "Rows",
    "Skipped",
    "Stage",
    "check_database",
    "find_inputs",
    "find_run",
    "numbered",
    "read_lines",
    "register_sqlite",
    "write_sqlite",
]
