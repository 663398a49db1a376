"""Start a program whose output goes to named pipes, and tell in another one how it ended.

Whoever waits for the program need not be the process that started it: it opens the pipes when it wants the
output, and until then the system holds the first of it back.

    supervise.py FOLDER PROGRAM [ARGUMENT...]

Named pipes of FOLDER: ``stdout`` and ``stderr`` of the program, and ``end``, which gets ``{"exitCode": n}``
or ``{"signal": "SIG…"}`` and is open for as long as this program lives.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Make the pipes, run the program, and tell its end."""
    folder, *command = sys.argv[1:]
    # Open for both ways, so that opening does not wait for a reader, and writing does not fail without one.
    stdout, stderr, end = (open_pipe(Path(folder, name)) for name in ("stdout", "stderr", "end"))
    # Whoever ends the program sends the signal to all of its processes. The program does not get the handler.
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, lambda *_: None)
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
    os.close(stdout)
    os.close(stderr)
    os.write(end, describe_end(program.wait()))


def describe_end(code: int) -> bytes:
    """Describe how a program ended: a line of JSON."""
    told = {"exitCode": code} if code >= 0 else {"signal": signal.Signals(-code).name}
    return f"{json.dumps(told)}\n".encode()


def open_pipe(path: Path) -> int:
    """Make a named pipe and open it."""
    os.mkfifo(path, 0o600)
    return os.open(path, os.O_RDWR | os.O_CLOEXEC)


if __name__ == "__main__":
    main()
