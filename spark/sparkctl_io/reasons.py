"""Reasons for which a row is not in the table, as this package finds them. A job may name further ones."""

from enum import StrEnum


class Reason(StrEnum):
    """The reasons for which this package rejects a line. Each is text."""

    MALFORMED_JSON = "malformed-json"
    MALFORMED_CSV = "malformed-csv"
    WRONG_TYPE = "wrong-type"
    """A line with a value of another type than its column's."""
    MISSING_KEY = "missing-key"
    MISSING_VALUE = "missing-value"
    INVALID_EMAIL = "invalid-email"
    INVALID_VALUE = "invalid-value"
    CONSTRAINT_NOT_NULL = "constraint-not-null"
    """A row that the table itself refuses: no value where it wants one."""
    CONSTRAINT_CHECK = "constraint-check"
    """One that breaks a CHECK of the table."""
    CONSTRAINT_UNIQUE = "constraint-unique"
    """One with a value in other columns than the primary key that is there already and may be there once."""
    DUPLICATE_KEY = "duplicate-key"
    """A valid row whose key an earlier line has. Counted as a duplicate, not as quarantined."""


RESERVED = frozenset({"loaded", "filtered", "duplicates", Reason.DUPLICATE_KEY})
"""Words with a meaning of their own in the accounting."""
