"""Small tables beside a big one: replaced with it, in the same transaction, or not at all."""

import sqlite3

import pytest

from sparkctl_io import errors, write_sqlite
from sparkctl_io.sink import companions, publish


def numbers(spark, *ids):
    return spark.createDataFrame([(number,) for number in ids], "id long").coalesce(1)


def facts(spark, *rows):
    return spark.createDataFrame(rows, "name string not null, value double")


def write(spark, database, rows, *, table="t", mode="overwrite", run_id=None, **frames):
    return write_sqlite(
        rows, database, table, mode=mode, run_id=run_id, companions=frames, lock_timeout_ms=200
    )


def test_they_are_replaced_with_the_table_whatever_the_mode(spark, database, query, left_behind):
    run = write(
        spark, database, numbers(spark, 1, 2), facts=facts(spark, ("mean", 1.5)), more=numbers(spark, 7)
    )
    assert (run.target, run.loaded) == ("t", 2)
    assert query("SELECT * FROM facts") == [("mean", 1.5)]
    assert query("SELECT * FROM more") == [(7,)]
    assert query("SELECT sql FROM sqlite_schema WHERE name = 'facts'") == [
        ('CREATE TABLE "facts" ("name" TEXT NOT NULL, "value" REAL) STRICT',)
    ]
    write(
        spark, database, numbers(spark, 3), mode="append", facts=facts(spark, ("mean", 2.0), ("none", None))
    )
    assert query("SELECT id FROM t") == [(1,), (2,), (3,)]
    assert query("SELECT * FROM facts") == [("mean", 2.0), ("none", None)]
    assert query("SELECT * FROM more") == [(7,)]
    assert query("SELECT target, loaded FROM sparkctl_runs") == [("t", 2), ("t", 1)]
    assert left_behind() == []


def test_the_same_run_again_changes_nothing(spark, database, query):
    write(spark, database, numbers(spark, 1), run_id="one", facts=facts(spark, ("a", 1.0)))
    again = write(spark, database, numbers(spark, 2), run_id="one", facts=facts(spark, ("b", 2.0)))
    assert again.repeated is True
    assert query("SELECT * FROM facts") == [("a", 1.0)]


def test_a_failure_at_the_very_end_leaves_both_as_they_were(spark, database, query, left_behind, monkeypatch):
    write(spark, database, numbers(spark, 1), facts=facts(spark, ("a", 1.0)))

    def broken(connection, *_):
        assert connection.execute("SELECT name FROM main.facts").fetchall() == [("b",)]
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(publish, "_account", broken)
    with pytest.raises(errors.StorageError):
        write(spark, database, numbers(spark, 2), facts=facts(spark, ("b", 2.0)), new=numbers(spark, 1))
    assert query("SELECT id FROM t") == [(1,)]
    assert query("SELECT * FROM facts") == [("a", 1.0)]
    assert query("SELECT count(*) FROM sqlite_schema WHERE name = 'new'") == [(0,)]
    assert left_behind() == []


def test_a_companion_that_fails_leaves_the_table_as_it_was(spark, database, query, left_behind):
    write(spark, database, numbers(spark, 1))
    bad = spark.range(1).selectExpr("CAST(raise_error('never') AS long) AS x")
    with pytest.raises(Exception, match="never"):
        write(spark, database, numbers(spark, 2), bad=bad)
    with pytest.raises(errors.ValueNotStorableError, match="column value has NaN or an infinity"):
        write(spark, database, numbers(spark, 2), facts=facts(spark, ("a", float("nan"))))
    assert query("SELECT id FROM t") == [(1,)]
    assert left_behind() == []


def test_another_table_of_that_name_is_not_replaced(spark, database, query):
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE facts (precious TEXT)")
    connection.execute("INSERT INTO facts VALUES ('mine')")
    connection.commit()
    connection.close()
    with pytest.raises(errors.ColumnMismatchError) as error:
        write(spark, database, numbers(spark, 1), facts=facts(spark, ("a", 1.0)))
    assert str(error.value) == (
        "table facts has the columns (precious), the rows have (name, value): they must be the same"
    )
    assert query("SELECT * FROM facts") == [("mine",)]
    assert query("SELECT count(*) FROM sqlite_schema WHERE name = 't'") == [(0,)]


@pytest.mark.parametrize("name", ["t", "T", "t_quarantine", "sparkctl_runs"])
def test_a_name_that_is_taken_is_refused(spark, database, name):
    with pytest.raises(errors.UnknownOptionError) as error:
        write(spark, database, numbers(spark, 1), **{name: numbers(spark, 1)})
    assert str(error.value) == f"{name} can't be the name of a companion of t: it is taken"


def test_what_is_not_small_is_refused(spark, database, monkeypatch):
    monkeypatch.setattr(companions, "MOST_ROWS", 2)
    write(spark, database, numbers(spark, 1), small=numbers(spark, 1, 2))
    with pytest.raises(errors.JobError) as error:
        write(spark, database, numbers(spark, 1), small=numbers(spark, 1, 2, 3))
    assert str(error.value) == ("the companion small has more than 2 rows: write it as a table of its own")
