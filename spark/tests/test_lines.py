"""Inputs are found or refused, and every line knows its place however the file is cut."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from sparkctl_jobs import find_inputs, numbered, read_lines
from sparkctl_jobs.csv_header import read_header
from sparkctl_jobs.errors import InputMissingError
from sparkctl_jobs.lines import runs_of
from sparkctl_jobs.sink.source_block import SourceBlock
from sparkctl_jobs.sink.source_files import in_project


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
    assert read_lines(spark, file).count() == 1
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


@pytest.mark.parametrize(
    "name", ["a b%20[1]{x},ü*?.json", "_hidden.json", "back\\slash.json", "plain.json.gz"]
)
def test_lines_are_read_whatever_the_name_of_the_file(spark: SparkSession, tmp_path, name):
    data = b'\xef\xbb\xbf{"a":1}\r\n\n \xff\n{"a":2}'
    file = tmp_path / name
    file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    found = read_lines(spark, [str(file)]).collect()
    assert [bytes(row.value) for row in found] == [b'{"a":1}\r', b"", b" \xff", b'{"a":2}']
    assert {in_project(row._source_file, str(tmp_path)) for row in found} == {name}


@pytest.mark.parametrize("size", [64, 61, 7, 3])
def test_a_block_is_read_a_second_time_as_spark_has_read_it(spark: SparkSession, tmp_path, size):
    """Wherever blocks begin: within a line, at its begin, at its end."""
    data = b"\xef\xbb\xbffirst\n" + b"".join(b"x" * (n % 9) + b"\r\n" * (n % 3) + b"\n" for n in range(60))
    file = tmp_path / "a b.txt"
    file.write_bytes(data + b"last")
    spark.conf.set("spark.sql.files.maxPartitionBytes", size)
    spark.conf.set("spark.sql.files.openCostInBytes", 0)
    try:
        rows = read_lines(spark, [str(file)]).mapInArrow(
            numbered, "value binary, _source_file string, _block long, _line long"
        )
        found = rows.collect()
    finally:
        spark.conf.unset("spark.sql.files.maxPartitionBytes")
        spark.conf.unset("spark.sql.files.openCostInBytes")
    assert len({row._block for row in found}) >= len(data) // size // 3
    for row in found:
        source = SourceBlock.of(row._source_file, row._block)
        assert source is not None
        assert source.has(row._line, bytes(row.value).removesuffix(b"\r").decode())


def test_lines_are_numbered_in_each_block():
    def batch(*places):
        files, blocks = zip(*places, strict=True)
        return pa.RecordBatch.from_pydict(
            {"value": [b""] * len(places), "_source_file": list(files), "_block": list(blocks)}
        )

    batches = [
        batch(("a", 0), ("a", 0), ("b", 0)),
        batch(("b", 0)),
        batch(("b", 0), ("a", 7), ("b", 7)),
        batch(("a", 9)),
    ]
    assert [found.column("_line").to_pylist() for found in numbered(iter(batches))] == [
        [1, 2, 1],
        [2],
        [3, 1, 1],
        [1],
    ]
    assert runs_of(batches[2]) == [(0, 1), (1, 2), (2, 3)]
    assert runs_of(batches[0].slice(0, 0)) == []


def test_a_long_line_does_not_fill_the_memory_with_its_neighbours(spark: SparkSession, tmp_path):
    file = tmp_path / "long.json"
    with file.open("wb") as out:
        for _ in range(200):
            out.write(b"x" * 1_000_000 + b"\n")

    def sizes(batches):
        for batch in batches:
            yield pa.RecordBatch.from_pydict({"bytes": [batch.nbytes]})

    found = [row.bytes for row in read_lines(spark, [str(file)]).mapInArrow(sizes, "bytes long").collect()]
    assert sum(found) > 200_000_000
    assert max(found) < 100_000_000


def test_source_files_are_named_from_their_project():
    assert in_project("file:///srv/project/data/a%20b.json", "/srv/project") == "data/a b.json"
    assert in_project("file:/srv/project/a.json", "/srv/project/") == "a.json"
    assert in_project("file:///srv/projects/a.json", "/srv/project") == "/srv/projects/a.json"
    assert in_project("s3a://bucket/a%20b.json", "/srv/project") == "s3a://bucket/a%20b.json"
