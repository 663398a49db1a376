"""The types that a column read from JSON can have."""

import pyarrow as pa
from pyspark.sql.types import BooleanType, DataType, DoubleType, LongType, StringType


def arrow_type(data_type: DataType) -> pa.DataType:
    """What Arrow calls a column's type."""
    types = {LongType: pa.int64(), DoubleType: pa.float64(), StringType: pa.string(), BooleanType: pa.bool_()}
    return types[type(data_type)]
