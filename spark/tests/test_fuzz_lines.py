"""
Lines that nobody has thought of: no crash, a row or a reason for each, and what a plain reading of them gives.

`SPARKCTL_FUZZ_SEED` repeats an earlier run, and `SPARKCTL_FUZZ_MS` gives each property more time than the few
seconds of the usual tests. Whatever fails says its seed and the smallest lines that fail.
"""

import csv
import io
import json
import math
import os
import random
import re
import struct
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, note, seed, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from made_lines import made_lines, rows_of
from pyspark.sql import types
from pyspark.sql.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from sparkctl_io import Reason
from sparkctl_io.reading.blocks import Block
from sparkctl_io.reading.csv_header import CsvHeader, CsvLayout
from sparkctl_io.reading.csv_lines import CsvLines, _pattern, _split_exactly, _split_plain
from sparkctl_io.reading.csv_record import fields_of
from sparkctl_io.reading.json_exact import parse_exactly
from sparkctl_io.reading.json_lines import _SMALL, JsonLines
from sparkctl_io.reading.parsed import BLANK as NO_ROW
from sparkctl_io.reading.rows import rows_of_block
from sparkctl_io.source import FLAT_NAMES

SEED = int(os.environ.get("SPARKCTL_FUZZ_SEED") or random.randrange(2**32))
SECONDS = int(os.environ.get("SPARKCTL_FUZZ_MS") or 3000) / 1000
# The time ends it earlier where an example takes long; drawing goes on to this number in any case.
MOST_EXAMPLES = max(200, int(SECONDS * 100))
# What ECMAScript's trim() removes.
BLANK = (
    "\t\n\v\f\r \u00a0\u1680"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def fuzz(**strategies):
    """A test of drawn values that ends after a while, with the seed in whatever it says."""

    def decorate(test):
        end = 0.0

        def bounded(**values):
            nonlocal end
            end = end or time.monotonic() + SECONDS
            note(f"SPARKCTL_FUZZ_SEED={SEED}")
            # What has failed once is tried to its end, or it would not fail again and be called flaky.
            if failed or time.monotonic() < end:
                try:
                    test(**values)
                except BaseException:
                    failed.append(True)
                    raise

        failed = []
        bounded.__name__ = test.__name__
        quiet = settings(
            max_examples=MOST_EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        return seed(SEED)(quiet(drawn(**strategies)(bounded)))

    return decorate


def test_the_seed_is_said(capsys):
    with capsys.disabled():
        print(f"\nfuzz of lines: SPARKCTL_FUZZ_SEED={SEED}, {SECONDS:g} s each")  # noqa: T201
    assert 0 <= SEED < 2**32


# --- JSON

FIELDS = {"id": LongType(), "name": StringType(), "salary": DoubleType(), "ok": BooleanType()}
SCHEMA = StructType([StructField(name, kind) for name, kind in FIELDS.items()])


def parsed_json(lines, schema=SCHEMA):
    """Each row as its values, or as its reason; with the sign of zeros."""
    return rows_of(JsonLines(schema, "Europe/Paris")(made_lines(lines), "/x", 0), repr)


def plainly_read_json(line):
    """One line as Python's own library reads it, by the documented rules."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return Reason.MALFORMED_JSON
    if not text.strip(BLANK):
        return NO_ROW
    try:
        # No column holds so many digits, and Python would refuse to read them.
        found = json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < 500 else math.inf)
    except (ValueError, RecursionError):
        return Reason.MALFORMED_JSON
    if not isinstance(found, dict):
        return Reason.MALFORMED_JSON
    row = []
    for name, kind in FIELDS.items():
        value = found.get(name)
        if value is None:
            row.append(None)
        elif isinstance(kind, LongType):
            if type(value) is not int or not -(2**63) <= value < 2**63:
                return Reason.WRONG_TYPE
            row.append(value)
        elif isinstance(kind, DoubleType):
            if type(value) not in (int, float) or abs(value) > 1.7976931348623157e308 or value != value:
                return Reason.WRONG_TYPE
            row.append(float(value) + 0.0)
        elif type(value) is not {StringType: str, BooleanType: bool}[type(kind)] or re.search(
            "[\ud800-\udfff]", str(value)
        ):
            return Reason.WRONG_TYPE
        else:
            row.append(value)
    return repr(tuple(row))


ODD_NUMBERS = [
    *("-0", "01", "1e400", "NaN", "-Infinity", "7" * 4400, "1E-400", "-", "+1"),
    *(str(2**63), str(-(2**63) - 1)),
]
ODD_TEXTS = [
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"\\u0000"',
    '"\\x"',
    '"\t"',
    '"\x7f"',
    '"{[}]"',
    "'a'",
    '"\\/"',
    '"',
    '"\\"',
]
OTHERS = ["null", "true", "false", "True", "{}", "[]", "", "[[1]]", '{"id":1}', "/**/1"]
LETTERS = "aZ09 _-+.,;|\t\"'\\{}[]:\0\r\x1f\x7f\u00a0é\u0301\u05d0\u2028\ufeff\ufffd宽\U0001f600"
KEYS = [*(f'"{name}"' for name in FIELDS), '"more"', '"na\\u006de"', '"ID"', "id", '""', "null", '"\\ud800"']
SPACES = ["", "", "", " ", "\t", "\r", "\u00a0", "\ufeff", "\0"]
USUAL = {'"id"': "1", '"name"': '"n"', '"salary"': "1.5", '"ok"': "true"}


def number(chance):
    kind = chance.randrange(4)
    if kind == 0:
        return str(chance.getrandbits(chance.randrange(1, 70)) * chance.choice([1, -1]))
    if kind == 1:
        return repr(struct.unpack("d", chance.randbytes(8))[0])
    if kind == 2:
        digits = "".join(chance.choices("0123456789", k=chance.randrange(1, 25)))
        point, power = chance.randrange(len(digits) + 1), chance.randrange(-330, 330)
        exponent = chance.choice(["", f"e{power}", f"E{power:+}"])
        return digits[:point] + chance.choice(["", "."]) + digits[point:] + exponent
    return chance.choice(ODD_NUMBERS)


def text(chance):
    return "".join(chance.choices(LETTERS, k=chance.randrange(9)))


def json_text(chance):
    return json.dumps(text(chance), ensure_ascii=chance.random() < 0.5)


def json_value(chance):
    kind = chance.randrange(4)
    if kind < 2:
        return (number, json_text)[kind](chance)
    return chance.choice((ODD_TEXTS, OTHERS)[kind - 2])


def json_object(chance):
    """A usual object in which one field, or a few, are anything: what is odd shows where nothing else is."""
    fields = [*USUAL.items()]
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        place = chance.randrange(len(fields) + 1)
        new = place == len(fields) or chance.random() < 0.3
        key = chance.choice(KEYS) if new else fields[place][0]
        fields[place : place + 1] = [(key, chance.choice(SPACES) + json_value(chance))]
    return "{" + ",".join(f"{key}:{value}" for key, value in fields) + "}"


def json_line(chance):
    way = chance.randrange(12)
    if way == 0:
        line = json_object(chance) + chance.choice(SPACES) + json_object(chance)
    elif way == 1:
        line = chance.choice([json_value, text])(chance)
    elif way == 2:
        line = chance.choice(SPACES) + json_object(chance) + chance.choice(SPACES)
    else:
        line = json_object(chance)
    return spoiled(chance, line)


SPOILS = [b"", b"{", b"}", b'"', b",", b";", b"\\", b"\xff", b"\xed\xa0\x80", b"\0", b"\r", b"0", b"[", b":"]


def spoiled(chance, line):
    """The line, or one in which something is put, missing or cut off."""
    line = bytearray(line.encode("utf-8", "surrogatepass"))
    if line and chance.random() < 0.2:
        place, width = chance.randrange(len(line)), chance.choice([0, 1, 1, 2, len(line)])
        line[place : place + width] = chance.choice(SPOILS)
    return bytes(line).replace(b"\n", b" ")


def lines_of(make):
    """Lines by the hundred. Only a seed and their number are drawn, which is a hundred times as fast."""
    return st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 150)).map(
        lambda drawn: [make(random.Random(f"{drawn[0]}.{place}")) for place in range(drawn[1])]
    )


def alike(lines, parse, read):
    """Holds the lines to another reading of each: says which one differs, or which one can't be parsed."""
    try:
        found = parse(lines)
    except Exception:
        for line in lines:
            note(f"one of the lines is {line!r}")
            parse([line])
        raise
    assert len(found) == len(lines)
    compared = zip(lines, found, map(read, lines), strict=True)
    assert [each for each in compared if each[1] != each[2]] == []


@fuzz(lines=lines_of(json_line))
def test_lines_of_json_are_what_python_reads(lines):
    alike(lines, parsed_json, plainly_read_json)


@fuzz(lines=lines_of(json_line), others=st.integers(1, 3000))
def test_a_line_of_json_is_the_same_among_many(lines, others):
    plain = b'{"id":1,"name":"n","salary":1.0,"ok":false}'
    found = parsed_json([plain] * others + lines[:1] + [plain])
    assert found[others] == parsed_json(lines[:1])[0], lines[0]
    assert set(found[:others] + found[others + 1 :]) == {repr((1, "n", 1.0, False))}


@fuzz(lines=lines_of(json_line))
def test_both_ways_with_json_agree(lines):
    """Among so many lines that the fast way is taken: at once, and with the odd ones left to the exact way."""
    parser = JsonLines(SCHEMA, "UTC")
    values = made_lines([*lines, *[b"{}"] * (_SMALL + 1)]).values
    for some in (values, values.filter(parser._plain_among(values))):
        columns, reasons = parser._parse(some)
        exact, of_exact = parse_exactly(some, parser._base)
        assert shown(columns, reasons) == shown(exact, of_exact)


def shown(columns, reasons):
    """Returns the part of each line that matters: with a reason, the values don't."""
    return [
        reason or repr(row)
        for reason, *row in zip(reasons.to_pylist(), *(column.to_pylist() for column in columns), strict=True)
    ]


TYPES = StructType(
    [
        StructField("int", IntegerType()),
        StructField("decimal", DecimalType(7, 3)),
        StructField("all", DecimalType(38, 9)),
        StructField("float", types.FloatType()),
        StructField("date", DateType()),
        StructField("instant", TimestampType()),
        StructField("local", types.TimestampNTZType()),
    ]
)


def date_text(chance):
    """Mostly a date, perhaps with a time."""
    parts = [
        f"{chance.choice([0, 1, 1900, 2000, 2023, 2024, 9999]):04}-{chance.randrange(14):02}-{chance.randrange(33):02}",
        chance.choice(["", "", "T", " "]),
        f"{chance.randrange(26):02}:{chance.choice(['00', '59', '60'])}:{chance.choice(['00', '30', '60'])}",
        chance.choice(["", ".1", ".123456", ".1234567"]),
        chance.choice(["", "Z", "Z", "+01:00", "-23:59", "+0100", "z"]),
    ]
    if chance.random() < 0.1:
        parts[chance.randrange(5)] = chance.choice(["", " ", "2", text(chance)])
    return parts[0] if parts[1] == "" else "".join(parts)


def typed_text(chance):
    return chance.choice([number, date_text, date_text])(chance)


def typed_json(chance):
    fields = []
    for name in TYPES.names:
        value = chance.choice([number, date_text])(chance)
        fields.append(f'"{name}":' + (value if chance.random() < 0.3 else json.dumps(value)))
    return ("{" + ",".join(chance.sample(fields, chance.randrange(1, 3))) + "}").encode()


@fuzz(lines=lines_of(typed_json))
def test_lines_of_any_types_are_the_same_among_others(lines):
    alone = [parsed_json([line], TYPES)[0] for line in lines]
    assert parsed_json(lines, TYPES) == alone
    assert parsed_json([*lines, *[b"{}"] * (_SMALL + 1)], TYPES)[: len(lines)] == alone


@fuzz(lines=lines_of(typed_text))
def test_fields_of_any_types_are_the_same_among_others_and_in_json(lines):
    lines = [re.sub(r'["|\r\n]', "", line) for line in lines]
    for field in TYPES:
        schema = StructType([field])
        parser = CsvLines(schema, CsvHeader({"/x": CsvLayout("|", 2, (1,))}), "Europe/Paris")

        def parsed(written, parser=parser):
            return rows_of(parser(made_lines([f"x|{text}" for text in written], first=2), "/x", 0), repr)

        found = parsed(lines)
        assert found == [parsed([line])[0] for line in lines]
        if isinstance(field.dataType, (DateType, TimestampType, types.TimestampNTZType)):
            # But for the blanks around them, which CSV leaves out.
            sound = [
                (line, row) for line, row in zip(lines, found, strict=True) if line == line.strip(BLANK) != ""
            ]
            in_json = parsed_json([json.dumps({field.name: line}) for line, _ in sound], schema)
            assert in_json == [row for _, row in sound]


@fuzz(lines=lines_of(json_line), cuts=st.lists(st.floats(0, 1, exclude_min=True), max_size=9))
def test_any_cut_gives_the_same_rows_and_reports(lines, cuts):
    data = random.Random(len(lines)).choice([b"", b"\xef\xbb\xbf"]) + b"\n".join(lines)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x"
        file.write_bytes(data)
        assert read_cut(file, [int(len(data) * cut) for cut in cuts]) == read_cut(file, [])


def read_cut(file, places):
    """The rows of a file that is cut there, its lines that are no rows, and how many lines it has."""
    state = os.stat(file)
    parser = JsonLines(SCHEMA, "UTC")
    found, before = [], 0
    inside = sorted({place for place in places if 0 < place < state.st_size})
    for start, stop in pairwise([0, *inside, state.st_size]):
        reports = {}
        block = Block(str(file), start, stop, state.st_size)
        for batch in rows_of_block(block, parser, SCHEMA, reports):
            for row in batch.to_pylist():
                _, _, line, offset, *_ = (row.pop(name) for name in FLAT_NAMES)
                found.append((before + line, offset, repr(row)))
        [report] = reports.values()
        for one in report.unreadable.to_pylist():
            found.append((before + one["line"], one["offset"], one["reason"]))
        before += report.lines
    return sorted(found), before


# --- CSV

COLUMNS = StructType(
    [StructField("id", LongType()), StructField("x", DoubleType()), StructField("name", StringType())]
)
PLACES, WIDTH = (0, 1, 3), 4


def layout(delimiter):
    return CsvLayout(delimiter, WIDTH, PLACES)


def parsed_csv(lines, delimiter):
    parser = CsvLines(COLUMNS, CsvHeader({"/x": layout(delimiter)}), "UTC")
    return rows_of(parser(made_lines(lines, first=2), "/x", 0), repr)


def plainly_split(text, delimiter):
    """The fields of a record, letter by letter; None where a quotation mark stands elsewhere than around a field."""
    fields, place = [], 0
    while True:
        field = ""
        if text[place : place + 1] == '"':
            place += 1
            while True:
                if place >= len(text):
                    return None
                if text[place] == '"':
                    place += 1
                    if text[place : place + 1] != '"':
                        break
                field += text[place]
                place += 1
        else:
            while place < len(text) and text[place] != delimiter:
                if text[place] == '"':
                    return None
                field += text[place]
                place += 1
        fields.append(field)
        if place == len(text):
            return fields
        if text[place] != delimiter:
            return None
        place += 1


def plainly_read_csv(line, delimiter):
    try:
        text = line.removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        return Reason.MALFORMED_CSV
    if not text.strip(BLANK):
        return NO_ROW
    fields = plainly_split(text, delimiter)
    if fields is None or len(fields) != WIDTH:
        return Reason.MALFORMED_CSV
    whole, real, name = (fields[place] for place in PLACES)
    whole, real = whole.strip(BLANK), real.strip(BLANK)
    if whole and not (
        re.fullmatch("-?[0-9]+", whole) and len(whole) < 4000 and -(2**63) <= int(whole) < 2**63
    ):
        return Reason.WRONG_TYPE
    if real and not (
        re.fullmatch(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", real) and math.isfinite(float(real))
    ):
        return Reason.WRONG_TYPE
    return repr((int(whole) if whole else None, float(real) + 0.0 if real else None, name or None))


ODD_FIELDS = [
    *(
        "",
        " ",
        '"',
        '""',
        '" "',
        "\u00a0",
        "+1",
        "1_0",
        "0x1F",
        "１",
        "1 000",
        ".5",
        "5.",
        ".",
        "inf",
        "a\\b",
        "NaN",
    ),
]


def csv_line(chance, delimiter):
    fields = ["1", "2.5", "", "a"]
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        make = chance.choice([number, text, lambda chance: chance.choice(ODD_FIELDS)])
        fields[chance.randrange(WIDTH)] = make(chance)
    if chance.random() < 0.1:
        fields = chance.choice([fields[: chance.randrange(WIDTH)], [*fields, ""]])
    quoted = chance.choice([(), (), (0,), (1,), (3,), range(WIDTH)])
    doubled = [field.replace('"', '""') for field in fields]
    written = (f'"{doubled[place]}"' if place in quoted else field for place, field in enumerate(fields))
    return spoiled(chance, delimiter.join(written))


some_csv = st.sampled_from([",", ";", "\t", "|"]).flatmap(
    lambda delimiter: st.tuples(st.just(delimiter), lines_of(lambda chance: csv_line(chance, delimiter)))
)


@fuzz(some=some_csv)
def test_lines_of_csv_are_what_a_plain_reading_gives(some):
    delimiter, lines = some
    alike(lines, lambda lines: parsed_csv(lines, delimiter), lambda line: plainly_read_csv(line, delimiter))


@fuzz(some=some_csv)
def test_records_are_those_of_pythons_own_library(some):
    delimiter, lines = some
    for line in lines:
        record = line.decode(errors="replace")
        fields = fields_of(record, delimiter)
        if fields is not None and record and "\r" not in record:
            assert next(csv.reader([record], delimiter=delimiter, strict=True)) == fields


@fuzz(some=some_csv)
def test_what_pythons_own_library_writes_is_read_again(some):
    delimiter, lines = some
    for line in lines:
        fields = re.sub("[\r\n]", "", line.decode(errors="replace")).split("1")
        written = io.StringIO(newline="")
        csv.writer(written, delimiter=delimiter, lineterminator="").writerow(fields)
        assert fields_of(written.getvalue(), delimiter) == fields


@fuzz(some=some_csv)
def test_both_ways_with_csv_agree(some):
    delimiter, lines = some
    values = made_lines(lines).values
    values = values.filter(pc.match_substring_regex(values, _pattern(delimiter)))
    if len(values):
        assert shown(*_split_plain(values, layout(delimiter))) == shown(
            *_split_exactly(values, layout(delimiter))
        )


@fuzz(some=some_csv)
def test_a_line_of_csv_is_the_same_among_many(some):
    delimiter, lines = some
    assert parsed_csv(lines, delimiter)[-1] == parsed_csv(lines[-1:], delimiter)[0], lines[-1]


@pytest.mark.parametrize(
    "line", [b'{"name":' + b"[" * 200_000, b'"' * 200_001, b"," * 200_000, b'"a""' * 50_000]
)
def test_a_long_line_takes_no_time(line):
    began = time.monotonic()
    parsed_json([line])
    parsed_csv([line], ",")
    assert time.monotonic() - began < 10
