"""A driver's output and its end are kept, whoever lives to read them."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

KEEP = Path(__file__).parents[1] / "sparkctl_standby" / "keep.py"
SUPERVISE = KEEP.with_name("supervise.py")


def keep(folder: Path, *command: str, **options: object) -> dict[str, object]:
    subprocess.run([sys.executable, KEEP, folder, *command], check=True, timeout=60, **options)
    return ending(folder)


def ending(folder: Path) -> dict[str, object]:
    return json.loads((folder / "ending.json").read_text())


def until(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_both_outputs_are_kept_byte_for_byte_with_the_exit_code(tmp_path):
    program = "import os; os.write(1, bytes(range(256)) * 4096); os.write(2, b'\\xff'); os._exit(7)"
    assert keep(tmp_path, sys.executable, "-c", program) == {"exitCode": 7}
    assert (tmp_path / "stdout.log").read_bytes() == bytes(range(256)) * 4096
    assert (tmp_path / "stderr.log").read_bytes() == b"\xff"


def test_a_signal_is_told(tmp_path):
    program = "import os, signal; os.kill(os.getpid(), signal.SIGABRT)"
    assert keep(tmp_path, sys.executable, "-c", program) == {"signal": "SIGABRT"}


def test_a_program_that_is_not_there_is_told(tmp_path):
    assert "nowhere" in str(keep(tmp_path, "/nowhere")["notStarted"])


def test_a_link_in_the_place_of_a_log_is_not_followed(tmp_path):
    other = tmp_path / "other"
    (tmp_path / "stdout.log").symlink_to(other)
    with pytest.raises(subprocess.CalledProcessError):
        keep(tmp_path, "/bin/echo", "hello")
    assert not other.exists()


def test_output_that_cannot_be_kept_is_told_and_does_not_stop_the_program(tmp_path):
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    program = "import os; os.write(1, b'x' * 100_000); os._exit(3)"
    told = keep(tmp_path, sys.executable, "-c", program, preexec_fn=limit)
    assert told == {"unkept": "EFBIG", "exitCode": 3}
    assert (tmp_path / "stdout.log").stat().st_size == 4096


def test_output_that_another_process_holds_is_given_up_once_all_are_asked_to_end(tmp_path):
    program = "import subprocess, sys; print('out', subprocess.Popen(['/bin/sleep', '60']).pid, flush=True)"
    keeper = subprocess.Popen([sys.executable, KEEP, tmp_path, sys.executable, "-c", program])
    try:
        until((tmp_path / "ending.json").exists)
        assert keeper.poll() is None
        keeper.send_signal(signal.SIGTERM)
        assert keeper.wait(timeout=30) == 0
        assert ending(tmp_path) == {"exitCode": 0, "held": True}
    finally:
        os.kill(int((tmp_path / "stdout.log").read_text().split()[1]), signal.SIGKILL)


def supervised(tmp_path: Path, program: str) -> tuple[Path, Path, subprocess.Popen, subprocess.Popen]:
    pipes, folder = tmp_path / "pipes", tmp_path / "run"
    pipes.mkdir()
    folder.mkdir()
    supervisor = subprocess.Popen([sys.executable, SUPERVISE, pipes, sys.executable, "-c", program])
    until((pipes / "end").exists)
    return pipes, folder, supervisor, subprocess.Popen([sys.executable, KEEP, folder, "--pipes", pipes])


def test_the_pipes_of_a_supervisor_are_taken_once_the_program_is_the_runs(tmp_path):
    go = tmp_path / "go"
    program = f"""
import os, time
print('before', flush=True)
while not os.path.exists({str(go)!r}):
    time.sleep(0.01)
raise SystemExit(9)
"""
    pipes, folder, supervisor, keeper = supervised(tmp_path, program)
    until((folder / "stdout.log").exists)
    assert (folder / "stdout.log").read_text() == ""
    (pipes / "begun").touch()
    until(lambda: (folder / "stdout.log").read_text() == "before\n")
    go.touch()
    assert (supervisor.wait(timeout=30), keeper.wait(timeout=30)) == (0, 0)
    assert ending(folder) == {"exitCode": 9}


def test_what_ends_before_it_is_the_runs_leaves_nothing_in_its_logs(tmp_path):
    _, folder, supervisor, keeper = supervised(tmp_path, "print('not of the run')")
    assert (supervisor.wait(timeout=30), keeper.wait(timeout=30)) == (0, 0)
    assert "notStarted" in ending(folder)
    assert (folder / "stdout.log").read_text() == ""


def test_what_has_ended_before_its_pipes_are_opened_is_told(tmp_path):
    pipes = tmp_path / "pipes"
    pipes.mkdir()
    subprocess.run([sys.executable, SUPERVISE, pipes, "/bin/true"], check=True, timeout=30)
    assert "notStarted" in keep(tmp_path, "--pipes", pipes)


def test_what_has_ended_as_the_runs_before_its_pipes_are_opened_is_told(tmp_path):
    pipes = tmp_path / "pipes"
    pipes.mkdir()
    subprocess.run([sys.executable, SUPERVISE, pipes, "/bin/true"], check=True, timeout=30)
    (pipes / "begun").touch()
    assert keep(tmp_path, "--pipes", pipes) == {"signal": "SIGKILL"}
