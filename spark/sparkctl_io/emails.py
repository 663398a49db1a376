"""E-mail addresses: cleaned, brought into one form, and judged."""

from pyspark.sql import Column
from pyspark.sql.functions import col, lower, regexp_replace

# Possessive: what once matched is never given back, as no shorter match could lead to another verdict. Java
# would recurse for every label otherwise, and its stack would overflow for a long text.
_FOREIGN = "[^A-Za-z0-9._%+@-]++"
_LABEL = "[a-z0-9](?:[a-z0-9-]*+(?<!-))?"
_ADDRESS = rf"^[a-z0-9_%+-]++(?:\.[a-z0-9_%+-]++)*+@(?:{_LABEL}\.)++[a-z]{{2,}}\z"


def clean_email(address: Column | str) -> Column:
    """Without every character that no address has (white space too), in lower case."""
    return lower(regexp_replace(_column(address), _FOREIGN, ""))


def is_email(address: Column | str) -> Column:
    """True for cleaned text that is an address: no empty parts, and a domain of at least two labels."""
    return _column(address).rlike(_ADDRESS)


def _column(given: Column | str) -> Column:
    return col(given) if isinstance(given, str) else given
