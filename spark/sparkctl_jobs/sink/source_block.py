"""A block of a text file, to be read a second time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ..errors import InputUnfitError
from ..raw_text import raw_text
from .source_files import local_path

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class SourceBlock:
    """The lines of a local file that a task reads as one block, numbered from 1 as `lines.numbered` does."""

    path: Path
    start: int
    """The byte where the block begins. Spark leaves the line that it cuts to the block before."""

    @staticmethod
    def of(address: str, start: int) -> "SourceBlock | None":
        """None for a file of another file system."""
        path = local_path(address)
        return SourceBlock(Path(path), start) if path is not None else None

    def has(self, number: int, text: str) -> bool:
        """Whether the line of this number is this text: not so in a compressed file, or one elsewhere."""
        try:
            return self.path.is_file() and next(self.read([(number, _size(text))]), None) == text
        except (InputUnfitError, OSError):
            return False

    def read(self, wanted: Sequence[tuple[int, int]]) -> Iterator[str]:
        """The text of lines by their numbers, which rise, and sizes in bytes; holds one line at a time."""
        changed = InputUnfitError(f"{self.path} has changed while it was read: nothing is published")
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            raise changed from None
        with file:
            file.seek(self.start)
            if self.start:
                file.readline()
            number, line = 0, b""
            for asked, size in wanted:
                while number < asked:
                    number, line = number + 1, file.readline()
                text = _as_read(line.removeprefix(_BYTE_ORDER_MARK) if self.start + number == 1 else line)
                if _size(text) != size:
                    raise changed
                yield text


def _as_read(line: bytes) -> str:
    text: str = raw_text(pa.array([line.removesuffix(b"\n")], pa.binary()))[0].as_py()
    return text


def _size(text: str) -> int:
    return len(text.encode())
