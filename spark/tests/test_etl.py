"""The job: each rule with its reason, the same result however the input is cut, and the script as people run it."""

import json
import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pyspark
import pytest

import etl
from sparkctl_io import errors, read_json_lines, write_sqlite
from sparkctl_io.sink import publish

SCRIPT = Path(etl.__file__)
GOOD = {
    "id": 1,
    "name": " Ana ",
    "age": 30,
    "email": " Ana@Example.COM",
    "salary": 1234.5,
    "city": "Łódź",
    "created_at": "2024-01-31T23:59:59+01:00",
}
LOADED = (1, " Ana ", 30, "ana@example.com", 1234.5, "Łódź", "2024-01-31T22:59:59.000Z")


def user(**changes):
    fields = {**GOOD, **changes}
    return json.dumps({name: value for name, value in fields.items() if value is not ...}, ensure_ascii=False)


RULES = [
    ("malformed-json", user()[:-1]),
    ("malformed-json", "null"),
    ("malformed-json", f"[{user()}]"),
    ("malformed-json", user() + user()),
    ("malformed-json", user(name="\\xff").replace("\\\\", "\\")),
    ("wrong-type", user(age="30")),
    ("wrong-type", user(age=30.0)),
    ("wrong-type", user(age=True)),
    ("wrong-type", user(id=2**63)),
    ("wrong-type", user(name=5)),
    ("wrong-type", user(email=5)),
    ("wrong-type", user(created_at=1706741999)),
    ("wrong-type", user(salary=float("nan"))),
    ("wrong-type", user(salary=float("inf"))),
    ("wrong-type", user().replace("1234.5", "1e400")),
    ("wrong-type", user(id=None, age="x")),
    ("missing-key", user(id=None)),
    ("missing-key", user(id=...)),
    ("missing-key", user(id=..., email="")),
    ("missing-value", user(email=None)),
    ("missing-value", user(email=...)),
    ("missing-value", user(email=" \u00a0")),
    ("missing-value", user(name="")),
    ("missing-value", user(city="\t")),
    ("missing-value", user(salary=None)),
    ("missing-value", user(age=...)),
    ("missing-value", user(created_at=None)),
    ("wrong-type", user(created_at="")),
    ("missing-value", user(email="nobody", city=None)),
    ("invalid-email", user(email="nobody")),
    ("invalid-email", user(email="!!!")),
    ("invalid-email", user(email="a@b")),
    ("invalid-email", user(email="a@b", age=151)),
    ("invalid-value", user(age=-1)),
    ("invalid-value", user(age=151)),
    ("invalid-value", user(age=2**62)),
    ("wrong-type", user(created_at="2024-02-30T00:00:00Z")),
    ("wrong-type", user(created_at="31.1.2024")),
    ("invalid-value", user(name="a\0b")),
    ("invalid-value", user(city="\0")),
    ("wrong-type", user(name="NAME").replace("NAME", "\\ud800")),
]


def load(spark, source, database, **options):
    users = etl.clean(read_json_lines(spark, str(source), etl.USERS))
    return write_sqlite(users, database, "users", key="id", **options)


def test_every_rule_has_its_reason(spark, tmp_path, monkeypatch, database, query):
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "users.json"
    lines = [line for _, line in RULES]
    source.write_text(
        "\n".join(["\ufeff" + user(), "", *lines, "  ", user(id=2, more={"x": [1]}) + "\r", ""]), "utf-8"
    )
    run = load(spark, source, database, run_id="r")
    assert query("SELECT * FROM users") == [LOADED, (2, *LOADED[1:])]
    assert query("SELECT run_id, source_file, line, reason, raw FROM users_quarantine ORDER BY line") == [
        ("r", "users.json", number, reason, line) for number, (reason, line) in enumerate(RULES, start=3)
    ]
    assert (run.read, run.loaded, run.quarantined, run.duplicates, run.filtered) == (
        len(RULES) + 2,
        2,
        len(RULES),
        0,
        0,
    )


def test_rows_are_a_frame_like_any_other(spark, tmp_path):
    source = tmp_path / "users.json"
    source.write_text(user() + "\n" + user(age=200) + "\n{}\n{\n", "utf-8")
    frame = etl.clean(read_json_lines(spark, str(source), etl.USERS))
    assert frame.columns == [*etl.USERS.names, "_source"]
    assert [(row.id, row.age, row._source.line, row._source.reason) for row in frame.collect()] == [
        (1, 30, 1, None),
        (1, 200, 2, "invalid-value"),
        (None, None, 3, "missing-key"),
    ]


def messy_files(folder, files=3, lines=400):
    """Files with defects and repeated keys; the rows and rejects that a plain reading of them gives."""
    chance = random.Random(11)
    seen, rows, rejects = set(), [], []
    for number in range(files):
        text = []
        for line in range(1, lines + 1):
            key = chance.randrange(files * lines // 2)
            reason, written = (
                chance.choice(RULES)
                if chance.random() < 0.1
                else (None, user(id=key, name=f"{number}:{line}"))
            )
            if chance.random() < 0.05:
                reason, written = "blank", " " * chance.randrange(3)
            text.append(written)
            if reason is None and key in seen:
                reason = "duplicate-key"
            if reason is None:
                seen.add(key)
                rows.append((key, f"{number}:{line}", *LOADED[2:]))
            elif reason != "blank":
                rejects.append((f"{number}.json", line, reason, written))
        (folder / f"{number}.json").write_text("\n".join(text), "utf-8")
    return sorted(rows), sorted(rejects)


@pytest.mark.parametrize("block", [1_000_000, 20_000, 2_500])
def test_the_result_is_the_same_however_the_files_are_cut(
    spark, tmp_path, monkeypatch, database, query, block
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    rows, rejects = messy_files(tmp_path / "in")
    spark.conf.set("spark.sql.files.maxPartitionBytes", block)
    try:
        partitions = read_json_lines(spark, "in", etl.USERS).rdd.getNumPartitions()
        run = load(spark, "in", database)
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")
    assert partitions >= {1_000_000: 1, 20_000: 9, 2_500: 60}[block]
    assert query("SELECT * FROM users") == rows
    assert query("SELECT source_file, line, reason, raw FROM users_quarantine ORDER BY 1, 2") == [
        (f"in/{name}", *rest) for name, *rest in rejects
    ]
    assert run.read == run.loaded + run.quarantined + run.duplicates
    assert (run.loaded, run.duplicates) == (
        len(rows),
        sum(reject[2] == "duplicate-key" for reject in rejects),
    )


def test_the_table_of_another_program_is_filled(spark, tmp_path, database, query):
    connection = sqlite3.connect(database)
    connection.execute(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER NOT NULL, email TEXT NOT NULL,"
        " salary REAL NOT NULL, city TEXT NOT NULL, created_at TEXT NOT NULL) STRICT"
    )
    connection.close()
    (tmp_path / "users.json").write_text(user(), "utf-8")
    load(spark, tmp_path / "users.json", database)
    assert query("SELECT * FROM users") == [LOADED]


def test_a_table_that_is_made_wants_what_the_schema_wants(spark, tmp_path, database, query):
    (tmp_path / "users.json").write_text(user() + "\n" + user(id=2, city=None) + "\n", "utf-8")
    load(spark, tmp_path / "users.json", database)
    wanted = query("SELECT name FROM pragma_table_info('users') WHERE \"notnull\"")
    assert [name for (name,) in wanted] == etl.USERS.names
    assert query("SELECT reason FROM users_quarantine") == [("missing-value",)]


def run_in_process(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["etl.py", *map(str, arguments)])
    with pytest.raises(SystemExit) as error:
        etl.main()
    return error.value.code


def test_what_is_wrong_is_said_before_spark_starts(tmp_path, monkeypatch, capsys, database):
    monkeypatch.setattr(etl, "SparkSession", None)
    monkeypatch.chdir(tmp_path)
    assert run_in_process(monkeypatch, "--input", "no.json", "--database", database) == 66
    assert capsys.readouterr() == ("", f"etl: input not found: no.json (seen from {tmp_path})\n")
    assert run_in_process(monkeypatch, "--input", "no.json", "--database", "no/x.db") == 73
    assert capsys.readouterr().err == (
        f"etl: the folder of the database is not there: {tmp_path}/no. Make it first.\n"
    )
    holder = sqlite3.connect(database)
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("CREATE TABLE t (id)")
    holder.commit()
    holder.execute("BEGIN EXCLUSIVE")
    asked = ("--input", "no.json", "--database", database, "--lock-timeout", "0.1")
    assert run_in_process(monkeypatch, *asked) == 75
    assert capsys.readouterr().err == (
        f"etl: database is locked by another process: {database}. Try again when it has finished.\n"
    )
    holder.close()


def test_new_fields_are_said(spark, tmp_path, caplog):
    files = []
    for name, line in [
        ("usual", user()),
        ("new", user(phone=1, age=..., a="")),
        ("broken", "{"),
        ("other", "[1]"),
    ]:
        (tmp_path / name).write_text(line + "\n" + user(later=1), "utf-8-sig")
        files.append(str(tmp_path / name))
    read_json_lines(spark, files, etl.USERS)
    assert [record.getMessage() for record in caplog.records] == [
        f"{files[1]} has fields that are no columns, and are left out: a, phone"
    ]


def test_a_full_disk_is_said(spark, tmp_path, database, query, monkeypatch):
    load_file = tmp_path / "users.json"
    load_file.write_text(user(), "utf-8")
    load(spark, load_file, database)
    original = publish._prepare_tables

    def filled(connection, plan):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        original(connection, plan)

    monkeypatch.setattr(publish, "_prepare_tables", filled)
    load_file.write_text("\n".join(user(id=number, name="x" * 100) for number in range(1000)), "utf-8")
    with pytest.raises(errors.StorageError, match="no space left for the database"):
        load(spark, load_file, database)
    assert query("SELECT * FROM users") == [LOADED]


def submit(folder, *arguments):
    """Plain spark-submit, whose Python finds sparkctl_io."""
    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join([str(home.parent), str(SCRIPT.parent.parent / "spark")]),
    }
    command = [
        home / "bin/spark-submit",
        "--master",
        "local[2]",
        "--conf",
        "spark.ui.enabled=false",
        SCRIPT,
        *arguments,
    ]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_plain_spark_submit_runs_the_script(tmp_path, database, query):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "users 1.json").write_text(
        user() + "\n" + user(id=2, age=None) + "\n" + user() + "\n", "utf-8"
    )
    asked = ("--input", "in", "--database", "test.db", "--run-id", "first")
    done = submit(tmp_path, *asked)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "run first committed: users read 3 = loaded 1 + quarantined 1 + duplicates 1 + filtered 0;"
        " 1 of the loaded ones repaired\n"
    )
    assert query("SELECT source_file, line, reason FROM users_quarantine ORDER BY line") == [
        ("in/users 1.json", 2, "missing-value"),
        ("in/users 1.json", 3, "duplicate-key"),
    ]
    again = submit(tmp_path, *asked)
    assert (again.returncode, again.stdout) == (
        0,
        "run first was committed before, nothing changed: users read 3 = loaded 1 + quarantined 1 + duplicates 1 + filtered 0;"
        " 1 of the loaded ones repaired\n",
    )
    missing = submit(tmp_path, "--input", "gone", "--database", "test.db")
    # spark-submit itself joins what a Python script says on stderr with its stdout.
    assert (missing.returncode, missing.stdout) == (
        66,
        f"etl: input not found: gone (seen from {tmp_path})\n",
    )
