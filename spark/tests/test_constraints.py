"""Tables that have more to say of their rows than types and a key."""

import pyarrow as pa
import pytest
from made_database import make
from pyspark.sql.types import LongType, StringType, StructField, StructType
from test_publish import ROWS, file_of, lines, people, plan, write
from written_checksum import written_checksum

from sparkctl_io import errors
from sparkctl_io.sink.run_ledger import find_run
from sparkctl_io.source import SOURCE, SOURCE_TYPE


def named(*rows, block=0, file="/data/a.json"):
    """Rows (id, name) from the lines of one block."""
    batch = lines(*(number for number, _ in rows), block=block, file=file)
    return batch.set_column(1, "name", pa.array([name for _, name in rows], pa.string()))


def rejected(query):
    return query("SELECT line, reason, raw FROM people_quarantine ORDER BY 1")


@pytest.mark.parametrize("mode", ["append", "overwrite", "upsert"])
@pytest.mark.parametrize("spread", [1, 3, 12])
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "scattered"])
@pytest.mark.parametrize(
    "unique",
    [
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE) STRICT",
        "CREATE TABLE people (id INTEGER, name TEXT, PRIMARY KEY (id), UNIQUE (name) ON CONFLICT REPLACE) WITHOUT ROWID",
        "CREATE UNIQUE INDEX one ON people (name) WHERE name <> ''",
        "CREATE UNIQUE INDEX one ON people (name || '')",
    ],
)
def test_a_row_that_is_not_unique_is_rejected_and_the_first_stays(
    database, query, mode, spread, turned, unique
):
    plain = "CREATE TABLE people (id INTEGER NOT NULL PRIMARY KEY, name TEXT) STRICT"
    make(database, *([unique] if "TABLE" in unique else [plain, unique]))
    blocks = [
        named((1, "a"), (2, "b"), (3, "a"), (1, "c"), block=0),
        named((3, "b"), (4, "d"), (5, None), (6, None), block=100),
        *(named((100 + n, "a" if n == 7 else f"n{n}"), block=200 + n) for n in range(10)),
    ]
    if turned:
        blocks = [block.take(pa.array(range(block.num_rows))[::-1]) for block in blocks]
    write(plan(database, ROWS, mode=mode, run_id="r"), *(blocks[::-1][n::spread] for n in range(spread)))
    assert query("SELECT id, name FROM people WHERE id < 100") == [
        (1, "a"),
        (2, "b"),
        (4, "d"),
        (5, None),
        (6, None),
    ]
    assert rejected(query) == [
        (3, "constraint-unique", "raw a0:3"),
        (4, "duplicate-key", "raw a0:4"),
        (5, "constraint-unique", "raw a100:1"),
        (16, "constraint-unique", "raw a207:1"),
    ]
    run = find_run(database, "r", "people")
    assert run is not None
    assert (run.read, run.loaded, run.quarantined, run.duplicates) == (18, 14, 3, 1)
    assert run.checksum == written_checksum(query("SELECT id, name FROM people"))


def test_what_an_earlier_run_has_loaded_counts_too(database, query):
    make(database, "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE) STRICT")
    write(plan(database, ROWS, mode="append"), [named((1, "a"), (2, "b"))])
    write(plan(database, ROWS, mode="append", run_id="r"), [named((3, "a"), (1, "c"), (4, "d"))])
    assert query("SELECT reason FROM people_quarantine WHERE run_id = 'r' ORDER BY line") == [
        ("constraint-unique",),
        ("duplicate-key",),
    ]
    write(
        plan(database, ROWS, mode="upsert", run_id="u"), [named((1, "new"), (2, "d"), (1, "newer"), (5, "b"))]
    )
    assert query("SELECT * FROM people ORDER BY 1") == [(1, "new"), (2, "b"), (4, "d")]
    assert query("SELECT line, reason FROM people_quarantine WHERE run_id = 'u' ORDER BY line") == [
        (2, "constraint-unique"),
        (3, "duplicate-key"),
        (4, "constraint-unique"),
    ]


@pytest.mark.parametrize("mode", ["append", "overwrite", "upsert"])
@pytest.mark.parametrize(
    "key",
    [
        "name TEXT COLLATE NOCASE PRIMARY KEY, id INTEGER",
        "id INTEGER, name TEXT COLLATE NOCASE, PRIMARY KEY (name)",
    ],
)
def test_keys_are_compared_as_the_table_does(database, query, mode, key):
    make(database, f"CREATE TABLE people ({key}) STRICT")
    blocks = [
        named((1, "Ada"), (2, "ADA"), (3, "Bob")),
        named((4, "bob"), (5, "\u00c4"), (6, "\u00e4"), block=100),
    ]
    write(plan(database, ROWS, mode=mode, key="name"), *([block] for block in blocks))
    assert query("SELECT id, name FROM people ORDER BY id") == [
        (1, "Ada"),
        (3, "Bob"),
        (5, "\u00c4"),
        (6, "\u00e4"),
    ]
    assert [row[:2] for row in rejected(query)] == [(2, "duplicate-key"), (4, "duplicate-key")]


@pytest.mark.parametrize("mode", ["append", "overwrite", "upsert"])
def test_a_row_that_breaks_a_check_or_lacks_a_value_is_rejected(database, query, mode):
    make(
        database,
        "CREATE TABLE people (id INTEGER PRIMARY KEY CHECK (id > 0), name TEXT NOT NULL CHECK (name <> ')'),"
        " double INTEGER AS (id * 2)) STRICT",
    )
    write(
        plan(database, ROWS, mode=mode),
        [named((1, "a"), (-1, "b"), (2, None), (3, ")"), (1, "again"), (9, "z"))],
    )
    assert query("SELECT * FROM people") == [(1, "a", 2), (9, "z", 18)]
    assert [row[:2] for row in rejected(query)] == [
        (2, "constraint-check"),
        (3, "constraint-not-null"),
        (4, "constraint-check"),
        (5, "duplicate-key"),
    ]


def test_a_missing_value_is_rejected_also_where_the_table_says_nothing_else(database, query):
    columns = StructType([StructField("id", LongType()), StructField("name", StringType(), nullable=False)])
    rows = StructType([*columns, StructField(SOURCE, SOURCE_TYPE)])
    write(plan(database, rows), [named((1, "a"), (2, None)), named((None, "c"), block=9)])
    assert query("SELECT * FROM people") == [(1, "a")]
    assert [row[:2] for row in rejected(query)] == [(2, "constraint-not-null"), (3, "constraint-not-null")]


def test_without_a_source_a_row_that_breaks_a_constraint_is_an_error(database, query):
    make(
        database, "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT REPLACE) STRICT"
    )
    with pytest.raises(errors.ConstraintError, match=r"^UNIQUE constraint failed: people\.name in /"):
        write(plan(database), [people(1)], [people(2).set_column(1, "name", pa.array(["n1"]))])
    assert query("SELECT count(*) FROM people") == [(0,)]


def test_the_text_of_a_refused_row_is_read_again_from_its_file(database, query, tmp_path):
    make(database, "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE) STRICT")
    blocks = file_of(tmp_path / "a b.json", [[b"line 1", b"line 2"], [b"line 1", b"line 4\r"]])
    blocks[1] = blocks[1].set_column(1, "name", blocks[0].column("name"))
    asked = plan(database, ROWS, project=str(tmp_path))
    write(asked, *([block] for block in blocks))
    assert rejected(query) == [(3, "duplicate-key", "line 1"), (4, "constraint-unique", "line 4")]


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "CREATE TRIGGER tidy AFTER INSERT ON PEOPLE BEGIN UPDATE people SET name = 'x'; END",
            "has the trigger tidy,",
        ),
        (
            "CREATE TRIGGER log BEFORE DELETE ON people BEGIN SELECT 1; END",
            "has the trigger log, which could change",
        ),
        (None, r"has a foreign key \(name to Cities\), which SQLite would not enforce here: make"),
    ],
)
def test_what_would_change_or_escape_the_rows_is_refused_by_name(
    database, query, left_behind, statement, named
):
    reference = " REFERENCES Cities(name)" if statement is None else ""
    make(
        database,
        f"CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT{reference})",
        statement or "SELECT 1",
    )
    with pytest.raises(errors.TableUnfitError, match=rf"^table people in {database} {named}"):
        plan(database)
    assert left_behind() == []


def test_names_are_the_same_in_capitals(database, query):
    make(database, "CREATE TABLE People (ID INTEGER PRIMARY KEY, Name TEXT) STRICT")
    for mode in ("append", "upsert", "overwrite"):
        write(plan(database, ROWS, mode=mode, key="id", table="PEOPLE"), [named((1, "a"), (1, "b"))])
    assert query("SELECT ID, Name FROM people") == [(1, "a")]
    assert query("SELECT count(*) FROM sparkctl_runs WHERE target = 'people'") == [(3,)]
    assert query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1") == [
        ("PEOPLE_quarantine",),
        ("People",),
        ("sparkctl_runs",),
    ]


def test_two_columns_that_are_one_for_sqlite_are_refused(database):
    twice = StructType([StructField("id", LongType()), StructField("ID", LongType())])
    with pytest.raises(
        errors.ColumnMismatchError, match="have the columns id and ID, which are one for SQLite"
    ):
        plan(database, twice)


@pytest.mark.parametrize("mode", ["append", "upsert", "overwrite"])
@pytest.mark.parametrize("check", ["", " CHECK (id > 0)"])
def test_columns_with_a_default_may_be_left_out(database, query, mode, check):
    make(
        database,
        f"CREATE TABLE people (state TEXT NOT NULL DEFAULT 'new', id INTEGER PRIMARY KEY{check}, n INTEGER DEFAULT (1 + 1),"
        " number TEXT DEFAULT 5, nought REAL DEFAULT NULL, at TEXT DEFAULT CURRENT_TIMESTAMP, name TEXT)",
    )
    write(
        plan(database, ROWS, mode=mode, run_id="r"), [named((1, "a"), (1, "b"))], [named((2, "c"), block=9)]
    )
    assert query("SELECT state, id, n, number, nought, name FROM people") == [
        ("new", 1, 2, "5", None, "a"),
        ("new", 2, 2, "5", None, "c"),
    ]
    assert query("SELECT count(DISTINCT at), max(at) > '2020-01-01 00:00:00' FROM people") == [(1, 1)]
    run = find_run(database, "r", "people")
    assert run is not None
    assert run.checksum == written_checksum(query("SELECT * FROM people"))


def test_a_default_that_differs_from_row_to_row_must_be_given(database):
    make(
        database,
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, token TEXT DEFAULT (hex(randomblob(8))))",
    )
    with pytest.raises(
        errors.ColumnMismatchError, match=r"DEFAULT hex\(randomblob\(8\)\) of column token of table"
    ):
        plan(database)
