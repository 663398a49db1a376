"""The private folder of a write, beside its database: made, kept from others while it is in use, removed."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from ..errors import CannotCreateError, UnknownOptionError, from_os
from ..reading.input_paths import REMOTE
from .source_files import local_path

# Containers run as another user of the same group; nobody else has to look in here.
_FOLDER_MODE, _FILE_MODE = 0o770, 0o660
_UNGUARDED = "unguarded"
_UNGUARDED_LIFETIME_S = 24 * 3600


def staging_root(database: Path, address: str | Path | None = None) -> Path:
    """
    The folder for the folders of all writes into a database: beside it, or where its user wants it.

    There others may have theirs. Locks need not reach other hosts, so that only writes of the same host share
    one.
    """
    if address is None:
        return database.absolute().parent / f".{database.name}.sparkctl"
    known = hashlib.sha256(f"{socket.gethostname()}\0{database.absolute()}".encode()).hexdigest()[:12]
    return _folder_of(str(address)) / f".{database.name}.{known}.sparkctl"


def _folder_of(address: str) -> Path:
    if REMOTE.match(address):
        raise UnknownOptionError(
            f"staging can't be at {address}: it must be a folder that the driver and all workers see under"
            " one path. Without the option, what they write reaches the driver through Spark."
        )
    folder = Path(local_path(address) or address)
    if not folder.is_dir():
        raise CannotCreateError(f"the staging folder is not there: {folder.absolute()}. Make it first.")
    return folder.absolute()


class Staging:
    """
    A folder that lives as long as the process that guards it.

    The guard is a lock on the folder, which the system gives up when the process dies, however it dies. Each
    new write removes the folders that nobody guards any more.
    """

    def __init__(self, folder: Path, guard: int) -> None:
        self.folder = folder
        self._guard = guard

    @staticmethod
    def create(
        database: Path, run_id: str, address: str | Path | None = None, guarded: bool = True
    ) -> "Staging":
        """
        `address`: where it shall be, if not beside the database.

        Unguarded: for a write whose driver doesn't hold the object, because the options alone describe it.
        Such a folder is taken for abandoned after a day.
        """
        root = staging_root(database, address)
        try:
            with _alone_in(root):
                _remove_abandoned(root)
                folder = root / f"{run_id}.{uuid.uuid4().hex[:8]}"
                _make_folder(folder)
                guard = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
                _try_lock(guard, fcntl.LOCK_SH)
                if not guarded:
                    create_file(folder / _UNGUARDED)
        except OSError as error:
            raise from_os(error, root) from error
        return Staging(folder, guard)

    @staticmethod
    @contextlib.contextmanager
    def guarded(folder: Path) -> Iterator[None]:
        """Guards a folder for a while on behalf of a process that may die: the commit, which has its own."""
        guard = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _try_lock(guard, fcntl.LOCK_SH)
            yield
        finally:
            os.close(guard)

    def leave(self) -> None:
        """Ends the guard and leaves the folder to others."""
        os.close(self._guard)

    def remove(self) -> None:
        """Removes the folder and ends the guard."""
        remove_folder(self.folder)
        self.leave()


def remove_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.parent.rmdir()  # unless another write is under way there


def create_file(path: Path) -> None:
    """An empty file that the group can write, whatever the umask."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, _FILE_MODE)
        os.fchmod(descriptor, _FILE_MODE)
        os.close(descriptor)
    except OSError as error:
        raise from_os(error, path) from error


def _make_folder(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with contextlib.suppress(PermissionError):  # it belongs to another user of the group, who has done it
        folder.chmod(_FOLDER_MODE)


@contextlib.contextmanager
def _alone_in(root: Path) -> Iterator[None]:
    """Keeps other writes from making and removing folders here meanwhile."""
    while True:
        _make_folder(root)
        try:
            descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue  # the last write that ended has removed it
        try:
            _try_lock(descriptor, fcntl.LOCK_EX)
            if not root.exists() or root.stat().st_ino != os.fstat(descriptor).st_ino:
                continue
            yield
            return
        finally:
            os.close(descriptor)


def _remove_abandoned(root: Path) -> None:
    for folder in root.iterdir():
        if folder.is_dir() and not folder.is_symlink() and _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    if (folder / _UNGUARDED).exists() and time.time() - folder.stat().st_mtime < _UNGUARDED_LIFETIME_S:
        return False
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:  # it is another user's, or has just been removed
        return False
    try:
        return _try_lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, kind: int) -> bool:
    """Tries to lock a file. Where the file system has no locks, nothing is ever taken for abandoned."""
    try:
        fcntl.flock(descriptor, kind)
    except OSError:
        return False
    return True
