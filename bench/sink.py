"""
Measures the time to put rows into SQLite, beyond the same job writing to nowhere: by this project's sink
and by JDBC the usual way, in one application, by turns. And how fast the sink's commit alone is.

    sink.py FOLDER ROWS ROUNDS USERS_JSONL
"""

import json
import sqlite3
import sys
import time
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col, concat, lit
from pyspark.sql.types import LongType, StringType, StructField, StructType

sys.path.append(str(Path.cwd() / "jobs"))

from etl import USERS, clean
from sparkctl_io import accepted, read_json_lines, write_sqlite
from sparkctl_io.sink.plan import plan_write
from sparkctl_io.sink.publish import publish
from sparkctl_io.sink.shard import write_shard
from sparkctl_io.sink.sources import Sources
from sparkctl_io.sink.staging import Staging

TABLE = (
    "CREATE TABLE users (id INTEGER NOT NULL, name TEXT NOT NULL, age INTEGER NOT NULL, email TEXT NOT NULL,"
    " salary REAL NOT NULL, city TEXT NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (id)) STRICT"
)
COLUMNS = ["id", "name", "age", "email", "salary", "city", "created_at"]


def new_database(path: Path) -> Path:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute(TABLE)
    connection.close()
    return path


def counted(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT count(*) FROM users").fetchone()[0]
    finally:
        connection.close()


def to_nowhere(frame: DataFrame) -> None:
    frame.write.format("noop").mode("overwrite").save()


def by_jdbc(frame: DataFrame, path: Path) -> None:
    writer = frame.select(*COLUMNS).coalesce(1).write.format("jdbc").mode("append")
    writer.options(
        url=f"jdbc:sqlite:{path}", dbtable="users", driver="org.sqlite.JDBC", batchsize=10_000
    ).save()


def seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare(name: str, folder: Path, rounds: int, expected: int | None, nowhere, jdbc, sink) -> dict:
    times: dict[str, list[float]] = {"nowhere": [], "jdbc": [], "sink": []}
    nowhere()  # so that nobody pays for what is loaded once
    for _ in range(rounds):
        times["nowhere"].append(seconds(nowhere))
        path = new_database(folder / "jdbc.db")
        times["jdbc"].append(seconds(lambda path=path: jdbc(path)))
        loaded = counted(path)
        path = new_database(folder / "sink.db")
        times["sink"].append(seconds(lambda path=path: sink(path)))
        if not counted(path) == loaded == (expected or loaded):
            raise SystemExit(f"{name}: JDBC wrote {loaded} rows, the sink {counted(path)}")
    return {"name": name, "rows": loaded, **times}


def commit_rate(folder: Path, rows: int, tasks: int = 4) -> float:
    """Rows per second from shards that are there to a transaction with journal and synchronisation."""
    path = folder / "commit.db"
    names = [name for name in COLUMNS if name != "salary"]
    types = {"id": LongType(), "age": LongType()}
    schema = StructType([StructField(name, types.get(name, StringType()), nullable=False) for name in names])
    plan = plan_write(path, "users", schema, key=["id"], mode="overwrite", run_id=None, lock_timeout_ms=None)
    staging = Staging.create(path, plan.run_id)
    plan = plan.staged_in(staging.folder)
    share = rows // tasks

    def batches(task: int):
        for start in range(task * share, (task + 1) * share, 10_000):
            numbers = range(start, min(start + 10_000, (task + 1) * share))
            ids = pa.array(numbers, pa.int64())
            texts = [f"user {number}" for number in numbers]
            values = {
                "id": ids,
                "name": texts,
                "age": ids,
                "email": [f"{text.replace(' ', '.')}@example.com" for text in texts],
                "city": ["Springfield"] * len(numbers),
                "created_at": ["2026-01-31T23:59:59.000Z"] * len(numbers),
            }
            yield pa.RecordBatch.from_pydict(values)

    messages = [write_shard(plan, task, batches(task)) for task in range(tasks)]
    try:
        return counted_rows(messages) / seconds(lambda: publish(plan, messages, Sources({}, plan.project)))
    finally:
        staging.remove()


def counted_rows(messages) -> int:
    return sum(message.counts["loaded"] for message in messages)


def main() -> None:
    folder, rows, rounds, input_path = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    spark = SparkSession.builder.appName("sink").getOrCreate()
    text = col("id").cast("string")
    made = spark.range(rows).select(
        "id",
        concat(lit("name "), text).alias("name"),
        (col("id") % 90).alias("age"),
        concat(lit("user."), text, lit("@example.com")).alias("email"),
        (col("id") / 7).alias("salary"),
        lit("Springfield").alias("city"),
        lit("2026-01-31T23:59:59.000Z").alias("created_at"),
    )
    read = clean(read_json_lines(spark, input_path, USERS))
    sound = accepted(read).withColumn("created_at", col("created_at").cast("string"))
    few = made.limit(1000)
    by_jdbc(few, new_database(folder / "jdbc.db"))
    write_sqlite(few, new_database(folder / "sink.db"), "users", mode="overwrite")
    results = [
        compare(
            "rows that Spark makes",
            folder,
            rounds,
            rows,
            lambda: to_nowhere(made),
            lambda path: by_jdbc(made, path),
            lambda path: write_sqlite(made, path, "users", mode="overwrite"),
        ),
        compare(
            "the users job",
            folder,
            rounds,
            None,
            lambda: to_nowhere(sound),
            lambda path: by_jdbc(sound, path),
            lambda path: write_sqlite(read, path, "users", mode="overwrite", key=["id"]),
        ),
    ]
    spark.stop()
    rates = [commit_rate(folder, rows) for _ in range(rounds)]
    print(json.dumps({"results": results, "commitRowsPerSecond": rates}))


if __name__ == "__main__":
    main()
