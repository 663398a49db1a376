"""
Reads lines of JSON and CSV into frames that lose nothing, and writes frames into SQLite, all or nothing.

Executors need no copy of this package: what a job uses travels with its tasks.
"""

import sys

from pyspark import cloudpickle

from .emails import clean_email, is_email
from .errors import JobError
from .reading.csv_header import read_header
from .reading.input_paths import find_inputs
from .reading.reader import read_csv, read_json_lines
from .reasons import Reason
from .sink.run_ledger import CommittedRun, find_run
from .sink.target import check_database
from .sink.write import register_sqlite, write_sqlite
from .source import accepted, reject, repair, require

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]

__all__ = [
    "CommittedRun",
    "JobError",
    "Reason",
    "accepted",
    "check_database",
    "clean_email",
    "find_inputs",
    "find_run",
    "is_email",
    "read_csv",
    "read_header",
    "read_json_lines",
    "register_sqlite",
    "reject",
    "repair",
    "require",
    "write_sqlite",
]
