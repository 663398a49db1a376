"""E-mail addresses: cleaned, brought into one form, and judged."""

from string import ascii_lowercase, ascii_uppercase, digits

from pyspark.sql import Column
from pyspark.sql.functions import col, regexp_replace, translate, when

# Every character by itself: Java looks it up in a table, and asks of each range in turn, which takes four
# times as long. Possessive: what once matched is never given back, as no shorter match could lead to another
# verdict. Java would recurse for every label otherwise, and its stack would overflow for a long text.
_WORD = ascii_lowercase + digits
_CLEAN = rf"^[{_WORD}._%+@-]*+\z"
_FOREIGN = f"[^{_WORD}{ascii_uppercase}._%+@-]++"
_LABEL = f"[{_WORD}](?:[{_WORD}-]*+(?<!-))?"
_ADDRESS = rf"^[{_WORD}_%+-]++(?:\.[{_WORD}_%+-]++)*+@(?:{_LABEL}\.)++[{ascii_lowercase}]{{2,}}\z"


def clean_email(address: Column | str) -> Column:
    """Without every character that no address has (white space too), in lower case."""
    given = _column(address)
    # Most are clean, and to see that is a fifth of the work. What is left has only letters of ASCII: lower()
    # would load the tables of all others first, two seconds in each executor.
    cleaned = translate(regexp_replace(given, _FOREIGN, ""), ascii_uppercase, ascii_lowercase)
    return when(given.rlike(_CLEAN), given).otherwise(cleaned)


def is_email(address: Column | str) -> Column:
    """True for cleaned text that is an address: no empty parts, and a domain of at least two labels."""
    return _column(address).rlike(_ADDRESS)


def _column(given: Column | str) -> Column:
    return col(given) if isinstance(given, str) else given
