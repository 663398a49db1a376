"""The names of source files as people know them."""

import os
from pathlib import Path
from urllib.parse import unquote

# By which sparkctl, too, knows a project's folder.
_SIGNS = (".sparkctl", "package.json", ".git")


def local_path(address: str) -> str | None:
    """A path, or Spark's `file:///srv/data/a%20b.json`, as an absolute path. None for other file systems."""
    if address.startswith("/"):
        return address
    if not address.startswith("file:"):
        return None
    return "/" + unquote(address.removeprefix("file:")).lstrip("/")


def project_of(database: Path) -> str:
    """
    The folder from which source files are named: that of the database's project, else its own.

    So a file has the same name whatever folder a job was started in.
    """
    folder = Path(os.path.abspath(database)).parent  # noqa: PTH100 -- symbolic links stay as they were given
    signed = (above for above in (folder, *folder.parents) if any(_is_there(above / sign) for sign in _SIGNS))
    return str(next(signed, folder))


def _is_there(path: Path) -> bool:
    return os.access(path, os.F_OK)  # a folder that can't be looked into has no sign


def in_project(address: str, project: str) -> str:
    """
    The path of an address of Spark's, relative to the project where it is inside it, else absolute.

    Addresses of other file systems stay as they are.
    """
    path = local_path(address)
    if path is None:
        return address
    return os.path.relpath(path, project) if path.startswith(project.rstrip("/") + "/") else path
