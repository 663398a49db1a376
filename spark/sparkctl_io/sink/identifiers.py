"""Names inside SQL text."""

from collections.abc import Sequence

from ..errors import UnknownOptionError


def quoted(name: str) -> str:
    """The name as an SQL identifier, whatever letters it has."""
    if not name or "\0" in name:
        raise UnknownOptionError(f"{name!r} can't be the name of a table or column")
    return '"' + name.replace('"', '""') + '"'


def folded(name: str) -> str:
    """The name by which SQLite knows it: capitals of ASCII are small letters, others are what they are."""
    return name.encode().lower().decode()


def quoted_list(names: Sequence[str], prefix: str = "") -> str:
    return ", ".join(prefix + quoted(name) for name in names)
