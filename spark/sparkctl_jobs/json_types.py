"""The types that a column read from JSON can have."""

import pyarrow as pa
from pyspark.sql.types import BooleanType, DataType, DoubleType, LongType, StringType

from .errors import ColumnMismatchError


def arrow_type(data_type: DataType) -> pa.DataType:
    """What Arrow calls a column's type."""
    types = {LongType: pa.int64(), DoubleType: pa.float64(), StringType: pa.string(), BooleanType: pa.bool_()}
    if type(data_type) not in types:
        raise ColumnMismatchError(
            f"a column of JSON can't be read as {data_type.simpleString()}:"
            " read it as bigint, double, string or boolean, and cast it afterwards"
        )
    return types[type(data_type)]
