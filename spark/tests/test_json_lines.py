"""Each line's fields or reason, whatever its neighbours are."""

import random

import pyarrow as pa
import pytest
from pyspark.sql.types import (
    BooleanType,
    DoubleType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
)

from sparkctl_jobs import Reason, Skipped, errors, numbered
from sparkctl_jobs.json_exact import parse_exactly
from sparkctl_jobs.json_lines import parse_json_lines
from sparkctl_jobs.json_plain import is_plain, parse_plain

SCHEMA = StructType(
    [
        StructField("id", LongType()),
        StructField("name", StringType()),
        StructField("salary", DoubleType()),
        StructField("ok", BooleanType()),
    ]
)
MALFORMED, WRONG = Reason.MALFORMED_JSON, Reason.WRONG_TYPE


def lines_of(values):
    batch = pa.RecordBatch.from_pydict(
        {
            "value": pa.array(values, pa.binary()),
            "_source_file": pa.array(["file:///x.json"] * len(values)),
            "_block": pa.array([0] * len(values), pa.int64()),
        }
    )
    return next(numbered(iter([batch])))


def parse(*values):
    rows = parse_json_lines(lines_of([v if isinstance(v, bytes) else v.encode() for v in values]), SCHEMA)
    return list(
        zip(*(rows[name].to_pylist() for name in SCHEMA.names), rows.reasons.to_pylist(), strict=True)
    )


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
    # A lone surrogate is no text; NUL stands for it, which the rules refuse too.
    ('{"name":"a\\ud800b"}', (None, "a\0b", None, None)),
    ('{"name":"\\udc00"}', (None, "\0", None, None)),
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
    ("", Skipped.BLANK),
    ("\r", Skipped.BLANK),
    (" \t \u00a0\u3000", Skipped.BLANK),
]


@pytest.mark.parametrize(("line", "fields"), GOOD, ids=lambda value: repr(value)[:40])
def test_a_good_line(line, fields):
    assert parse(line) == [(*fields, None)]


@pytest.mark.parametrize(("line", "reason"), BAD, ids=lambda value: repr(value)[:40])
def test_a_bad_line(line, reason):
    assert parse(line)[0][-1] == reason


def test_the_neighbours_of_a_line_change_nothing():
    cases = [(line, (*fields, None)) for line, fields in GOOD] + [(line, reason) for line, reason in BAD]
    cases = [case for case in cases if len(case[0]) < 10_000] * 3
    random.Random(5).shuffle(cases)
    plain = ['{"id":%d,"name":"n","salary":1.0,"ok":false}' % number for number in range(20_000)]
    step = len(plain) // len(cases)
    text, expected = [], []
    for number, line in enumerate(plain):
        if number % step == 0 and number // step < len(cases):
            text.append(cases[number // step][0])
            expected.append(cases[number // step][1])
        text.append(line)
        expected.append((number, "n", 1.0, False, None))
    found = parse(*text)
    assert len(found) == len(expected)
    for got, want in zip(found, expected, strict=True):
        assert got == want if isinstance(want, tuple) else got[-1] == want


def test_an_object_over_two_lines_is_two_bad_lines():
    assert [row[-1] for row in parse('{"id":1,"more":{}', ',"name":"x"}', '{"id":2}{"id":3}')] == [
        MALFORMED
    ] * 3
    assert [row[-1] for row in parse('{"name":"a}', '{","id":1}')] == [MALFORMED] * 2


def test_raw_is_the_line_without_its_end():
    lines = [b'{"id":1}\r', b"\xffa\r\r", "é".encode(), b"", b"a\0b", b"\xf0\x9f\x98"]
    rows = parse_json_lines(lines_of(lines), SCHEMA)
    assert rows.raw.to_pylist() == ['{"id":1}', "\ufffda\r", "é", "", "a\0b", "\ufffd"]


def test_both_parsers_say_the_same_of_broken_lines():
    """What the fast parser takes, the exact one takes too, with the same values: else neighbours would matter."""
    source = random.Random(20)
    values = ["1", "-0", "2.5", "1e5", "1e400", "NaN", "null", "true", '"a"', '"\\u0000"', '"\\ud800"', '"é"', '"}"',
              "9223372036854775808", "01", '"\t"', "tru", '{"a":1}', "[1]", "0.1", "-"]  # fmt: skip
    keys = ['"id"', '"name"', '"salary"', '"ok"', '"more"', '"na\\u006de"', "id", '""']
    taken = 0
    for _ in range(3000):
        fields = (f"{source.choice(keys)}:{source.choice(values)}" for _ in range(source.randrange(5)))
        line = bytearray(("{" + ",".join(fields) + "}").encode())
        if source.random() < 0.5:
            place = source.randrange(len(line))
            line[place : place + source.randrange(2)] = source.choice(
                [b"", b"{", b"}", b'"', b",", b"\xff", b"\0", b" ", b"0"]
            )
        one = pa.array([bytes(line)], pa.binary())
        if not is_plain(one)[0] or (fast := parse_plain(one, SCHEMA)) is None:
            continue
        taken += 1
        exact, reasons = parse_exactly(one, SCHEMA)
        assert (fast, [None]) == (exact, reasons.to_pylist()), line
    assert taken > 300


def test_a_type_that_json_is_not_read_as_is_named():
    schema = StructType([StructField("id", IntegerType())])
    with pytest.raises(
        errors.ColumnMismatchError, match="a column of JSON can't be read as int: read it as bigint"
    ):
        parse_json_lines(lines_of([b"{}"]), schema)


def test_a_zero_has_no_sign_whatever_is_around_it():
    ordinary = '{"salary":1.5}'
    for line in ('{"salary":-0}', '{"salary":-0.0}', '{"salary":-0,"more":[]}'):
        [row], [*_, among] = parse(line), parse(ordinary, line)
        assert repr(row) == repr(among) == repr((None, None, 0.0, None, None))
