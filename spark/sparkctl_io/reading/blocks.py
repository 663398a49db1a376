"""Text files cut into blocks of bytes, and the lines of a block as Arrow arrays."""

import bz2
import gzip
import lzma
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..errors import InputMissingError, InputUnfitError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK = 4 << 20
"""Bytes read at once. A longer line is read whole."""
_LEAST_BLOCK = 4 << 20
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".lz4", ".snappy", ".deflate")
"""Endings by which Spark, too, knows a compressed file. Such a file is one block."""


@dataclass(frozen=True)
class Block:
    """
    The lines of a file that begin after byte `start` and up to byte `stop`, or with the file's first byte.

    A line that a block cuts belongs to the block in which it begins, as with Hadoop's readers.
    """

    file: str
    start: int
    stop: int | None
    """None for a compressed file, which is read to its end."""
    size: int
    """Of the file in bytes, when it was cut."""


@dataclass(frozen=True)
class Lines:
    """Lines that stand one after the other in a block."""

    values: pa.Array
    """Their bytes, each with its line end."""
    numbers: npt.NDArray[np.int64]
    """Their numbers in the block, from 1."""
    offsets: npt.NDArray[np.int64] | None
    """The byte of the file where each begins. None in a compressed file, where nothing can be found by it."""

    def __len__(self) -> int:
        return len(self.numbers)


def cut(files: Sequence[str], parallelism: int, most: int) -> list[list[Block]]:
    """
    The blocks of the files in their order, as groups of about equal size: at least one for each core.

    `most`: the bytes of a group that is not one compressed file.
    """
    sizes = [os.stat(file).st_size for file in files]  # noqa: PTH116
    length = min(most, max(_LEAST_BLOCK, -(-sum(sizes) // max(1, parallelism))))
    groups: list[list[Block]] = [[]]
    filled = 0
    for file, size in zip(files, sizes, strict=True):
        for block in _blocks_of(file, size, length):
            weight = (size if block.stop is None else block.stop) - block.start
            if filled and filled + weight > length:
                groups.append([])
                filled = 0
            groups[-1].append(block)
            filled += weight
    return groups


def _blocks_of(file: str, size: int, length: int) -> Iterator[Block]:
    if file.endswith(_COMPRESSED):
        yield Block(file, 0, None, size)
        return
    # As many as fit, of equal size: a short last one would leave a core without work.
    count = max(1, -(-size // length))
    edges = [size * place // count for place in range(count + 1)]
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        yield Block(file, start, stop, size)


def lines_of(block: Block) -> Iterator[Lines]:
    """The lines of a block, read once from its first to its last. A file that changes meanwhile is an error."""
    try:
        with Path(block.file).open("rb") as file:
            before = os.fstat(file.fileno())
            if before.st_size != block.size:
                raise _changed(block.file)
            yield from _lines(_decompressed(file, block.file), block)
            after = os.fstat(file.fileno())
            if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                raise _changed(block.file)
    except FileNotFoundError:
        raise InputMissingError(
            f"the input {block.file} is not on this worker: every worker must see it under the same path"
        ) from None
    except OSError as error:
        raise InputMissingError(f"input can't be read: {block.file} ({error.strerror or error})") from error


def opened(file: str) -> BinaryIO:
    """A file, decompressed if its name says that it is compressed."""
    return _decompressed(Path(file).open("rb"), file)


def _changed(file: str) -> InputUnfitError:
    return InputUnfitError(f"{file} has changed while it was read: nothing is published")


def _lines(file: BinaryIO, block: Block) -> Iterator[Lines]:
    offset = block.start
    if block.start:
        file.seek(block.start)
        offset += len(file.readline())
    number, rest = 0, b""
    while block.stop is None or offset <= block.stop:
        data = _read(file, block.file)
        buffer = rest + data if rest else data
        end = buffer.rfind(b"\n") + 1 if data else len(buffer)
        if not data and not buffer:
            return
        whole, rest = buffer[:end], buffer[end:]
        if not whole:
            continue
        lines, taken = _cut_lines(whole, offset, number, block)
        if len(lines):
            yield lines
        number += taken
        offset += end
        if not data:
            return


def _cut_lines(whole: bytes, offset: int, number: int, block: Block) -> tuple[Lines, int]:
    ends = np.flatnonzero(np.frombuffer(whole, np.uint8) == ord("\n")) + 1
    if len(ends) == 0 or ends[-1] != len(whole):
        ends = np.append(ends, len(whole))
    edges = np.concatenate([[0], ends])
    if offset == 0 and whole.startswith(BYTE_ORDER_MARK):
        edges[0] = len(BYTE_ORDER_MARK)
    if block.stop is not None:
        count = int(np.searchsorted(edges[:-1] + offset, block.stop, side="right"))
        edges = edges[: count + 1]
    count = len(edges) - 1
    values = pa.Array.from_buffers(
        pa.binary(), count, [None, pa.py_buffer(edges.astype(np.int32)), pa.py_buffer(whole)]
    )
    numbers = np.arange(number + 1, number + 1 + count, dtype=np.int64)
    offsets = None if block.stop is None else edges[:-1].astype(np.int64) + offset
    return Lines(values, numbers, offsets), count


def _decompressed(file: BinaryIO, name: str) -> BinaryIO:
    if name.endswith(".gz"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if name.endswith(".bz2"):
        return cast(BinaryIO, bz2.BZ2File(file))
    if name.endswith(".xz"):
        return cast(BinaryIO, lzma.LZMAFile(file))
    if name.endswith(".zst"):
        return cast(BinaryIO, pa.CompressedInputStream(pa.PythonFile(file), "zstd"))
    if name.endswith(_COMPRESSED):
        raise InputUnfitError(f"{name} is compressed in a way that can't be read here: use .gz, .bz2 or .zst")
    return file


def _read(file: Any, name: str) -> bytes:
    try:
        data: bytes = file.read(_CHUNK)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise InputUnfitError(f"{name} can't be decompressed: it is cut off or damaged ({error})") from error
    return data
