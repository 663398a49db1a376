"""Why a row is not in the table: one closed list, for the quarantine, the accounting and the checks."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a row was rejected, in the order of the rules: the first that a row breaks is its reason."""

    MALFORMED_JSON = "malformed-json"
    MALFORMED_CSV = "malformed-csv"
    WRONG_TYPE = "wrong-type"
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


class Skipped(StrEnum):
    """What else can stand where a reason stands: rows that are neither loaded nor put into quarantine."""

    FILTERED = "filtered"
    """A sound row that the job chose to leave out. It is counted."""
    BLANK = "blank"
    """A line that is no row: an empty one, or the header of CSV. It only keeps the line numbers right."""
