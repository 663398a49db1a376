"""
Loads users from lines of JSON into a SQLite table: e-mail addresses cleaned, every rejected line kept in a
quarantine table with its reason.

    spark-submit jobs/etl.py --input data/users.jsonl --database data/users.db

The table is the old version or the whole new one, whatever happens. The same run id again changes nothing.
"""

import argparse

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col
from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType, TimestampType

from jobkit.command_line import add_arguments, committed_before, lock_timeout_ms, run_job
from sparkctl_io import CommittedRun, clean_email, is_email, read_json_lines, reject, require, write_sqlite

USERS = StructType(
    [
        StructField("id", LongType(), nullable=False),
        StructField("name", StringType(), nullable=False),
        StructField("age", LongType(), nullable=False),
        StructField("email", StringType(), nullable=False),
        StructField("salary", DoubleType(), nullable=False),
        StructField("city", StringType(), nullable=False),
        StructField("created_at", TimestampType(), nullable=False),
    ]
)


def clean(users: DataFrame) -> DataFrame:
    """The rules for users. Of the rules that a row breaks, the first is its reason."""
    return (
        users.transform(require("id", reason="missing-key"))
        .transform(require("age", "salary", "name", "email", "city", "created_at"))
        .withColumn("email", clean_email("email"))
        .transform(reject("invalid-email", ~is_email("email")))
        .transform(reject("invalid-value", ~col("age").between(0, 150)))
    )


def load(arguments: argparse.Namespace) -> CommittedRun:
    if before := committed_before(arguments):
        return before
    spark = SparkSession.builder.appName("etl").getOrCreate()
    try:
        return write_sqlite(
            clean(read_json_lines(spark, arguments.input, USERS)),
            arguments.database,
            arguments.table,
            mode=arguments.mode,
            run_id=arguments.run_id,
            key=["id"],
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
