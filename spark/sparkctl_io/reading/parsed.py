"""What a parser makes of lines."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .blocks import Lines, without_end

BLANK = "blank"
"""In the place of a reason: a line that is no row, such as an empty one or the header of CSV."""


@dataclass(frozen=True)
class Parsed:
    """Columns with a value for every line, and for each line null or what keeps it from being a row."""

    columns: list[pa.Array]
    reasons: pa.Array
    """A `Reason` or `BLANK`."""

    def sound(self) -> npt.NDArray[np.bool_] | None:
        """Which lines are rows; None if all are."""
        if self.reasons.null_count == len(self.reasons):
            return None
        found: npt.NDArray[np.bool_] = pc.is_null(self.reasons).to_numpy(zero_copy_only=False)
        return found


class Parser(Protocol):
    """Makes rows of the lines of one file."""

    def __call__(self, lines: Lines, file: str, block: int) -> Parsed: ...


def raw_text(line: bytes) -> str:
    """A line as a person sees it: without its line end, and with U+FFFD for what is not UTF-8."""
    return without_end(line).decode(errors="replace")
