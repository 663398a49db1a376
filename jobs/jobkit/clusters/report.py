"""The report of a clustering: numbers, curves, a picture."""

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame
from pyspark.sql.functions import avg, col, count, lit

from sparkctl_io.column_names import spark_name

from ..artifacts import Artifacts
from ..charts import scatter_chart
from .points import SEGMENT, PointColumns

_MOST_POINTS = 20_000


def centres_of(segments: DataFrame, columns: PointColumns) -> DataFrame:
    """Counts each segment's rows and takes their features' means: a row for each segment and feature."""
    means = segments.groupBy(SEGMENT).agg(
        count("*").alias("_size"),
        *(avg(spark_name(feature)).alias(f"_{place}") for place, feature in enumerate(columns.features)),
    )
    parts = [
        means.select(
            SEGMENT,
            col("_size").alias("size"),
            lit(feature).alias("feature"),
            col(f"_{place}").alias("centre"),
        )
        for place, feature in enumerate(columns.features)
    ]
    together = parts[0]
    for part in parts[1:]:
        together = together.union(part)
    return together.orderBy(SEGMENT, "feature")


def report_sizes(artifacts: Artifacts, segments: DataFrame) -> None:
    """Reports the number of rows in each segment."""
    sizes = segments.groupBy(SEGMENT).count().orderBy(SEGMENT).collect()
    artifacts.metrics({f"size of segment {segment}": size for segment, size in sizes})


def report_curves(artifacts: Artifacts, curves: Mapping[str, Sequence[tuple[int, float]]]) -> None:
    """A curve for each measure that depends on the number of segments."""
    for name, points in curves.items():
        artifacts.series(f"{name} by k", "k", name.lower(), points)


def report_segments(
    artifacts: Artifacts, segments: DataFrame, x: str, y: str, centres: Sequence[tuple[float, float]]
) -> None:
    """The segments in the plane of two features."""
    drawn = segments.select(SEGMENT, spark_name(x), spark_name(y)).limit(_MOST_POINTS).collect()
    groups: dict[str, list[tuple[float, float]]] = {}
    for segment, a, b in sorted(drawn):
        groups.setdefault(str(segment), []).append((a, b))
    artifacts.picture("segments", scatter_chart("Segments", x, y, groups, centres=centres))
