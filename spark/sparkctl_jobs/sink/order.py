"""The order of all rows of a write, whichever tasks have read them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
    lines: dict[str, int] = defaultdict(int)
    placed = []
    for piece in pieces:
        before = lines[piece.source_file] if piece.segment.block is not None else 0
        lines[piece.source_file] += piece.segment.last_line
        placed.append(Piece(piece.shard, piece.segment, piece.partition, piece.source_file, before))
    return placed


def _place_of(address: str) -> str:
    """By which files are ordered, whatever they are called in the quarantine."""
    return local_path(address) or address
