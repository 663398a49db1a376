"""Lines of CSV without Spark: each rule with its reason, every value exactly, and headers that can't be used."""

import math
import random

import pyarrow as pa
import pytest
from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType

from sparkctl_jobs import errors
from sparkctl_jobs.csv_header import CsvHeader, CsvLayout, read_header
from sparkctl_jobs.csv_lines import parse_csv_lines
from sparkctl_jobs.csv_record import fields_of

COLUMNS = StructType(
    [StructField("id", LongType()), StructField("x", DoubleType()), StructField("Name", StringType())]
)
# The third field of a line is wanted by nobody.
LAYOUT = CsvLayout(",", 4, (0, 1, 3))


def parse(*lines, layout=LAYOUT, first=2):
    values = [line if isinstance(line, bytes) else line.encode() for line in lines]
    batch = pa.RecordBatch.from_pydict(
        {
            "value": pa.array(values, pa.binary()),
            "_source_file": ["file:///data/a%20b.csv"] * len(values),
            "_block": pa.array([0] * len(values), pa.int64()),
            "_line": pa.array(range(first, first + len(values)), pa.int64()),
        }
    )
    rows = parse_csv_lines(batch, COLUMNS, CsvHeader({"/data/a b.csv": layout}))
    values = zip(*(rows[name].to_pylist() for name in COLUMNS.names), strict=True)
    return [
        reason or value for reason, value in zip(rows.reasons.to_pylist(), values, strict=True)
    ], rows.raw.to_pylist()


RULES = [
    ("1,2.5,,a", (1, 2.5, "a")),
    ("-9223372036854775808,-.5,,é王", (-(2**63), -0.5, "é王")),
    ("9223372036854775807,1e-3,,a\\b", (2**63 - 1, 0.001, "a\\b")),
    (" 007 ,\t1. , , a ", (7, 1.0, " a ")),
    (",,,", (None, None, None)),
    (" ,\u00a0,,\u00a0", (None, None, "\u00a0")),
    ('"1","2","","say ""hi"", you"', (1, 2.0, 'say "hi", you')),
    ('1,"",,""', (1, None, None)),
    ("1,2,,3\r", (1, 2.0, "3")),
    ("1,0.1,,x", (1, 0.1, "x")),
    ("00000000000000000000000000001,1E5,,x", (1, 1e5, "x")),
    ("1,2,a", "malformed-csv"),
    ("1,2,,a,", "malformed-csv"),
    ("1;2;;a", "malformed-csv"),
    ("1", "malformed-csv"),
    ("1,2,,a\"b", "malformed-csv"),
    ('1,2,,"a', "malformed-csv"),
    ('1,2,,"a"b', "malformed-csv"),
    ('1,2,, "a"', "malformed-csv"),
    ('"1,2,,a', "malformed-csv"),
    ('1,2,"a,b', "malformed-csv"),
    (b"1,2,,caf\xe9", "malformed-csv"),
    (b'1,2,,"\xff"', "malformed-csv"),
    ("a,2,,b", "wrong-type"),
    ("1.0,2,,b", "wrong-type"),
    ("9223372036854775808,2,,b", "wrong-type"),
    ("-" + "9" * 5000 + ",2,,b", "wrong-type"),
    ("1 000,2,,b", "wrong-type"),
    ("+1,2,,b", "wrong-type"),
    ("１,2,,b", "wrong-type"),
    ('1,"2,5",,b', "wrong-type"),
    ("1,NaN,,b", "wrong-type"),
    ("1,nan,,b", "wrong-type"),
    ("1,Infinity,,b", "wrong-type"),
    ("1,-inf,,b", "wrong-type"),
    ("1,1e400,,b", "wrong-type"),
    ("1,-1e400,,b", "wrong-type"),
    ("1,0x1F,,b", "wrong-type"),
    ("1,1_0,,b", "wrong-type"),
    ("1,.,,b", "wrong-type"),
    ("1,x,,", "wrong-type"),
    ("", "blank"),
    ("  \t\r", "blank"),
    ("\ufeff", "blank"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "wanted"), RULES, ids=[str(n) for n in range(len(RULES))])
def test_each_line_by_itself(line, wanted):
    [found], [raw] = parse(line)
    assert found == wanted
    assert raw == (line if isinstance(line, str) else line.decode(errors="replace")).removesuffix("\r")


def test_lines_come_out_as_by_themselves_whatever_is_around_them():
    chance = random.Random(5)
    for _ in range(40):
        chosen = [chance.choice(RULES) for _ in range(chance.randrange(1, 60))]
        found, _ = parse(*(line for line, _ in chosen))
        assert found == [wanted for _, wanted in chosen]


def test_the_header_is_no_row_wherever_the_lines_are_numbered():
    assert parse("id,x,y,Name", "1,2,,a", first=1)[0] == ["blank", (1, 2.0, "a")]


def test_a_file_of_one_column_has_no_empty_values():
    layout = CsvLayout(",", 1, (0, 0, 0))
    assert parse("5", "", " ", '" "', layout=layout)[0][:3] == [(5, 5.0, "5"), "blank", "blank"]


def test_every_decimal_is_read_as_python_reads_it():
    chance = random.Random(3)
    numbers = [
        f"{chance.uniform(-1, 1) * 10.0 ** chance.randrange(-300, 300):.{chance.randrange(1, 20)}g}"
        for _ in range(2000)
    ]
    found, _ = parse(*(f"1,{number},,a" for number in numbers))
    assert [row[1] for row in found] == [float(number) for number in numbers]
    assert all(math.isfinite(row[1]) for row in found)


@pytest.mark.parametrize(
    ("line", "delimiter", "fields"),
    [
        ("a,b", ",", ["a", "b"]),
        ("a;b,c", ";", ["a", "b,c"]),
        ("a\tb", "\t", ["a", "b"]),
        ('"a|b"|c', "|", ["a|b", "c"]),
        ("", ",", [""]),
        ('""', ",", [""]),
        ('"a""b"', ",", ['a"b']),
        ('"', ",", None),
        ('a"', ",", None),
    ],
)
def test_records(line, delimiter, fields):
    assert fields_of(line, delimiter) == fields


def header(folder, content, columns=("id", "x", "Name"), name="in.csv", **options):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_header([str(path)], columns, **options).layout_of(
        f"file:///{folder}/{name}".replace("//", "/")
    )


def test_columns_are_found_by_name_in_any_order(tmp_path):
    assert header(tmp_path, "\ufeffName,other, x ,id\r\n1\r\n") == CsvLayout(",", 4, (3, 2, 0))
    assert header(tmp_path, '"Na,me","x",id\n1\n', ["id", "Na,me"]) == CsvLayout(",", 3, (2, 0))
    assert header(tmp_path, "Renda;Pontuac\u0327a\u0303o\n1\n", ["Pontuação"], delimiter=";") == CsvLayout(
        ";", 2, (1,)
    )
    names = {"id": "Rk", "x": "PTS"}
    assert header(tmp_path, "Name,Rk,x\n1\n", other_names=names) == CsvLayout(",", 3, (1, 2, 0))


def test_each_file_has_its_own_header(tmp_path):
    (tmp_path / "a.csv").write_text("id,x\n1,2\n")
    (tmp_path / "b+c d.csv").write_text("x,y,id\n1,2,3\n")
    found = read_header([str(tmp_path)], ["id", "x"])
    assert found.layout_of(f"file://{tmp_path}/a.csv") == CsvLayout(",", 2, (0, 1))
    assert found.layout_of(f"file://{tmp_path}/b+c%20d.csv") == CsvLayout(",", 3, (2, 0))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "in.csv has no header: it is empty. The first line must name the columns."),
        ("\n\n", "in.csv has no header: it is empty. The first line must name the columns."),
        ("\nid,x,Name\n1,2,3\n", "in.csv has no header: its first line is blank. The first line must name the columns."),
        ("id,x,Name\n", "in.csv has a header and no rows"),
        ("id,x,Name\r\n \r\n", "in.csv has a header and no rows"),
        ("id,Name\n1,2\n", "in.csv has no column x: its first line must name the columns, and has id, Name"),
        ("1,2,a\n2,3,b\n", "in.csv has no column id, x, Name: its first line must name the columns, and has 1, 2, a"),
        ("id,x,x,Name\n1,2,3,4\n", "in.csv has the column x more than once: rename the others"),
        ("id;x;Name\n1;2;a\n", "the columns of in.csv are separated by semicolons, not by commas: read it with --delimiter ';'"),
        ("id\tx\tName\n1\t2\ta\n", "the columns of in.csv are separated by tabs, not by commas: read it with --delimiter '\\t'"),
        ('id,"x,Name\n1,2,3\n', "the first line of in.csv is no header: its quotation marks are not in pairs around a field"),
        (b"id,x,Name,Pontua\xe7\xe3o\n1,2,3,4\n", "the first line of in.csv is not UTF-8 (byte 17 is 0xe7), perhaps Latin-1: convert it with iconv -f LATIN1 -t UTF-8"),
        ("id,x,Name\r1,2,3\r", "the lines of in.csv end with CR alone: convert them with tr '\\r' '\\n'"),
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_used_is_said_with_the_remedy(tmp_path, monkeypatch, content, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.InputUnfitError) as error:
        header(tmp_path, content)
    assert str(error.value) == message
    assert error.value.exit_code == 65


def test_a_header_that_cannot_be_read_is_said(tmp_path):
    with pytest.raises(errors.InputMissingError, match=r"^input not found: no\.csv"):
        read_header(["no.csv"], ["id"])
    with pytest.raises(
        errors.InputMissingError, match=r"^the header of s3a://b/c can't be read: CSV must be"
    ):
        read_header(["s3a://b/c"], ["id"])
