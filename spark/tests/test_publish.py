"""Shards and their publication without Spark: what counts, what doesn't, and what a crash leaves."""

import multiprocessing
import os
import signal
import sqlite3
import stat
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql.datasource import WriterCommitMessage
from pyspark.sql.pandas.types import to_arrow_type
from pyspark.sql.types import DecimalType, DoubleType, LongType, StringType, StructField, StructType
from written_checksum import written_checksum

from sparkctl_io import errors
from sparkctl_io.reading.rows import BlockReport
from sparkctl_io.sink.data_source import SqliteWriter
from sparkctl_io.sink.message import ShardMessage
from sparkctl_io.sink.plan import plan_write
from sparkctl_io.sink.publish import publish
from sparkctl_io.sink.run_ledger import find_run
from sparkctl_io.sink.shard import write_shard
from sparkctl_io.sink.sources import Sources
from sparkctl_io.sink.staging import Staging
from sparkctl_io.sink.target import check_database
from sparkctl_io.source import FLAT_NAMES, SOURCE, SOURCE_TYPE

COLUMNS = StructType([StructField("id", LongType(), nullable=False), StructField("name", StringType())])


def with_column(columns):
    return StructType([*columns, StructField(SOURCE, SOURCE_TYPE)])


ROWS = with_column(COLUMNS)


def plan(
    database,
    schema=COLUMNS,
    mode="overwrite",
    project="/data",
    table="people",
    key="id",
    run_id=None,
    wait=200,
):
    keys = key.split(",")
    made = plan_write(database, table, schema, key=keys, mode=mode, run_id=run_id, lock_timeout_ms=wait)
    staging = Staging.create(database, made.run_id, guarded=False)
    staging.leave()
    return replace(made.staged_in(staging.folder), project=project)


def people(*ids, name="n"):
    return pa.RecordBatch.from_pydict({"id": pa.array(ids, pa.int64()), "name": [f"{name}{i}" for i in ids]})


def lines(*rows, file="/data/a.json", block=0, first=1, places=None):
    """Rows (id, reason) from the lines of one block, each with its text, as from a compressed file."""
    ids, reasons = zip(*((row if isinstance(row, tuple) else (row, None)) for row in rows), strict=True)
    places = list(range(first, first + len(rows))) if places is None else places
    names = [f"{file[-6]}{block}:{line}" for line in places]
    values = [
        [file] * len(rows),
        [block] * len(rows),
        places,
        [None] * len(rows),
        [f"raw {n}" for n in names],
        [line % 2 == 0 for line in places],
        reasons,
    ]
    return with_places(
        pa.RecordBatch.from_pydict({"id": pa.array(ids, pa.int64()), "name": names}),
        dict(zip(SOURCE_TYPE.names, values, strict=True)),
    )


def with_places(rows, fields):
    kinds = [to_arrow_type(field.dataType) for field in SOURCE_TYPE]
    for flat, name, kind in zip(FLAT_NAMES, SOURCE_TYPE.names, kinds, strict=True):
        rows = rows.append_column(flat, pa.array(fields[name], kind))
    return rows


def reports_of(*tasks):
    """Makes the reports of a reader that has read these rows and no others."""
    reports = {}
    for batch in (batch for task in tasks for batch in task if FLAT_NAMES[0] in batch.schema.names):
        for file, block, line in zip(*(batch.column(n).to_pylist() for n in FLAT_NAMES[:3]), strict=True):
            if file is not None:
                report = reports.setdefault((file, block), BlockReport())
                report.lines = max(report.lines, line)
    return reports


def shards(the_plan, *tasks):
    """Makes the tasks' messages to the commit, by way of the text that Spark carries."""
    said = [write_shard(the_plan, n, iter(task)).to_json() for n, task in enumerate(tasks)]
    return [ShardMessage.from_json(text) for text in said]


def write(the_plan, *tasks, reports=None):
    messages = shards(the_plan, *tasks)
    return publish(
        the_plan, messages, Sources(reports_of(*tasks) if reports is None else reports, the_plan.project)
    )


NOTHING = Sources({}, "/data")


def test_a_write_publishes_rows_and_its_run(database, query, left_behind):
    done = plan(database, run_id="first")
    assert write(done, [people(1, 2)], [people(3)], []) is True
    assert query("SELECT * FROM people ORDER BY id") == [(1, "n1"), (2, "n2"), (3, "n3")]
    run = find_run(database, "first", "people")
    assert run is not None
    assert (run.target, run.mode, run.read, run.loaded) == ("people", "overwrite", 3, 3)
    assert (run.quarantined, run.duplicates, run.filtered, run.repeated) == (0, 0, 0, True)
    assert query("SELECT sql FROM sqlite_schema WHERE name = 'people'") == [
        ('CREATE TABLE "people" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT) STRICT',)
    ]
    assert stat.S_IMODE(database.stat().st_mode) == 0o660


def test_nothing_of_a_repeated_or_failed_attempt_counts(database, query):
    asked = plan(database)
    stale = write_shard(asked, 0, iter([people(1, 2)]))
    message = write_shard(asked, 0, iter([people(1, 2)]))

    def broken():
        yield people(3)
        raise RuntimeError("the worker is gone")

    with pytest.raises(RuntimeError):
        write_shard(asked, 1, broken())
    assert len(list(os.scandir(asked.staging))) == len({stale.path, message.path, "unguarded"})
    publish(asked, [message], NOTHING)
    assert query("SELECT id FROM people") == [(1,), (2,)]


def test_a_committed_run_changes_nothing(database, query):
    write(plan(database, run_id="one"), [people(1)])
    late = plan(database, run_id="two", mode="append")
    write(plan(database, run_id="two", mode="append"), [people(2)])
    assert late.already_committed is False
    assert write(late, [people(3)]) is False
    assert plan(database, run_id="two").already_committed is True
    assert query("SELECT id FROM people") == [(1,), (2,)]
    assert query("SELECT run_id, loaded FROM sparkctl_runs ORDER BY 1") == [("one", 1), ("two", 1)]


def test_overwrite_replaces_append_adds_upsert_updates(database, query):
    write(plan(database), [people(1, 2)])
    write(plan(database), [people(2, 3, name="new")])
    assert query("SELECT * FROM people") == [(2, "new2"), (3, "new3")]
    write(plan(database, mode="append"), [people(1)], [people(9, 8)])
    assert query("SELECT * FROM people") == [(1, "n1"), (2, "new2"), (3, "new3"), (8, "n8"), (9, "n9")]
    write(plan(database, mode="upsert", run_id="up"), [people(1, 4, name="up")], [people(8, name="up")])
    assert query("SELECT name FROM people") == [("up1",), ("new2",), ("new3",), ("up4",), ("up8",), ("n9",)]
    assert query("SELECT mode, read, loaded FROM sparkctl_runs WHERE run_id = 'up'") == [("upsert", 3, 3)]


@pytest.mark.parametrize("mode", ["append", "overwrite", "upsert"])
@pytest.mark.parametrize(
    "tasks", [[[people(1), people(1)]], [[people(1)], [people(1)]]], ids=["one task", "two"]
)
def test_a_repeated_key_without_a_source_is_an_error(database, query, tasks, mode):
    write(plan(database), [people(7)])
    with pytest.raises(errors.ConstraintError, match=r"^UNIQUE constraint failed: people\.id in /"):
        write(plan(database, mode=mode), *tasks)
    assert query("SELECT id FROM people") == [(7,)]


def test_rejected_rows_are_published_with_their_lines(database, query):
    """Lines that are no rows are known from the reports; from one that was read no row has come."""
    first = [lines(1, places=[1]), lines(3, (4, "negative-price"), first=5)]
    second = [
        lines((None, "missing-key"), 5, block=100),
        lines((6, "wrong-type"), file="/else/b.json"),
    ]
    unreadable = pa.table(
        {"line": [2], "offset": pa.nulls(1, pa.int64()), "raw": ["raw a0:2"], "reason": ["malformed-json"]}
    )
    reports = reports_of(first, second)
    reports["/data/a.json", 0] = BlockReport(lines=6, blank=1, unreadable=unreadable)
    write(plan(database, ROWS, run_id="r"), second, first, reports=reports)
    assert query("SELECT id, name FROM people") == [(1, "a0:1"), (3, "a0:5"), (5, "a100:2")]
    assert query("SELECT * FROM people_quarantine ORDER BY source_file, line") == [
        ("r", "/else/b.json", 1, "wrong-type", "raw b0:1"),
        ("r", "a.json", 2, "malformed-json", "raw a0:2"),
        ("r", "a.json", 6, "negative-price", "raw a0:6"),
        ("r", "a.json", 7, "missing-key", "raw a100:1"),
    ]
    run = find_run(database, "r", "people")
    assert run is not None
    assert (run.read, run.loaded, run.quarantined, run.duplicates, run.filtered) == (8, 3, 4, 0, 1)
    assert run.added == 0


@pytest.mark.parametrize("mode", ["overwrite", "append", "upsert"])
@pytest.mark.parametrize("spread", [1, 2, 12], ids=["one task", "two tasks", "more than can be attached"])
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "scattered"])
def test_the_first_line_of_a_key_wins(database, query, mode, spread, turned):
    """Blocks are written by whichever task, in whichever order: the file's order decides."""
    blocks = [
        lines(5, 1, 5, 2, block=0),
        lines(9, 2, 3, 3, block=100),
        lines((1, "invalid-value"), 5, 4, block=200),
        lines(1, 10, file="/data/b.json"),
        *(lines(100 + n, 9, file="/data/c.json", block=n) for n in range(12)),
    ]
    if turned:
        blocks = [block.take(pa.array(range(block.num_rows))[::-1]) for block in blocks]
        spread = min(spread, 8)
    tasks = [blocks[::-1][n::spread] for n in range(spread)]
    write(plan(database, ROWS, mode=mode, run_id="r"), *tasks)
    winners = {1: "a0:2", 2: "a0:4", 3: "a100:3", 4: "a200:3", 5: "a0:1", 9: "a100:1", 10: "b0:2"}
    assert dict(query("SELECT id, name FROM people WHERE id < 100")) == winners
    assert query("SELECT count(*) FROM people") == [(7 + 12,)]
    assert query(
        "SELECT source_file, line, reason, raw FROM people_quarantine WHERE source_file <> 'c.json' ORDER BY 1, 2"
    ) == [
        ("a.json", 3, "duplicate-key", "raw a0:3"),
        ("a.json", 6, "duplicate-key", "raw a100:2"),
        ("a.json", 8, "duplicate-key", "raw a100:4"),
        ("a.json", 9, "invalid-value", "raw a200:1"),
        ("a.json", 10, "duplicate-key", "raw a200:2"),
        ("b.json", 1, "duplicate-key", "raw b0:1"),
    ]
    assert query("SELECT line FROM people_quarantine WHERE source_file = 'c.json' ORDER BY 1") == [
        (n,) for n in range(2, 25, 2)
    ]
    run = find_run(database, "r", "people")
    assert run is not None
    assert (run.read, run.loaded, run.quarantined, run.duplicates) == (13 + 24, 19, 1, 17)
    assert run.checksum == written_checksum(query("SELECT * FROM people"))


def test_the_checksum_is_that_of_the_rows_that_a_run_has_added(database, query):
    write(plan(database, ROWS, run_id="a"), [lines(1, 2, 3)])
    write(plan(database, ROWS, run_id="b", mode="append"), [lines(3, 4, 2, file="/b.json")], [lines(9)])
    run = find_run(database, "b", "people")
    assert run is not None
    assert (run.loaded, run.duplicates) == (2, 2)
    assert run.checksum == written_checksum(query("SELECT * FROM people WHERE id > 3"))
    write(plan(database, ROWS, run_id="c", mode="upsert"), [lines(4, 5, file="/c.json")])
    run = find_run(database, "c", "people")
    assert run is not None
    assert run.checksum == written_checksum(query("SELECT * FROM people WHERE id IN (4, 5)"))


def test_several_tables_of_one_run_are_each_written_once(database, query):
    for _ in range(2):
        for table in ("people", "friends"):
            asked = plan(database, ROWS, run_id="r", table=table)
            write(asked, [lines(1, (2, "wrong-type"))])
    assert query("SELECT id FROM people") == query("SELECT id FROM friends") == [(1,)]
    assert (
        query("SELECT line FROM people_quarantine") == query("SELECT line FROM friends_quarantine") == [(2,)]
    )
    assert query("SELECT run_id, target, loaded, quarantined FROM sparkctl_runs ORDER BY rowid") == [
        ("r", "people", 1, 1),
        ("r", "friends", 1, 1),
    ]
    assert find_run(database, "r", "strangers") is None
    assert plan(database, run_id="r", table="Friends").already_committed is True


BEFORE = """
CREATE TABLE sparkctl_runs (run_id TEXT PRIMARY KEY NOT NULL, target TEXT NOT NULL, mode TEXT NOT NULL,
  read INTEGER NOT NULL, loaded INTEGER NOT NULL, quarantined INTEGER NOT NULL, duplicates INTEGER NOT NULL,
  filtered INTEGER NOT NULL, committed_at TEXT NOT NULL{checksum}) STRICT;
CREATE TABLE people (id INTEGER NOT NULL PRIMARY KEY, name TEXT) STRICT;
CREATE TABLE people_quarantine (run_id TEXT NOT NULL, source_file TEXT NOT NULL, line INTEGER NOT NULL,
  reason TEXT NOT NULL, raw TEXT NOT NULL, PRIMARY KEY (source_file, line)) STRICT;
CREATE INDEX by_reason ON people_quarantine (reason);
CREATE VIEW rejected AS SELECT r.run_id, q.line FROM sparkctl_runs AS r JOIN people_quarantine AS q USING (run_id);
INSERT INTO people VALUES (1, 'n1');
INSERT INTO people_quarantine VALUES ('old', 'a.json', 2, 'wrong-type', 'raw');
INSERT INTO sparkctl_runs VALUES ('old', 'people', 'append', 2, 1, 1, 0, 0, '2026-01-01T00:00:00.000Z'{value});
"""


def before(database, with_checksum=True):
    """A database as it was made when the run id alone was the key of the ledger, or even before checksums."""
    connection = sqlite3.connect(database)
    connection.executescript(
        BEFORE.format(checksum=", checksum TEXT", value=", 'sum'")
        if with_checksum
        else BEFORE.format(checksum="", value="")
    )
    connection.close()


@pytest.mark.parametrize("with_checksum", [True, False])
def test_a_database_from_before_is_carried_over_with_all_that_is_in_it(database, query, with_checksum):
    before(database, with_checksum)
    run = find_run(database, "old", "people")
    assert run is not None
    assert (run.loaded, run.checksum) == (1, "sum" if with_checksum else None)
    assert plan(database, ROWS, run_id="old", mode="append").already_committed is True
    for table in ("people", "friends"):
        write(plan(database, ROWS, run_id="new", mode="append", table=table), [lines(2, (3, "wrong-type"))])
    assert query("SELECT run_id, target, checksum FROM sparkctl_runs ORDER BY rowid") == [
        ("old", "people", "sum" if with_checksum else None),
        *[("new", table, written_checksum([(2, "a0:1")])) for table in ("people", "friends")],
    ]
    assert query("SELECT run_id, source_file, line FROM people_quarantine ORDER BY rowid") == [
        ("old", "a.json", 2),
        ("new", "a.json", 2),
    ]
    assert query("SELECT run_id, line FROM rejected GROUP BY 1, 2") == [("new", 2), ("old", 2)]
    assert query("SELECT tbl_name FROM sqlite_schema WHERE name = 'by_reason'") == [("people_quarantine",)]
    assert query("PRAGMA integrity_check") == [("ok",)]


def test_a_write_that_fails_carries_nothing_over(database):
    before(database)
    with pytest.raises(errors.ConstraintError):
        write(plan(database, mode="append"), [people(1)])
    connection = sqlite3.connect(database)
    was = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE name LIKE '%_quarantine' OR name LIKE '%_runs'"
    )
    assert all("PRIMARY KEY (run_id" not in sql for (sql,) in was.fetchall())
    connection.close()


@pytest.mark.parametrize("key", ["id", "name"])
def test_a_key_of_an_earlier_batch_is_found(database, query, key):
    """Rising keys, falling ones and repeated ones, over several batches of one block."""
    asked = plan(database, ROWS, key=key)
    keys = [[1, 2, 3], [4, 2, 5], [5, 1, 0], [9, 8, 9], [10, 11, 0], [12, 13, 14]]
    batches = []
    for number, part in enumerate(keys):
        batch = lines(*part, first=1 + 3 * number)
        names = pa.array([f"key {value}" for value in part])
        batches.append(batch.set_column(1, "name", names) if key == "name" else batch)
    write(asked, batches)
    assert [row[0] for row in query("SELECT id FROM people ORDER BY id")] == [*range(6), *range(8, 15)]
    assert query("SELECT line FROM people_quarantine") == [(5,), (7,), (8,), (12,), (15,)]


def file_of(path, blocks):
    """Writes lines to a file and gives them as the rows of blocks, which begin where lines were cut."""
    path.write_bytes(b"".join(line + b"\n" for block in blocks for line in block))
    end, rows = 0, []
    for block in blocks:
        # A block leaves the line that it cuts to the block before.
        start = end - 3 if end else 0
        offsets = []
        for line in block:
            offsets.append(end + (3 if line.startswith(b"\xef\xbb\xbf") else 0))
            end += len(line) + 1
        batch = lines(*(int(line.split()[1]) for line in block), file=str(path), block=start)
        fields = {name: batch.column(flat) for flat, name in zip(FLAT_NAMES, SOURCE_TYPE.names, strict=True)}
        fields |= {"offset": offsets, "raw": [None] * len(block)}
        rows.append(with_places(batch.drop_columns(FLAT_NAMES), fields))
    return rows


BLOCKS = [
    [b"\xef\xbb\xbfline 1", b"line 2\r"],
    [b"line 3", b"line 1", "line 2 ä€".encode()],
    [b"line 3 last"],
]
REPEATED = [("a b.json", 4, "line 1"), ("a b.json", 5, "line 2 ä€"), ("a b.json", 6, "line 3 last")]


def files_beside(asked):
    return b"".join(open(part, "rb").read() for part in os.scandir(asked.staging) if ".arrow" in part.name)


@pytest.mark.parametrize("tasks", [1, 3])
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "scattered"])
def test_the_text_of_a_repeated_key_is_read_again_from_its_file(database, query, tasks, turned, tmp_path):
    blocks = file_of(tmp_path / "a b.json", BLOCKS)
    if turned:
        blocks = [block.take(pa.array(range(block.num_rows))[::-1]) for block in blocks]
    asked = plan(database, ROWS, project=str(tmp_path))
    parts = [blocks[n::tasks] for n in range(tasks)]
    messages = shards(asked, *parts)
    assert b"line 1" not in files_beside(asked)
    publish(asked, messages, Sources(reports_of(*parts), asked.project))
    assert query("SELECT source_file, line, raw FROM people_quarantine ORDER BY line") == REPEATED


@pytest.mark.parametrize("change", ["shorter", "gone", "longer lines"])
def test_a_file_that_changes_during_the_run_stops_the_publication(database, query, change, tmp_path):
    write(plan(database, ROWS), [lines(7)])
    path = tmp_path / "a.json"
    asked = plan(database, ROWS)
    blocks = file_of(path, BLOCKS)
    messages = shards(asked, *([block] for block in blocks))
    path.unlink() if change == "gone" else path.write_bytes(
        b"line 1\n" * 3 if change == "shorter" else b"a longer line\n" * 9
    )
    with pytest.raises(
        errors.InputUnfitError, match=r"a\.json has changed while it was read: nothing is pub"
    ):
        publish(asked, messages, Sources(reports_of(blocks), asked.project))
    assert query("SELECT id FROM people") == [(7,)]


def test_rows_that_go_missing_on_the_way_stop_the_publication(database, query):
    write(plan(database), [people(1)])
    asked = plan(database)
    message = write_shard(asked, 0, iter([people(2, 3)]))
    shard = sqlite3.connect(message.path)
    shard.execute("DELETE FROM rows_0 WHERE id = 3")
    shard.commit()
    shard.close()
    with pytest.raises(errors.AccountingError) as error:
        publish(asked, [message], NOTHING)
    assert str(error.value) == "2 rows were to be loaded into people, 1 were: nothing is published"
    assert query("SELECT id FROM people") == [(1,)]


def test_a_sqlite_that_is_too_old_is_named_at_once(database, monkeypatch):
    write(plan(database), [people(1)])
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(
        errors.UnavailableError, match=r"^SQLite 3\.37 or newer is needed .* has 3\.34\.1: take"
    ):
        check_database(database, 200)


def test_a_line_from_which_nothing_came_is_filtered_and_further_rows_of_one_are_added(database, query):
    reports = {("/data/a.json", 0): BlockReport(lines=9, blank=1)}
    rows = lines(1, 2, 3, 4, (5, "sold-out"), (6, "sold-out"), places=[1, 2, 2, 2, 5, 5])
    write(plan(database, ROWS, run_id="r"), [rows], reports=reports)
    run = find_run(database, "r", "people")
    assert run is not None
    assert (run.read, run.added) == (8, 2)
    assert (run.loaded, run.quarantined, run.duplicates, run.filtered) == (4, 1, 0, 5)
    assert query("SELECT line FROM people_quarantine") == [(5,)]


def test_more_lines_than_were_read_are_an_error(database, query):
    write(plan(database, ROWS), [lines(7)])
    reports = {("/data/a.json", 0): BlockReport(lines=2, blank=1)}
    with pytest.raises(errors.AccountingError, match=r"^1 lines were read, .* 2 have come to the end"):
        write(plan(database, ROWS), [lines(1, 2)], reports=reports)
    with pytest.raises(errors.AccountingError, match=r"^rows have come from /data/a\.json, of which this"):
        write(plan(database, ROWS), [lines(1, (2, "sold-out"))], reports={})
    assert query("SELECT id FROM people") == [(7,)]


@pytest.mark.parametrize("spread", [1, 12])
def test_append_rejects_keys_that_are_there_and_upsert_takes_them(database, query, spread):
    write(plan(database, ROWS), [lines(1, 50)])
    blocks = [lines(1, n + 10, block=n, file="/data/b.json") for n in range(12)]
    write(plan(database, ROWS, mode="append"), *(blocks[n::spread] for n in range(spread)))
    assert query("SELECT name FROM people WHERE id = 1") == [("a0:1",)]
    assert query("SELECT count(*) FROM people") == [(14,)]
    assert query("SELECT line FROM people_quarantine") == [(n,) for n in range(1, 24, 2)]
    write(plan(database, ROWS, mode="upsert", run_id="up"), *(blocks[n::spread] for n in range(spread)))
    assert query("SELECT name FROM people WHERE id = 1") == [("b0:1",)]
    assert query("SELECT line FROM people_quarantine WHERE run_id = 'up'") == [(n,) for n in range(3, 24, 2)]


@pytest.mark.parametrize("sign", [".sparkctl", "package.json", ".git", None])
def test_source_files_have_one_name_whatever_the_working_folder_is(tmp_path, monkeypatch, sign):
    project = tmp_path / "project"
    data, database = project / "data", project / "tables" / "test.db"
    for folder in (data, database.parent):
        folder.mkdir(parents=True)
    if sign is not None:
        (project / sign).mkdir()
    names = set()
    for folder in (tmp_path, project, data):
        monkeypatch.chdir(folder)
        asked = plan_write(
            Path(os.path.relpath(database)),
            "people",
            ROWS,
            key=[],
            mode="append",
            run_id=None,
            lock_timeout_ms=None,
        )
        sources = Sources({}, asked.project)
        for file in (data / "a b.json", database.parent / "c.json", tmp_path / "d.json"):
            names |= {sources.name(str(file)), sources.name(file.as_uri())}
    inside = {"data/a b.json", "tables/c.json"} if sign else {str(data / "a b.json"), "c.json"}
    assert names == inside | {str(tmp_path / "d.json")}


@pytest.mark.parametrize("strange", ["foreign", "missing", "twice"])
@pytest.mark.parametrize("mode", ["overwrite", "append"])
def test_a_commit_that_has_not_one_message_of_each_task_is_an_error(database, query, mode, strange):
    write(plan(database), [people(7)])
    asked = plan(database, mode=mode)
    first, second = (write_shard(asked, n, iter([people(n)])) for n in range(2))
    said = {"foreign": [first, WriterCommitMessage()], "missing": [second], "twice": [first, first]}[strange]
    with pytest.raises(
        errors.AccountingError, match=r"messages, . of them from tasks of this write .*: nothing"
    ):
        SqliteWriter(asked).commit(said)
    assert query("SELECT id FROM people") == [(7,)]


def test_overwrite_replaces_the_quarantine_and_other_modes_add_to_it(database, query):
    """Whatever a row of the ledger counts is there, also if the next run reads a file of the same name."""
    write(plan(database, ROWS, run_id="a"), [lines(1, (2, "invalid-value"))])
    write(plan(database, ROWS, run_id="b", mode="append"), [lines(3, (4, "wrong-type"))])
    write(plan(database, ROWS, run_id="c", mode="upsert"), [lines(5, (6, "wrong-type"), (7, "missing-key"))])
    kept = query("SELECT run_id, source_file, line, reason FROM people_quarantine ORDER BY 1, 2, 3")
    assert kept == [
        ("a", "a.json", 2, "invalid-value"),
        ("b", "a.json", 2, "wrong-type"),
        ("c", "a.json", 2, "wrong-type"),
        ("c", "a.json", 3, "missing-key"),
    ]
    counted = query("SELECT run_id, count(*) FROM people_quarantine GROUP BY 1")
    assert query("SELECT run_id, quarantined FROM sparkctl_runs ORDER BY 1") == counted
    write(plan(database, run_id="d"), [people(1)])
    assert query("SELECT count(*) FROM people_quarantine") == [(0,)]


def test_keys_of_several_columns_and_of_text(database, query):
    columns = StructType(
        [
            StructField("country", StringType()),
            StructField("price", DecimalType(10, 2)),
            StructField("x", DoubleType()),
        ]
    )

    def rows(*keys, block):
        part = lines(*range(len(keys)), block=block).drop_columns(["id", "name"])
        values = pa.array([Decimal(key[1]) for key in keys], pa.decimal128(10, 2))
        part = part.append_column("country", pa.array([key[0] for key in keys])).append_column(
            "price", values
        )
        return part.append_column("x", pa.array([float(block)] * len(keys)))

    asked = plan(database, with_column(columns), key="country,price")
    write(asked, [rows(("de", 1), ("fr", 1), ("de", 1), block=1)], [rows(("fr", 1), ("fr", 2), block=0)])
    assert query("SELECT * FROM people ORDER BY 1, 2") == [
        ("de", 1.0, 1.0),
        ("fr", 1.0, 0.0),
        ("fr", 2.0, 0.0),
    ]
    assert query("SELECT line, raw FROM people_quarantine ORDER BY 1") == [(4, "raw a1:2"), (5, "raw a1:3")]


def test_names_are_data_whatever_they_are(database, query):
    table, column = 'x"; DROP TABLE people; --', "a b'\"]"
    write(plan(database), [people(1)])
    schema = with_column([StructField(column, LongType())])
    batch = lines(1, 1).rename_columns({"id": column}).drop_columns(["name"])
    asked = plan(database, schema, table=table, key=column)
    write(asked, [batch])
    doubled = table.replace('"', '""')
    assert query(f'SELECT * FROM "{doubled}"') == [(1,)]
    assert query(f'SELECT line FROM "{doubled}_quarantine"') == [(2,)]
    assert query("SELECT id FROM people") == [(1,)]


def test_a_task_whose_words_were_lost_is_no_success_when_it_is_tried_again(database, query, left_behind):
    asked = plan(database)
    keyless = people(1).set_column(0, "id", pa.array([None], pa.int64()))
    failed = write_shard(asked, 0, iter([keyless]))
    again = write_shard(asked, 0, iter([people(1)]))
    with pytest.raises(errors.StoppedError, match="another task of this write has failed"):
        publish(asked, [again], NOTHING)
    with pytest.raises(errors.ConstraintError):
        publish(asked, [again, failed], NOTHING)


def test_a_key_that_is_null_is_refused(database):
    with pytest.raises(
        errors.ConstraintError, match="a row has no value in id, which is in the primary key of people"
    ):
        write(plan(database), [people(1).set_column(0, "id", pa.array([None], pa.int64()))])


def test_a_locked_database_is_waited_for_and_then_refused(database, query):
    write(plan(database), [people(1)])
    asked = plan(database)
    message = write_shard(asked, 0, iter([people(2)]))
    other = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(errors.LockedError) as error:
        publish(asked, [message], NOTHING)
    assert str(error.value) == (
        f"database is locked by another process: {database}. Try again when it has finished."
    )
    assert error.value.exit_code == 75
    threading.Timer(0.05, lambda: other.execute("COMMIT")).start()
    assert publish(asked, [message], NOTHING) is True
    other.close()
    assert query("SELECT id FROM people") == [(2,)]


def _publish_many(database, name, barrier):
    asked = plan(database, mode="append", wait=60_000, run_id=name)
    message = write_shard(asked, 0, iter([people(*range(20_000), name=name)]))
    barrier.wait()
    try:
        publish(asked, [message], NOTHING)
    except errors.ConstraintError:
        os._exit(3)


def test_of_two_writers_at_once_each_gets_its_turn(database, query):
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    writers = [context.Process(target=_publish_many, args=(database, name, barrier)) for name in ("x", "y")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(writer.exitcode for writer in writers) == [0, 3]
    [(winner,)] = query("SELECT run_id FROM sparkctl_runs")
    assert query("SELECT count(*), count(DISTINCT substr(name, 1, 1)) FROM people") == [(20_000, 1)]
    assert query("SELECT name FROM people WHERE id = 5") == [(f"{winner}5",)]


def _die_before_commit(database, staged):
    connection_commit = sqlite3.connect

    class Dying(sqlite3.Connection):
        def execute(self, sql, *values):
            if sql == "COMMIT":
                os.kill(os.getpid(), signal.SIGKILL)
            return super().execute(sql, *values)

    sqlite3.connect = lambda *arguments, **options: connection_commit(*arguments, factory=Dying, **options)
    publish(*staged, NOTHING)


def test_a_commit_that_is_killed_leaves_the_old_version(database, query):
    write(plan(database), [people(*range(100_000))])
    asked = plan(database)
    message = write_shard(asked, 0, iter([people(*range(50_000, 150_000), name="new")]))
    victim = multiprocessing.get_context("fork").Process(
        target=_die_before_commit, args=(database, (asked, [message]))
    )
    victim.start()
    victim.join()
    assert victim.exitcode == -signal.SIGKILL
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    assert query(
        "SELECT count(*), min(id), max(id), count(DISTINCT substr(name, 1, 3)) < 100000 FROM people"
    ) == [(100_000, 0, 99_999, 1)]
    assert query("SELECT count(*) FROM sparkctl_runs") == [(1,)]
    publish(asked, [message], NOTHING)
    assert query("SELECT min(id), max(id) FROM people") == [(50_000, 149_999)]


def _poll(database, committing, done, refused):
    """Reads again and again, without any patience, and counts when it was refused before the very COMMIT."""
    while not done.is_set():
        connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=0)
        try:
            connection.execute("SELECT count(*) FROM people WHERE id < 100").fetchone()
            refused[0] += 1
        except sqlite3.OperationalError:
            refused[1 if not committing.is_set() else 2] += 1
        finally:
            connection.close()


@pytest.mark.parametrize("mode", ["overwrite", "append", "upsert"])
def test_readers_wait_for_the_very_end_of_a_large_commit_only(database, query, monkeypatch, mode):
    """More than a hundred megabytes: a cache that runs over takes the lock long before the end."""
    write(plan(database), [people(*range(1_000_000, 1_010_000))])
    asked = plan(database, mode=mode, wait=60_000)
    name = "x" * 1000
    message = write_shard(
        asked, 0, (people(*range(start, start + 10_000), name=name) for start in range(0, 120_000, 10_000))
    )
    context = multiprocessing.get_context("fork")
    committing, done, polls = context.Event(), context.Event(), context.Array("i", 3)

    class Watched(sqlite3.Connection):
        def execute(self, sql, *values):
            if sql == "COMMIT":
                committing.set()
            return super().execute(sql, *values)

    reader = context.Process(target=_poll, args=(database, committing, done, polls))
    reader.start()
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **options: connect(*a, factory=Watched, **options))
    publish(asked, [message], NOTHING)
    done.set()
    reader.join()
    assert polls[0] > 0
    assert polls[1] == 0, f"{polls[1]} of {sum(polls)} reads were refused while rows were still copied"
    assert query("SELECT count(*) FROM people WHERE id < 1000000") == [(120_000,)]
