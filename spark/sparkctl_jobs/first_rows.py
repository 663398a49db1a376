"""The rows that will be loaded, known before they are: what a job counts is what its table holds."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql.functions import col, lit, regexp_replace, replace, row_number, substring, url_decode, when

from .column_names import spark_name
from .errors import InputUnfitError
from .input_paths import list_of_paths
from .provenance import BLOCK, LINE, PROVENANCE, REASON, SOURCE_FILE
from .reasons import Skipped


def first_of_each(frame: DataFrame, key: Sequence[str]) -> DataFrame:
    """
    Of rows with provenance the valid ones, and of those with the same key the first, as the sink takes them.

    Without the columns of their provenance.
    """
    order = Window.partitionBy(*map(spark_name, key)).orderBy(_place(col(SOURCE_FILE)), BLOCK, LINE)
    numbered = frame.where(col(REASON).isNull()).withColumn("_number", row_number().over(order))
    return numbered.where(col("_number") == 1).drop("_number", *PROVENANCE.names)


def no_valid_rows(rows: DataFrame, inputs: str | Sequence[str]) -> InputUnfitError:
    """Says why nothing is left of rows with provenance."""
    counts = rows.where(col(REASON).isNotNull()).groupBy(REASON).count().collect()
    found = sorted((row[0], row[1]) for row in counts if row[0] != Skipped.BLANK)
    reasons = ", ".join(f"{reason} {count}" for reason, count in found)
    read = sum(count for _, count in found)
    return InputUnfitError(f"no row of {', '.join(list_of_paths(inputs))} is valid: {read} read, {reasons}")


def _place(source_file: Column) -> Column:
    """By which the sink sorts files (`sink.order`): their path, or else their address."""
    decoded = url_decode(replace(substring(source_file, len("file:") + 1, 1 << 30), lit("+"), lit("%2B")))
    path = regexp_replace(decoded, "^/*", "/")
    return when(source_file.startswith("file:"), path).otherwise(source_file)
