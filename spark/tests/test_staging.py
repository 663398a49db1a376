"""Leftovers of an earlier write are removed, the files of a write that goes on stay."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyspark.sql.functions import lit, udf
from pyspark.sql.types import LongType, StringType

from sparkctl_io import register_sqlite, write_sqlite
from sparkctl_io.errors import CannotCreateError, PermissionRefusedError, UnknownOptionError
from sparkctl_io.sink import tasks
from sparkctl_io.sink.staging import Staging, staging_root

GUARD = """
import sys, time
from pathlib import Path
from sparkctl_io.sink.staging import Staging
print(Staging.create(Path(sys.argv[1]), "other").folder, flush=True)
sys.stdin.read()
"""


def test_a_folder_lives_as_long_as_the_process_that_guards_it(database):
    path = os.pathsep.join([*sys.path])
    other = subprocess.Popen(
        [sys.executable, "-c", GUARD, database],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert other.stdout is not None
    theirs = other.stdout.readline().strip()
    first = Staging.create(database, "first")
    assert os.path.isdir(theirs)
    other.send_signal(signal.SIGKILL)
    other.wait()
    second = Staging.create(database, "second")
    assert not os.path.exists(theirs)
    assert first.folder.is_dir()
    first.remove()
    assert second.folder.is_dir()
    second.remove()
    assert not staging_root(database).exists()


def test_a_folder_without_a_guard_is_abandoned_after_a_day(database):
    unguarded = Staging.create(database, "options", guarded=False)
    unguarded.leave()
    Staging.create(database, "next").leave()
    assert unguarded.folder.is_dir()
    day_ago = time.time() - 25 * 3600
    os.utime(unguarded.folder, (day_ago, day_ago))
    Staging.create(database, "last").leave()
    assert not unguarded.folder.exists()


def test_folders_are_for_the_owner_and_the_group_alone(database):
    umask = os.umask(0o022)
    try:
        staging = Staging.create(database, "run")
    finally:
        os.umask(umask)
    for folder in (staging.folder, staging.folder.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o770
    staging.remove()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        CannotCreateError, match=f"No such file or directory: {tmp_path}/missing/.x.db.sparkctl"
    ):
        Staging.create(tmp_path / "missing" / "x.db", "run")


def test_a_link_is_not_followed(database, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("keep")
    root = staging_root(database)
    root.mkdir()
    (root / "link").symlink_to(precious)
    Staging.create(database, "run").remove()
    assert (precious / "file").read_text() == "keep"


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_a_folder_that_can_not_be_written_is_named(tmp_path):
    code = """
import os, sys
from pathlib import Path
from sparkctl_io.errors import JobError
from sparkctl_io import check_database
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    check_database(Path(sys.argv[1]), 100)
except JobError as error:
    print(error.exit_code, error)
"""
    hidden = tmp_path / "hidden"
    (hidden / "inner").mkdir(parents=True)
    tmp_path.chmod(0o555)
    hidden.chmod(0o700)
    for parent in tmp_path.parents[:3]:
        if parent.name.startswith(("pytest-", "popen-")):
            parent.chmod(0o755)

    def said(database):
        found = subprocess.run(
            [sys.executable, "-c", code, database],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        return found.stdout or found.stderr

    database = tmp_path / "x.db"
    assert said(database) == f"77 the folder of the database can't be written by this user: {tmp_path}\n"
    assert said(hidden / "inner" / "x.db") == f"77 Permission denied: {hidden / 'inner'}\n"
    assert PermissionRefusedError.exit_code == 77


@udf(returnType=StringType())
def staged_in(folder):
    """The folders of writes that are there while rows are computed."""
    return "|".join(sorted(str(path.relative_to(folder)) for path in Path(folder).rglob(".*.sparkctl/*")))


@pytest.mark.parametrize("how", ["write_sqlite", "format", "address"])
def test_tasks_write_where_the_user_wants_it(spark, database, query, tmp_path, how):
    elsewhere = tmp_path / "elsewhere with blanks"
    elsewhere.mkdir()
    frame = spark.range(0, 3, 1, 1).select("id", staged_in(lit(str(tmp_path))).alias("seen"))
    if how == "format":
        register_sqlite(spark)
        options = {"table": "t", "key": "id", "staging": str(elsewhere)}
        frame.write.format("sqlite").mode("append").options(**options).save(str(database))
    else:
        address = elsewhere if how == "write_sqlite" else elsewhere.as_uri()
        write_sqlite(frame, database, "t", key="id", staging=address)
    [(seen,)] = query("SELECT DISTINCT seen FROM t")
    assert re.fullmatch(r"elsewhere with blanks/\.test\.db\.[0-9a-f]{12}\.sparkctl/[^/|]+", seen)
    assert list(elsewhere.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [elsewhere.name, "test.db"]


@udf(returnType=LongType())
def never(number):
    raise AssertionError("rows were read")


def test_where_nothing_can_be_staged_is_said_before_rows_are_read(spark, database, tmp_path, monkeypatch):
    frame = spark.range(3).select(never("id").alias("id"))

    def staged_at(address):
        write_sqlite(frame, database, "t", key="id", staging=address)

    with pytest.raises(CannotCreateError, match=f"the staging folder is not there: {tmp_path}/no. Make it"):
        staged_at(tmp_path / "no")
    (tmp_path / "file").touch()
    with pytest.raises(CannotCreateError, match=f"the staging folder is not there: {tmp_path}/file"):
        staged_at(tmp_path / "file")
    with pytest.raises(UnknownOptionError, match="staging can't be at hdfs://a/b: it must be a folder"):
        staged_at("hdfs://a/b")
    with pytest.raises(PermissionRefusedError, match=r"/sys/\.test\.db\.[0-9a-f]{12}\.sparkctl"):
        staged_at("/sys")  # where nobody can make a folder
    monkeypatch.setattr(tasks, "_is_one_machine", lambda _: False)
    monkeypatch.setattr(tasks, "_workers_see", lambda *_: False)
    with pytest.raises(CannotCreateError, match=f"not every worker can write .* folder {tmp_path}: name one"):
        staged_at(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]
