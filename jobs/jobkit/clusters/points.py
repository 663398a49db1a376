"""Rows of CSV whose columns are an id and numbers: what a clustering takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col
from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType

from sparkctl_io import read_csv, reject, require
from sparkctl_io.column_names import spark_name
from sparkctl_io.errors import UnknownOptionError

SEGMENT = "segment"
"""The column of the result."""
IdType = Literal["integer", "text"]


@dataclass(frozen=True)
class PointColumns:
    """The columns that identify a row, and those that are its coordinates."""

    id: str
    id_type: IdType
    features: tuple[str, ...]

    def __post_init__(self) -> None:
        names = (self.id, *self.features)
        reserved = [name for name in names if not name or name.startswith("_") or name == SEGMENT]
        if not self.features or reserved or len({name.lower() for name in names}) < len(names):
            raise UnknownOptionError(
                f"the columns {', '.join(map(repr, names))} can't be used: they must differ, and not be"
                f" {SEGMENT} or begin with _"
            )

    @property
    def schema(self) -> StructType:
        kind = LongType() if self.id_type == "integer" else StringType()
        fields = [StructField(name, DoubleType(), nullable=False) for name in self.features]
        return StructType([StructField(self.id, kind, nullable=False), *fields])


def read_points(
    spark: SparkSession, inputs: str | Sequence[str], columns: PointColumns, delimiter: str
) -> DataFrame:
    """All rows, with their lines. In one that is not rejected every feature is a finite number."""
    rows = read_csv(spark, inputs, columns.schema, delimiter=delimiter)
    rows = rows.transform(require(columns.id, reason="missing-key")).transform(require(*columns.features))
    if columns.id_type == "integer":
        return rows
    return rows.transform(reject("invalid-value", col(spark_name(columns.id)).contains("\0")))
