"""Whatever a job does between reading and writing, every line is accounted for: against plain Python."""

import contextlib
import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyspark
import pytest
from made_database import make
from pyspark import TaskContext
from pyspark.sql.functions import broadcast, col, expr, lit, trim, udf
from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType, TimestampType
from written_checksum import written_checksum

from sparkctl_io import (
    accepted,
    errors,
    find_run,
    read_csv,
    read_json_lines,
    reject,
    repair,
    require,
    write_sqlite,
)
from sparkctl_io.reading import blocks, reader
from sparkctl_io.sink import write as sink_write
from sparkctl_io.source import SOURCE_TYPE

SCHEMA = StructType(
    [
        StructField("id", LongType()),
        StructField("name", StringType()),
        StructField("age", LongType()),
        StructField("city", StringType()),
        StructField("price", DoubleType()),
    ]
)
CITIES = ["Bergen", "Faro", "Graz", "Łódź", "Metz"]
TAGS = {"Bergen": ["n"], "Faro": ["s", "w"], "Graz": [], "Łódź": ["e"], "Metz": ["m", "n", "w"]}


def small_blocks(set_attribute=setattr):
    """Cuts files as if they were large ones."""
    set_attribute(blocks, "_LEAST_BLOCK", 4000)
    set_attribute(reader, "_most_at_once", lambda _: 8000)


@pytest.fixture
def orders(tmp_path, monkeypatch):
    """Two files, each of several blocks: keys that come again, lines that can't be read, rows to be rejected."""
    small_blocks(monkeypatch.setattr)
    chance = random.Random(7)
    folder = tmp_path / "orders"
    folder.mkdir()
    number = 0
    for file in ("a.jsonl", "b c.jsonl"):
        lines = []
        for _ in range(500):
            number += 1
            row = {
                "id": chance.randrange(700),
                "name": f"é{number}",
                "age": chance.randrange(20, 60),
                "city": chance.choice(CITIES) + " " * (number % 3),
                "price": chance.randrange(1, 10_000) / 100,
            }
            kind = chance.random()
            if kind < 0.03:
                row["age"] = "old"
            elif kind < 0.06:
                row["id"] = None
            elif kind < 0.10:
                row["price"] = -row["price"]
            text = json.dumps(row, ensure_ascii=False)
            lines.append("" if kind > 0.98 else text[:-1] if kind > 0.95 else text)
        (folder / file).write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def read(spark, folder):
    return (
        read_json_lines(spark, str(folder), SCHEMA)
        .transform(require("id", reason="missing-key"))
        .transform(reject("negative-price", col("price") < 0))
        .transform(repair("city", trim("city")))
        .transform(repair("name", expr("if(id % 5 = 0, upper(name), name)")))
        .withColumn("tag", lit("-"))
    )


class Line(NamedTuple):
    file: str
    number: int
    values: tuple
    reason: str | None
    raw: str
    repaired: bool


class Expected(NamedTuple):
    rows: list
    quarantine: list
    accounts: tuple


def expected(folder, operations=(), known=(), mode="overwrite", key=(0, 4)):
    """Computes the outcome of a write by the rules as they are written, one line after the other."""
    lines, quarantine, count = [], {}, 0
    for file in sorted(folder.iterdir()):
        for number, text in enumerate(file.read_text("utf-8").splitlines(), 1):
            if not text:
                continue
            count += 1
            place = (file.name, number)
            try:
                row = json.loads(text)
            except ValueError:
                quarantine[place] = ("malformed-json", text)
                continue
            if not isinstance(row["age"], int):
                quarantine[place] = ("wrong-type", text)
                continue
            reason = "missing-key" if row["id"] is None else "negative-price" if row["price"] < 0 else None
            name = row["name"].upper() if row["id"] is not None and row["id"] % 5 == 0 else row["name"]
            values = (row["id"], name, row["age"], row["city"].strip(), "-")
            repaired = (name, values[3]) != (row["name"], row["city"])
            lines.append(Line(*place, values, reason, text, repaired))
    unreadable = len(quarantine)
    for operation in operations:
        lines = operation(lines)
    lines.sort(key=lambda line: line[:2])
    touched = len({line[:2] for line in lines})
    taken, rows, repaired = set(known) if mode == "append" else set(), [], 0
    for line in lines:
        place, its_key = line[:2], tuple(line.values[n] for n in key)
        if line.reason is not None:
            quarantine.setdefault(place, (line.reason, line.raw))
        elif its_key in taken:
            quarantine.setdefault(place, ("duplicate-key", line.raw))
        else:
            rows.append(line.values)
            repaired += line.repaired
            if key:
                taken.add(its_key)
    duplicates = sum(reason == "duplicate-key" for reason, _ in quarantine.values())
    quarantined = len(quarantine) - duplicates
    added = len(rows) + len(quarantine) - unreadable - touched
    accounts = (count, len(rows), quarantined, duplicates, count - unreadable - touched, added, repaired)
    return Expected(sorted(rows), sorted((*place, *found) for place, found in quarantine.items()), accounts)


def accounts_of(run):
    assert run.read + run.added == run.loaded + run.quarantined + run.duplicates + run.filtered
    return (run.read, run.loaded, run.quarantined, run.duplicates, run.filtered, run.added, run.repaired)


def assert_written(query, run, wanted, table="t"):
    assert accounts_of(run) == wanted.accounts
    assert query(f"SELECT * FROM {table} ORDER BY 1, 2, 5") == wanted.rows
    found = query(
        f"SELECT replace(source_file, 'orders/', ''), line, reason, raw FROM {table}_quarantine ORDER BY 1, 2"
    )
    assert found == wanted.quarantine
    assert run.checksum == written_checksum(wanted.rows)


def older(lines):
    return [line for line in lines if line.values[2] > 35]


def tagged(lines):
    return [line._replace(values=(*line.values[:4], tag)) for line in lines for tag in TAGS[line.values[3]]]


def tags(spark):
    rows = [(city, tag) for city, tags in TAGS.items() for tag in tags]
    return spark.createDataFrame(rows, "city string, tag string")


def where(frame):
    return frame.where("age > 35")


def joined(frame):
    return frame.drop("tag").join(broadcast(tags(frame.sparkSession)), "city")


def joined_by_shuffle(frame):
    return frame.drop("tag").join(tags(frame.sparkSession).hint("merge"), "city")


def dropped_by_join(frame):
    kept = tags(frame.sparkSession).select("city").distinct()
    return frame.join(kept, "city", "left_semi")


def spread(frame):
    return frame.repartition(7)


def halved(frame):
    return frame.where("id % 2 = 0").unionByName(frame.where("id IS NULL OR id % 2 = 1"))


def turned(frame):
    return frame.orderBy(col("name").desc())


def kept_lines(lines):
    return [line for line in lines if TAGS[line.values[3]]]


OPERATIONS = {
    "nothing": [],
    "where": [(where, older)],
    "repartition": [(spread, list)],
    "a join that drops rows": [(dropped_by_join, kept_lines)],
    "a broadcast join that multiplies rows": [(joined, tagged)],
    "a shuffled join that multiplies rows": [(joined_by_shuffle, tagged)],
    "a union": [(halved, list)],
    "another order": [(turned, list)],
    "all together": [(where, older), (spread, list), (joined, tagged), (halved, list), (turned, list)],
    "all, shuffled": [(joined_by_shuffle, tagged), (where, older), (spread, list), (dropped_by_join, kept_lines)],
}  # fmt: skip


def columns(frame):
    return frame.select("id", "name", "age", "city", "tag", "_source")


def write(frame, database, table="t", key=("id", "tag"), **options):
    return write_sqlite(columns(frame), database, table, key=key, **options)


@pytest.mark.parametrize("operations", OPERATIONS.values(), ids=OPERATIONS)
def test_every_line_is_accounted_for(spark, database, query, left_behind, orders, operations):
    frame = read(spark, orders)
    for in_spark, _ in operations:
        frame = in_spark(frame)
    run = write(frame, database)
    assert_written(query, run, expected(orders, [in_python for _, in_python in operations]))
    assert left_behind() == []


def failing_once(folder):
    """Ends each partition with an error the first time, once all of its rows are through."""

    def pass_on(batches):
        yield from batches
        marker = Path(folder, f"{TaskContext.get().stageId()}.{TaskContext.get().partitionId()}")
        if not marker.exists():
            marker.touch()
            raise RuntimeError("broken once")

    return lambda frame: frame.mapInArrow(pass_on, frame.schema)


@pytest.mark.parametrize("place", ["after reading", "before writing"])
def test_what_a_task_has_done_counts_once_if_it_is_tried_again(
    spark, database, query, orders, tmp_path, place
):
    markers = tmp_path / "markers"
    markers.mkdir()
    fail = failing_once(str(markers))
    frame = read(spark, orders)
    frame = fail(frame) if place == "after reading" else frame
    frame = columns(joined_by_shuffle(where(frame)))
    frame = fail(frame) if place == "before writing" else frame
    run = write(frame, database)
    assert len(list(markers.iterdir())) > 0
    assert_written(query, run, expected(orders, [older, tagged]))


SOON = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Makes Java start sooner."""

SPECULATIVE = """
import sys, time
from pathlib import Path
from pyspark import TaskContext
from pyspark.sql import SparkSession
master, orders, database, markers, *paths = sys.argv[1:]
sys.path[:0] = paths
import test_operations as tests

tests.small_blocks()
speculation = {
    "": "true", ".interval": "50ms", ".quantile": "0.1", ".multiplier": "1.1", ".minTaskRuntime": "100ms",
    ".efficiency.enabled": "false",
}
builder = SparkSession.builder.master(master).config("spark.ui.enabled", "false")
builder = builder.config("spark.executor.extraJavaOptions", tests.SOON)
for name, value in speculation.items():
    builder = builder.config(f"spark.speculation{name}", value)
spark = builder.config("spark.sql.shuffle.partitions", "2").config("spark.executor.memory", "512m").getOrCreate()


def slow_first(batches):
    context = TaskContext.get()
    Path(markers, f"{context.stageId()}.{context.partitionId()}.{context.attemptNumber()}").touch()
    yield from batches
    if context.attemptNumber() == 0 and context.partitionId() == 1:
        time.sleep(20)


frame = tests.read(spark, Path(orders))
frame = frame.mapInArrow(slow_first, frame.schema)
tests.write(tests.spread(tests.where(frame)).mapInArrow(slow_first, frame.schema), database, run_id="r")
spark.stop()
"""


@pytest.fixture
def cluster_of_two(tmp_path):
    """The address of a master with workers on two hosts: what runs already on one is only copied to another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    address = f"spark://127.0.0.1:{port}"
    home = os.environ.get("SPARK_HOME") or str(Path(pyspark.__file__).parent)
    master = ["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    workers = [
        ["worker.Worker", "--host", host, "--cores", "2", "--memory", "1g", "--webui-port", "0", "--work-dir", tmp_path, address]
        for host in ("127.0.0.1", "127.0.0.2")
    ]  # fmt: skip
    with contextlib.ExitStack() as stack:
        for kind, *options in (master, *workers):
            daemon = subprocess.Popen(
                [f"{home}/bin/spark-class", f"org.apache.spark.deploy.{kind}", *options],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_JAVA_OPTS": SOON},
            )
            stack.callback(daemon.wait)
            stack.callback(daemon.terminate)
        yield address


def test_what_a_task_has_done_counts_once_if_it_runs_twice_at_once(
    database, query, orders, tmp_path, cluster_of_two
):
    """Speculation: of a slow task there is a copy, and the one of both that ends first counts."""
    markers = tmp_path / "markers"
    markers.mkdir()
    script = tmp_path / "job.py"
    script.write_text(SPECULATIVE)
    here = Path(__file__).parent
    paths = [str(here), str(here.parent)]
    search = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), *paths]))
    ended = subprocess.run(
        [sys.executable, script, cluster_of_two, orders, database, markers, *paths],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": search},
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    twice = {marker.name.split(".")[0] for marker in markers.iterdir() if not marker.name.endswith(".0")}
    assert len(twice) == 2, "tasks were to run twice, before the shuffle and after it"
    run = find_run(database, "r", "t")
    assert_written(query, run, expected(orders, [older]))


@pytest.mark.parametrize("mode", ["append", "upsert"])
@pytest.mark.parametrize("operation", [spread, where], ids=["shuffled", "in order"])
def test_keys_that_are_there_already(spark, database, query, orders, mode, operation):
    old = [(n, f"old{n}", 1, "Faro", "-") for n in range(0, 700, 3)]
    frame = spark.createDataFrame(old, "id long, name string, age long, city string, tag string")
    write_sqlite(frame, database, "t", key=["id", "tag"], run_id="old")
    known = [(row[0], row[4]) for row in old]
    wanted = expected(orders, [older] if operation is where else [], known, mode)
    run = write(operation(read(spark, orders)), database, mode=mode)
    new = {(row[0], row[4]): row for row in wanted.rows}
    there = {**new, **{(row[0], row[4]): row for row in old}} if mode == "append" else {
        **{(row[0], row[4]): row for row in old}, **new
    }  # fmt: skip
    assert accounts_of(run) == wanted.accounts
    assert query("SELECT * FROM t ORDER BY 1") == sorted(there.values())
    assert query("SELECT line, reason FROM t_quarantine ORDER BY source_file, line") == [
        (line, reason) for _, line, reason, _ in wanted.quarantine
    ]
    assert run.checksum == written_checksum(wanted.rows)


@pytest.mark.parametrize("operation", [spread, turned, list], ids=["spread", "turned", "in order"])
def test_a_table_without_a_key_has_the_rows_in_the_order_of_their_lines(
    spark, database, query, orders, operation
):
    frame = read(spark, orders)
    run = write(frame if operation is list else operation(frame), database, key=())
    wanted = expected(orders, key=())
    assert accounts_of(run) == wanted.accounts
    names = [row[0] for row in query("SELECT name FROM t ORDER BY rowid")]
    assert names == sorted(names, key=lambda name: int(name[1:]))
    assert sorted(query("SELECT * FROM t")) == wanted.rows


@pytest.mark.parametrize("mode", ["overwrite", "append", "upsert"])
def test_a_table_with_constraints_after_a_shuffle(spark, database, query, orders, mode):
    """Of rows with the same name for the table the first line stays, wherever it was when it was written."""
    make(
        database,
        "CREATE TABLE t (id INTEGER, name TEXT, age INTEGER CHECK (age < 55), city TEXT, tag TEXT, PRIMARY KEY (id, tag))",
    )
    run = write(spread(read(spark, orders)), database, mode=mode)

    def young(lines):
        checked = [line for line in lines if line.reason is None and line.values[2] >= 55]
        return [line._replace(reason="constraint-check") if line in checked else line for line in lines]

    wanted = expected(orders, [young])
    if mode == "upsert":  # by which a key that comes again is found before the table is asked
        assert query("SELECT * FROM t ORDER BY 1") == wanted.rows
        assert query("SELECT line FROM t_quarantine ORDER BY source_file, line") == [
            (line,) for _, line, *_ in wanted.quarantine
        ]
    else:
        assert_written(query, run, wanted)


def test_a_limit_leaves_the_lines_that_it_drops_as_filtered(spark, database, query, orders):
    run = write(read(spark, orders).limit(20), database)
    wanted = expected(orders)
    unreadable = [row for row in wanted.quarantine if row[2] in ("malformed-json", "wrong-type")]
    assert run.read == wanted.accounts[0]
    assert run.loaded + run.quarantined - len(unreadable) + run.duplicates == 20
    assert run.filtered == run.read - len(unreadable) - 20
    assert set(unreadable) <= set(
        query("SELECT replace(source_file, 'orders/', ''), line, reason, raw FROM t_quarantine")
    )


def test_rows_that_a_job_has_made_distinct_are_filtered(spark, database, query, orders):
    """Spark keeps any row of a key: only the numbers are known."""
    run = write(accepted(read(spark, orders)).dropDuplicates(["id"]), database)
    wanted = expected(orders)
    unreadable = [row for row in wanted.quarantine if row[2] in ("malformed-json", "wrong-type")]
    assert (run.read, run.loaded) == wanted.accounts[:2]
    assert (run.quarantined, run.duplicates, run.added) == (len(unreadable), 0, 0)
    assert run.filtered == run.read - run.loaded - len(unreadable)


@pytest.mark.parametrize("is_joined", [False, True])
def test_what_many_rules_have_marked_is_planned_at_once(spark, tmp_path, is_joined):
    """Each further rule would multiply the plan, if Spark copied the one before into it."""
    (tmp_path / "a.jsonl").write_text("".join(f'{{"id": {number}}}\n' for number in range(60)))
    frame = read_json_lines(spark, str(tmp_path / "a.jsonl"), StructType().add("id", "long"))
    if is_joined:
        frame = spark.range(60).join(frame, "id", "left")
    frame = frame.transform(reject("computed", udf(lambda number: number == 1, "boolean")(col("id"))))
    for number in range(20):
        frame = frame.transform(reject(f"rule-{number}", col("id") == 2 * number))
        frame = frame.transform(repair("id", col("id") + lit(0)))
    taken = [row.id for row in accepted(frame).where(col("id") < 50).select("id").collect()]
    assert sorted(taken) == sorted({*range(50)} - {1, *range(0, 40, 2)})


@pytest.mark.parametrize("how", ["localCheckpoint", "checkpoint"])
@pytest.mark.parametrize("operation", [spread, list], ids=["shuffled", "in order"])
def test_a_checkpoint_in_between(spark, database, query, orders, tmp_path, how, operation):
    """The plan says no more where the rows are from; the rows do."""
    spark.sparkContext.setCheckpointDir(str(tmp_path / "checkpoints"))
    frame = read(spark, orders) if operation is list else operation(read(spark, orders))
    run = write(getattr(frame, how)(), database)
    assert_written(query, run, expected(orders))


def test_a_cached_frame_goes_into_two_tables_of_one_run(spark, database, query, orders):
    frame = read(spark, orders).cache()
    try:
        first = write(frame, database, run_id="r")
        second = write(spread(where(frame)), database, "older", run_id="r")
    finally:
        frame.unpersist()
    assert_written(query, first, expected(orders))
    assert_written(query, second, expected(orders, [older]), "older")
    assert query("SELECT target FROM sparkctl_runs WHERE run_id = 'r' ORDER BY 1") == [("older",), ("t",)]


def test_more_partitions_than_databases_can_be_attached(spark, database, query, orders):
    assert read(spark, orders).rdd.getNumPartitions() > 8
    run = write(read(spark, orders).repartition(40), database)
    assert_written(query, run, expected(orders))


def test_no_rows_are_left(spark, database, query, orders):
    """Spark may find out by itself that there is nothing to do, and run no task."""
    for table, frame in {
        "a": read(spark, orders).where("age > 100"),
        "b": read(spark, orders).where(lit(False)),
        "c": joined_by_shuffle(read(spark, orders).where("age > 100")),
    }.items():
        run = write(frame, database, table)
        wanted = expected(orders, [lambda _: []])
        # Where Spark has dropped the reader from its plan, nothing was read.
        assert accounts_of(run) in (wanted.accounts, (0, 0, 0, 0, 0, 0, 0))
        if run.read:
            assert_written(query, run, wanted, table)
        assert query(f"SELECT count(*) FROM {table}") == [(0,)]


def test_two_frames_that_know_their_lines(spark, database, query, orders, tmp_path):
    lookup = tmp_path / "tags.csv"
    lookup.write_text('city,tag\nFaro,s\nMetz,m\nMetz,n\n"broken\n')
    wanted = StructType([StructField("city", StringType()), StructField("tag", StringType())])
    with_tags = read_csv(spark, str(lookup), wanted)
    frame = read(spark, orders).drop("tag")
    both = frame.join(with_tags, "city")
    with pytest.raises(
        errors.UnknownOptionError,
        match=r"^the rows have the column _source 2 times, after a join: drop it from the frame that only adds",
    ):
        write_sqlite(both, database, "t")
    # Of the lookup, too, each line is read; none of them comes to the table.
    run = write(frame.join(with_tags.drop("_source"), "city"), database)
    of_orders = expected(
        orders,
        [
            lambda lines: [
                line._replace(values=(*line.values[:4], tag))
                for line in lines
                for tag in {"Faro": ["s"], "Metz": ["m", "n"]}.get(line.values[3], [])
            ]
        ],
    )
    read_, loaded, quarantined, duplicates, filtered, added, repaired = of_orders.accounts
    assert accounts_of(run) == (read_ + 4, loaded, quarantined + 1, duplicates, filtered + 3, added, repaired)
    assert query("SELECT source_file, line, reason FROM t_quarantine WHERE source_file LIKE '%csv'") == [
        ("tags.csv", 5, "malformed-csv")
    ]


def test_one_file_that_is_read_twice(spark, database, query, tmp_path):
    """Lines of two kinds in one file: what one schema can't read, the other can."""
    path = tmp_path / "events.jsonl"
    path.write_text('{"id": 1, "n": 5}\n{"id": "b", "n": 6}\n{"id": 3, "n": "x"}\n{"id": "4", "n": "y"}\n\n')
    number = StructType([StructField("id", LongType()), StructField("n", LongType())])
    text = StructType([StructField("id", StringType()), StructField("n", LongType())])
    one = read_json_lines(spark, str(path), number).withColumn("id", col("id").cast("string"))
    frame = one.unionByName(read_json_lines(spark, str(path), text))
    run = write_sqlite(frame, database, "t", key="id")
    assert query("SELECT * FROM t") == [("1", 5), ("b", 6)]
    assert query("SELECT line, reason FROM t_quarantine ORDER BY 1") == [(3, "wrong-type"), (4, "wrong-type")]
    assert accounts_of(run) == (4, 2, 2, 0, 0, 0, 0)


def test_one_file_that_is_cut_in_two_ways_is_an_error(spark, database, orders, monkeypatch):
    one = read(spark, orders)
    monkeypatch.setattr(reader, "_most_at_once", lambda _: 20_000)
    two = read_json_lines(spark, str(orders / "a.jsonl"), SCHEMA).withColumn("tag", lit("2"))
    with pytest.raises(
        errors.UnknownOptionError, match=r"a\.jsonl was read twice for this table, with other"
    ):
        write(one.unionByName(two), database)
    assert find_run(database, "r", "t") is None


@pytest.mark.parametrize("table", ["plain", "checked"])
def test_rows_of_no_line(spark, database, query, orders, table):
    """An outer join makes some. They come last, are counted as added, and what rejects them is counted too."""
    check = " CHECK (age <> 7)" if table == "checked" else ""
    make(
        database,
        f"CREATE TABLE t (id INTEGER, name TEXT, age INTEGER{check}, city TEXT, tag TEXT, PRIMARY KEY (id, tag))",
    )
    more = spark.createDataFrame(
        [(number, n) for n, number in enumerate([*range(695, 720), 719, 719])], "id long, n long"
    )
    frame = read(spark, orders).join(more, "id", "full_outer")
    frame = frame.withColumn("tag", lit("-")).withColumn("age", expr("coalesce(age, 1)"))
    frame = frame.transform(reject("unwanted", col("id").between(717, 718)))
    run = write(frame, database)
    wanted = expected(orders)
    [ids] = zip(*query("SELECT id FROM t WHERE name IS NULL ORDER BY 1"), strict=True)
    there = {row[0] for row in wanted.rows}
    assert list(ids) == [n for n in range(695, 720) if n not in there and not 717 <= n <= 718]
    assert query(
        "SELECT line, reason, raw FROM t_quarantine WHERE source_file = '' ORDER BY reason, line"
    ) in (
        [(1, "duplicate-key", ""), (2, "duplicate-key", ""), (3, "unwanted", ""), (4, "unwanted", "")],
        [(3, "duplicate-key", ""), (4, "duplicate-key", ""), (1, "unwanted", ""), (2, "unwanted", "")],
    )
    # Each of them, but for two rows of the same id, and no line that had no match.
    assert run.added == len(ids) + 4
    assert (run.read, run.loaded) == (wanted.accounts[0], wanted.accounts[1] + len(ids))
    assert run.filtered == 0
    accounts_of(run)


def test_a_line_wins_over_a_row_of_no_line(spark, database, query, orders):
    frame = read(spark, orders)
    made = frame.limit(300).select(
        *(col(name) for name in ("id", "age", "city", "tag")),
        lit("made").alias("name"),
        lit(None).cast(SOURCE_TYPE).alias("_source"),
    )
    run = write(columns(made).where("id IS NOT NULL").unionByName(columns(frame)), database)
    wanted = expected(orders)
    assert [row for row in query("SELECT * FROM t ORDER BY 1") if row[1] != "made"] == wanted.rows
    accounts_of(run)


class Clock(NamedTuple):
    text: str
    kept: str


INSTANTS = [
    Clock("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"),
    Clock("2026-01-01T00:00:00.5+01:00", "2025-12-31T23:00:00.500Z"),
    Clock("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
    Clock("2026-01-01T00:00:00.000001Z", "2026-01-01T00:00:00.000001Z"),
]


def test_instants_have_microseconds_where_they_need_them(spark, database, query, tmp_path):
    path = tmp_path / "clocks.jsonl"
    path.write_text(
        "".join(json.dumps({"id": n, "at": clock.text}) + "\n" for n, clock in enumerate(INSTANTS))
    )
    schema = StructType([StructField("id", LongType()), StructField("at", TimestampType())])
    frame = read_json_lines(spark, str(path), schema).withColumn("now", expr("current_timestamp()"))
    run = write_sqlite(frame, database, "t", key="id")
    assert query("SELECT at FROM t ORDER BY id") == [(clock.kept,) for clock in INSTANTS]
    assert query("SELECT at FROM t ORDER BY at") == sorted((clock.kept,) for clock in INSTANTS)
    assert query("SELECT count(*) FROM t WHERE julianday(now) IS NULL") == [(0,)]
    assert run.checksum == written_checksum(query("SELECT * FROM t"))


def test_values_that_no_database_keeps_are_rejected_where_rows_know_their_lines(
    spark, database, query, orders
):
    frame = read(spark, orders).withColumn("price", expr("if(id % 50 = 3, double('NaN'), price)"))
    frame = frame.withColumn("name", expr("if(id % 50 = 4, concat(name, chr(0)), name)"))
    write_sqlite(frame.drop("tag"), database, "t", key="id")
    assert query("SELECT count(*) FROM t WHERE id % 50 IN (3, 4)") == [(0,)]
    bad = [line for line in expected(orders, key=()).rows if line[0] % 50 in (3, 4)]
    assert query("SELECT count(*) FROM t_quarantine WHERE reason = 'invalid-value'") == [(len(bad),)]


def test_a_reason_of_a_job_must_be_a_word(spark):
    for reason in ("Negative", "a b", "", "x" * 65, "loaded", "filtered", "duplicate-key"):
        with pytest.raises(errors.UnknownOptionError, match="can't be a reason: use small letters"):
            reject(reason, lit(True))
    with pytest.raises(
        errors.UnknownOptionError, match="can be rejected as x only while they know which line"
    ):
        spark.range(1).transform(reject("x", lit(True)))


def test_the_format_wants_no_rows_that_know_their_lines(spark, database, orders):
    from sparkctl_io import register_sqlite

    register_sqlite(spark)
    with pytest.raises(Exception) as error:
        columns(read(spark, orders)).write.format("sqlite").mode("append").option("table", "t").save(
            str(database)
        )
    found = errors.find_in(error.value)
    assert isinstance(found, errors.UnknownOptionError)
    assert str(found).startswith("rows that know their lines (column _source) are written with write_sqlite")
    assert not database.exists()


def once_written(monkeypatch, do):
    """Does something between the tasks' writing and the commit."""
    publish = sink_write.publish

    def meanwhile(*given):
        do()
        return publish(*given)

    monkeypatch.setattr(sink_write, "publish", meanwhile)


@pytest.mark.parametrize("operation", [spread, where], ids=["shuffled", "in order"])
def test_a_target_that_is_locked_meanwhile(
    spark, database, query, left_behind, orders, monkeypatch, operation
):
    write(read(spark, orders), database, run_id="before")
    before = query("SELECT * FROM t")
    other = sqlite3.connect(database, isolation_level=None)
    once_written(monkeypatch, lambda: other.execute("BEGIN EXCLUSIVE"))
    with pytest.raises(errors.LockedError):
        write(operation(read(spark, orders)), database, run_id="late", lock_timeout_ms=200)
    other.execute("ROLLBACK")
    other.close()
    assert query("SELECT * FROM t") == before
    assert query("SELECT run_id FROM sparkctl_runs") == [("before",)]
    assert left_behind() == []


@pytest.mark.parametrize("operation", [spread, where], ids=["shuffled", "in order"])
@pytest.mark.parametrize("change", ["gone", "shorter", "other lines"])
def test_an_input_that_changes_before_the_commit(
    spark, database, query, left_behind, orders, monkeypatch, operation, change
):
    write(read(spark, orders), database, run_id="before")
    file = orders / "a.jsonl"
    content = file.read_bytes()

    def meanwhile():
        if change == "gone":
            file.unlink()
        else:
            file.write_bytes(content[: len(content) // 2] if change == "shorter" else b"0" + content[:-1])

    once_written(monkeypatch, meanwhile)
    with pytest.raises(errors.InputUnfitError, match=r"a\.jsonl has changed while it was read: nothing is"):
        write(operation(read(spark, orders)), database, run_id="late")
    assert query("SELECT run_id FROM sparkctl_runs") == [("before",)]
    assert left_behind() == []


def test_a_full_disk_at_the_commit_leaves_the_old_version(
    spark, database, query, left_behind, orders, monkeypatch
):
    write(read(spark, orders), database, run_id="before")
    connect = sqlite3.connect

    class Full(sqlite3.Connection):
        def execute(self, sql, *values):
            if sql.startswith("INSERT OR ABORT INTO main"):
                raise sqlite3.OperationalError("database or disk is full")
            return super().execute(sql, *values)

    monkeypatch.setattr(sqlite3, "connect", lambda *a, **options: connect(*a, **{"factory": Full, **options}))
    for frame in (read(spark, orders), spread(read(spark, orders))):
        with pytest.raises(errors.StorageError, match=rf"^no space left for the database: {database}\. Free"):
            write(frame, database, run_id="late")
    monkeypatch.undo()
    assert query("SELECT run_id FROM sparkctl_runs") == [("before",)]
    assert left_behind() == []


def test_rows_of_a_file_that_this_session_has_not_read(spark, database, orders, tmp_path):
    columns(read(spark, orders)).write.parquet(str(tmp_path / "kept"))
    frame = spark.read.parquet(str(tmp_path / "kept"))
    assert write(frame, database).read == expected(orders).accounts[0]
    moved = frame.withColumn("_source", col("_source").withField("file", lit("/elsewhere/x.jsonl")))
    with pytest.raises(
        errors.AccountingError, match=r"^rows have come from /elsewhere/x\.jsonl, of which this"
    ):
        write(moved, database, run_id="other")


def test_an_arrow_batch_is_of_many_blocks(spark, database, query, orders):
    """Rows of a few blocks in turn, such as a job of its own makes them."""

    def mixed(batches):
        table = pa.Table.from_batches(list(batches))
        order = sorted(range(table.num_rows), key=lambda n: n % 3)
        yield from table.take(pa.array(order, pa.int64())).combine_chunks().to_batches()

    frame = columns(read(spark, orders))
    run = write(frame.coalesce(1).mapInArrow(mixed, frame.schema), database)
    assert_written(query, run, expected(orders))
