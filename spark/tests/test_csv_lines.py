"""Lines of CSV without Spark: each rule with its reason, every value exactly, and headers that can't be used."""

import datetime as dt
import gzip
import math
import random
from decimal import Decimal

import pytest
from made_lines import made_lines, rows_of
from pyspark.sql import types
from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType

from sparkctl_io import errors
from sparkctl_io.reading.csv_header import CsvHeader, CsvLayout, read_header
from sparkctl_io.reading.csv_lines import CsvLines
from sparkctl_io.reading.csv_record import fields_of

COLUMNS = StructType(
    [StructField("id", LongType()), StructField("x", DoubleType()), StructField("Name", StringType())]
)
# The third field of a line is wanted by nobody.
LAYOUT = CsvLayout(",", 4, (0, 1, 3))


def parse(*lines, layout=LAYOUT, schema=COLUMNS, zone="UTC", first=2, block=0):
    parser = CsvLines(schema, CsvHeader({"/data/a b.csv": layout}), zone)
    return rows_of(parser(made_lines(lines, first), "/data/a b.csv", block))


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
    ("1,2,,a\rb", (1, 2.0, "a\rb")),
    ("1,2,,a\r\r", (1, 2.0, "a\r")),
    ('1,2,,"a\rb"', (1, 2.0, "a\rb")),
    ("1,2,,a\0b", (1, 2.0, "a\0b")),
    ('1,2,"""",\'a\'', (1, 2.0, "'a'")),
    ("1,2,,NULL", (1, 2.0, "NULL")),
    ("1,2,,NA", (1, 2.0, "NA")),
    ('"",2,,"""",', "malformed-csv"),
    (b"1,2,,\xed\xa0\x80", "malformed-csv"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "wanted"), RULES, ids=[str(n) for n in range(len(RULES))])
def test_each_line_by_itself(line, wanted):
    assert parse(line) == [wanted]


def test_lines_come_out_as_by_themselves_whatever_is_around_them():
    chance = random.Random(5)
    for count in [*range(1, 40), 5000]:
        chosen = [chance.choice(RULES) for _ in range(count)]
        assert parse(*(line for line, _ in chosen)) == [wanted for _, wanted in chosen]


def test_the_header_is_the_first_line_of_the_first_block_and_no_row():
    assert parse("id,x,y,Name", "1,2,,a", first=1) == ["blank", (1, 2.0, "a")]
    assert parse("id,x,y,Name", "1,2,,a", first=1, block=7) == ["wrong-type", (1, 2.0, "a")]
    assert parse('id,"x",y,Name', first=1) == ["blank"]
    assert parse("id,x", first=1) == ["blank"]


def test_a_file_of_one_column_has_no_empty_values():
    layout = CsvLayout(",", 1, (0, 0, 0))
    assert parse("5", "", " ", '" "', layout=layout)[:3] == [(5, 5.0, "5"), "blank", "blank"]


def test_a_byte_order_mark_that_begins_a_block_is_text():
    layout = CsvLayout(",", 3, (1, 2, 0))
    found = parse("\ufeffa,1,2", "\ufeffb,1,2", layout=layout, first=9)
    assert found == [(1, 2.0, "\ufeffa"), (1, 2.0, "\ufeffb")]


def test_every_decimal_is_read_as_python_reads_it():
    chance = random.Random(3)
    numbers = [
        f"{chance.uniform(-1, 1) * 10.0 ** chance.randrange(-300, 300):.{chance.randrange(1, 20)}g}"
        for _ in range(2000)
    ]
    found = parse(*(f"1,{number},,a" for number in numbers))
    assert [row[1] for row in found] == [float(number) for number in numbers]
    assert all(math.isfinite(row[1]) for row in found)


WRONG = "wrong-type"
TYPED = [
    (types.ByteType(), "127", 127),
    (types.ByteType(), "128", WRONG),
    (types.ShortType(), "-32768", -32768),
    (types.ShortType(), "-32769", WRONG),
    (types.IntegerType(), " 2147483647 ", 2**31 - 1),
    (types.IntegerType(), "2147483648", WRONG),
    (types.IntegerType(), "9223372036854775808", WRONG),
    (types.IntegerType(), "1.0", WRONG),
    (types.IntegerType(), "", None),
    (types.IntegerType(), " ", None),
    (types.FloatType(), "1.5", 1.5),
    (types.FloatType(), "1e39", WRONG),
    (types.FloatType(), "1e400", WRONG),
    (types.BooleanType(), "true", True),
    (types.BooleanType(), " false ", False),
    (types.BooleanType(), "True", WRONG),
    (types.BooleanType(), "1", WRONG),
    (types.BooleanType(), "", None),
    (types.DecimalType(5, 2), "123.45", Decimal("123.45")),
    (types.DecimalType(5, 2), " .5 ", Decimal("0.50")),
    (types.DecimalType(5, 2), "5.", Decimal("5.00")),
    (types.DecimalType(5, 2), "007", Decimal("7.00")),
    (types.DecimalType(5, 2), "1.2E2", Decimal("120.00")),
    (types.DecimalType(5, 2), "-0", Decimal("0.00")),
    (types.DecimalType(5, 2), "123.4500", Decimal("123.45")),
    (types.DecimalType(5, 2), "123.456", WRONG),
    (types.DecimalType(5, 2), "1000", WRONG),
    (types.DecimalType(5, 2), "1e999999999999999999999", WRONG),
    (types.DecimalType(5, 2), "9" * 5000, WRONG),
    (types.DecimalType(5, 2), "NaN", WRONG),
    (types.DecimalType(5, 2), "1 000", WRONG),
    (types.DecimalType(5, 2), " ", None),
    (types.DecimalType(38, 0), "9" * 38, Decimal("9" * 38)),
    (types.DecimalType(38, 10), "1234567890123456789012345678.0123456789", Decimal("1234567890123456789012345678.0123456789")),
    (types.DateType(), "2024-02-29", dt.date(2024, 2, 29)),
    (types.DateType(), "2023-02-29", WRONG),
    (types.DateType(), "2024-06-31", WRONG),
    (types.DateType(), "29.02.2024", WRONG),
    (types.DateType(), "", None),
    (types.TimestampNTZType(), "2024-01-31 23:59:59.123456", dt.datetime(2024, 1, 31, 23, 59, 59, 123456)),
    (types.TimestampNTZType(), "2024-01-31 23:59:59Z", WRONG),
    (types.TimestampType(), "2024-01-31T23:59:59.123456Z", dt.datetime(2024, 1, 31, 23, 59, 59, 123456, dt.UTC)),
    (types.TimestampType(), "2024-07-31 12:00:00", dt.datetime(2024, 7, 31, 10, tzinfo=dt.UTC)),
    (types.TimestampType(), " 2024-07-31T12:00:00-01:00 ", dt.datetime(2024, 7, 31, 13, tzinfo=dt.UTC)),
    (types.TimestampType(), "2024-02-30T12:00:00Z", WRONG),
    (types.TimestampType(), "2024-01-31T23:59Z", WRONG),
    (types.TimestampType(), "", None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "written", "wanted"), TYPED, ids=lambda value: repr(value)[:40])
def test_each_type(kind, written, wanted):
    schema = StructType([StructField("v", kind)])
    layout = CsvLayout(",", 2, (1,))
    expected = wanted if wanted == WRONG else (wanted,)
    for line in (f"a,{written}", f'"a","{written}"'):
        assert parse(line, layout=layout, schema=schema, zone="Europe/Paris") == [expected]


def test_values_of_a_type_do_not_depend_on_each_other():
    for kind in {type(kind): kind for kind, *_ in TYPED}.values():
        schema = StructType([StructField("v", kind)])
        cases = [(written, wanted) for other, written, wanted in TYPED if other == kind] * 20
        random.Random(7).shuffle(cases)
        lines = (f"a,{written}" for written, _ in cases)
        found = parse(*lines, layout=CsvLayout(",", 2, (1,)), schema=schema, zone="Europe/Paris")
        assert found == [wanted if wanted == WRONG else (wanted,) for _, wanted in cases]


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
    return read_header([str(path)], columns, **options).layout_of(str(path))


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
    assert found.layout_of(f"{tmp_path}/a.csv") == CsvLayout(",", 2, (0, 1))
    assert found.layout_of(f"{tmp_path}/b+c d.csv") == CsvLayout(",", 3, (2, 0))


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


def test_the_header_of_a_compressed_file_is_read(tmp_path):
    packed = gzip.compress(b"x,id,Name\n1,2,3\n")
    assert header(tmp_path, packed, name="in.csv.gz") == CsvLayout(",", 3, (1, 0, 2))
    for broken in (packed[:15], b"id,x,Name\n1,2,3\n"):
        with pytest.raises(errors.InputUnfitError, match=r"in\.csv\.gz can't be decompressed"):
            header(tmp_path, broken, name="in.csv.gz")
    with pytest.raises(errors.InputUnfitError, match=r"can't be read here: use \.gz, \.bz2 or \.zst"):
        header(tmp_path, b"", name="in.csv.lz4")
