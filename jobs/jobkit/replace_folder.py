"""Puts a folder in the place of another, at once."""

import contextlib
import ctypes
import os
import shutil
import uuid
from pathlib import Path

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD, RENAME_EXCHANGE


def replace_folder(new: Path, old: Path) -> None:
    """
    Renames `new` to `old`, whose former content is removed.

    Where the system can exchange two names (Linux), there is at no time none of that name. Elsewhere the old
    folder is put aside for a moment, and back if the new one can't take its place.
    """
    if not old.exists():
        new.rename(old)
    elif _exchange(new, old):
        shutil.rmtree(new, ignore_errors=True)
    else:
        aside = old.parent / f".{old.name}.{uuid.uuid4().hex[:8]}"
        old.rename(aside)
        try:
            new.rename(old)
        except BaseException:
            with contextlib.suppress(OSError):
                aside.rename(old)
            raise
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:
        return False
    return bool(renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)
