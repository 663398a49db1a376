"""The order of all rows of a write, whichever tasks have read them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from ..errors import AccountingError
from .plan import WritePlan
from .segment import Segment, ShardMessage
from .source_files import in_project, local_path


@dataclass(frozen=True)
class Piece:
    """A segment, its shard, and where its lines are in the whole."""

    shard: Path
    segment: Segment
    partition: int
    source_file: str
    lines_before: int
    """Lines of the same file in earlier blocks."""


def in_order(plan: WritePlan, messages: Sequence[ShardMessage]) -> list[Piece]:
    """The segments of all shards by file and place in the file, which is the same however they were read."""
    pieces = [
        Piece(
            Path(plan.staging) / Path(message.path).name,
            segment,
            message.partition,
            in_project(segment.source_file or "", plan.project),
            0,
        )
        for message in messages
        for segment in message.segments
    ]
    pieces.sort(
        key=lambda p: (
            _place_of(p.segment.source_file or ""),
            p.segment.block or 0,
            p.segment.first_line,
            p.partition,
            p.segment.index,
        )
    )
    return _placed(pieces)


def _placed(pieces: list[Piece]) -> list[Piece]:
    """The same with the lines before them, known only where every line of the earlier blocks is here."""
    placed: list[Piece] = []
    before = 0
    for (file, block), group in groupby(pieces, lambda piece: (piece.source_file, piece.segment.block)):
        of_block = list(group)
        last = max(piece.segment.last_line for piece in of_block)
        found = sum(piece.segment.lines for piece in of_block)
        if block is not None and found != last:
            raise AccountingError(
                f"of the first {last} lines of {file} from byte {block} on, {found} have come to the end:"
                " nothing is published. A row that is left out must have a reason, such as filtered"
            )
        before = before if placed and placed[-1].source_file == file else 0
        placed.extend(replace(piece, lines_before=before if block is not None else 0) for piece in of_block)
        before += last
    return placed


def _place_of(address: str) -> str:
    """By which files are ordered, whatever they are called in the quarantine."""
    return local_path(address) or address
