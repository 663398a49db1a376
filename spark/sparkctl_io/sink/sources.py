"""The lines that were read for a write: their number, those that are no rows, and the text of each."""

import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow.compute as pc

from ..errors import AccountingError, UnknownOptionError
from ..reading.blocks import BYTE_ORDER_MARK, has_changed
from ..reading.parsed import raw_text
from ..reading.rows import BlockReport, Reports
from .source_files import in_project, local_path


class Rejected(NamedTuple):
    """A line that is not loaded, see `source.SOURCE_TYPE`."""

    file: str | None
    block: int
    line: int
    offset: int | None
    raw: str | None
    repaired: bool | None
    reason: str


def joined(parts: Iterable[Reports]) -> Reports:
    """
    The reports of several readers. A line of a file that two have read is unreadable if it is for both.
    """
    reports: Reports = {}
    for part in parts:
        for file in {file for file, _ in part} & {file for file, _ in reports}:
            blocks, others = ({place for place in one if place[0] == file} for one in (part, reports))
            if blocks != others:
                raise UnknownOptionError(
                    f"{file} was read twice for this table, with other files the second time, so that its"
                    " lines can't be counted: read it once, and use that frame twice"
                )
        for place, report in part.items():
            if place in reports:
                known = reports[place]
                lines = known.unreadable.column("line").combine_chunks()
                is_for_both = pc.is_in(report.unreadable.column("line"), value_set=lines)
                blank = min(report.blank, known.blank)
                report = BlockReport(report.lines, blank, report.unreadable.filter(is_for_both))
            reports[place] = report
    return reports


class Sources:
    """The blocks that a write has read, and their files."""

    def __init__(self, reports: Reports, project: str) -> None:
        self._reports = reports
        self._project = project
        self._of_no_line = 0
        """Rejected rows of no line so far, which have a number each."""
        self._names: dict[str, str] = {}
        """The names of files in the quarantine."""
        self._before: dict[tuple[str, int], int] = {}
        """The lines of the same file in earlier blocks."""
        counted: dict[str, int] = {}
        for file, block in sorted(reports):
            self._before[file, block] = counted.get(file, 0)
            counted[file] = counted.get(file, 0) + reports[file, block].lines
        self.read = sum(report.lines - report.blank for report in reports.values())
        """Lines that could be rows."""
        self.unreadable_lines = sum(report.unreadable.num_rows for report in reports.values())

    def unreadable(self) -> Iterator[Rejected]:
        """The lines that are no rows, in their order."""
        for file, block in sorted(self._reports):
            for batch in self._reports[file, block].unreadable.to_batches():
                columns = [column.to_pylist() for column in batch.columns]
                for line, offset, raw, reason in zip(*columns, strict=True):
                    yield Rejected(file, block, line, offset, raw, False, reason)

    def with_text(self, rejected: Iterable[Rejected]) -> Iterator[tuple[str, int, str, str]]:
        """For each of the lines the name of its file, its number in it, its reason, and its text."""
        file, text = "", None
        for one in rejected:
            if one.file is None:
                self._of_no_line += 1
                yield "", self._of_no_line, one.reason, ""
                continue
            if one.raw is None and (text is None or one.file != file):
                file, text = one.file, _Text(one.file)
            raw = one.raw if one.raw is not None or text is None else text.line_at(one.offset or 0)
            yield self.name(one.file), self.number(one.file, one.block, one.line), one.reason, raw or ""

    def name(self, file: str) -> str:
        """The name of a file in the quarantine."""
        if file not in self._names:
            self._names[file] = in_project(file, self._project)
        return self._names[file]

    def number(self, file: str, block: int, line: int) -> int:
        """The number of a line in its file, from 1."""
        before = self._before.get((file, block))
        if before is None:
            raise never_read(file)
        return before + line


def never_read(file: str) -> AccountingError:
    """Says that rows come from a file that no reader of the session knows."""
    return AccountingError(
        f"rows have come from {file}, of which this session has read nothing: read it with"
        " read_json_lines or read_csv in the session that writes it"
    )


class _Text:
    """A file of lines that is read again where one of them is wanted."""

    def __init__(self, file: str) -> None:
        self._file = file
        try:
            with Path(local_path(file) or file).open("rb") as stream:
                self._bytes = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            raise has_changed(file) from None

    def line_at(self, offset: int) -> str:
        begins = offset == 0 or self._bytes[offset - 1 : offset] in (b"\n", BYTE_ORDER_MARK[-1:])
        if offset >= len(self._bytes) or not begins:
            raise has_changed(self._file)
        end = self._bytes.find(b"\n", offset)
        return raw_text(self._bytes[offset : len(self._bytes) if end < 0 else end])
