"""The rules for single values: e-mail addresses, instants, blank text."""

import unicodedata

import pyarrow as pa
import pytest

from sparkctl_jobs.emails import clean_email, is_email
from sparkctl_jobs.text import WHITE_SPACE, has_nul, is_blank
from sparkctl_jobs.timestamps import to_utc_text


def one(function, value):
    return function(pa.array([value], pa.string()))[0].as_py()


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("ana@example.com", "ana@example.com"),
        ("  Ana.B@Example.COM \t", "ana.b@example.com"),
        ("a!n#a@exa mple.com", "ana@example.com"),
        ("an\u0000a@example.com", "ana@example.com"),
        ("chloé@example.com", "chlo@example.com"),
        ("İK@example.com", "k@example.com"),
        ("a_b%c+d-e@x-y.example.org", "a_b%c+d-e@x-y.example.org"),
        ("", ""),
        (None, None),
    ],
)
def test_an_email_is_cleaned(written, cleaned):
    assert one(clean_email, written) == cleaned


@pytest.mark.parametrize(
    "address", ["a@b.co", "a.b.c@b.co", "a_%+-@b.co", "1@1.co", "a@b-c.d.org", "-@b.co", "a@b.c.de.museum"]
)
def test_these_are_addresses(address):
    assert one(is_email, address) is True


@pytest.mark.parametrize(
    "text",
    ["", "nobody", "@b.co", "a@", "a@b", "a@b.c", "a@.co", "a@b..co", ".a@b.co", "a.@b.co", "a..b@b.co", "a@@b.co",
     "a@-b.co", "a@b-.co", "a@b.c0", "a@b.co.", "a@b_c.co", "a@b.co\n", "A@b.co", "a b@b.co"],
)  # fmt: skip
def test_these_are_no_addresses(text):
    assert one(is_email, text) is False


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2024-01-31T23:59:59.123Z", "2024-01-31T23:59:59.123Z"),
        ("2024-01-31T23:59:59Z", "2024-01-31T23:59:59.000Z"),
        ("2024-02-29T23:59:59.123+05:30", "2024-02-29T18:29:59.123Z"),
        ("2024-12-31T23:00:00-01:00", "2025-01-01T00:00:00.000Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_an_instant_is_written_in_utc(written, utc):
    assert one(to_utc_text, written) == utc


@pytest.mark.parametrize(
    "text",
    ["", "2024-01-31", "2024-01-31T23:59:59", "2024-01-31 23:59:59Z", "2024-01-31T23:59:59.1Z", "2024-1-31T23:59:59Z",
     "2024-01-31T24:00:00Z", "2024-01-31T23:60:00Z", "2024-01-31T23:59:60Z", "2024-00-01T00:00:00Z",
     "2024-13-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-04-31T00:00:00Z", "2023-02-29T00:00:00Z",
     "2100-02-29T00:00:00Z", "2024-02-30T00:00:00+01:00", "2024-01-31T23:59:59z", "2024-01-31T23:59:59+0100",
     "2024-01-31T23:59:59+24:00", "2024-01-31T23:59:59Z\n", "２024-01-31T23:59:59Z",
     "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"],
)  # fmt: skip
def test_what_is_no_instant_is_null(text):
    assert one(to_utc_text, text) is None


def test_nulls_and_empty_columns_stay_what_they_are():
    assert to_utc_text(pa.array([None, "2024-01-31T23:59:59Z"])).to_pylist() == [
        None,
        "2024-01-31T23:59:59.000Z",
    ]
    for function in (to_utc_text, clean_email, is_email, is_blank, has_nul):
        assert function(pa.array([], pa.string())).to_pylist() == []


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
