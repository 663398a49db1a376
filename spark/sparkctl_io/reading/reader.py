"""Frames of lines, as the driver knows them: their files, their tasks, and what the tasks have found."""

import logging
import os
import pickle
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
from pyspark import TaskContext
from pyspark.accumulators import AccumulatorParam
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col
from pyspark.sql.types import StructField, StructType, TimestampType

from ..keep_loaded import keep_loaded
from ..source import FLAT_NAMES, SOURCE_TYPE, assembled
from .blocks import Block, cut, has_changed
from .csv_header import read_header
from .csv_lines import CsvLines
from .input_paths import REMOTE, escape_pattern, find_inputs
from .json_lines import JsonLines, first_fields
from .parsed import Parser
from .rows import PlainReports, Reports, from_plain, pickled, plain, remote_rows, rows_of_block
from .values import readable, zone_of

_log = logging.getLogger("sparkctl_io")
_NAME = "read_lines_"
_NAMED = re.compile(rf"\b{_NAME}([0-9a-f]{{12}})\b")


def read_json_lines(spark: SparkSession, path: str | Sequence[str], schema: StructType) -> DataFrame:
    """
    The objects of files of JSON lines, with the schema's columns and the column `_source`.

    `path`: a file, a folder, a pattern as Spark has it, or several of them. A line that can't be read as the
    schema says is no row: `write_sqlite` puts it into the quarantine, whatever becomes of the other lines.
    See `JsonLines` for what can be read.
    """
    zone = _zone(spark, readable(schema))
    files = find_inputs(path)
    _warn_of_other_fields(files, schema)
    return _frame(spark, files, schema, JsonLines(schema, zone))


def read_csv(
    spark: SparkSession,
    path: str | Sequence[str],
    schema: StructType,
    *,
    delimiter: str = ",",
    other_names: Mapping[str, str] | None = None,
) -> DataFrame:
    """
    The records of CSV files, with the schema's columns and the column `_source`.

    The first line of each file names its columns, which may stand in any order and be more than the schema's.
    `other_names`: for a column the name that some files have for it. Otherwise as `read_json_lines`; see
    `CsvLines` for what can be read.
    """
    zone = _zone(spark, readable(schema))
    header = read_header(path, schema.names, delimiter=delimiter, other_names=other_names)
    return _frame(spark, list(header.layouts), schema, CsvLines(schema, header, zone))


class Reader:
    """One call of `read_json_lines` or `read_csv`, on the driver: it knows what its tasks have found."""

    required: frozenset[str] = frozenset()
    """The columns that are to have a value in each row that is loaded."""

    def __init__(self, spark: SparkSession, groups: list[list[Block]], parser: Parser) -> None:
        self.id = uuid.uuid4().hex[:12]
        self._spark = spark
        self._groups = groups
        self._parser = parser
        self._found: Any = _accumulator(spark)
        self.files = {block.file: _age(block.file) for group in groups for block in group}

    def frame(self, schema: StructType) -> DataFrame:
        groups, parser, found = self._groups, self._parser, self._found

        def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            keep_loaded()
            for batch in batches:
                for group in batch.column(0).to_pylist():
                    reports: Reports = {}
                    for block in groups[group]:
                        yield from rows_of_block(block, parser, schema, reports)
                    if found is not None:
                        found.add(plain(reports))

        read.__name__ = f"{_NAME}{self.id}"
        count = len(groups)
        return assembled(self._spark.range(0, count, 1, count).mapInArrow(read, with_source(schema)))

    def reports(self) -> Reports:
        """
        Returns what was found in each block.

        A block that no task has read to its end, as with `limit`, or whose task could not tell, as with Spark
        Connect, is read now.
        """
        for file, age in self.files.items():
            if _age(file) != age:
                raise has_changed(file)
        reports = from_plain(self._found.value) if self._found is not None else {}
        missing = [b for group in self._groups for b in group if (b.file, b.start) not in reports]
        if missing:
            reports.update(self._read_again(missing))
        return reports

    def _read_again(self, blocks: list[Block]) -> Reports:
        parser = self._parser

        def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                reports: Reports = {}
                for place in batch.column(0).to_pylist():
                    for _ in rows_of_block(blocks[place], parser, None, reports):
                        pass
                yield pickled(reports)

        return _collected(self._spark.range(0, len(blocks), 1, len(blocks)), read)


class RemoteReader:
    """A reader of files in other file systems, which Spark's own tasks must fetch."""

    required: frozenset[str] = frozenset()

    def __init__(self, spark: SparkSession, files: list[str], parser: Parser) -> None:
        self.id = uuid.uuid4().hex[:12]
        self._spark = spark
        self._parser = parser
        self._found: Any = _accumulator(spark)
        self._done: Any = _accumulator(spark)
        """Tasks that have read to their ends."""
        self.files: dict[str, tuple[int, int]] = {}
        self._lines = _text_lines(spark, files)

    def frame(self, schema: StructType) -> DataFrame:
        parser, found, done = self._parser, self._found, self._done

        def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            keep_loaded()
            reports: Reports = {}
            yield from remote_rows(batches, parser, schema, reports)
            context = TaskContext.get()
            if context is not None and found is not None:
                found.add(plain(reports))
                done.add({context.partitionId(): True})

        read.__name__ = f"{_NAME}{self.id}"
        return assembled(self._lines.mapInArrow(read, with_source(schema)))

    def reports(self) -> Reports:
        """As with `Reader`, but if a task is missing all is read again: nobody knows what it would read."""
        if self._found is not None:
            plan: Any = self._lines
            if len(self._done.value) == plan._jdf.rdd().getNumPartitions():
                return from_plain(self._found.value)
        parser = self._parser

        def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            reports: Reports = {}
            for _ in remote_rows(batches, parser, None, reports):
                pass
            yield pickled(reports)

        return _collected(self._lines, read)


AnyReader = Reader | RemoteReader
_readers: dict[str, AnyReader] = {}


def readers_of(frame: DataFrame) -> list[AnyReader]:
    """The readers from which the rows of a frame come, by its plan."""
    return [_readers[one] for one in dict.fromkeys(_NAMED.findall(_plan_of(frame))) if one in _readers]


def declared_by(readers: Iterable[AnyReader], schema: StructType) -> StructType:
    """
    The schema of rows for a table: with a value in each column that a reader's own schema wants one in.

    In the frame such a column may be null, as in a row that is rejected for it.
    """
    wanted = {name for reader in readers for name in reader.required}
    return StructType(
        [
            StructField(one.name, one.dataType, one.nullable and one.name not in wanted, one.metadata)
            for one in schema
        ]
    )


def reader_of(file: str) -> AnyReader | None:
    """The last reader of a file, for rows whose plan tells nothing, such as those of a checkpoint."""
    found = (reader for reader in reversed(_readers.values()) if file in reader.files)
    return next(found, None)


def with_source(schema: StructType) -> StructType:
    """The schema of the rows that the tasks of a reader give."""
    # A row that a job makes otherwise may have nulls: whether they may be written is the table's to say.
    own = [StructField(one.name, one.dataType) for one in schema]
    fields = zip(FLAT_NAMES, SOURCE_TYPE, strict=True)
    return StructType([*own, *(StructField(name, field.dataType) for name, field in fields)])


def _frame(spark: SparkSession, files: list[str], schema: StructType, parser: Parser) -> DataFrame:
    reader: AnyReader
    if any(REMOTE.match(file) for file in files):
        reader = RemoteReader(spark, files, parser)
    else:
        reader = Reader(spark, cut(files, parallelism(spark), _most_at_once(spark)), parser)
    reader.required = frozenset(one.name for one in schema if not one.nullable)
    _readers[reader.id] = reader
    return reader.frame(schema)


def _age(file: str) -> tuple[int, int]:
    try:
        state = os.stat(file)  # noqa: PTH116
    except OSError:
        return 0, 0
    return state.st_size, state.st_mtime_ns


def _warn_of_other_fields(files: Iterable[str], schema: StructType) -> None:
    """Says which fields a file has beside the columns, as its first line shows: they are left out."""
    for file in files:
        other = [] if REMOTE.match(file) else sorted(first_fields(file) - set(schema.names))
        if other:
            _log.warning("%s has fields that are no columns, and are left out: %s", file, ", ".join(other))


def _zone(spark: SparkSession, schema: StructType) -> str:
    has_instants = any(isinstance(field.dataType, TimestampType) for field in schema)
    return zone_of(str(spark.conf.get("spark.sql.session.timeZone"))) if has_instants else "UTC"


def parallelism(spark: SparkSession) -> int:
    """Returns the number of tasks that run side by side, as far as the session can tell."""
    try:
        return spark.sparkContext.defaultParallelism
    except Exception:  # Spark Connect has no context
        return 8


def _most_at_once(spark: SparkSession) -> int:
    """The bytes that Spark, too, would give a task of an input."""
    size = str(spark.conf.get("spark.sql.files.maxPartitionBytes")).lower().removesuffix("b")
    exponent = "kmgt".find(size[-1]) + 1
    return int(size[:-1] if exponent else size) << (10 * exponent)


def _plan_of(frame: DataFrame) -> str:
    plan: Any = getattr(frame, "_jdf", None)
    if plan is not None:
        return str(plan.queryExecution().analyzed().toString())
    connect: Any = frame
    return str(connect._explain_string(extended=True))


class _Found(AccumulatorParam[dict[Any, Any]]):
    """Joins what tasks have found. A block that was read twice is there once: it says the same."""

    def zero(self, value: dict[Any, Any]) -> dict[Any, Any]:  # noqa: ARG002
        return {}

    def addInPlace(self, value1: dict[Any, Any], value2: dict[Any, Any]) -> dict[Any, Any]:  # noqa: N802
        value1.update(value2)
        return value1


def _accumulator(spark: SparkSession) -> Any:
    try:
        return spark.sparkContext.accumulator({}, _Found())
    except Exception:  # Spark Connect has none
        return None


def _collected(frame: DataFrame, read: Any) -> Reports:
    found: PlainReports = {}
    for row in frame.mapInArrow(read, "report binary").collect():
        found.update(pickle.loads(row["report"]))
    return from_plain(found)


def _text_lines(spark: SparkSession, files: Iterable[str]) -> DataFrame:
    """The lines of files as Spark reads them, whose blocks it cuts."""
    paths = [file if REMOTE.match(file) else escape_pattern(file) for file in files]
    # The files are chosen already: Spark would skip those that begin with _ or . without a word.
    reader = spark.read.option("lineSep", "\n").option("ignoredPathSegmentRegex", "$^")
    return reader.text(paths).select(
        col("value").cast("binary").alias("value"),
        col("_metadata.file_path").alias("file"),
        col("_metadata.file_block_start").alias("block"),
    )
