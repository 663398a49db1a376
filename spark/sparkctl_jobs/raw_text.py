"""Lines as a person sees them."""

import pyarrow as pa
import pyarrow.compute as pc


def raw_text(values: pa.Array) -> pa.Array:
    """The lines as text without their CR. What is not UTF-8 becomes U+FFFD."""
    values = without_return(values)
    try:
        return values.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([value.decode(errors="replace") for value in values.to_pylist()], pa.string())


def without_return(values: pa.Array) -> pa.Array:
    """The lines, as bytes, without the CR that files of Windows have before each line end."""
    ends = pc.ends_with(values, b"\r")
    if not pc.any(ends, min_count=0).as_py():
        return values
    return pc.if_else(ends, pc.binary_slice(values, 0, -1), values)
