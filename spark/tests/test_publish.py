"""Shards and their publication without Spark: what counts, what doesn't, and what a crash leaves."""

import gzip
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
from pyspark.sql.types import DecimalType, DoubleType, LongType, StringType, StructField, StructType
from written_checksum import written_checksum

from sparkctl_jobs import errors
from sparkctl_jobs.provenance import with_provenance
from sparkctl_jobs.sink.data_source import SqliteWriter, plan_write
from sparkctl_jobs.sink.order import in_order
from sparkctl_jobs.sink.plan import Stage
from sparkctl_jobs.sink.publish import publish
from sparkctl_jobs.sink.run_ledger import find_run
from sparkctl_jobs.sink.segment import Segment, ShardMessage
from sparkctl_jobs.sink.shard import write_shard
from sparkctl_jobs.sink.staging import remove_folder
from sparkctl_jobs.sink.target import check_database

COLUMNS = StructType([StructField("id", LongType(), nullable=False), StructField("name", StringType())])
ROWS = with_provenance(COLUMNS)


def plan(database, schema=COLUMNS, mode="overwrite", keeps_lines=False, project="/data", **options):
    asked = {
        "path": str(database),
        "table": "people",
        "key": "id",
        "lockTimeoutMs": "200",
    }
    made = plan_write({**asked, "mode": mode, **options}, schema, mode == "overwrite", keeps_lines)
    return replace(made, project=project)


def people(*ids, name="n"):
    return pa.RecordBatch.from_pydict({"id": pa.array(ids, pa.int64()), "name": [f"{name}{i}" for i in ids]})


def lines(*rows, file="file:///data/a.json", block=0, first=1):
    """Rows (id, reason) as a job makes them from the lines of one block."""
    ids, reasons = zip(*((row if isinstance(row, tuple) else (row, None)) for row in rows), strict=True)
    places = list(range(first, first + len(rows)))
    return pa.RecordBatch.from_pydict(
        {
            "id": pa.array(ids, pa.int64()),
            "name": [f"{file[-6]}{block}:{line}" for line in places],
            "_reason": pa.array(reasons, pa.string()),
            "_raw": [f"raw {file[-6]}{block}:{line}" for line in places],
            "_source_file": [file] * len(rows),
            "_block": pa.array([block] * len(rows), pa.int64()),
            "_line": pa.array(places, pa.int64()),
        }
    )


def write(the_plan, *tasks):
    return publish(the_plan, [write_shard(the_plan, n, iter(task)) for n, task in enumerate(tasks)])


def test_a_write_publishes_rows_and_its_run(database, query, left_behind):
    done = plan(database, runId="first")
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
    publish(asked, [message])
    assert query("SELECT id FROM people") == [(1,), (2,)]


def test_a_committed_run_changes_nothing(database, query):
    write(plan(database, runId="one"), [people(1)])
    late = plan(database, runId="two", mode="append")
    write(plan(database, runId="two", mode="append"), [people(2)])
    assert late.already_committed is False
    assert write(late, [people(3)]) is False
    assert plan(database, runId="two").already_committed is True
    assert query("SELECT id FROM people") == [(1,), (2,)]
    assert query("SELECT run_id, loaded FROM sparkctl_runs ORDER BY 1") == [("one", 1), ("two", 1)]


def test_overwrite_replaces_append_adds_upsert_updates(database, query):
    write(plan(database), [people(1, 2)])
    write(plan(database), [people(2, 3, name="new")])
    assert query("SELECT * FROM people") == [(2, "new2"), (3, "new3")]
    write(plan(database, mode="append"), [people(1)], [people(9, 8)])
    assert query("SELECT * FROM people") == [(1, "n1"), (2, "new2"), (3, "new3"), (8, "n8"), (9, "n9")]
    write(plan(database, mode="upsert", runId="up"), [people(1, 4, name="up")], [people(8, name="up")])
    assert query("SELECT name FROM people") == [("up1",), ("new2",), ("new3",), ("up4",), ("up8",), ("n9",)]
    assert query("SELECT mode, read, loaded FROM sparkctl_runs WHERE run_id = 'up'") == [("upsert", 3, 3)]


@pytest.mark.parametrize("mode", ["append", "overwrite", "upsert"])
@pytest.mark.parametrize(
    "tasks", [[[people(1), people(1)]], [[people(1)], [people(1)]]], ids=["one task", "two"]
)
def test_a_repeated_key_without_provenance_is_an_error(database, query, tasks, mode):
    write(plan(database), [people(7)])
    with pytest.raises(errors.ConstraintError, match=r"^UNIQUE constraint failed: people\.id in /"):
        write(plan(database, mode=mode), *tasks)
    assert query("SELECT id FROM people") == [(7,)]


def test_rejected_rows_are_published_with_their_lines(database, query):
    first = [
        lines(1, (None, "malformed-json"), (None, "blank"), (2, "filtered")),
        lines(3, (4, "invalid-value"), first=5),
    ]
    second = [
        lines((None, "missing-key"), 5, block=100),
        lines((6, "wrong-type"), file="file:///else/b.json"),
    ]
    write(plan(database, ROWS, runId="r"), second, first)
    assert query("SELECT id, name FROM people") == [(1, "a0:1"), (3, "a0:5"), (5, "a100:2")]
    assert query("SELECT * FROM people_quarantine ORDER BY source_file, line") == [
        ("r", "/else/b.json", 1, "wrong-type", "raw b0:1"),
        ("r", "a.json", 2, "malformed-json", "raw a0:2"),
        ("r", "a.json", 6, "invalid-value", "raw a0:6"),
        ("r", "a.json", 7, "missing-key", "raw a100:1"),
    ]
    run = find_run(database, "r", "people")
    assert run is not None
    assert (run.read, run.loaded, run.quarantined, run.duplicates, run.filtered) == (8, 3, 4, 0, 1)


@pytest.mark.parametrize("mode", ["overwrite", "append", "upsert"])
@pytest.mark.parametrize("spread", [1, 2, 12], ids=["one task", "two tasks", "more than can be attached"])
def test_the_first_line_of_a_key_wins(database, query, mode, spread):
    """Blocks are written by whichever task, in whichever order: the file's order decides."""
    blocks = [
        lines(5, 1, 5, 2, block=0),
        lines(9, 2, 3, 3, block=100),
        lines((1, "invalid-value"), 5, 4, block=200),
        lines(1, 10, file="file:///data/b.json"),
        *(lines(100 + n, 9, file="file:///data/c.json", block=n) for n in range(12)),
    ]
    tasks = [blocks[::-1][n::spread] for n in range(spread)]
    write(plan(database, ROWS, mode=mode, runId="r"), *tasks)
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
    write(plan(database, ROWS, runId="a"), [lines(1, 2, 3)])
    write(plan(database, ROWS, runId="b", mode="append"), [lines(3, 4, 2, file="file:///b.json")], [lines(9)])
    run = find_run(database, "b", "people")
    assert run is not None
    assert (run.loaded, run.duplicates) == (2, 2)
    assert run.checksum == written_checksum(query("SELECT * FROM people WHERE id > 3"))
    write(plan(database, ROWS, runId="c", mode="upsert"), [lines(4, 5, file="file:///c.json")])
    run = find_run(database, "c", "people")
    assert run is not None
    assert run.checksum == written_checksum(query("SELECT * FROM people WHERE id IN (4, 5)"))


def test_several_tables_of_one_run_are_each_written_once(database, query):
    for _ in range(2):
        for table in ("people", "friends"):
            asked = plan(database, ROWS, runId="r", table=table)
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
    assert plan(database, runId="r", table="Friends").already_committed is True


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
    assert plan(database, ROWS, runId="old", mode="append").already_committed is True
    for table in ("people", "friends"):
        write(plan(database, ROWS, runId="new", mode="append", table=table), [lines(2, (3, "wrong-type"))])
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
        # Spark leaves the line that a block cuts to the block before.
        start = end - 3 if end else 0
        batch = lines(*(int(line.split()[1]) for line in block), file=path.as_uri(), block=start)
        texts = [line.removeprefix(b"\xef\xbb\xbf").removesuffix(b"\r").decode() for line in block]
        rows.append(batch.set_column(batch.schema.get_field_index("_raw"), "_raw", pa.array(texts)))
        end += sum(len(line) + 1 for line in block)
    return rows


BLOCKS = [
    [b"\xef\xbb\xbfline 1", b"line 2\r"],
    [b"line 3", b"line 1", "line 2 ä€".encode()],
    [b"line 3 last"],
]
REPEATED = [("a b.json", 4, "line 1"), ("a b.json", 5, "line 2 ä€"), ("a b.json", 6, "line 3 last")]


def originals_bytes(asked):
    return b"".join(open(part, "rb").read() for part in os.scandir(asked.staging) if ".arrow" in part.name)


@pytest.mark.parametrize("tasks", [1, 3])
def test_the_text_of_a_repeated_key_is_read_again_from_its_file(database, query, tasks, tmp_path):
    blocks = file_of(tmp_path / "a b.json", BLOCKS)
    asked = plan(database, ROWS, keeps_lines=True, project=str(tmp_path))
    messages = [write_shard(asked, n, iter(blocks[n::tasks])) for n in range(tasks)]
    assert b"line 1" not in originals_bytes(asked)
    publish(asked, messages)
    assert query("SELECT source_file, line, raw FROM people_quarantine ORDER BY line") == REPEATED


@pytest.mark.parametrize("why", ["the stage says nothing", "compressed", "not here", "masked"])
def test_the_text_is_kept_where_the_file_does_not_have_it(database, query, why, tmp_path):
    path = tmp_path / "a b.json"
    blocks = file_of(path, BLOCKS)
    expected = REPEATED
    if why == "compressed":
        path.write_bytes(gzip.compress(path.read_bytes()))
    elif why == "not here":
        path.unlink()
    elif why == "masked":
        place = blocks[0].schema.get_field_index("_raw")
        blocks = [block.set_column(place, "_raw", pa.array(["***"] * block.num_rows)) for block in blocks]
        expected = [(file, line, "***") for file, line, _ in REPEATED]
    asked = plan(database, ROWS, keeps_lines="says" not in why, project=str(tmp_path))
    write(asked, *([block] for block in blocks))
    assert query("SELECT source_file, line, raw FROM people_quarantine ORDER BY line") == expected


@pytest.mark.parametrize("change", ["shorter", "gone"])
def test_a_file_that_changes_during_the_run_stops_the_publication(database, query, change, tmp_path):
    write(plan(database, ROWS), [lines(7)])
    path = tmp_path / "a.json"
    asked = plan(database, ROWS, keeps_lines=True)
    messages = [write_shard(asked, n, iter([block])) for n, block in enumerate(file_of(path, BLOCKS))]
    path.unlink() if change == "gone" else path.write_bytes(b"line 1\n" * 3)
    with pytest.raises(
        errors.InputUnfitError, match=r"a\.json has changed while it was read: nothing is pub"
    ):
        publish(asked, messages)
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
        publish(asked, [message])
    assert str(error.value) == "2 rows were to be loaded into people, 1 were: nothing is published"
    assert query("SELECT id FROM people") == [(1,)]


def numbered_lines(*texts, block=0):
    """Lines as a task reads them, before any stage."""
    return pa.RecordBatch.from_pydict(
        {
            "value": [text.encode() for text in texts],
            "_source_file": ["file:///data/a.json"] * len(texts),
            "_block": pa.array([block] * len(texts), pa.int64()),
        }
    )


def write_through(database, stage, *tasks, rows=ROWS):
    """As Spark does it: a stage in every task, and then the commit."""
    writer = SqliteWriter(plan(database, rows, runId="r"), Stage(stage, rows))
    writer.commit([replace(writer.write(iter(task)), partition=n) for n, task in enumerate(tasks)])
    run = find_run(database, "r", "people")
    assert run is not None
    return run


def test_a_sqlite_that_is_too_old_is_named_at_once(database, monkeypatch):
    write(plan(database), [people(1)])
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(
        errors.UnavailableError, match=r"^SQLite 3\.37 or newer is needed .* has 3\.34\.1: take"
    ):
        check_database(database, 200)


def test_what_was_read_is_counted_where_it_is_read(database):
    def rows_of(batches):
        for batch in batches:
            yield lines(
                *range(batch.num_rows - 2),
                (None, "blank"),
                (7, "filtered"),
                block=batch.column("_block")[0].as_py(),
            )

    tasks = [[numbered_lines(*"abcd")], [numbered_lines(*"efg", block=100)]]
    run = write_through(database, rows_of, *tasks)
    assert (run.read, run.loaded, run.duplicates, run.filtered) == (5, 2, 1, 2)


def _dropping(batches):
    for batch in batches:
        yield lines(*range(batch.num_rows)).slice(1)


def _ending_early(batches):
    yield lines(*range(next(batches).num_rows))


def _doubling(batches):
    for batch in batches:
        yield from (lines(1), lines(*range(2, 2 + batch.num_rows), first=2))


@pytest.mark.parametrize(
    ("stage", "made"), [(_dropping, "2"), (_ending_early, "2"), (_doubling, "6"), (lambda _: iter(()), "0")]
)
def test_a_stage_that_drops_lines_or_makes_more_of_them_is_noticed(database, query, stage, made):
    write(plan(database), [people(7)])
    with pytest.raises(
        errors.AccountingError, match=rf"^4 lines were read, and the job made {made} rows of them:"
    ):
        write_through(database, stage, [numbered_lines("a", "b"), numbered_lines("c", "d")])
    assert query("SELECT id FROM people") == [(7,)]


def test_a_hole_in_the_lines_of_a_block_is_noticed_without_a_stage(database, query):
    write(plan(database, ROWS), [lines(7)])
    holed = lines(1, 2, 3, 4).filter(pa.array([True, False, True, True]))
    with pytest.raises(
        errors.AccountingError,
        match=r"^of the first 4 lines of a\.json from byte 0 on, 3 have come to the end",
    ):
        write(plan(database, ROWS), [holed])
    assert query("SELECT id FROM people") == [(7,)]
    parts = lines(1, (2, "wrong-type"), (3, "wrong-type"), 4), lines((5, "wrong-type"), block=50)
    write(plan(database, ROWS), [parts[1], parts[0].slice(0, 2)], [parts[0].slice(2)])
    assert query("SELECT line FROM people_quarantine ORDER BY 1") == [(2,), (3,), (5,)]


def test_a_stage_that_is_no_reader_of_lines_may_make_what_it_likes(database):
    def summed(batches):
        yield people(sum(batch.num_rows for batch in batches))

    run = write_through(database, summed, [people(1, 2), people(3)], rows=COLUMNS)
    assert (run.read, run.loaded) == (1, 1)


@pytest.mark.parametrize("spread", [1, 12])
def test_append_rejects_keys_that_are_there_and_upsert_takes_them(database, query, spread):
    write(plan(database, ROWS), [lines(1, 50)])
    blocks = [lines(1, n + 10, block=n, file="file:///data/b.json") for n in range(12)]
    write(plan(database, ROWS, mode="append"), *(blocks[n::spread] for n in range(spread)))
    assert query("SELECT name FROM people WHERE id = 1") == [("a0:1",)]
    assert query("SELECT count(*) FROM people") == [(14,)]
    assert query("SELECT line FROM people_quarantine") == [(n,) for n in range(1, 24, 2)]
    write(plan(database, ROWS, mode="upsert", runId="up"), *(blocks[n::spread] for n in range(spread)))
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
            {"path": os.path.relpath(database), "table": "people", "mode": "append"}, ROWS, False
        )
        for file in (data / "a b.json", database.parent / "c.json", tmp_path / "d.json"):
            message = ShardMessage("x", 0, [Segment(0, file.as_uri(), 0)])
            names.update(piece.source_file for piece in in_order(asked, [message]))
        remove_folder(Path(asked.staging))
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
        SqliteWriter(asked, None).commit(said)
    assert query("SELECT id FROM people") == [(7,)]


def test_overwrite_replaces_the_quarantine_and_other_modes_add_to_it(database, query):
    """Whatever a row of the ledger counts is there, also if the next run reads a file of the same name."""
    write(plan(database, ROWS, runId="a"), [lines(1, (2, "invalid-value"))])
    write(plan(database, ROWS, runId="b", mode="append"), [lines(3, (4, "wrong-type"))])
    write(plan(database, ROWS, runId="c", mode="upsert"), [lines(5, (6, "wrong-type"), (7, "missing-key"))])
    kept = query("SELECT run_id, source_file, line, reason FROM people_quarantine ORDER BY 1, 2, 3")
    assert kept == [
        ("a", "a.json", 2, "invalid-value"),
        ("b", "a.json", 2, "wrong-type"),
        ("c", "a.json", 2, "wrong-type"),
        ("c", "a.json", 3, "missing-key"),
    ]
    counted = query("SELECT run_id, count(*) FROM people_quarantine GROUP BY 1")
    assert query("SELECT run_id, quarantined FROM sparkctl_runs ORDER BY 1") == counted
    write(plan(database, runId="d"), [people(1)])
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

    asked = plan(database, with_provenance(columns), key="country,price")
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
    schema = with_provenance(StructType([StructField(column, LongType())]))
    batch = lines(1, 1).rename_columns({"id": column}).drop_columns(["name"])
    asked = plan(database, schema, table=table, key=column)
    write(asked, [batch])
    doubled = table.replace('"', '""')
    assert query(f'SELECT * FROM "{doubled}"') == [(1,)]
    assert query(f'SELECT line FROM "{doubled}_quarantine"') == [(2,)]
    assert query("SELECT id FROM people") == [(1,)]


def test_an_unknown_reason_is_refused(database):
    with pytest.raises(
        errors.ValueNotStorableError, match="'because' is no reason; the reasons are blank, con"
    ):
        write(plan(database, ROWS), [lines((1, "because"))])


def test_a_task_whose_words_were_lost_is_no_success_when_it_is_tried_again(database, query, left_behind):
    asked = plan(database, ROWS)
    failed = write_shard(asked, 0, iter([lines((1, "because"))]))
    again = write_shard(asked, 0, iter([lines(1)]))
    with pytest.raises(errors.StoppedError, match="another task of this write has failed"):
        publish(asked, [again])
    with pytest.raises(errors.ValueNotStorableError):
        publish(asked, [again, failed])


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
        publish(asked, [message])
    assert str(error.value) == (
        f"database is locked by another process: {database}. Try again when it has finished."
    )
    assert error.value.exit_code == 75
    threading.Timer(0.05, lambda: other.execute("COMMIT")).start()
    assert publish(asked, [message]) is True
    other.close()
    assert query("SELECT id FROM people") == [(2,)]


def _publish_many(database, name, barrier):
    asked = plan(database, mode="append", lockTimeoutMs="60000", runId=name)
    message = write_shard(asked, 0, iter([people(*range(20_000), name=name)]))
    barrier.wait()
    try:
        publish(asked, [message])
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
    publish(*staged)


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
    publish(asked, [message])
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
    asked = plan(database, mode=mode, lockTimeoutMs="60000")
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
    publish(asked, [message])
    done.set()
    reader.join()
    assert polls[0] > 0
    assert polls[1] == 0, f"{polls[1]} of {sum(polls)} reads were refused while rows were still copied"
    assert query("SELECT count(*) FROM people WHERE id < 1000000") == [(120_000,)]
