"""The checksum of the run ledger is the one that sparkctl computes: same text, same sums."""

import random
import struct

import pyarrow as pa
import pytest
from written_checksum import written_checksum

from sparkctl_io.sink.row_checksum import RowChecksum, real_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-3.0, "-3"), (0.1, "0.1"), (1234.56, "1234.56"), (100000.0, "100000"),
        (1e10, "10000000000"), (123456789012345.6, "123456789012345.6"), (1e20, "100000000000000000000"),
        (123456789012345680000.0, "123456789012345680000"), (1e21, "1e+21"), (-1.5e300, "-1.5e+300"),
        (0.000001, "0.000001"), (1.5e-6, "0.0000015"), (1e-7, "1e-7"), (-2.5e-7, "-2.5e-7"), (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"), (9007199254740993.0, "9007199254740992"),
    ],
)  # fmt: skip
def test_reals_are_written_as_javascript_does(value, text):
    assert real_text(value) == text


def batch(**columns):
    return pa.RecordBatch.from_pydict(columns)


def test_it_is_the_sum_of_the_rows_however_they_come():
    chance = random.Random(5)
    reals = [struct.unpack("<d", chance.randbytes(8))[0] for _ in range(2000)]
    reals = [value for value in reals if value == value and abs(value) != float("inf")]
    reals += [round(chance.uniform(-1e11, 1e11), chance.randrange(5)) for _ in range(3000)]
    reals += [10.0**n * sign for n in range(-20, 25) for sign in (1, -1)] + [0.0, -0.0, None]
    count = len(reals)
    columns = {
        "id": [chance.randrange(-(2**63), 2**63) for _ in range(count - 1)] + [None],
        "text": [chance.choice(["", "é \U0001f600", "x" * 70, None]) for _ in range(count)],
        "real": reals,
        "bytes": [chance.choice([b"", b"\x00\xff", None]) for _ in range(count)],
    }
    types = [pa.int64(), pa.string(), pa.float64(), pa.binary()]
    rows = pa.RecordBatch.from_arrays(
        [pa.array(values, kind) for values, kind in zip(columns.values(), types, strict=True)],
        names=list(columns),
    )
    tuples = list(zip(*columns.values(), strict=True))
    whole = RowChecksum()
    whole.add(rows)
    assert whole.digest() == written_checksum(tuples)

    parts = [RowChecksum(), RowChecksum()]
    parts[0].add(rows.slice(1000))
    parts[1].add(rows.slice(0, 1000))
    parts[1].add(rows.slice(500, 250))
    parts[1].remove(tuples[500:750])
    parts[0].join(parts[1])
    assert parts[0].digest() == whole.digest()
    parts[0].remove(tuples)
    assert parts[0].digest() == RowChecksum().digest() == "0" * 24


def test_any_difference_shows():
    seen = set()
    for row in [(1, "a"), (2, "a"), (1, "b"), (1, None), (1, ""), ("1a", "")]:
        checksum = RowChecksum()
        checksum.add(batch(a=pa.array([str(row[0])]), b=pa.array([row[1]], pa.string())))
        seen.add(checksum.digest())
    twice = RowChecksum()
    twice.add(batch(a=["1", "1"], b=["a", "a"]))
    assert len({*seen, twice.digest()}) == 7


def test_it_is_what_typescript_computes():
    """The same rows and digest as in test/datasets/row-checksum.test.ts."""
    checksum = RowChecksum()
    rows = batch(
        a=pa.array([1, 2**63 - 1, 3], pa.int64()),
        b=["Zoë", "王", "a\x1fb"],
        c=pa.array([None, b"\x00\xff", b""], pa.binary()),
        d=[0.1, 1e21, 5e-7],
        e=["", "\U00020bb7", "\n"],
    )
    checksum.add(rows)
    assert checksum.digest() == "e83d9dd5f3c5429f2e81acd0"
