"""Instants as text: read strictly, written in the one form that sorts and compares as text."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_INSTANT = (
    r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{3})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"
)
_NORMAL_LENGTH = len("YYYY-MM-DDTHH:MM:SS.sssZ")
_LATE_DAY = r"^\d{4}-\d\d-(29|3\d)"
# 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z, in milliseconds since 1970.
_FIRST, _LAST = -62_167_219_200_000, 253_402_300_799_999


def to_utc_text(values: pa.Array) -> pa.Array:
    """
    `YYYY-MM-DDTHH:MM:SS[.fff](Z|±HH:MM)` as `YYYY-MM-DDTHH:MM:SS.sssZ` in UTC.

    Null where the text has another form, is no date of the calendar, or leaves the years 0000 to 9999.
    """
    real = pc.and_(pc.match_substring_regex(values, _INSTANT), _is_in_calendar(values))
    candidates = pc.if_else(real, values, pa.scalar(None, pa.string()))
    normal = pc.fill_null(pc.equal(pc.binary_length(candidates), _NORMAL_LENGTH), True)
    if pc.all(normal, min_count=0).as_py():
        return candidates
    others = candidates.filter(pc.invert(normal)).cast(pa.timestamp("ms", "UTC"))
    return pc.replace_with_mask(candidates, pc.invert(normal), milliseconds_to_text(others))


def milliseconds_to_text(instants: pa.Array) -> pa.Array:
    """Timestamps in milliseconds as `YYYY-MM-DDTHH:MM:SS.sssZ`; null outside the years 0000 to 9999."""
    millis = instants.cast(pa.int64())
    inside = pc.and_(pc.greater_equal(millis, _FIRST), pc.less_equal(millis, _LAST))
    known = pc.fill_null(inside, False).to_numpy(zero_copy_only=False)
    numbers = pc.fill_null(pc.if_else(inside, millis, 0), 0).to_numpy().astype("datetime64[ms]")
    text = np.char.add(np.datetime_as_string(numbers, unit="ms"), "Z").astype(object)
    return pa.array(text, pa.string(), mask=~known)


def _is_in_calendar(values: pa.Array) -> pa.Array:
    """False for the 29th to 31st of a month that has fewer days; the form has seen to the rest."""
    late = pc.fill_null(pc.match_substring_regex(values, _LATE_DAY), False)
    if not pc.any(late, min_count=0).as_py():
        return pa.array(np.ones(len(values), dtype=bool))
    days = values.filter(late)
    year, month, day = (
        pc.utf8_slice_codeunits(days, start, stop).cast(pa.int64()).to_numpy()
        for start, stop in ((0, 4), (5, 7), (8, 10))
    )
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    shortened = np.isin(month, (4, 6, 9, 11))
    length = np.where(month == 2, np.where(leap, 29, 28), np.where(shortened, 30, 31))
    verdict = np.ones(len(values), dtype=bool)
    verdict[late.to_numpy(zero_copy_only=False)] = day <= length
    return pa.array(verdict)
