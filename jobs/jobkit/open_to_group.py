"""Files that a container has written, and a person of its group may want to replace."""

import contextlib
import stat
from pathlib import Path

_GROUP = {True: stat.S_IRWXG, False: stat.S_IRGRP | stat.S_IWGRP}


def open_to_group(path: Path) -> None:
    """Lets the group do with a file, or a folder and all in it, what their owner may."""
    for each in [path, *(path.rglob("*") if path.is_dir() else [])]:
        with contextlib.suppress(PermissionError):  # it is another user's, who has done it
            each.chmod(stat.S_IMODE(each.stat().st_mode) | _GROUP[each.is_dir()])
