"""The rows that will be loaded, known before they are: what a job counts is what its table holds."""

from collections.abc import Sequence

from pyspark.sql import DataFrame, Window
from pyspark.sql.functions import col, row_number

from sparkctl_io import accepted
from sparkctl_io.column_names import spark_name
from sparkctl_io.errors import InputUnfitError
from sparkctl_io.reading.input_paths import list_of_paths
from sparkctl_io.reading.reader import readers_of
from sparkctl_io.source import SOURCE


def first_of_each(frame: DataFrame, key: Sequence[str]) -> DataFrame:
    """
    Of rows that know their lines the accepted ones, and of those with the same key the first, as the sink
    takes them. Without their source.
    """
    source = col(SOURCE)
    order = Window.partitionBy(*map(spark_name, key)).orderBy(source["file"], source["block"], source["line"])
    numbered = accepted(frame).withColumn("_number", row_number().over(order))
    return numbered.where(col("_number") == 1).drop("_number", SOURCE)


def no_valid_rows(rows: DataFrame, inputs: str | Sequence[str]) -> InputUnfitError:
    """Says why nothing is left of rows that know their lines."""
    reason = col(SOURCE)["reason"]
    marked = rows.where(reason.isNotNull()).groupBy(reason.alias("reason")).count().collect()
    counts = {row[0]: row[1] for row in marked}
    read = 0
    for reader in readers_of(rows):
        for report in reader.reports().values():
            read += report.lines - report.blank
            for unreadable in report.unreadable.column("reason").to_pylist():
                counts[unreadable] = counts.get(unreadable, 0) + 1
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items()))
    return InputUnfitError(f"no row of {', '.join(list_of_paths(inputs))} is valid: {read} read, {reasons}")
