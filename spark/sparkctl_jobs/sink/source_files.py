"""The names of source files as people know them."""

import os
from urllib.parse import unquote


def as_given(address: str, base_folder: str) -> str:
    """
    Spark's `file:///srv/data/a%20b.json` as a path, relative to the base folder where it is inside it.

    Addresses of other file systems stay as they are.
    """
    if not address.startswith("file:"):
        return address
    path = unquote(address.removeprefix("file:"))
    path = "/" + path.lstrip("/")
    inside = path.startswith(base_folder.rstrip("/") + "/")
    return os.path.relpath(path, base_folder) if inside else path
