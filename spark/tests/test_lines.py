"""Inputs are found or refused, and every line knows its place and is reported however the files are cut."""

import bz2
import datetime as dt
import gzip
import json
import lzma
import os
import random
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark import TaskContext
from pyspark.sql import SparkSession
from pyspark.sql.functions import col
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from sparkctl_io import find_inputs, read_csv, read_json_lines
from sparkctl_io.errors import (
    ColumnMismatchError,
    InputMissingError,
    InputUnfitError,
    UnknownOptionError,
    find_in,
)
from sparkctl_io.reading import blocks
from sparkctl_io.reading.blocks import Block, cut, lines_of
from sparkctl_io.reading.csv_header import read_header
from sparkctl_io.reading.csv_lines import CsvLines
from sparkctl_io.reading.json_lines import JsonLines
from sparkctl_io.reading.parsed import raw_text
from sparkctl_io.reading.reader import RemoteReader, readers_of
from sparkctl_io.reading.rows import rows_of_block
from sparkctl_io.sink.source_files import in_project
from sparkctl_io.source import FLAT_NAMES, SOURCE

ONE = StructType([StructField("a", LongType())])


def test_inputs_are_files_folders_and_globs(tmp_path, monkeypatch):
    for name in ("a.json", "b.json", "c.txt", "_temporary", ".hidden.json"):
        (tmp_path / name).write_text("x\n")
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)

    def found(*inputs):
        return [path.removeprefix(f"{tmp_path}/") for path in find_inputs(inputs)]

    assert found("a.json") == ["a.json"]
    assert found(".") == ["a.json", "b.json", "c.txt"]
    assert found("*.json") == ["a.json", "b.json"]
    assert found(f"{tmp_path}/../{tmp_path.name}/[ab].json") == ["a.json", "b.json"]
    assert found("b.json", ".", f"file://{tmp_path}/a.json") == ["b.json", "a.json", "c.txt"]
    assert found("_temporary", ".hidden.json") == ["_temporary", ".hidden.json"]
    assert find_inputs(["s3a://bucket/a.json"]) == ["s3a://bucket/a.json"]


PATHS = json.loads((Path(__file__).parent / "input_paths.json").read_text())


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """The files to which Spark, this library and sparkctl are held alike."""
    base = tmp_path_factory.mktemp("paths")
    for name in (*PATHS["files"], *PATHS["links"]):
        (base / name).parent.mkdir(parents=True, exist_ok=True)
    for name in PATHS["files"]:
        (base / name).write_text("x\n")
    for name, target in PATHS["links"].items():
        (base / name).symlink_to(base / target)
    for name in PATHS["folders"]:
        (base / name).mkdir()
    return base


def test_spark_reads_what_is_written_of_it(spark: SparkSession, tree):
    def read(path):
        rows = spark.read.text(f"{tree}/{path}").select("_metadata.file_path").distinct().collect()
        return sorted(in_project(row.file_path, str(tree)) for row in rows)

    assert {path: read(path) for path in PATHS["reads"]} == PATHS["reads"]
    for path in (*PATHS["missing"], *PATHS["unfit"]):
        with pytest.raises(Exception, match=r"PATH_NOT_FOUND|Illegal file pattern"):
            read(path)


@pytest.mark.parametrize(("path", "files"), PATHS["reads"].items())
def test_inputs_are_found_as_spark_finds_them(tree, path, files):
    if files:
        assert find_inputs([f"{tree}/{path}"]) == [f"{tree}/{file}" for file in files]
    else:
        with pytest.raises(InputMissingError, match="input not found"):
            find_inputs([f"{tree}/{path}"])


@pytest.mark.parametrize("path", PATHS["missing"] + PATHS["unfit"])
def test_what_spark_does_not_find_is_an_error(tree, path):
    with pytest.raises(InputMissingError):
        find_inputs([f"{tree}/{path}"])


def test_a_string_is_one_path(spark: SparkSession, tree, tmp_path):
    file = f"{tree}/flat/a.txt"
    assert find_inputs(file) == [file]
    [report] = reports_of(read_json_lines(spark, file, ONE)).values()
    assert report.lines == 1
    table = tmp_path / "t.csv"
    table.write_text("a,b\n1,2\n")
    assert list(read_header(str(table), ["b"]).layouts) == [str(table)]


def test_links_in_a_circle_end(tmp_path):
    (tmp_path / "k=1").mkdir()
    (tmp_path / "k=1" / "a.txt").write_text("x\n")
    (tmp_path / "k=1" / "up").symlink_to(tmp_path)
    assert find_inputs(str(tmp_path)) == [f"{tmp_path}/k=1/a.txt"]


@pytest.mark.parametrize("given", ["missing.json", "*.csv", "empty", "missing/a.json"])
def test_an_input_that_is_not_there_is_an_error(tmp_path, monkeypatch, given):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputMissingError) as error:
        find_inputs([given])
    assert str(error.value) == f"input not found: {given} (seen from {tmp_path})"
    assert error.value.exit_code == 66


def test_a_file_that_spark_can_not_name_is_an_error(tmp_path):
    (tmp_path / "a:b.json").write_text("x\n")
    with pytest.raises(InputMissingError, match="Spark refuses a file name with a colon"):
        find_inputs([str(tmp_path)])


# --- Blocks


def blocks_at(file, *edges):
    """The file cut at these bytes."""
    state = os.stat(file)
    all_edges = [0, *edges, state.st_size]
    return [Block(str(file), start, stop, state.st_size) for start, stop in pairwise(all_edges)]


def whole(file):
    [[block]] = cut([str(file)], 1, 1 << 30)
    return block


def bytes_in(block):
    return [(line, offset) for lines in lines_of(block) for line, offset in placed(lines)]


def placed(lines):
    offsets = [None] * len(lines) if lines.offsets is None else lines.offsets.tolist()
    return zip(lines.values.to_pylist(), offsets, strict=True)


def read_blocks(found, parser, schema=ONE):
    """The rows of blocks and the lines that are none, each with its number in the file."""
    rows, unreadable, before, blank = [], [], 0, 0
    for block in found:
        reports = {}
        for batch in rows_of_block(block, parser, schema, reports):
            for row in batch.to_pylist():
                file, start, line, offset, raw, *marks = (row.pop(name) for name in FLAT_NAMES)
                assert (file, start, *marks) == (block.file, block.start, None, None)
                rows.append((before + line, offset, raw, *row.values()))
        [report] = reports.values()
        unreadable += [
            (before + one["line"], one["offset"], one["raw"], one["reason"])
            for one in report.unreadable.to_pylist()
        ]
        before += report.lines
        blank += report.blank
    assert len(rows) + len(unreadable) + blank == before
    return rows, unreadable, before, blank


TEXTS = [
    b"",
    b"\n",
    b"\xef\xbb\xbf",
    b"\xef\xbb\xbf\n",
    b'\xef\xbb\xbf{"a":1}',
    b'\xef\xbb\xbf{"a":1}\r\n\n \xff\n{"a":2}',
    b'{"a":1}\n{"a":2}\n',
    b'\n\n\n{"a":1}\n\n\n',
    b"\r\n" * 9,
    b"".join(b"x" * (n % 9) + b"\r\n" * (n % 3) + b"\n" for n in range(30)),
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 4 << 20])
def test_any_cut_gives_the_same_lines(tmp_path, monkeypatch, text, chunk):
    """Wherever blocks begin: within a line, at its begin, at its end, within the byte order mark."""
    monkeypatch.setattr(blocks, "_CHUNK", chunk)
    file = tmp_path / "a b.txt"
    file.write_bytes(text)
    plain = text.splitlines(keepends=True) if b"\r" not in text else [x + b"\n" for x in text.split(b"\n")]
    if b"\r" in text:
        plain[-1] = plain[-1][:-1]
        plain = [line for line in plain if line]
    starts = [sum(map(len, plain[:n])) for n in range(len(plain))]
    expected = [(line, start) for line, start in zip(plain, starts, strict=True)]
    if text.startswith(b"\xef\xbb\xbf"):
        expected[0] = (plain[0][3:], 3)
    assert bytes_in(whole(file)) == expected
    for size in (1, 2, 3, 5, 8, 13):
        found = blocks_at(file, *range(size, len(text), size))
        assert [line for block in found for line in bytes_in(block)] == expected
    wanted = read_blocks([whole(file)], JsonLines(ONE, "UTC"))
    for cuts in range(6):
        chance = random.Random(cuts)
        edges = sorted(chance.sample(range(1, len(text)), min(cuts, len(text) - 1))) if len(text) > 1 else []
        assert read_blocks(blocks_at(file, *edges), JsonLines(ONE, "UTC")) == wanted


def test_files_are_cut_into_groups_of_one_size(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "_LEAST_BLOCK", 10)
    names = []
    for name, size in (("a", 100), ("b", 3), ("c", 3), ("d", 0), ("e.gz", 70), ("f", 41)):
        (tmp_path / name).write_bytes(b"x" * size)
        names.append(str(tmp_path / name))
    groups = cut(names, 4, 50)
    assert [[(Path(b.file).name, b.start, b.stop) for b in group] for group in groups] == [
        [("a", 0, 50)],
        [("a", 50, 100)],
        [("b", 0, 3), ("c", 0, 3), ("d", 0, 0)],
        [("e.gz", 0, None)],
        [("f", 0, 41)],
    ]
    assert [len(group) for group in cut([names[0]], 4, 1000)] == [1, 1, 1, 1]
    assert [len(group) for group in cut([names[0]], 100, 1000)] == [1] * 10


def packed(name, data):
    if name.endswith(".zst"):
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as stream:
            stream.write(data)
        return sink.getvalue().to_pybytes()
    return {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}[name[name.rfind(".") :]](data)


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zst"])
def test_compressed_files_are_read(tmp_path, monkeypatch, ending):
    data = b'\xef\xbb\xbf{"a":1}\r\n\n \xff\n' + b'{"a":2}\n' * 1000 + b'{"a":3}'
    file = tmp_path / f"x.jsonl{ending}"
    file.write_bytes(packed(file.name, data) + packed(file.name, b"\n[]\n"))
    for chunk in (4 << 20, 1000):
        monkeypatch.setattr(blocks, "_CHUNK", chunk)
        rows, unreadable, lines, blank = read_blocks([whole(file)], JsonLines(ONE, "UTC"))
        assert rows[0] == (1, None, '{"a":1}', 1)
        assert rows[-1] == (1004, None, '{"a":3}', 3)
        assert unreadable == [(3, None, " \ufffd", "malformed-json"), (1005, None, "[]", "malformed-json")]
        assert (len(rows), lines, blank) == (1002, 1005, 1)


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz", ".zst"])
def test_a_compressed_file_that_is_broken_is_an_error(tmp_path, ending):
    good = packed(ending, os.urandom(5000) + b"\n" * 5000)
    file = tmp_path / f"x{ending}"
    for broken in (good[:-3], good[: len(good) // 2], b"plain\n" * 50, bytes(6) + good[6:]):
        file.write_bytes(broken)
        with pytest.raises(
            InputUnfitError, match=rf"x{ending} can't be decompressed: it is cut off or damaged"
        ):
            bytes_in(whole(file))


@pytest.mark.parametrize("name", ["a.json.lz4", "a.json.snappy", "a.json.deflate"])
def test_a_compression_that_can_not_be_read_is_refused_with_the_remedy(spark: SparkSession, tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(InputUnfitError, match=r"can't be read here: use \.gz, \.bz2 or \.zst"):
        read_json_lines(spark, str(tmp_path / name), ONE)


def test_a_file_that_changes_between_cutting_and_reading_is_an_error(tmp_path):
    file = tmp_path / "a.json"
    file.write_text('{"a":1}\n' * 10)
    block = whole(file)
    file.write_text('{"a":1}\n' * 11)
    with pytest.raises(InputUnfitError, match=r"a\.json has changed while it was read: nothing is published"):
        bytes_in(block)
    file.unlink()
    with pytest.raises(
        InputMissingError, match="is not on this worker: every worker must see it under the same path"
    ):
        bytes_in(block)


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "_CHUNK", 8)
    file = tmp_path / "a.json"
    file.write_text('{"a":1}\n' * 10)
    lines = lines_of(whole(file))
    next(lines)
    with file.open("a") as stream:
        stream.write("x")
    with pytest.raises(InputUnfitError, match="has changed while it was read"):
        list(lines)


def test_long_lines_do_not_fill_the_memory_with_their_neighbours(tmp_path, monkeypatch):
    file = tmp_path / "long.json"
    with file.open("wb") as out:
        for _ in range(50):
            out.write(b"x" * 1_000_000 + b"\n")
        out.write(b"y" * 10_000_000)
    sizes = [lines.values.nbytes for lines in lines_of(whole(file))]
    assert sum(sizes) > 60_000_000
    assert max(sizes) < 20_000_000
    monkeypatch.setattr(blocks, "_LONGEST_LINE", 8_000_000)
    with pytest.raises(InputUnfitError, match=r"long\.json has a line of more than 8000000 bytes"):
        list(lines_of(whole(file)))


def test_a_header_is_no_row_wherever_the_file_is_cut(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(b'\xef\xbb\xbfb,a\r\n\r\nx,1\r\nx\r\n"x",2\r\nx,y\n')
    parser = CsvLines(ONE, read_header(str(file), ["a"]), "UTC")
    wanted = read_blocks([whole(file)], parser)
    assert wanted == (
        [(3, 10, None, 1), (5, 18, None, 2)],
        [(4, 15, None, "malformed-csv"), (6, 25, None, "wrong-type")],
        6,
        2,
    )
    size = file.stat().st_size
    for step in range(1, size):
        assert read_blocks(blocks_at(file, *range(step, size, step)), parser) == wanted


# --- Frames


def reports_of(frame):
    found = {}
    for reader in readers_of(frame):
        found.update(reader.reports())
    return found


def told(frame):
    """Lines, blank ones, and the texts of those that are no rows."""
    found = reports_of(frame)
    unreadable = []
    for (file, _), report in sorted(found.items()):
        for one in report.unreadable.to_pylist():
            text = one["raw"]
            if text is None:
                text = raw_text(Path(file).read_bytes()[one["offset"] :].split(b"\n")[0])
            unreadable.append(text)
    return sum(r.lines for r in found.values()), sum(r.blank for r in found.values()), unreadable


LINES = 3000
BAD = 30


@pytest.fixture
def input_file(tmp_path, monkeypatch):
    """Lines of which each hundredth is none, in four blocks."""
    monkeypatch.setattr(blocks, "_LEAST_BLOCK", 10_000)
    file = tmp_path / "in.jsonl"
    file.write_text("".join(f'{{"a":{n}}}\n' if n % 100 else f"bad {n}\n" for n in range(LINES)) + "\n")
    return file


TOLD = (LINES + 1, 1, [f"bad {n}" for n in range(0, LINES, 100)])


@pytest.mark.parametrize(
    "name", ["a b%20[1]{x},ü*?.json", "_hidden.json", "back\\slash.json", "plain.json.gz"]
)
def test_lines_are_read_whatever_the_name_of_the_file(spark: SparkSession, tmp_path, name):
    data = b'\xef\xbb\xbf{"a":1}\r\n\n \xff\n{"a":2}'
    file = tmp_path / name
    file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    frame = read_json_lines(spark, [str(file)], ONE)
    assert [(row.a, row[SOURCE].file, row[SOURCE].line) for row in frame.collect()] == [
        (1, str(file), 1),
        (2, str(file), 4),
    ]
    assert told(frame) == (4, 1, [" \ufffd"])
    assert {in_project(path, str(tmp_path)) for path, _ in reports_of(frame)} == {name}


def test_reports_do_not_depend_on_what_is_done_with_the_rows(spark: SparkSession, input_file):
    def read():
        return read_json_lines(spark, str(input_file), ONE)

    assert read().rdd.getNumPartitions() > 1
    frame = read()
    assert frame.count() == LINES - BAD
    assert told(frame) == TOLD
    # Nothing has been read, or only the first rows, or nothing at all, or all several times.
    assert told(read()) == TOLD
    frame = read().limit(1)
    assert len(frame.collect()) == 1
    assert told(frame) == TOLD
    frame = read().where("false")
    assert frame.collect() == []
    assert told(frame) == TOLD
    frame = read().where(col("a") > 2000).repartition(3).orderBy("a")
    assert (frame.count(), frame.count()) == (990, 990)
    assert told(frame) == TOLD
    frame = read().coalesce(1)
    assert frame.count() == LINES - BAD
    assert told(frame) == TOLD


def test_reports_of_a_cached_frame(spark: SparkSession, input_file):
    frame = read_json_lines(spark, str(input_file), ONE).cache()
    try:
        assert frame.where("a < 10").count() == 9
        assert frame.count() == LINES - BAD
        assert told(frame.select("a")) == TOLD
    finally:
        frame.unpersist()


def test_a_frame_is_known_behind_a_view(spark: SparkSession, input_file):
    read_json_lines(spark, str(input_file), ONE).createOrReplaceTempView("lines")
    frame = spark.sql("select * from lines where a < 10")
    assert frame.count() == 9
    assert told(frame) == TOLD


def test_two_readers_report_each_its_own(spark: SparkSession, input_file, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a\n1\nx\n\n")
    first = read_json_lines(spark, str(input_file), ONE)
    both = first.unionByName(read_csv(spark, str(other), ONE)).join(spark.range(10), col("a") == col("id"))
    assert both.count() == 10
    assert told(both) == (TOLD[0] + 4, TOLD[1] + 2, [*TOLD[2], "x"])
    twice = first.union(first)
    assert twice.count() == 2 * (LINES - BAD)
    assert told(twice) == TOLD
    assert readers_of(spark.range(3)) == []


def test_a_task_that_is_tried_again_reports_once(spark: SparkSession, input_file):
    def fail_once(batches):
        yield from batches
        if TaskContext.get().attemptNumber() == 0:
            raise RuntimeError("the first attempt fails when it has read all")

    frame = read_json_lines(spark, str(input_file), ONE)
    frame = frame.mapInArrow(fail_once, frame.schema)
    assert frame.count() == LINES - BAD
    assert told(frame) == TOLD
    [reader] = readers_of(frame)
    assert set(reader._found.value) == {(block.file, block.start) for [block] in reader._groups}


def test_what_fails_in_a_task_is_told_by_its_class(spark: SparkSession, input_file):
    frame = read_json_lines(spark, str(input_file), ONE)
    with input_file.open("a") as file:
        file.write("{}")
    with pytest.raises(Exception) as error:
        frame.count()
    assert isinstance(find_in(error.value), InputUnfitError)


def test_a_file_of_the_same_size_that_was_written_anew_is_an_error(spark: SparkSession, input_file):
    frame = read_json_lines(spark, str(input_file), ONE)
    assert frame.count() > 0
    os.utime(input_file, (0, 0))
    with pytest.raises(InputUnfitError, match="has changed while it was read"):
        reports_of(frame)


def test_files_of_other_systems_are_read_through_spark(spark: SparkSession, input_file):
    """Here a file of this one, cut by Spark."""
    spark.conf.set("spark.sql.files.maxPartitionBytes", 10_000)
    spark.conf.set("spark.sql.files.openCostInBytes", 0)
    try:
        reader = RemoteReader(spark, [str(input_file)], JsonLines(ONE, "UTC"))
        frame = reader.frame(ONE)
        for act in (lambda: None, lambda: frame.limit(1).collect(), frame.collect, frame.coalesce(1).collect):
            act()
            found = reader.reports()
            assert len(found) > 1
            assert (sum(r.lines for r in found.values()), sum(r.blank for r in found.values())) == TOLD[:2]
            raw = [
                text for _, report in sorted(found.items()) for text in report.unreadable["raw"].to_pylist()
            ]
            assert raw == TOLD[2]
        before, seen = 0, []
        for (file, block), report in sorted(found.items()):
            rows = frame.where((col(f"{SOURCE}.file") == file) & (col(f"{SOURCE}.block") == block)).collect()
            seen += [(before + row[SOURCE].line, row[SOURCE].raw) for row in rows]
            before += report.lines
        assert seen == [(n + 1, f'{{"a":{n}}}') for n in range(LINES) if n % 100]
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")
        spark.conf.unset("spark.sql.files.openCostInBytes")


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (ArrayType(LongType()), "array<bigint>"),
        (MapType(StringType(), LongType()), "map<string,bigint>"),
        (BinaryType(), "binary"),
        (StructType([StructField("x", LongType())]), "struct<x:bigint>"),
    ],
)
def test_a_type_that_can_not_be_read_is_refused_before_anything_is_read(spark: SparkSession, kind, shown):
    schema = StructType([StructField("id", LongType()), StructField("odd", kind)])
    for read in (read_json_lines, read_csv):
        with pytest.raises(ColumnMismatchError) as error:
            read(spark, "nowhere", schema)
        assert str(error.value).startswith(f"column odd can't be read as {shown}: read it as string")


def test_a_schema_must_be_one_of_rows(spark: SparkSession):
    for names, message in ((["_source"], "_source"), (["a", "b", "a"], "the column a more than once")):
        schema = StructType([StructField(name, LongType()) for name in names])
        with pytest.raises(ColumnMismatchError, match=message):
            read_json_lines(spark, "nowhere", schema)


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("Asia/Tokyo", 3), ("+09:00", 3), ("GMT+9", 3), ("UTC", 12), ("Z", 12), ("America/Caracas", 16)],
)
def test_instants_without_an_offset_are_of_the_session(spark: SparkSession, tmp_path, zone, hour):
    schema = StructType([StructField("t", TimestampType())])
    (tmp_path / "t.json").write_text('{"t":"2024-05-05T12:00:00.000001"}\n')
    (tmp_path / "t.csv").write_text("t\n2024-05-05 12:00:00.000001\n")
    before = spark.conf.get("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.session.timeZone", zone)
    try:
        for read, name in ((read_json_lines, "t.json"), (read_csv, "t.csv")):
            [row] = read(spark, str(tmp_path / name), schema).selectExpr("unix_micros(t) as t").collect()
            assert row.t == int(dt.datetime(2024, 5, 5, hour, tzinfo=dt.UTC).timestamp()) * 1_000_000 + 1
    finally:
        spark.conf.set("spark.sql.session.timeZone", before)


def test_a_zone_that_arrow_does_not_know_is_said(spark: SparkSession, tmp_path):
    (tmp_path / "t.json").write_text("{}\n")
    before = spark.conf.get("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.session.timeZone", "PST")
    try:
        read_json_lines(spark, str(tmp_path), ONE)
        with pytest.raises(UnknownOptionError, match="in the time zone PST: set spark"):
            read_json_lines(spark, str(tmp_path), StructType([StructField("t", TimestampType())]))
    finally:
        spark.conf.set("spark.sql.session.timeZone", before)


def test_source_files_are_named_from_their_project():
    assert in_project("file:///srv/project/data/a%20b.json", "/srv/project") == "data/a b.json"
    assert in_project("file:/srv/project/a.json", "/srv/project/") == "a.json"
    assert in_project("file:///srv/projects/a.json", "/srv/project") == "/srv/projects/a.json"
    assert in_project("s3a://bucket/a%20b.json", "/srv/project") == "s3a://bucket/a%20b.json"
