"""
Loads users from lines of JSON into a SQLite table, all or nothing. What it rejects is kept with the reason.

    spark-submit jobs/etl.py --input data/users.jsonl --database data/users.db
"""

import argparse

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col
from pyspark.sql.types import StructType

from jobkit.command_line import add_arguments, committed_before, lock_timeout_ms, run_job
from sparkctl_io import (
    CommittedRun,
    clean_email,
    is_email,
    read_json_lines,
    reject,
    repair,
    require,
    write_sqlite,
)

USERS = (
    StructType()
    .add("id", "long", nullable=False)
    .add("name", "string", nullable=False)
    .add("age", "long", nullable=False)
    .add("email", "string", nullable=False)
    .add("salary", "double", nullable=False)
    .add("city", "string", nullable=False)
    .add("created_at", "timestamp", nullable=False)
)


def clean(users: DataFrame) -> DataFrame:
    """The rules for users. Of the rules that a row breaks, the first is its reason."""
    return (
        users.transform(require("id", reason="missing-key"))
        .transform(require("age", "salary", "name", "email", "city", "created_at"))
        .transform(repair("email", clean_email("email")))
        .transform(reject("invalid-email", ~is_email("email")))
        .transform(reject("invalid-value", ~col("age").between(0, 150)))
    )


def load(arguments: argparse.Namespace) -> CommittedRun:
    with SparkSession.builder.appName("etl").getOrCreate() as spark:
        return write_sqlite(
            clean(read_json_lines(spark, arguments.input, USERS)),
            arguments.database,
            arguments.table,
            mode=arguments.mode,
            run_id=arguments.run_id,
            key=["id"],
            lock_timeout_ms=lock_timeout_ms(arguments),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Loads users from lines of JSON into a SQLite table.")
    add_arguments(parser, "users")
    parser.add_argument("--mode", choices=["overwrite", "append", "upsert"], default="overwrite")
    arguments = parser.parse_args()
    run_job("etl", lambda: committed_before(arguments) or load(arguments))


if __name__ == "__main__":
    main()
