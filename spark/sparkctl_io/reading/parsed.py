"""The columns that a parser makes of lines, and the reason of each line that it rejects."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..reasons import Reason
from .blocks import Lines, without_end
from .values import Typed

BLANK = "blank"
"""In the place of a reason: a line that is no row, such as an empty one or the header of CSV."""


@dataclass(frozen=True)
class Parsed:
    """Columns with a value for every line, and for each line null or what keeps it from being a row."""

    columns: list[pa.Array]
    reasons: pa.Array
    """A `Reason` or `BLANK`."""

    def sound(self) -> npt.NDArray[np.bool_] | None:
        """Tells the lines that are rows from the others; None if all are."""
        if self.reasons.null_count == len(self.reasons):
            return None
        found: npt.NDArray[np.bool_] = pc.is_null(self.reasons).to_numpy(zero_copy_only=False)
        return found


Columns = tuple[list[pa.Array], pa.Array]
"""Columns, and for each line null or its reason, before a `Parsed` is made of them."""


def joined(first: Columns, second: Columns) -> Columns:
    """The lines of both, one after the other."""
    pairs = zip([*first[0], first[1]], [*second[0], second[1]], strict=True)
    *columns, reasons = (pa.concat_arrays([a, b]) for a, b in pairs)
    return columns, reasons


def interleaved(first: Columns, second: Columns, is_first: pa.Array) -> Columns:
    """The lines of both, each in its place: true for those of the first."""
    found = is_first.to_numpy(zero_copy_only=False)
    order = pa.array(np.argsort(np.concatenate([np.flatnonzero(found), np.flatnonzero(~found)])))
    columns, reasons = joined(first, second)
    return [column.take(order) for column in columns], reasons.take(order)


def typed_columns(found: Iterable[Typed], reasons: pa.Array) -> Parsed:
    """Columns of which each says where it has no value of its type: such a line is `wrong-type`."""
    columns = []
    for column, wrong in found:
        columns.append(column)
        if wrong is not None:
            new = pc.and_(wrong, pc.is_null(reasons))
            reasons = pc.if_else(new, pa.scalar(str(Reason.WRONG_TYPE)), reasons)
    return Parsed(columns, reasons)


class Parser(Protocol):
    """Makes rows of the lines of one file."""

    def __call__(self, lines: Lines, file: str, block: int) -> Parsed: ...


def raw_text(line: bytes) -> str:
    """A line as a person sees it: without its line end, and with U+FFFD for what is not UTF-8."""
    return without_end(line).decode(errors="replace")
