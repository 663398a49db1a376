"""The rules for blank text, and for the text that a database keeps as it is."""

import pyarrow as pa
import pyarrow.compute as pc

WHITE_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""The characters that ECMAScript's `trim` removes, as the checks do. Python's `strip` differs in six."""

NUL = "\0"

UTF_8 = "|".join(
    [
        r"[\xc2-\xdf][\x80-\xbf]",
        r"\xe0[\xa0-\xbf][\x80-\xbf]",
        r"[\xe1-\xec\xee\xef][\x80-\xbf]{2}",
        r"\xed[\x80-\x9f][\x80-\xbf]",
        r"\xf0[\x90-\xbf][\x80-\xbf]{2}",
        r"[\xf1-\xf3][\x80-\xbf]{3}",
        r"\xf4[\x80-\x8f][\x80-\xbf]{2}",
    ]
)
"""A pattern for a letter beyond ASCII, where Arrow matches bytes."""


def is_blank(text: pa.Array) -> pa.Array:
    """True for text that is empty once it is trimmed; null where there is no text."""
    return pc.match_substring_regex(text, f"^[{WHITE_SPACE}]*$")


def has_nul(text: pa.Array) -> pa.Array:
    """True for text with a NUL character, at which many readers of a database would end it."""
    return pc.match_substring(text, NUL)


def trimmed(text: pa.Array) -> pa.Array:
    """The text without white space before and after it."""
    return pc.utf8_trim(text, characters=WHITE_SPACE)
