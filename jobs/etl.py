"""
Loads users from lines of JSON into a SQLite table: parsed strictly, e-mail addresses cleaned, every rejected
line kept in a quarantine table with its reason.

    spark-submit jobs/etl.py --input data/users.json --database data/users.db

The table is the old version or the whole new one, whatever happens. The same run id again changes nothing.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import SparkSession
from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType

try:
    import sparkctl_jobs  # noqa: F401 -- installed, or put on the path by --py-files
except ImportError:
    sys.path.append(str(Path(__file__).resolve().parent.parent / "spark"))

from sparkctl_jobs import (
    CommittedRun,
    Reason,
    Rows,
    Stage,
    find_inputs,
    numbered,
    read_lines,
    write_sqlite,
)
from sparkctl_jobs.command_line import (
    add_arguments,
    committed_before,
    lock_timeout_ms,
    run_job,
)
from sparkctl_jobs.emails import clean_email, is_email
from sparkctl_jobs.json_lines import parse_json_lines
from sparkctl_jobs.provenance import with_provenance
from sparkctl_jobs.text import has_nul, is_blank
from sparkctl_jobs.timestamps import to_utc_text

USERS = StructType(
    [
        StructField("id", LongType(), nullable=False),
        StructField("name", StringType(), nullable=False),
        StructField("age", LongType(), nullable=False),
        StructField("email", StringType(), nullable=False),
        StructField("salary", DoubleType(), nullable=False),
        StructField("city", StringType(), nullable=False),
        StructField("created_at", StringType(), nullable=False),
    ]
)
KEY = ["id"]


def clean(rows: Rows) -> Rows:
    """The rules for users. Of the rules that a row breaks, the first is its reason."""
    rows = rows.reject(Reason.MISSING_KEY, pc.is_null(rows["id"]))
    for column in ("age", "salary"):
        rows = rows.reject(Reason.MISSING_VALUE, pc.is_null(rows[column]))
    for column in ("name", "email", "city", "created_at"):
        rows = rows.reject(
            Reason.MISSING_VALUE,
            pc.or_kleene(pc.is_null(rows[column]), is_blank(rows[column])),
        )

    rows = rows.with_column("email", clean_email(rows["email"]))
    rows = rows.reject(Reason.INVALID_EMAIL, pc.invert(is_email(rows["email"])))

    rows = rows.reject(
        Reason.INVALID_VALUE,
        pc.or_(pc.less(rows["age"], 0), pc.greater(rows["age"], 150)),
    )
    rows = rows.with_column("created_at", to_utc_text(rows["created_at"]))
    rows = rows.reject(Reason.INVALID_VALUE, pc.is_null(rows["created_at"]))
    for column in ("name", "city"):
        rows = rows.reject(Reason.INVALID_VALUE, has_nul(rows[column]))
    return rows


def users_in(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """A row for every line."""
    for lines in numbered(batches):
        yield clean(parse_json_lines(lines, USERS)).to_batch()


# As a function it takes the frame of lines to the frame of users.
users = Stage(users_in, with_provenance(USERS), keeps_lines=True)


def warn_of_new_fields(files: Iterable[str]) -> None:
    """Says which fields a file has that users have not, as its first line shows: they are left out."""
    for file in files:
        if "://" in file:
            continue
        with Path(file).open("rb") as lines:
            line = lines.readline(1 << 20)
        try:
            fields = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            continue
        new = sorted(fields.keys() - set(USERS.names)) if isinstance(fields, dict) else []
        if new:
            print(
                f"etl: {file} has fields that users have not, left out: {', '.join(new)}",
                file=sys.stderr,
            )


def load(arguments: argparse.Namespace) -> CommittedRun:
    if before := committed_before(arguments):
        return before
    warn_of_new_fields(find_inputs(arguments.input))

    spark = SparkSession.builder.appName("etl").getOrCreate()
    try:
        return write_sqlite(
            read_lines(spark, arguments.input),
            arguments.database,
            arguments.table,
            mode=arguments.mode,
            run_id=arguments.run_id,
            key=KEY,
            stage=users,
            lock_timeout_ms=lock_timeout_ms(arguments),
        )
    finally:
        spark.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="Loads users from lines of JSON into a SQLite table.")
    add_arguments(parser, "users")
    parser.add_argument("--mode", choices=["overwrite", "append", "upsert"], default="overwrite")
    arguments = parser.parse_args()
    run_job("etl", lambda: load(arguments))


if __name__ == "__main__":
    main()
