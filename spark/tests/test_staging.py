"""What an earlier write left is removed, what another one is using stays."""

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from sparkctl_io.errors import CannotCreateError, PermissionRefusedError
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
