"""
Gives the rows of a CSV the segments of a model that jobs/segments.py has saved.

    spark-submit jobs/score.py --input new.csv --model model --database scores.db

The model knows the columns that it takes. The table is the old version or the whole new one.
"""

import argparse
from pathlib import Path

from pyspark.ml.evaluation import ClusteringEvaluator
from pyspark.sql import DataFrame, SparkSession

from jobkit.artifacts import Artifacts
from jobkit.clusters.points import SEGMENT, read_points
from jobkit.clusters.report import report_sizes
from jobkit.clusters.saved_model import (
    CLUSTER,
    SCALED,
    SegmentModel,
    load_model,
    read_columns,
    with_features,
)
from jobkit.command_line import (
    add_arguments,
    add_csv_arguments,
    committed_before,
    lock_timeout_ms,
    run_job,
)
from jobkit.first_rows import first_of_each, no_valid_rows
from sparkctl_io import CommittedRun, read_header, write_sqlite


def tell(arguments: argparse.Namespace, model: SegmentModel, points: DataFrame) -> None:
    """Reports the size of each segment, and how well the model fits the rows."""
    artifacts = Artifacts(arguments.artifacts)
    segments = model.assign(points)
    report_sizes(artifacts, segments)
    if segments.select(SEGMENT).distinct().count() > 1:
        evaluator = ClusteringEvaluator(featuresCol=SCALED, predictionCol=CLUSTER, metricName="silhouette")
        clusters = model.pipeline.transform(with_features(points, model.columns))
        artifacts.metrics({"silhouette": round(evaluator.evaluate(clusters), 9)})
    artifacts.save()


def load(arguments: argparse.Namespace) -> CommittedRun:
    if before := committed_before(arguments):
        return before
    Artifacts(arguments.artifacts)
    columns = read_columns(arguments.model)
    # Says what keeps the files from being read before Spark starts, which takes a while.
    read_header(arguments.input, columns.schema.names, delimiter=arguments.delimiter)

    spark = SparkSession.builder.appName("score").getOrCreate()
    try:
        return score(spark, arguments)
    finally:
        spark.stop()


def score(spark: SparkSession, arguments: argparse.Namespace) -> CommittedRun:
    model = load_model(arguments.model)
    rows = read_points(spark, arguments.input, model.columns, arguments.delimiter).cache()
    points = first_of_each(rows, [model.columns.id]).cache()
    if points.isEmpty():
        raise no_valid_rows(rows, arguments.input)
    tell(arguments, model, points)
    return write_sqlite(
        model.assign(rows),
        arguments.database,
        arguments.table,
        mode="overwrite",
        run_id=arguments.run_id,
        key=[model.columns.id],
        lock_timeout_ms=lock_timeout_ms(arguments),
    )


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Gives rows the segments of a saved model.")
    add_arguments(parser, "scores")
    add_csv_arguments(parser)
    parser.add_argument("--model", type=Path, required=True, help="the folder of the fitted model")
    return parser


def main() -> None:
    arguments = command_line().parse_args()
    run_job("score", lambda: load(arguments))


if __name__ == "__main__":
    main()
