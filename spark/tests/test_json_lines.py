"""Each line's fields or reason, whatever its neighbours are."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from made_lines import made_lines, rows_of
from pyspark.sql import types
from pyspark.sql.types import BooleanType, DoubleType, LongType, StringType, StructField, StructType

from sparkctl_io import Reason
from sparkctl_io.errors import ColumnMismatchError
from sparkctl_io.reading.json_exact import parse_exactly
from sparkctl_io.reading.json_lines import _SMALL, JsonLines
from sparkctl_io.reading.parsed import BLANK, raw_text

SCHEMA = StructType(
    [
        StructField("id", LongType()),
        StructField("name", StringType()),
        StructField("salary", DoubleType()),
        StructField("ok", BooleanType()),
    ]
)
MALFORMED, WRONG = Reason.MALFORMED_JSON, Reason.WRONG_TYPE


def parse(*values, schema=SCHEMA, zone="UTC"):
    return rows_of(JsonLines(schema, zone)(made_lines(values), "/x", 0))


def among(line, schema=SCHEMA, zone="UTC"):
    """The same line among so many that they are parsed at once."""
    others = ["{}"] * (_SMALL + 1)
    return parse(*others, line, *others, schema=schema, zone=zone)[len(others)]


GOOD = [
    ('{"id":1,"name":"a","salary":1.5,"ok":true}', (1, "a", 1.5, True)),
    ("{}", (None, None, None, None)),
    ('{"id":null,"name":null,"salary":null,"ok":null}', (None, None, None, None)),
    ('  { "id" : 1 } ', (1, None, None, None)),
    ('{"id":1}\r', (1, None, None, None)),
    ('{"id":9007199254740993}', (2**53 + 1, None, None, None)),
    ('{"id":9223372036854775807}', (2**63 - 1, None, None, None)),
    ('{"id":-9223372036854775808}', (-(2**63), None, None, None)),
    ('{"id":-0}', (0, None, None, None)),
    ('{"salary":5}', (None, None, 5.0, None)),
    ('{"salary":9007199254740993}', (None, None, 9007199254740992.0, None)),
    ('{"salary":0.1}', (None, None, 0.1, None)),
    ('{"salary":1e-400}', (None, None, 0.0, None)),
    ('{"salary":1.7976931348623157e308}', (None, None, 1.7976931348623157e308, None)),
    ('{"name":"\\ud83d\\ude00 \\u00e9 \\/ \\n"}', (None, "😀 é / \n", None, None)),
    ('{"name":"{[}]"}', (None, "{[}]", None, None)),
    ('{"name":"e\u0301 \u05d0 \ufeff 宽"}', (None, "e\u0301 \u05d0 \ufeff 宽", None, None)),
    ('{"na\\u006de":"escaped key"}', (None, "escaped key", None, None)),
    ('{"id":1,"more":{"id":2,"x":[1,{}]},"NAME":3}', (1, None, None, None)),
    ('{"id":1,"more":NaN,"much":1e400}', (1, None, None, None)),
    ('{"id":1,"id":2}', (2, None, None, None)),
    ('{"id":"x","id":2}', (2, None, None, None)),
    ('{"id":1,"more":' + "7" * 5000 + "}", (1, None, None, None)),
    ('{"name":"' + "x" * 1_000_000 + '"}', (None, "x" * 1_000_000, None, None)),
    ('{"name":"a\\u0000b"}', (None, "a\0b", None, None)),
]

BAD = [
    ('{"id":1', MALFORMED),
    ('{"id":1,"name":"tru', MALFORMED),
    ("null", MALFORMED),
    ("[]", MALFORMED),
    ('[{"id":1}]', MALFORMED),
    ('"x"', MALFORMED),
    ("17", MALFORMED),
    ('{"id":1}{"id":2}', MALFORMED),
    ('{"id":1} {"id":2}', MALFORMED),
    ('{"id":1}null}', MALFORMED),
    ('{"id":1},', MALFORMED),
    ('{"id":1,}', MALFORMED),
    ("{'id':1}", MALFORMED),
    ("{id:1}", MALFORMED),
    ('{"id":01}', MALFORMED),
    ('{"id":+1}', MALFORMED),
    ('{"salary":.5}', MALFORMED),
    ('{"salary":nan}', MALFORMED),
    ('{"id":1 /* one */}', MALFORMED),
    ('{"name":"a\tb"}', MALFORMED),
    ('{"name":"\\x"}', MALFORMED),
    ('{"id":1}\0', MALFORMED),
    ('{"name":"\0"}', MALFORMED),
    ('\ufeff{"id":1}', MALFORMED),
    (b'{"name":"\xff"}', MALFORMED),
    (b'{"name":"\xed\xa0\x80"}', MALFORMED),
    (b"\xff\xfe", MALFORMED),
    ('{"more":' + "[" * 100_000 + "]" * 100_000 + "}", MALFORMED),
    ('{"id":3.0}', WRONG),
    ('{"id":1e2}', WRONG),
    ('{"id":"5"}', WRONG),
    ('{"id":true}', WRONG),
    ('{"id":9223372036854775808}', WRONG),
    ('{"id":-9223372036854775809}', WRONG),
    ('{"id":' + "7" * 5000 + "}", WRONG),
    ('{"id":NaN}', WRONG),
    ('{"name":5}', WRONG),
    ('{"name":false}', WRONG),
    ('{"name":{}}', WRONG),
    # Lone surrogates are no text.
    ('{"name":"a\\ud800b"}', WRONG),
    ('{"name":"\\udc00"}', WRONG),
    ('{"name":["a"]}', WRONG),
    ('{"salary":"1.5"}', WRONG),
    ('{"salary":true}', WRONG),
    ('{"salary":NaN}', WRONG),
    ('{"salary":Infinity}', WRONG),
    ('{"salary":-Infinity}', WRONG),
    ('{"salary":1e400}', WRONG),
    ('{"salary":' + "7" * 400 + "}", WRONG),
    ('{"salary":' + "7" * 5000 + "}", WRONG),
    ('{"ok":1}', WRONG),
    ('{"ok":"true"}', WRONG),
    ("", BLANK),
    ("\r", BLANK),
    (" \t \u00a0\u3000", BLANK),
]


@pytest.mark.parametrize(("line", "fields"), GOOD, ids=lambda value: repr(value)[:40])
def test_a_good_line(line, fields):
    assert repr(parse(line)) == repr([fields])
    assert repr(among(line)) == repr(fields)


@pytest.mark.parametrize(("line", "reason"), BAD, ids=lambda value: repr(value)[:40])
def test_a_bad_line(line, reason):
    assert parse(line) == [reason]
    assert among(line) == reason


def test_the_neighbours_of_a_line_change_nothing():
    cases = [case for case in GOOD + BAD if len(case[0]) < 10_000] * 3
    random.Random(5).shuffle(cases)
    plain = ['{"id":%d,"name":"n","salary":1.0,"ok":false}' % number for number in range(20_000)]
    step = len(plain) // len(cases)
    text, expected = [], []
    for number, line in enumerate(plain):
        if number % step == 0 and number // step < len(cases):
            text.append(cases[number // step][0])
            expected.append(cases[number // step][1])
        text.append(line)
        expected.append((number, "n", 1.0, False))
    assert parse(*text) == expected


def test_an_object_over_two_lines_is_two_bad_lines():
    assert parse('{"id":1,"more":{}', ',"name":"x"}', '{"id":2}{"id":3}') == [MALFORMED] * 3
    assert parse('{"name":"a}', '{","id":1}') == [MALFORMED] * 2


def test_raw_is_the_line_without_its_end():
    lines = [b'{"id":1}\r\n', b"\xffa\r\r\n", "é".encode(), b"\n", b"a\0b\n", b"\xf0\x9f\x98"]
    assert [raw_text(line) for line in lines] == ['{"id":1}', "\ufffda\r", "é", "", "a\0b", "\ufffd"]


def test_both_parsers_say_the_same_of_broken_lines():
    """Every line that the fast parser takes, the exact one takes too, with the same values: else neighbours would matter."""
    source = random.Random(20)
    values = ["1", "-0", "2.5", "1e5", "1e400", "NaN", "null", "true", '"a"', '"\\u0000"', '"\\ud800"', '"é"', '"}"',
              "9223372036854775808", "01", '"\t"', "tru", '{"a":1}', "[1]", "0.1", "-"]  # fmt: skip
    keys = ['"id"', '"name"', '"salary"', '"ok"', '"more"', '"na\\u006de"', "id", '""']
    parser, taken = JsonLines(SCHEMA, "UTC"), 0
    for _ in range(3000):
        fields = (f"{source.choice(keys)}:{source.choice(values)}" for _ in range(source.randrange(5)))
        line = bytearray(("{" + ",".join(fields) + "}").encode())
        if source.random() < 0.5:
            place = source.randrange(len(line))
            line[place : place + source.randrange(2)] = source.choice(
                [b"", b"{", b"}", b'"', b",", b"\xff", b"\0", b" ", b"0"]
            )
        one = made_lines([bytes(line)]).values
        if not parser._plain_among(one)[0].as_py() or (fast := parser._parse_at_once(one)) is None:
            continue
        taken += 1
        exact, reasons = parse_exactly(one, parser._base)
        assert (fast, [None]) == (exact, reasons.to_pylist()), line
    assert taken > 300


def test_a_zero_has_no_sign_whatever_is_around_it():
    for line in ('{"salary":-0}', '{"salary":-0.0}', '{"salary":-0,"more":[]}'):
        assert repr(parse(line)[0]) == repr(among(line)) == repr((None, None, 0.0, None))


def test_lines_with_other_fields_are_parsed_at_once_all_the_same():
    """A second file of a task may have other fields than the first, nested ones too."""
    parser = JsonLines(SCHEMA, "UTC")
    for more in ("1", '"x"', "[]", '[1, "a", null]', '{"a":{"b":1}, "d":[1]}'):
        line = '{"id":1,"more%d":%s}' % (len(more), more)
        found = parser._plain_among(made_lines([line] * 1000).values)
        assert found.true_count == 1000, line


def test_a_field_that_is_there_twice_makes_only_its_neighbours_slow(monkeypatch):
    exactly = []

    def counted(values, base):
        exactly.append(len(values))
        return parse_exactly(values, base)

    monkeypatch.setattr("sparkctl_io.reading.json_lines.parse_exactly", counted)
    lines = ['{"id":%d}' % number for number in range(20_000)]
    lines[12_345] = '{"id":1,"id":2}'
    found = parse(*lines)
    assert found[12_345] == (2, None, None, None)
    assert found[:12_345] + found[12_346:] == [(n, None, None, None) for n in range(20_000) if n != 12_345]
    assert sum(exactly) <= 2 * _SMALL


def test_a_column_may_have_any_name():
    for name in ("é", 'a"b', "a\\b", "a.b*c", "a b", "", "\u2028", "日本"):
        schema = StructType([StructField(name, LongType())])
        line = '{"%s":5}' % name.replace("\\", "\\\\").replace('"', '\\"')
        assert parse(line, schema=schema) == [(5,)]
        assert among(line, schema) == (5,)


def test_a_table_may_have_a_thousand_columns():
    schema = StructType([StructField(f"c{n}", [LongType(), StringType()][n % 2]) for n in range(1000)])
    line = "{" + ",".join(f'"c{n}":{[n, chr(34) + "x" + chr(34)][n % 2]}' for n in range(1000)) + "}"
    assert parse(*[line] * 300, schema=schema) == [tuple([n, "x"][n % 2] for n in range(1000))] * 300


def instant(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


TYPED = [
    (types.ByteType(), "127", 127),
    (types.ByteType(), "-128", -128),
    (types.ByteType(), "128", WRONG),
    (types.ShortType(), "32767", 32767),
    (types.ShortType(), "-32769", WRONG),
    (types.IntegerType(), "2147483647", 2**31 - 1),
    (types.IntegerType(), "-2147483648", -(2**31)),
    (types.IntegerType(), "2147483648", WRONG),
    (types.IntegerType(), "9223372036854775808", WRONG),
    (types.IntegerType(), "1.0", WRONG),
    (types.IntegerType(), '"1"', WRONG),
    (types.IntegerType(), "null", None),
    (types.FloatType(), "1.5", 1.5),
    (types.FloatType(), "16777217", 16777216.0),
    (types.FloatType(), "1e39", WRONG),
    (types.FloatType(), '"1"', WRONG),
    (types.BooleanType(), "true", True),
    (types.BooleanType(), '"true"', WRONG),
    (types.StringType(), '"x"', "x"),
    (types.DecimalType(5, 2), "123.45", Decimal("123.45")),
    (types.DecimalType(5, 2), "123.450", Decimal("123.45")),
    (types.DecimalType(5, 2), '"-123.4"', Decimal("-123.40")),
    (types.DecimalType(5, 2), "1.2e2", Decimal("120.00")),
    (types.DecimalType(5, 2), "-0", Decimal("0.00")),
    (types.DecimalType(5, 2), "0e-99", Decimal("0.00")),
    (types.DecimalType(5, 2), "0e99", Decimal("0.00")),
    (types.DecimalType(5, 2), "123.456", WRONG),
    (types.DecimalType(5, 2), "1234", WRONG),
    (types.DecimalType(5, 2), "1e400", WRONG),
    (types.DecimalType(5, 2), '"1e99999999999999999999"', WRONG),
    (types.DecimalType(5, 2), "1e99999999999999999999", WRONG),
    (types.DecimalType(5, 2), "1e-99999999999999999999", WRONG),
    (types.DecimalType(5, 2), "0." + "1" * 5000, WRONG),
    (types.DecimalType(5, 2), "0.5" + "0" * 5000, Decimal("0.50")),
    (types.DecimalType(5, 2), "7" * 5000, WRONG),
    (types.DecimalType(5, 2), '"1,5"', WRONG),
    (types.DecimalType(5, 2), '" 1"', WRONG),
    (types.DecimalType(5, 2), '""', WRONG),
    (types.DecimalType(5, 2), "NaN", WRONG),
    (types.DecimalType(5, 2), "true", WRONG),
    (types.DecimalType(5, 2), "[1]", WRONG),
    (types.DecimalType(2, 2), "0.25", Decimal("0.25")),
    (types.DecimalType(2, 2), "1", WRONG),
    (types.DecimalType(38, 0), "9" * 38, Decimal("9" * 38)),
    (types.DecimalType(38, 0), "1" + "0" * 38, WRONG),
    (types.DecimalType(38, 18), "12345678901234567890.123456789012345678", Decimal("12345678901234567890.123456789012345678")),
    (types.DateType(), '"2024-02-29"', dt.date(2024, 2, 29)),
    (types.DateType(), '"2023-02-29"', WRONG),
    (types.DateType(), '"2100-02-29"', WRONG),
    (types.DateType(), '"2000-02-29"', dt.date(2000, 2, 29)),
    (types.DateType(), '"2024-04-31"', WRONG),
    (types.DateType(), '"2024-13-01"', WRONG),
    (types.DateType(), '"2024-1-1"', WRONG),
    (types.DateType(), '"0000-01-01"', WRONG),
    (types.DateType(), '"0001-01-01"', dt.date(1, 1, 1)),
    (types.DateType(), '"9999-12-31"', dt.date(9999, 12, 31)),
    (types.DateType(), '"2024-01-01T00:00:00"', WRONG),
    (types.DateType(), '""', WRONG),
    (types.DateType(), "20240101", WRONG),
    (types.TimestampNTZType(), '"2024-01-31T23:59:59.123456"', dt.datetime(2024, 1, 31, 23, 59, 59, 123456)),
    (types.TimestampNTZType(), '"2024-01-31 23:59:59"', dt.datetime(2024, 1, 31, 23, 59, 59)),
    (types.TimestampNTZType(), '"2024-01-31T23:59:59Z"', WRONG),
    (types.TimestampType(), '"2024-01-31T23:59:59.123Z"', instant(2024, 1, 31, 23, 59, 59, 123000)),
    (types.TimestampType(), '"2024-01-31T23:59:59.123456Z"', instant(2024, 1, 31, 23, 59, 59, 123456)),
    (types.TimestampType(), '"2024-01-31T23:59:59.1Z"', instant(2024, 1, 31, 23, 59, 59, 100000)),
    (types.TimestampType(), '"2024-01-31T23:59:59Z"', instant(2024, 1, 31, 23, 59, 59)),
    (types.TimestampType(), '"2024-01-31 23:59:59Z"', instant(2024, 1, 31, 23, 59, 59)),
    (types.TimestampType(), '"2024-01-31T23:59:59"', instant(2024, 1, 31, 23, 59, 59)),
    (types.TimestampType(), '"2024-02-29T23:59:59.123+05:30"', instant(2024, 2, 29, 18, 29, 59, 123000)),
    (types.TimestampType(), '"2024-12-31T23:00:00-01:00"', instant(2025, 1, 1)),
    (types.TimestampType(), '"1969-12-31T23:59:59.999Z"', instant(1969, 12, 31, 23, 59, 59, 999000)),
    (types.TimestampType(), '"2000-02-29T00:00:00Z"', instant(2000, 2, 29)),
    (types.TimestampType(), '"0001-01-01T00:00:00Z"', instant(1, 1, 1)),
    (types.TimestampType(), '"9999-12-31T23:59:59.999999Z"', instant(9999, 12, 31, 23, 59, 59, 999999)),
    *(
        (types.TimestampType(), f'"{text}"', WRONG)
        for text in (
            "", "2024-01-31", "2024-01-31T23:59:59.1234567Z", "2024-1-31T23:59:59Z", "2024-01-31T24:00:00Z",
            "2024-01-31T23:60:00Z", "2024-01-31T23:59:60Z", "2024-00-01T00:00:00Z", "2024-13-01T00:00:00Z",
            "2024-01-00T00:00:00Z", "2024-04-31T00:00:00Z", "2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
            "2024-02-30T00:00:00+01:00", "2024-02-30T00:00:00", "2024-01-31T23:59:59z", "2024-01-31T23:59:59+0100",
            "2024-01-31T23:59:59+01", "2024-01-31T23:59:59+24:00", "2024-01-31T23:59Z", "2024-01-31T23:59+01:00",
            "2024-01-31T23:59", "2024-01-31T23:59:59.Z", " 2024-01-31T23:59:59Z", "2024-01-31T23:59:59Z\\n",
            "２024-01-31T23:59:59Z", "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01", "now",
        )
    ),
    (types.TimestampType(), "1706745599", WRONG),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "written", "wanted"), TYPED, ids=lambda value: repr(value)[:40])
def test_each_type(kind, written, wanted):
    schema = StructType([StructField("v", kind)])
    line = '{"v":%s}' % written
    expected = wanted if isinstance(wanted, Reason) else (wanted,)
    assert parse(line, schema=schema) == [expected]
    assert among(line, schema) == expected


def test_values_of_a_type_do_not_depend_on_each_other():
    for kind in {type(kind): kind for kind, *_ in TYPED}.values():
        schema = StructType([StructField("v", kind)])
        cases = [(written, wanted) for other, written, wanted in TYPED if other == kind] * 40
        random.Random(7).shuffle(cases)
        found = parse(*('{"v":%s}' % written for written, _ in cases), schema=schema)
        wanted = [value if isinstance(value, Reason) else (value,) for _, value in cases]
        assert found == wanted


@pytest.mark.parametrize(
    ("zone", "written", "utc"),
    [
        ("Europe/Paris", "2024-01-31T12:00:00", instant(2024, 1, 31, 11)),
        ("Europe/Paris", "2024-07-31 12:00:00.5", instant(2024, 7, 31, 10, 0, 0, 500000)),
        ("Europe/Paris", "2024-07-31T12:00:00Z", instant(2024, 7, 31, 12)),
        ("Europe/Paris", "2024-07-31T12:00:00-03:00", instant(2024, 7, 31, 15)),
        # The hour that is there twice is the first, and one that is left out is an hour later, as with Spark.
        ("Europe/Paris", "2024-10-27T02:30:00", instant(2024, 10, 27, 0, 30)),
        ("Europe/Paris", "2024-03-31T02:30:00", instant(2024, 3, 31, 1, 30)),
        ("America/Sao_Paulo", "2018-11-04T00:15:00", instant(2018, 11, 4, 3, 15)),
        ("Asia/Kathmandu", "2024-01-01T05:45:00", instant(2024, 1, 1)),
        ("+05:30", "2024-01-01T05:30:00", instant(2024, 1, 1)),
        ("Europe/Paris", "0001-01-01T00:00:00", WRONG),
    ],
)
def test_an_instant_without_an_offset_is_of_the_zone(zone, written, utc):
    schema = StructType([StructField("v", types.TimestampType())])
    line = '{"v":"%s"}' % written
    expected = utc if utc == WRONG else (utc,)
    assert parse(line, schema=schema, zone=zone) == [expected]
    assert among(line, schema, zone) == expected


def test_a_type_that_json_is_not_read_as_is_named():
    schema = StructType([StructField("id", types.ArrayType(LongType()))])
    with pytest.raises(
        ColumnMismatchError, match="column id can't be read as array<bigint>: read it as string"
    ):
        JsonLines(schema, "UTC")
