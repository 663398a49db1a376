"""The names of source files as people know them."""

import os
from urllib.parse import unquote


def local_path(address: str) -> str | None:
    """Spark's `file:///srv/data/a%20b.json` as an absolute path. None for other file systems."""
    if not address.startswith("file:"):
        return None
    return "/" + unquote(address.removeprefix("file:")).lstrip("/")


def as_given(address: str, base_folder: str) -> str:
    """
    The path of an address of Spark's, relative to the base folder where it is inside it.

    Addresses of other file systems stay as they are.
    """
    path = local_path(address)
    if path is None:
        return address
    inside = path.startswith(base_folder.rstrip("/") + "/")
    return os.path.relpath(path, base_folder) if inside else path
