"""The files that Spark reads for a path, found before Spark is asked."""

import os
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from ..errors import InputMissingError

REMOTE = re.compile(r"^(?!file:)[A-Za-z][A-Za-z0-9+.-]*://")
_PATTERN_LETTERS = re.compile(r"[*?\[\]{}\\]")
_MOST_ALTERNATIVES = 10_000


def list_of_paths(inputs: str | Sequence[str]) -> list[str]:
    """The paths of an input, of which one may stand alone: a string is one path."""
    return [inputs] if isinstance(inputs, str) else list(inputs)


def escape_pattern(path: str) -> str:
    """The path for Spark with every letter standing for itself."""
    return re.sub(r"([\\{}\[\]*?,])", r"\\\1", path)


def find_inputs(inputs: str | Sequence[str]) -> list[str]:
    """
    The files that the inputs name: files, folders (as Spark reads them, partitions too) or Spark's patterns.

    An input that names nothing, or something unreadable, is an error here and not, as for Spark, no rows.
    Addresses of other file systems (`s3a://…`) are left to Spark.
    """
    found: dict[str, None] = {}
    for given in list_of_paths(inputs):
        if REMOTE.match(given):
            found[given] = None
            continue
        files = _files_named(given)
        if not files:
            raise InputMissingError(f"input not found: {given} (seen from {Path.cwd()})")
        for file in files:
            _must_be_readable(file)
            found[os.path.abspath(file)] = None  # noqa: PTH100 -- symbolic links stay as they were given
    return list(found)


def _files_named(given: str) -> list[Path]:
    path = Path(given.removeprefix("file://"))
    # A hidden file that is named is meant.
    if path.is_file():
        return [path]
    roots = [path] if path.exists() else list(_matches(os.path.abspath(path), given))  # noqa: PTH100
    direct: list[Path] = []
    partitions: list[Path] = []
    for root in roots:
        if root.is_file():
            direct.append(root)
        elif root.is_dir():
            for file, in_partition in _below(root, frozenset([_identity(root)]), in_partition=False):
                if in_partition:
                    partitions.append(file)
                elif file.parent == root:
                    direct.append(file)
    # With one partitioned folder among them, Spark reads partitions alone.
    return sorted(partitions or direct)


def _below(
    folder: Path, above: frozenset[tuple[int, int]], *, in_partition: bool
) -> Iterator[tuple[Path, bool]]:
    """Every file below a folder. A link to a folder of `above`, those on the way, ends the descent."""
    try:
        entries = sorted(folder.iterdir())
    except PermissionError as error:
        raise InputMissingError(f"input can't be read: {folder} ({error.strerror})") from error
    for entry in entries:
        if _is_hidden(entry.name):
            continue
        if entry.is_file():
            yield entry, in_partition
        elif entry.is_dir() and _identity(entry) not in above:
            partition = in_partition or re.match("[^=]+=.", entry.name) is not None
            yield from _below(entry, above | {_identity(entry)}, in_partition=partition)


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _is_hidden(name: str) -> bool:
    return (name.startswith("_") and "=" not in name) or name.startswith(".") or name.endswith("._COPYING_")


def _matches(pattern: str, given: str) -> Iterator[Path]:
    """The files and folders that a pattern of Spark's names, but for hidden files."""
    for alternative in _without_slashed_braces(pattern, given):
        found = [Path("/")]
        for part in filter(None, alternative.split("/")):
            if _PATTERN_LETTERS.search(part):
                name = _compiled(part, given)
                found = [
                    entry for folder in found for entry in _entries(folder) if name.fullmatch(entry.name)
                ]
            else:
                # A name that leads upwards could be part of a brace.
                found = [] if part in (".", "..") else [folder / part for folder in found]
        yield from (path for path in found if path.is_dir() or (path.is_file() and not _is_hidden(path.name)))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []


def _without_slashed_braces(pattern: str, given: str) -> list[str]:
    """The same without a slash in braces: `{a/b,c}/d` is `a/b/d` and `c/d`."""
    done: list[str] = []
    waiting = [pattern]
    while waiting:
        text = waiting.pop()
        braces = _slashed_braces(text)
        if braces is None:
            done.append(text)
        else:
            waiting.extend(braces)
        if len(done) + len(waiting) > _MOST_ALTERNATIVES:
            raise _bad_pattern(given, "it has too many alternatives")
    return done


def _slashed_braces(pattern: str) -> list[str] | None:
    """The pattern once for each alternative of its first outermost braces with a slash."""
    depth, start, commas, slash, escaped = 0, 0, [0], False, False
    for at, letter in enumerate(pattern):
        if escaped or letter == "\\":
            escaped = not escaped
        elif letter == "{":
            if depth == 0:
                start, commas, slash = at, [], False
            depth += 1
        elif depth and letter == "," and depth == 1:
            commas.append(at)
        elif depth and letter == "/":
            slash = True
        elif depth and letter == "}":
            depth -= 1
            if depth == 0 and slash:
                edges = [start, *commas, at]
                before, after = pattern[:start], pattern[at + 1 :]
                return [before + pattern[left + 1 : right] + after for left, right in pairwise(edges)]
    return None


def _compiled(part: str, given: str) -> re.Pattern[str]:
    """One part of a pattern: `*`, `?`, `[a-z]`, `[^a]`, `{a,b}`, and a backslash before a plain letter."""
    expression, depth, at = "", 0, 0
    while at < len(part):
        letter = part[at]
        if letter == "\\":
            at += 1
            if at == len(part):
                raise _bad_pattern(given, "a letter is missing after the last \\")
            expression += re.escape(part[at])
        elif letter in "*?":
            expression += ".*" if letter == "*" else "."
        elif letter == "{":
            depth += 1
            expression += "(?:"
        elif letter == "}" and depth:
            depth -= 1
            expression += ")"
        elif letter == "," and depth:
            expression += "|"
        elif letter == "[":
            end = part.find("]", at + 1)
            if end < 0:
                raise _bad_pattern(given, "a [ is never closed")
            expression += _character_class(part[at + 1 : end], given)
            at = end
        else:
            expression += re.escape(letter)
        at += 1
    if depth:
        raise _bad_pattern(given, "a { is never closed")
    try:
        return re.compile(expression, re.DOTALL)
    except re.error as error:
        raise _bad_pattern(given, str(error)) from error


def _character_class(members: str, given: str) -> str:
    negative = members[:1] in ("^", "!") and members != ""
    letters = members[1:] if negative else members
    if not letters:
        raise _bad_pattern(given, "a [] has nothing in it")
    escaped = "".join(letter if letter == "-" else re.escape(letter) for letter in letters)
    return f"[{'^' if negative else ''}{escaped}]"


def _bad_pattern(given: str, problem: str) -> InputMissingError:
    return InputMissingError(f"input can't be read: {given} is no pattern that Spark can read ({problem})")


def _must_be_readable(file: Path) -> None:
    if not os.access(file, os.R_OK):
        raise InputMissingError(f"input can't be read: {file} (permission denied)")
    if ":" in file.name:
        raise InputMissingError(f"input can't be read: {file} (Spark refuses a file name with a colon)")
