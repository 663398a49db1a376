"""Keep what a driver prints, and how it ends, in files, so that it needs nobody who reads it.

    keep.py FOLDER PROGRAM [ARGUMENT...]    start the program
    keep.py FOLDER --pipes PIPES            take the pipes of supervise.py, once ``begun`` is beside them

Files of FOLDER: ``stdout.log`` and ``stderr.log``, and ``ending.json`` once the program has ended, with
``exitCode`` or ``signal``; or ``notStarted``, the reason why it could not be. ``unkept`` is the error that
let output be lost, and ``held`` says that another process still had the output when it was given up.
"""

import errno
import json
import os
import select
import selectors
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

from supervise import describe_end

# How long the output of a program that has ended may be silent, and more than the system holds back of it.
SILENCE_S = 2.0
MOST_HELD_BYTES = 1 << 20
LOOK_EVERY_S = 0.2
PIECE_BYTES = 1 << 16
# Taken beforehand: it must be possible to tell the end on a full disk, too.
ENDING_BYTES = 512


class Ending:
    """The file that tells the end."""

    def __init__(self, folder: Path) -> None:
        """Make room for it."""
        self._path = folder / "ending.json"
        self._new = folder / "ending.json.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(self._new, flags, 0o600)
        os.write(self._file, b" " * ENDING_BYTES)
        self.said: dict[str, object] = {}

    def tell(self, **said: object) -> None:
        """Add to what is told."""
        is_first = not self.said
        self.said.update(said)
        os.pwrite(self._file, json.dumps(self.said).encode().ljust(ENDING_BYTES), 0)
        if is_first:
            self._new.rename(self._path)


class Keeper:
    """Copies two outputs into files until they come to their end."""

    def __init__(self, folder: Path, ending: Ending) -> None:
        """Open the files, before the program could put something else into their places."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._logs = [os.open(folder / name, flags, 0o600) for name in ("stdout.log", "stderr.log")]
        self._ending = ending
        self._unkept: str | None = None
        self._asked_at = 0.0
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, self._ask)

    def _ask(self, *_: object) -> None:
        """Note that all of the run's processes are asked to end: this one does so after the program."""
        self._asked_at = time.monotonic()

    def keep(self, stdout: int, stderr: int, end: int) -> None:
        """Copy until both outputs are closed and the end is known, or another process holds them on."""
        logs = dict(zip((stdout, stderr), self._logs, strict=True))
        selector = selectors.DefaultSelector()
        for source in (*logs, end):
            selector.register(source, selectors.EVENT_READ)
        latest, held_bytes = time.monotonic(), 0
        while selector.get_map():
            has_ended = bool(self._ending.said)
            for key, _ in selector.select(LOOK_EVERY_S if has_ended else None):
                piece = os.read(key.fd, PIECE_BYTES)
                latest = time.monotonic()
                if key.fd == end:
                    self._ending.tell(**read_end(piece))
                    selector.unregister(end)
                elif piece:
                    self._write(logs[key.fd], piece)
                    held_bytes += len(piece) if has_ended and self._asked_at else 0
                else:
                    selector.unregister(key.fd)
            silent_s = time.monotonic() - max(latest, self._asked_at)
            if has_ended and self._asked_at and (silent_s > SILENCE_S or held_bytes > MOST_HELD_BYTES):
                self._ending.tell(held=True)
                return

    def _write(self, log: int, piece: bytes) -> None:
        """Write all of a piece. After an error nothing more is kept, and the run is told at once."""
        try:
            while piece and self._unkept is None:
                piece = piece[os.write(log, piece) :]
        except OSError as error:
            self._unkept = errno.errorcode.get(error.errno or 0, "EIO")
            self._ending.tell(unkept=self._unkept)


def read_end(said: bytes) -> dict[str, object]:
    """Read what is said of the end. Who is gone without a word was killed."""
    return json.loads(said) if said else {"signal": "SIGKILL"}


def start(command: list[str]) -> tuple[int, int, int]:
    """Start a program. Gives its outputs, and a pipe that tells its end."""
    pipe = subprocess.PIPE
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)
    end, told = os.pipe()

    def tell() -> None:
        os.write(told, describe_end(program.wait()))
        os.close(told)

    threading.Thread(target=tell, daemon=True).start()
    assert program.stdout is not None
    assert program.stderr is not None
    # They must not be closed with their objects.
    return os.dup(program.stdout.fileno()), os.dup(program.stderr.fileno()), end


def take_pipes(folder: Path) -> tuple[int, int, int]:
    """Open the pipes of a supervisor, and leave them alone until the program is the run's."""
    stdout, stderr, end = (open_pipe(folder / name) for name in ("stdout", "stderr", "end"))
    begun = folder / "begun"
    while not begun.exists():
        if select.select([end], [], [], 0.01)[0] and not begun.exists():
            raise OSError("the program ended before it was the run's")
    return stdout, stderr, end


def open_pipe(path: Path) -> int:
    """Open a named pipe. What has taken its place, and is none, is not read."""
    pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not stat.S_ISFIFO(os.fstat(pipe).st_mode):
        raise OSError(f"{path} is no pipe")
    # The system tells the end of a pipe only to who has seen it open. Its program may have closed it before.
    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC))
    return pipe


def main() -> None:
    """Keep what is printed, and tell the end."""
    folder, *command = sys.argv[1:]
    ending = Ending(Path(folder))
    keeper = Keeper(Path(folder), ending)
    try:
        sources = take_pipes(Path(command[1])) if command[0] == "--pipes" else start(command)
    except OSError as error:
        ending.tell(notStarted=str(error)[:200])
        return
    keeper.keep(*sources)


if __name__ == "__main__":
    main()
