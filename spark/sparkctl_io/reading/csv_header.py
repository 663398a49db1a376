"""The first line of CSV files: where in each file the columns stand that a job wants."""

import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ..errors import InputMissingError, InputUnfitError, from_os
from ..text import WHITE_SPACE
from .blocks import opened
from .csv_record import fields_of
from .input_paths import find_inputs

_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars", ",": "commas"}
_LONGEST_HEADER = 1 << 20


@dataclass(frozen=True)
class CsvLayout:
    """The layout of one file's lines, from its header."""

    delimiter: str
    width: int
    """The number of fields in each line."""
    places: tuple[int, ...]
    """For each wanted column its place in the line."""


@dataclass(frozen=True)
class CsvHeader:
    """The layouts of all files of an input. It travels with the tasks."""

    layouts: Mapping[str, CsvLayout]

    def layout_of(self, file: str) -> CsvLayout:
        """The layout of a file, by its path as `find_inputs` gives it."""
        return self.layouts[file]


def read_header(
    inputs: str | Sequence[str],
    columns: Sequence[str],
    *,
    delimiter: str = ",",
    other_names: Mapping[str, str] | None = None,
) -> CsvHeader:
    """
    Finds the columns in the first line of every file (see `find_inputs`), by their names, in any order.

    `other_names`: for a column the name that some files have for it. Columns that nobody wants are left out.
    What keeps a file from being read as it is meant is an error that names the file and says what to do.
    """
    others = other_names or {}
    return CsvHeader(
        {file: _layout(file, columns, delimiter, others) for file in find_inputs(inputs)},
    )


def _layout(file: str, columns: Sequence[str], delimiter: str, others: Mapping[str, str]) -> CsvLayout:
    shown = os.path.relpath(file) if file.startswith(f"{Path.cwd()}/") else file
    line = _first_line(file, shown)
    fields = fields_of(line, delimiter)
    if fields is None:
        raise InputUnfitError(
            f"the first line of {shown} is no header: its quotation marks are not in pairs around a field"
        )
    names = [_normal(field) for field in fields]
    wanted = [(_normal(column), _normal(others.get(column, column))) for column in columns]
    missing = [
        column for column, pair in zip(columns, wanted, strict=True) if not any(n in names for n in pair)
    ]
    if missing:
        _must_be_delimited_so(line, delimiter, wanted, shown)
        raise InputUnfitError(
            f"{shown} has no column {', '.join(missing)}: its first line must name the columns, and has"
            f" {', '.join(names)}"
        )
    repeated = sorted({name for name in chain(*wanted) if names.count(name) > 1})
    if repeated:
        raise InputUnfitError(
            f"{shown} has the column {', '.join(repeated)} more than once: rename the others"
        )
    places = tuple(names.index(next(name for name in pair if name in names)) for pair in wanted)
    return CsvLayout(delimiter, len(names), places)


def _must_be_delimited_so(line: str, delimiter: str, wanted: Sequence[tuple[str, str]], shown: str) -> None:
    """Says it when the columns are all there, and only something else stands between them."""
    for other, name in _OTHER_DELIMITERS.items():
        fields = [_normal(field) for field in fields_of(line, other) or []]
        if other != delimiter and all(any(n in fields for n in pair) for pair in wanted):
            raise InputUnfitError(
                f"the columns of {shown} are separated by {name}, not by"
                f" {_OTHER_DELIMITERS.get(delimiter, repr(delimiter))}: read it with --delimiter {other!r}"
            )


def _first_line(file: str, shown: str) -> str:
    if "://" in file:
        raise InputMissingError(f"the header of {file} can't be read: CSV must be on this file system")
    try:
        with opened(file) as stream:
            line = stream.readline(_LONGEST_HEADER)
            has_rows = any(rest.strip() for rest in stream)
    except OSError as error:
        raise from_os(error, file) from error
    try:
        text = line.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise InputUnfitError(
            f"the first line of {shown} is not UTF-8 (byte {error.start + 1} is 0x{line[error.start]:02x}),"
            f" perhaps Latin-1: convert it with iconv -f LATIN1 -t UTF-8"
        ) from error
    if "\r" in text:
        raise InputUnfitError(f"the lines of {shown} end with CR alone: convert them with tr '\\r' '\\n'")
    if not text.strip(WHITE_SPACE):
        what = "its first line is blank" if has_rows else "it is empty"
        raise InputUnfitError(f"{shown} has no header: {what}. The first line must name the columns.")
    if not has_rows:
        raise InputUnfitError(f"{shown} has a header and no rows")
    return text


def _normal(name: str) -> str:
    """Names look the same to people whether an accent is a letter of its own or not."""
    return unicodedata.normalize("NFC", name.strip(WHITE_SPACE))
