"""Text files cut into blocks of bytes, and the lines of a block as Arrow arrays."""

import bz2
import gzip
import io
import lzma
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..errors import InputMissingError, InputUnfitError

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK = 4 << 20
"""Bytes read at once. A longer line is read whole."""
_LONGEST_LINE = 1 << 30
_LEAST_BLOCK = 4 << 20
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
"""Endings of compressed files. Such a file is one block."""
_UNREADABLE = (".lz4", ".snappy", ".deflate")
"""Endings by which Spark knows files that can't be read here."""


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


def bytes_of(lines: pa.Array) -> pa.Buffer:
    """Lines one after the other, as they stand in the file."""
    edges = np.frombuffer(lines.buffers()[1], np.int32)[lines.offset :][: len(lines) + 1]
    return lines.buffers()[2].slice(int(edges[0]), int(edges[-1] - edges[0]))


def without_end(line: bytes) -> bytes:
    """A line without the LF, or CR and LF, that ends it."""
    return line.removesuffix(b"\n").removesuffix(b"\r")


def cut(files: Sequence[str], parallelism: int, most: int) -> list[list[Block]]:
    """
    The blocks of the files in their order, as groups of about equal size: at least one for each core.

    `most`: the bytes of a group that is not one compressed file.
    """
    states = [os.stat(file) for file in files]  # noqa: PTH116
    total = sum(state.st_size for state in states)
    length = min(most, max(_LEAST_BLOCK, -(-total // max(1, parallelism))))
    groups: list[list[Block]] = [[]]
    filled = 0
    for file, state in zip(files, states, strict=True):
        for block in _blocks_of(file, state, length):
            weight = (block.size if block.stop is None else block.stop) - block.start
            if filled and filled + weight > length:
                groups.append([])
                filled = 0
            groups[-1].append(block)
            filled += weight
    return groups


def _blocks_of(file: str, state: os.stat_result, length: int) -> Iterator[Block]:
    _must_be_readable(file)
    size = state.st_size
    if file.endswith(_COMPRESSED):
        yield Block(file, 0, None, size)
        return
    # As many as fit, of equal size: a short last one would leave a core without work.
    count = max(1, -(-size // length))
    edges = [size * place // count for place in range(count + 1)]
    for start, stop in pairwise(edges):
        yield Block(file, start, stop, size)


def lines_of(block: Block) -> Iterator[Lines]:
    """The lines of a block, read once from its first to its last. A file that changes is an error."""
    try:
        with Path(block.file).open("rb") as file:
            before = os.fstat(file.fileno())
            # A copy on another host may be younger: by its age the driver alone tells whether it has changed.
            if before.st_size != block.size:
                raise has_changed(block.file)
            yield from _lines(_decompressed(file, block.file), block)
            after = os.stat(block.file)  # noqa: PTH116
            if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                raise has_changed(block.file)
    except FileNotFoundError:
        raise InputMissingError(
            f"the input {block.file} is not on this worker: every worker must see it under the same path"
        ) from None
    except OSError as error:
        raise InputMissingError(f"input can't be read: {block.file} ({error.strerror or error})") from error


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """A file, decompressed if its name says that it is compressed."""
    _must_be_readable(file)
    with Path(file).open("rb") as stream, _unpacking(file):
        yield _decompressed(stream, file)


def has_changed(file: str) -> InputUnfitError:
    """Says that a file is another one than was read."""
    return InputUnfitError(f"{file} has changed while it was read: nothing is published")


def _lines(file: BinaryIO, block: Block) -> Iterator[Lines]:
    offset = block.start
    if block.start:
        file.seek(block.start)
        offset += len(file.readline())
    number = 0
    begun: list[bytes] = []  # of the line that the next bytes continue
    while block.stop is None or offset <= block.stop:
        with _unpacking(block.file):
            data = file.read(_CHUNK)
        end = data.rfind(b"\n") + 1
        if data and not end:
            begun.append(data)
            if len(begun) * _CHUNK > _LONGEST_LINE:
                raise InputUnfitError(f"{block.file} has a line of more than {_LONGEST_LINE} bytes")
            continue
        whole = b"".join([*begun, data[:end]])
        begun = [data[end:]]
        if whole:
            lines = _cut_lines(whole, offset, number, block)
            yield lines
            number += len(lines)
            offset += len(whole)
        if not data:
            return


def _cut_lines(whole: bytes, offset: int, number: int, block: Block) -> Lines:
    """The lines of bytes that begin and end with a line, but for those that begin after the block."""
    ends = np.flatnonzero(np.frombuffer(whole, np.uint8) == ord("\n")) + 1
    if len(ends) == 0 or ends[-1] != len(whole):
        ends = np.append(ends, len(whole))
    edges = np.concatenate([[0], ends])
    count = len(ends)
    if block.stop is not None:
        count = int(np.searchsorted(edges[:-1] + offset, block.stop, side="right"))
        edges = edges[: count + 1]
    if offset == 0 and whole.startswith(BYTE_ORDER_MARK):
        edges[0] = len(BYTE_ORDER_MARK)
    values = pa.Array.from_buffers(
        pa.binary(), count, [None, pa.py_buffer(edges.astype(np.int32)), pa.py_buffer(whole)]
    )
    numbers = np.arange(number + 1, number + 1 + count, dtype=np.int64)
    offsets = None if block.stop is None else edges[:-1].astype(np.int64) + offset
    return Lines(values, numbers, offsets)


def _must_be_readable(file: str) -> None:
    if file.endswith(_UNREADABLE):
        raise InputUnfitError(f"{file} is compressed in a way that can't be read here: use .gz, .bz2 or .zst")


def _decompressed(file: BinaryIO, name: str) -> BinaryIO:
    if name.endswith(".gz"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if name.endswith(".bz2"):
        return cast(BinaryIO, bz2.BZ2File(file))
    if name.endswith(".xz"):
        return cast(BinaryIO, lzma.LZMAFile(file))
    if name.endswith(".zst"):
        stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")
        return io.BufferedReader(stream, _CHUNK)
    return file


@contextmanager
def _unpacking(name: str) -> Iterator[None]:
    """Says what is wrong with a compressed file. An error of the operating system has a number."""
    try:
        yield
    except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise InputUnfitError(f"{name} can't be decompressed: it is cut off or damaged ({error})") from error
