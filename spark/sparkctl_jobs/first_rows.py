"""The rows that will be loaded, known before they are: what a job counts is what its table holds."""

import os
from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql.functions import col, concat, lit, ltrim, replace, row_number, substring, url_decode, when

from .column_names import spark_name
from .provenance import BLOCK, LINE, PROVENANCE, REASON, SOURCE_FILE


def first_of_each(frame: DataFrame, key: Sequence[str]) -> DataFrame:
    """
    Of rows with provenance the valid ones, and of those with the same key the first, as the sink takes them.

    Without the columns of their provenance.
    """
    order = Window.partitionBy(*map(spark_name, key)).orderBy(_place(col(SOURCE_FILE)), BLOCK, LINE)
    numbered = frame.where(col(REASON).isNull()).withColumn("_number", row_number().over(order))
    return numbered.where(col("_number") == 1).drop("_number", *PROVENANCE.names)


def _place(source_file: Column) -> Column:
    """What `sink.source_files.as_given` gives, by which the sink sorts."""
    base = os.getcwd().rstrip("/") + "/"  # noqa: PTH109 -- as the sink has it
    decoded = url_decode(replace(substring(source_file, len("file:") + 1, 1 << 30), lit("+"), lit("%2B")))
    path = concat(lit("/"), ltrim(decoded, lit("/")))
    inside = when(path.startswith(base), substring(path, len(base) + 1, 1 << 30)).otherwise(path)
    return when(source_file.startswith("file:"), inside).otherwise(source_file)
