"""The sink as any job uses it, through Spark."""

import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from made_database import make
from pyspark import TaskContext
from pyspark.sql import Row
from pyspark.sql.functions import col, expr, lit
from pyspark.sql.types import (
    BinaryType,
    BooleanType,
    ByteType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
)
from written_checksum import written_checksum

from sparkctl_io import errors, register_sqlite, write_sqlite
from sparkctl_io.sink.encode import encode


def numbers(spark, *ids, partitions=1):
    return spark.createDataFrame([(number,) for number in ids], "id long").repartition(partitions)


def test_a_string_is_one_column_of_the_key(spark, database, query):
    write_sqlite(
        numbers(spark, 1).withColumnRenamed("id", "number"), database, "t", mode="append", key="number"
    )
    assert query("SELECT name FROM pragma_table_info('t') WHERE pk = 1") == [("number",)]


def test_options_alone_are_enough(spark, database, query, left_behind):
    register_sqlite(spark)
    numbers(spark, 1, 2, 3).write.format("sqlite").mode("append").option("table", "t").save(str(database))
    numbers(spark, 4).write.format("sqlite").mode("append").option("table", "t").option(
        "path", str(database)
    ).save()
    assert query("SELECT id FROM t ORDER BY id") == [(1,), (2,), (3,), (4,)]
    numbers(spark, 5).write.format("sqlite").mode("overwrite").options(table="t", runId="x").save(
        str(database)
    )
    numbers(spark, 6).write.format("sqlite").mode("overwrite").options(table="t", runId="x").save(
        str(database)
    )
    assert query("SELECT id FROM t") == [(5,)]
    assert query("SELECT mode, loaded FROM sparkctl_runs") == [("append", 3), ("append", 1), ("overwrite", 1)]
    assert left_behind() == []


def test_every_type_is_kept_exactly(spark, database, query):
    fields = [
        ("byte", ByteType(), -128),
        ("long", LongType(), 2**63 - 1),
        ("least", LongType(), -(2**63)),
        ("odd", LongType(), 2**53 + 1),
        ("flag", BooleanType(), True),
        ("float", FloatType(), 0.10000000149011612),
        ("double", DoubleType(), 0.1),
        ("text", StringType(), "é \U0001f600 e\u0301 \u05d0"),
        ("decimal", DecimalType(38, 10), Decimal("99999999999999.9")),
        ("tiny", DecimalType(20, 10), Decimal("0.0000000001")),
        ("date", DateType(), datetime.date(2024, 2, 29)),
        ("at", TimestampType(), datetime.datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=datetime.UTC)),
        ("local", TimestampNTZType(), datetime.datetime(2024, 2, 29, 1, 2, 3, 4000)),
        ("bytes", BinaryType(), bytearray(b"\x00\xff")),
    ]
    schema = StructType([StructField(name, kind) for name, kind, _ in fields])
    frame = spark.createDataFrame([tuple(value for _, _, value in fields), (None,) * len(fields)], schema)
    write_sqlite(frame, database, "t", mode="overwrite")
    stored = [
        -128, 2**63 - 1, -(2**63), 2**53 + 1, 1, 0.10000000149011612, 0.1, "é \U0001f600 e\u0301 \u05d0",
        99999999999999.9, 1e-10, "2024-02-29", "1969-12-31T23:59:59.999Z",
        "2024-02-29T01:02:03.004", b"\x00\xff",
    ]  # fmt: skip
    assert query("SELECT * FROM t ORDER BY long DESC") == [tuple(stored), (None,) * len(fields)]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            "double('NaN')",
            "column x has NaN or an infinity, which SQLite can't keep: reject such rows or make them null",
        ),
        (
            "double('-Infinity')",
            "column x has NaN or an infinity, which SQLite can't keep: reject such rows or make them null",
        ),
        (
            "concat('a', chr(0))",
            "column x has text with the character NUL, which SQLite can't keep: reject such rows or make them null",
        ),
        (
            "cast('-1234567890123456789012345678.0000000001' AS decimal(38, 10))",
            "column x has -1234567890123456789012345678.0000000001, whose 16th digit a number of SQLite loses:"
            " keep it as text with cast(x AS string), or round it",
        ),
        ("date'+10000-01-01'", "column x has an instant outside the years 0000 to 9999"),
    ],
)
def test_what_would_be_changed_is_an_error(spark, database, left_behind, value, message):
    with pytest.raises(errors.ValueNotStorableError) as error:
        write_sqlite(numbers(spark, 1).withColumn("x", expr(value)), database, "t", mode="overwrite")
    assert str(error.value) == message
    assert left_behind() == []


def test_decimals_compare_as_numbers(spark, database, query):
    prices = spark.range(1_000, 100_000, 77).selectExpr("id", "cast(id / 100 AS decimal(18, 2)) AS price")
    total = prices.groupBy().sum("price").toDF("price").selectExpr("0L AS id", "price")
    assert total.schema["price"].dataType.precision > 15
    run = write_sqlite(prices.unionByName(total), database, "t", mode="overwrite", key=["id"])
    cents = range(1_000, 100_000, 77)
    assert query("SELECT count(*) FROM t WHERE price > 1000") == [(1,)]
    assert query("SELECT price FROM t WHERE id = 0") == [(sum(cents) / 100,)]
    # Every digit is there.
    assert (
        query(
            "SELECT id FROM t WHERE id > 0 AND printf('%.2f', price) <> printf('%d.%02d', id / 100, id % 100)"
        )
        == []
    )
    assert run.checksum == written_checksum(query("SELECT * FROM t"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("999999999999999", True),
        ("-99999999999999.9", True),
        ("1000000000000000", True),
        ("1000000000000001", False),
        ("0.0000000000000000000001", True),
        ("-100000000000000.01", False),
        ("120000000000000000.00", True),
    ],
)
def test_a_decimal_is_kept_to_its_last_digit_or_refused(text, kept):
    value = Decimal(text)
    field = StructField("x", DecimalType(38, 22 if abs(value) < 1 else 2))
    column = pa.array([None, value], pa.decimal128(38, field.dataType.scale))
    if not kept:
        with pytest.raises(errors.ValueNotStorableError):
            encode(column, field)
        return
    found = encode(column, field).to_pylist()
    assert found[0] is None
    assert Decimal(repr(found[1])) == value


def test_an_error_that_would_come_again_ends_the_write_at_once(spark, database, left_behind, tmp_path):
    (tmp_path / "attempts").mkdir()
    folder = str(tmp_path / "attempts")

    def noted(batches):
        context = TaskContext.get()
        Path(folder, f"{context.partitionId()}.{context.attemptNumber()}").touch()
        yield from batches

    frame = (
        numbers(spark, *range(40), partitions=2)
        .mapInArrow(noted, "id long")
        .withColumn("x", expr("double('NaN')"))
    )
    with pytest.raises(errors.ValueNotStorableError, match=r"^column x has NaN"):
        write_sqlite(frame, database, "t", mode="overwrite")
    assert {path.name for path in Path(folder).iterdir()} <= {"0.0", "1.0"}
    # The same as a data source: the error's own words are in Spark's.
    register_sqlite(spark)
    with pytest.raises(Exception) as error:
        frame.write.format("sqlite").mode("append").option("table", "t").save(str(database))
    assert isinstance(errors.find_in(error.value), errors.ValueNotStorableError)
    assert {path.name for path in Path(folder).iterdir()} <= {"0.0", "1.0"}
    assert left_behind() == []


def test_a_type_that_sqlite_has_not_is_an_error(spark, database):
    with pytest.raises(errors.ColumnMismatchError) as error:
        write_sqlite(spark.sql("SELECT array(1) AS x"), database, "t", mode="overwrite")
    assert str(error.value) == (
        "column x is of the type array<int>, which SQLite doesn't have: write it as text, for instance with to_json"
    )


def test_a_table_that_is_there_keeps_its_definition(spark, database, query):
    make(
        database,
        "CREATE TABLE t(name TEXT, id INTEGER PRIMARY KEY, note ANY) STRICT",
        "CREATE INDEX by_name ON t(name)",
        "INSERT INTO t VALUES ('old', 1, 'x')",
    )
    before = query("SELECT sql FROM sqlite_schema WHERE tbl_name = 't' ORDER BY name")
    frame = spark.createDataFrame([Row(note=1.5, id=2, name="b"), Row(note=2.0, id=3, name="a")])
    write_sqlite(frame, database, "t", mode="append")
    assert query("SELECT * FROM t ORDER BY name") == [("a", 3, 2.0), ("b", 2, 1.5), ("old", 1, "x")]
    assert query("SELECT sql FROM sqlite_schema WHERE tbl_name = 't' ORDER BY name") == before
    assert query("PRAGMA integrity_check") == [("ok",)]


def test_columns_that_sqlite_computes_are_left_to_it(spark, database, query):
    make(
        database,
        "CREATE TABLE T(id INTEGER PRIMARY KEY, double AS (id * 2), half AS (id / 2) STORED, name TEXT DEFAULT 'x')",
    )
    frame = spark.createDataFrame([(n, f"n{n}") for n in range(20)], "id long, name string").repartition(12)
    for mode in ("append", "overwrite", "upsert"):
        write_sqlite(frame, database, "t", mode=mode)
        assert query("SELECT * FROM t WHERE id = 9") == [(9, 18, 4, "n9")]
        assert query("SELECT count(*) FROM t") == [(20,)]


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("CREATE TABLE t(id INTEGER, name TEXT)",
         "table t has the columns (id, name), the rows have (id): they must be the same"),
        ("CREATE TABLE t(number INTEGER)", "table t has the columns (number), the rows have (id): they must be the same"),
        ("CREATE TABLE t(id TEXT)", "column id of table t is declared TEXT, which can't keep every bigint exactly: declare it INTEGER"),
        ("CREATE TABLE t(id REAL)", "column id of table t is declared REAL, which can't keep every bigint exactly: declare it INTEGER"),
    ],
)  # fmt: skip
def test_a_table_that_does_not_fit_is_an_error(spark, database, definition, message):
    make(database, definition)
    with pytest.raises(errors.ColumnMismatchError) as error:
        write_sqlite(numbers(spark, 1), database, "t", mode="overwrite")
    assert str(error.value) == message


def test_a_decimal_does_not_go_where_it_would_be_text(spark, database):
    make(database, "CREATE TABLE t(id TEXT)")
    with pytest.raises(errors.ColumnMismatchError) as error:
        write_sqlite(
            numbers(spark, 1).selectExpr("cast(id AS decimal(10,2)) AS id"), database, "t", mode="overwrite"
        )
    assert str(error.value) == (
        "column id of table t is declared TEXT, which compares numbers as text: declare it REAL"
    )


def test_a_decimal_does_not_go_where_sqlite_would_round_it(spark, database):
    make(database, "CREATE TABLE t(id DECIMAL(10, 2), at DATETIME)")
    frame = numbers(spark, 1).select(
        col("id").cast("decimal(10,2)"), lit("2024-01-01").cast("date").alias("at")
    )
    with pytest.raises(
        errors.ColumnMismatchError, match=r"column id of table t is declared DECIMAL\(10, 2\), which"
    ):
        write_sqlite(frame, database, "t", mode="overwrite")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "the data source sqlite needs the option table"),
        ({"table": "sqlite_x"}, "sqlite_x can't be the name of a table: it is kept for other uses"),
        ({"table": "sparkctl_runs"}, "sparkctl_runs can't be the name of a table: it is kept for other uses"),
        ({"table": "t", "mode": "merge"}, "the mode merge is none of overwrite, append, upsert"),
        ({"table": "t", "mode": "overwrite"}, "the option mode=overwrite goes with Spark's mode overwrite"),
        ({"table": "t", "mode": "upsert"}, "upsert needs a primary key, and table t has none"),
        (
            {"table": "t", "runId": "../x"},
            "'../x' can't be a run id: use letters, digits, dots, _ and -, at most 128",
        ),
        ({"table": "t", "key": "x"}, "the key column x is not among the rows' columns (id)"),
        ({"table": "t", "lockTimeoutMs": "1s"}, "lockTimeoutMs=1s is no number of milliseconds"),
    ],
)
def test_an_option_that_can_not_be_is_an_error(spark, database, left_behind, options, message):
    register_sqlite(spark)
    with pytest.raises(Exception) as error:
        numbers(spark, 1).write.format("sqlite").mode("append").options(**options).save(str(database))
    assert str(errors.find_in(error.value)) == message
    assert left_behind() == []


def test_a_task_that_fails_leaves_the_old_version(spark, database, query, left_behind):
    write_sqlite(numbers(spark, 1, 2), database, "t", mode="overwrite")

    def break_late(batches):
        for batch in batches:
            yield batch
        if TaskContext.get().partitionId() == 1:
            raise RuntimeError("broken on purpose")

    frame = numbers(spark, *range(100), partitions=2).mapInArrow(break_late, "id long")
    with pytest.raises(Exception, match="broken on purpose"):
        write_sqlite(frame, database, "t", mode="overwrite")
    assert query("SELECT id FROM t") == [(1,), (2,)]
    assert query("SELECT count(*) FROM sparkctl_runs") == [(1,)]
    assert left_behind() == []


def test_a_task_that_fails_once_counts_once(spark, database, query):
    def break_once(batches):
        for batch in batches:
            yield batch
        if TaskContext.get().attemptNumber() == 0:
            raise RuntimeError("broken once")

    frame = numbers(spark, *range(1000), partitions=3).mapInArrow(break_once, "id long")
    run = write_sqlite(frame, database, "t", mode="overwrite")
    assert run.loaded == 1000
    assert query("SELECT count(*), count(DISTINCT id) FROM t") == [(1000, 1000)]


def test_more_partitions_than_databases_can_be_attached(spark, database, query):
    run = write_sqlite(
        numbers(spark, *range(500), partitions=25), database, "t", mode="overwrite", key=["id"]
    )
    assert run.loaded == 500
    assert query("SELECT count(*), sum(id) FROM t") == [(500, 499 * 250)]


def test_no_rows_make_an_empty_table(spark, database, query):
    write_sqlite(numbers(spark, 1), database, "t", mode="overwrite")
    run = write_sqlite(numbers(spark, 1).where("id > 1"), database, "t", mode="overwrite")
    assert (run.read, run.loaded) == (0, 0)
    assert query("SELECT count(*) FROM t") == [(0,)]


def test_a_run_id_a_second_time_runs_nothing(spark, database, query):
    first = write_sqlite(numbers(spark, 1), database, "t", mode="overwrite", run_id="x")
    second = write_sqlite(numbers(spark, 2), database, "t", mode="overwrite", run_id="x")
    assert (first.repeated, second.repeated) == (False, True)
    assert second.committed_at == first.committed_at
    assert query("SELECT id FROM t") == [(1,)]


def test_a_database_that_is_none_is_named(spark, database):
    database.write_text("this is no database, " * 100)
    with pytest.raises(errors.CannotCreateError) as error:
        write_sqlite(numbers(spark, 1), database, "t", mode="overwrite")
    assert str(error.value) == f"the database can't be opened: {database} (file is not a database)"
    assert error.value.exit_code == 73
