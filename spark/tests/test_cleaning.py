"""The rules for values and rows: e-mail addresses, blank text, and rows that are rejected."""

import random
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, lit, when

from sparkctl_io import accepted, clean_email, is_email, read_json_lines, reject, require
from sparkctl_io.errors import UnknownOptionError
from sparkctl_io.source import SOURCE, knows_its_source
from sparkctl_io.text import WHITE_SPACE, has_nul, is_blank

CLEANED = [
    ("ana@example.com", "ana@example.com"),
    ("  Ana.B@Example.COM \t", "ana.b@example.com"),
    ("a!n#a@exa mple.com", "ana@example.com"),
    ("an\u0000a@example.com", "ana@example.com"),
    ("chloé@example.com", "chlo@example.com"),
    ("İK@example.com", "k@example.com"),
    ("\u212aA@example.com", "a@example.com"),
    ("a_b%c+d-e@x-y.example.org", "a_b%c+d-e@x-y.example.org"),
    ("\U0001f600@b.co", "@b.co"),
    ("a\n@b.co\n", "a@b.co"),
    ("", ""),
    (None, None),
]
ADDRESSES = ["a@b.co", "a.b.c@b.co", "a_%+-@b.co", "1@1.co", "a@b-c.d.org", "-@b.co", "a@b.c.de.museum", "a@b--c.co",
             "a@1-2.3-4.com"]  # fmt: skip
NONE = ["", "nobody", "@b.co", "a@", "a@b", "a@b.c", "a@.co", "a@b..co", ".a@b.co", "a.@b.co", "a..b@b.co", "a@@b.co",
        "a@-b.co", "a@b-.co", "a@b.c0", "a@b.co.", "a@b_c.co", "a@b.co\n", "A@b.co", "a b@b.co", "a@b-.-c.co", "a@b.c-o",
        "a@b.co\u0085", "a@b.co\u2028", "a@b.co\r\n", "\na@b.co"]  # fmt: skip


def told(spark, function, values):
    """Applies a function of columns to each of the values."""
    rows = spark.createDataFrame([(value,) for value in values], "address string")
    return [row[0] for row in rows.select(function("address")).collect()]


def test_an_email_is_cleaned(spark: SparkSession):
    assert told(spark, clean_email, [written for written, _ in CLEANED]) == [
        cleaned for _, cleaned in CLEANED
    ]


def test_these_are_addresses_and_these_are_none(spark: SparkSession):
    assert told(spark, is_email, [*ADDRESSES, *NONE, None]) == [True] * len(ADDRESSES) + [False] * len(
        NONE
    ) + [None]
    assert told(spark, lambda name: is_email(col(name)), ["a@b.co"]) == [True]


def test_emails_are_judged_as_by_another_engine(spark: SparkSession):
    """RE2 without possessive parts, which can't give another verdict however it searches."""
    chance = random.Random(11)
    label = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
    pattern = rf"^[a-z0-9_%+-]+(\.[a-z0-9_%+-]+)*@({label}\.)+[a-z]{{2,}}$"
    parts = [
        "a",
        "b1",
        "-",
        ".",
        "@",
        "co",
        "com",
        "_",
        "%",
        "A",
        " ",
        "é",
        "K",
        "\n",
        "\u2028",
        "\0",
        "x-y",
        "\U0001f600",
    ]
    written = ["".join(chance.choices(parts, k=chance.randrange(9))) for _ in range(2000)]
    written += [
        f"{''.join(chance.choices(parts[:4], k=3))}@{''.join(chance.choices(parts[:4], k=4))}.{chance.choice(parts)}"
        for _ in range(4000)
    ]
    cleaned = pc.ascii_lower(pc.replace_substring_regex(pa.array(written), "[^A-Za-z0-9._%+@-]+", ""))
    assert told(spark, clean_email, written) == cleaned.to_pylist()
    for texts in (written, cleaned.to_pylist()):
        expected = pc.match_substring_regex(pa.array(texts), pattern).to_pylist()
        assert True in expected
        assert told(spark, is_email, texts) == expected


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("a@" + "a." * 200_000 + "co", True),
        ("a." * 200_000 + "a@b.co", True),
        ("a." * 200_000 + "@b.co", False),
        ("a@" + "a-" * 200_000 + ".co", False),
        ("a@" + "-" * 200_000, False),
    ],
    ids=range(5),
)
def test_a_long_email_is_judged_without_a_deep_stack(spark: SparkSession, text, verdict):
    assert told(spark, is_email, [text]) == [verdict]
    assert told(spark, clean_email, [text.upper() + "!" * 200_000]) == [text]


def test_empty_columns_stay_what_they_are():
    for function in (is_blank, has_nul):
        assert function(pa.array([], pa.string())).to_pylist() == []


def one(function, value):
    return function(pa.array([value], pa.string()))[0].as_py()


def test_blank_is_what_trimming_leaves_empty():
    assert one(is_blank, "") is True
    assert one(is_blank, WHITE_SPACE) is True
    assert one(is_blank, " a ") is False
    assert one(is_blank, None) is None
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
    blank = {
        letter for letter, found in zip(every, is_blank(pa.array(every)).to_pylist(), strict=True) if found
    }
    assert blank == set(WHITE_SPACE)
    assert {letter for letter in every if unicodedata.category(letter) == "Zs"} <= blank


def test_nul_is_found():
    assert has_nul(pa.array(["a\0b", "\0", "ab", None])).to_pylist() == [True, True, False, None]


# --- Rows that are rejected

PEOPLE = "id long, name string, age int"


@pytest.fixture
def people(spark: SparkSession, tmp_path):
    """Frames of people whose rows know their lines."""

    def read(*lines):
        path = tmp_path / "people.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines))
        empty = spark.createDataFrame([], PEOPLE)
        return read_json_lines(spark, str(path), empty.schema)

    return read


def reasons(frame):
    return [row[0] for row in frame.select(f"{SOURCE}.reason").collect()]


def test_the_first_reason_counts_and_null_is_not_true(people):
    frame = (
        people('{"id":1,"age":5}', '{"id":2,"age":-1}', '{"id":3}', '{"id":4,"age":200}')
        .transform(reject("too-young", col("age") < 0))
        .transform(reject("not-human", ~col("age").between(0, 150)))
        .transform(reject("n", lit(None).cast("boolean")))
    )
    assert reasons(frame) == [None, "too-young", None, "not-human"]
    assert [row.id for row in accepted(frame).collect()] == [1, 3]
    assert frame.count() == 4
    source = frame.select(f"{SOURCE}.*").collect()
    assert [(row.line, row.offset, row.raw) for row in source][:2] == [(1, 0, None), (2, 17, None)]


def test_a_reason_sees_the_values_as_they_are_where_it_stands(people):
    frame = (
        people('{"id":1,"name":"x"}')
        .transform(reject("is-x", col("name") == "x"))
        .withColumn("name", lit("y"))
    )
    assert reasons(frame.transform(reject("is-y", col("name") == "y"))) == ["is-x"]
    assert reasons(frame.where(col("name") == "y")) == ["is-x"]


def test_what_is_required_is_there(people):
    names = ("a", "", " \\t", "\u3000", "\u0085", "a\\n", "\u200b")
    frame = people('{"id":1}', '{"name":null}', *('{"id":1,"name":"%s"}' % name for name in names))
    of_names = [None if name in ("a", "\u0085", "a\\n", "\u200b") else "missing-value" for name in names]
    assert reasons(frame.transform(require("name"))) == ["missing-value", "missing-value", *of_names]
    assert reasons(frame.transform(require("id", reason="no-key")))[:3] == [None, "no-key", None]
    both = frame.transform(require("id", reason="no-key")).transform(require("id", "name"))
    assert reasons(both) == ["missing-value", "no-key", *of_names]
    assert reasons(frame.transform(require())) == [None] * (len(names) + 2)


def test_a_required_column_may_have_any_name(spark: SparkSession, people):
    frame = people('{"id":1,"name":""}').withColumnRenamed("name", "full.na`me")
    assert reasons(frame.transform(require("full.na`me"))) == ["missing-value"]
    assert reasons(frame.transform(require("ID"))) == [None]
    with pytest.raises(AnalysisException, match="nobody"):
        frame.transform(require("nobody"))


@pytest.mark.parametrize(
    "reason",
    ["", "Upper", "two words", "-first", "under_score", "é", "a" * 65, "line\n", "loaded", "filtered", "duplicates",
     "duplicate-key"],
)  # fmt: skip
def test_a_reason_must_be_a_plain_word(reason):
    with pytest.raises(UnknownOptionError, match="can't be a reason: use small letters"):
        reject(reason, lit(True))


def test_rows_that_do_not_know_their_line_can_not_be_rejected(spark: SparkSession, people):
    read = people('{"id":1}')
    for frame in (spark.range(1), read.drop(SOURCE), read.select("id"), read.groupBy("id").count()):
        with pytest.raises(UnknownOptionError, match="only while they know which line they are from"):
            frame.transform(reject("odd", lit(True)))
        assert not knows_its_source(frame)
    joined = read.join(read.select(col("id").alias("other"), SOURCE), col("id") == col("other"))
    with pytest.raises(UnknownOptionError, match="2 times, after a join"):
        knows_its_source(joined)
    with pytest.raises(UnknownOptionError, match="2 times, after a join"):
        joined.transform(reject("odd", lit(True)))
    assert reasons(
        joined.drop(SOURCE).crossJoin(read.select(SOURCE)).transform(reject("odd", lit(True)))
    ) == ["odd"]


def test_a_condition_may_be_any_expression(people):
    frame = people('{"id":1,"age":5}', '{"id":2,"age":7}')
    odd = when(col("id") == 2, col("age") > 6).otherwise(False)
    assert reasons(frame.transform(reject("odd", odd))) == [None, "odd"]
