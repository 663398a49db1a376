"""E-mail addresses: cleaned, brought into one form, and judged."""

import pyarrow as pa
import pyarrow.compute as pc

_FOREIGN = "[^A-Za-z0-9._%+@-]+"
_LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_ADDRESS = rf"^[a-z0-9_%+-]+(\.[a-z0-9_%+-]+)*@({_LABEL}\.)+[a-z]{{2,}}$"


def clean_email(values: pa.Array) -> pa.Array:
    """Without every character that no address has (white space too), in lower case."""
    return pc.ascii_lower(pc.replace_substring_regex(values, _FOREIGN, ""))


def is_email(values: pa.Array) -> pa.Array:
    """True for cleaned text that is an address: no empty parts, and a domain of at least two labels."""
    return pc.match_substring_regex(values, _ADDRESS)
