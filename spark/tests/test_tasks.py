"""Shards that the driver can't look at are fetched, and what then is published is the same."""

import json
import random

import pytest
from pyspark.sql.functions import col
from pyspark.sql.types import LongType, StringType, StructField, StructType

from sparkctl_io import JobError, read_json_lines, reject, require, write_sqlite
from sparkctl_io.sink import tasks

ROWS = StructType([StructField("id", LongType()), StructField("name", StringType())])


@pytest.fixture
def dirty(tmp_path):
    """Lines with defects and repeated keys."""
    chance = random.Random(3)
    lines = []
    for _ in range(3000):
        row = {"id": chance.randrange(2000), "name": chance.choice(["Ana", "Bo", "", None, 7])}
        lines.append(json.dumps(row) if chance.random() < 0.95 else "{")
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def load(spark, source, database, shuffled=False):
    rows = read_json_lines(spark, str(source), ROWS)
    if shuffled:
        rows = rows.repartition(5)
    rows = rows.transform(require("name")).transform(reject("far", col("id") > 1900))
    return write_sqlite(rows, database, "t", key="id", run_id="r")


@pytest.mark.parametrize("shuffled", [False, True])
def test_fetched_shards_are_published_as_others_are(
    spark, tmp_path, database, query, dirty, monkeypatch, shuffled
):
    tables = ("SELECT * FROM t ORDER BY id", "SELECT * FROM t_quarantine ORDER BY line")
    spark.conf.set("spark.sql.files.maxPartitionBytes", 20_000)
    try:
        load(spark, dirty, database, shuffled)
        here = [query(table) for table in tables]
        counts = query("SELECT read, loaded, quarantined, duplicates, filtered, checksum FROM sparkctl_runs")
        database.unlink()
        monkeypatch.setattr(tasks, "_written_here", tasks._fetched)
        load(spark, dirty, database, shuffled)
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")
    assert [query(table) for table in tables] == here
    assert counts == query(
        "SELECT read, loaded, quarantined, duplicates, filtered, checksum FROM sparkctl_runs"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.jsonl", "test.db"]


def test_large_shards_are_fetched_in_parts(spark, database, query, monkeypatch):
    monkeypatch.setattr(tasks, "_written_here", tasks._fetched)
    monkeypatch.setattr(tasks, "_AT_ONCE", 10_000)
    write_sqlite(spark.range(0, 50_000, 1, 3), database, "t", key="id")
    assert query("SELECT count(*), sum(id) FROM t") == [(50_000, sum(range(50_000)))]


def test_a_task_that_can_not_go_on_says_so_once(spark, database, query, monkeypatch, tmp_path):
    monkeypatch.setattr(tasks, "_written_here", tasks._fetched)
    frame = spark.range(0, 10, 1, 1)
    with pytest.raises(JobError, match="UNIQUE constraint failed"):
        write_sqlite(frame.union(frame), database, "t", key="id")
    assert [path.name for path in tmp_path.iterdir()] in ([], ["test.db"])


def test_only_the_files_of_a_shard_are_taken(tmp_path):
    rows = [{"message": None, "name": "../x.db", "content": b""}]
    with pytest.raises(JobError, match=r"sent a file called '\.\./x\.db'"):
        list(tasks._copied(rows, tmp_path))


def test_what_workers_lack_is_said_before_anything_is_read(spark, database, monkeypatch, tmp_path):
    monkeypatch.setattr(tasks, "_NEEDED", ("numpy", "no_such_package"))
    with pytest.raises(
        JobError, match="the Python of the workers has no no_such_package: install sparkctl-io"
    ):
        tasks._workers_see(spark, tmp_path)


def test_workers_are_asked_for_the_folder(spark, tmp_path):
    assert tasks._workers_see(spark, tmp_path)
    assert not tasks._workers_see(spark, tmp_path / "elsewhere")
