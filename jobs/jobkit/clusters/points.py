"""Rows of CSV whose columns are an id and numbers: what a clustering takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow.compute as pc
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import DoubleType, LongType, StringType, StructField, StructType

from ..csv_header import CsvHeader
from ..csv_lines import csv_stage
from sparkctl_io.errors import UnknownOptionError
from ..lines import read_lines
from sparkctl_io.reasons import Reason
from ..rows import Rows
from sparkctl_io.text import has_nul, is_blank

SEGMENT = "segment"
"""The column of the result."""
IdType = Literal["integer", "text"]


@dataclass(frozen=True)
class PointColumns:
    """Which columns say who a row is of, and where it lies."""

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
    spark: SparkSession, inputs: str | Sequence[str], header: CsvHeader, columns: PointColumns
) -> DataFrame:
    """All rows with their provenance. In a valid one every feature is a finite number."""
    schema = columns.schema

    def clean(rows: Rows) -> Rows:
        key = rows[columns.id]
        rows = rows.reject(Reason.MISSING_KEY, pc.is_null(key))
        if columns.id_type == "text":
            rows = rows.reject(Reason.MISSING_KEY, is_blank(key))
        for name in columns.features:
            rows = rows.reject(Reason.MISSING_VALUE, pc.is_null(rows[name]))
        if columns.id_type == "text":
            rows = rows.reject(Reason.INVALID_VALUE, has_nul(key))
        return rows

    return csv_stage(schema, header, clean)(read_lines(spark, inputs))
