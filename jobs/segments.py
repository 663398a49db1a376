"""
Finds segments among customers: CSV in, cleaned strictly; columns assembled and scaled; as many clusters as
the silhouette likes best; the result as a SQLite table, one CSV file and a saved model.

    spark-submit jobs/segments.py --input customers.csv --database segments.db \\
        --predictions predictions.csv --model model

Any CSV with an id and columns of numbers will do: --id and --features name them. The same rows give the same
segments, whatever the cluster. The table is the old one or the new one, whatever happens; file and model
follow it, and a repeat with the same run id finishes what a death in between has left.
"""

import argparse
import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import pvariance
from typing import Any

from pyspark.ml import Estimator, Pipeline, PipelineModel, Transformer
from pyspark.ml.clustering import KMeans, KMeansModel
from pyspark.ml.evaluation import ClusteringEvaluator
from pyspark.ml.feature import StandardScaler, VectorAssembler
from pyspark.sql import DataFrame, SparkSession

from jobkit.artifacts import Artifacts
from jobkit.clusters.points import PointColumns, read_points
from jobkit.clusters.report import (
    centres_of,
    report_curves,
    report_segments,
    report_sizes,
)
from jobkit.clusters.saved_model import (
    ASSEMBLED,
    CLUSTER,
    SCALED,
    SegmentModel,
    centres_in_units,
    features_in,
    stage_model,
    with_features,
)
from jobkit.command_line import (
    add_arguments,
    add_csv_arguments,
    committed_before,
    lock_timeout_ms,
    positive,
    run_job,
)
from jobkit.first_rows import first_of_each, no_valid_rows
from jobkit.one_csv import must_have_folder, stage_csv
from jobkit.outputs import finish_outputs, outputs_of, outputs_table, shown_with
from sparkctl_io import CommittedRun, read_header, write_sqlite
from sparkctl_io.column_names import spark_name
from sparkctl_io.errors import InputUnfitError, UnknownOptionError
from sparkctl_io.sink.plan import checked_run_id

MOST_SEGMENTS = 10
"""The greatest number of segments that is tried, where a person doesn't name one."""


@dataclass(frozen=True)
class Trial:
    """One number of clusters, and how good the best ones are that were found."""

    k: int
    silhouette: float
    inertia: float
    model: KMeansModel = field(repr=False)


def fit_points(rows: DataFrame, columns: PointColumns, partitions: int) -> DataFrame:
    """The valid rows, first of each id, always in the same order in the same partitions."""
    key = spark_name(columns.id)
    points = first_of_each(rows, [columns.id])
    return points.repartition(partitions, key).sortWithinPartitions(key).cache()


def preparation(columns: PointColumns) -> list[Transformer | Estimator[Any]]:
    """From the features to a vector in which each of them counts the same."""
    assembler = VectorAssembler(inputCols=features_in(columns), outputCol=ASSEMBLED, handleInvalid="error")
    scaler = StandardScaler(inputCol=ASSEMBLED, outputCol=SCALED, withMean=True, withStd=True)
    return [assembler, scaler]


def fit_preparation(points: DataFrame, columns: PointColumns) -> PipelineModel:
    """Fits the scaling of the points; an error where a feature can't be scaled."""
    prepared = Pipeline(stages=preparation(columns)).fit(points)
    for feature, deviation in zip(columns.features, prepared.stages[1].std, strict=True):  # type: ignore[attr-defined]
        if deviation == 0:
            raise InputUnfitError(
                f"the column {feature} has the same value in every valid row, and tells nobody apart:"
                " leave it out of --features"
            )
        if not math.isfinite(deviation):
            raise InputUnfitError(f"the values of the column {feature} lie too far apart to be scaled")
    return prepared


def choose_k(scaled: DataFrame, candidates: Sequence[int], seeds: Sequence[int]) -> tuple[Trial, list[Trial]]:
    """Tries each number of clusters. The best has the greatest silhouette; of equal ones it is the fewest."""
    trials = list(filter(None, (try_k(scaled, k, seeds) for k in candidates)))
    if not trials:
        raise InputUnfitError(f"the rows don't fall into {candidates[0]} clusters, nor into more")
    return max(trials, key=lambda trial: (trial.silhouette, -trial.k)), trials


def try_k(scaled: DataFrame, k: int, seeds: Sequence[int]) -> Trial | None:
    """Clusters into k. The end of k-means depends on its start: of several the least inertia counts."""
    found: list[tuple[float, KMeansModel]] = []
    for seed in seeds:
        model = k_means(k, seed).fit(scaled)
        if len(model.clusterCenters()) == k:
            found.append((model.summary.trainingCost, model))
    if not found:
        return None
    inertia, model = min(found, key=lambda one: one[0])
    if not all(model.summary.clusterSizes):
        return None
    evaluator = ClusteringEvaluator(featuresCol=SCALED, predictionCol=CLUSTER, metricName="silhouette")
    return Trial(k, round(evaluator.evaluate(model.transform(scaled)), 9), inertia, model)


def k_means(k: int, seed: int) -> KMeans:
    return KMeans(k=k, seed=seed, maxIter=50, featuresCol=SCALED, predictionCol=CLUSTER)


def candidates_for(points: DataFrame, columns: PointColumns, low: int, high: int | None) -> list[int]:
    """The numbers of clusters to try. There can't be more clusters than points that differ."""
    wanted = high if high is not None else low
    features = points.select(*features_in(columns))
    distinct = features.distinct().limit(max(wanted, MOST_SEGMENTS) + 1).count()
    if distinct < wanted:
        raise InputUnfitError(
            f"{distinct} different valid row{'s' if distinct != 1 else ''} can't make {wanted} segments:"
            f" {'lower --max-k' if high is not None else 'more rows are needed'}"
        )
    # As many clusters as points would tell nothing, unless somebody asks for it.
    return list(
        range(
            low,
            (high if high is not None else max(low, min(MOST_SEGMENTS, distinct - 1))) + 1,
        )
    )


def load(arguments: argparse.Namespace) -> CommittedRun:
    low, high = arguments.min_k, arguments.max_k
    if low < 2 or (high is not None and high < low):
        raise UnknownOptionError(
            f"--min-k {low} --max-k {high or MOST_SEGMENTS}: from 2 up, and not downwards"
        )
    columns = PointColumns(arguments.id, arguments.id_type, tuple(arguments.features))
    outputs = [output for output in (arguments.predictions, arguments.model) if output]
    before = committed_before(arguments)
    finish_outputs(
        arguments.database,
        arguments.table,
        outputs,
        arguments.run_id,
        lock_timeout_ms(arguments),
    )
    if before:
        return before
    Artifacts(arguments.artifacts)
    # Says what keeps the files from being read before Spark starts, which takes a while.
    read_header(arguments.input, columns.schema.names, delimiter=arguments.delimiter)
    for output in outputs:
        must_have_folder(output)

    spark = SparkSession.builder.appName("segments").getOrCreate()
    try:
        return find_segments(spark, arguments, columns)
    finally:
        spark.stop()


def find_segments(spark: SparkSession, arguments: argparse.Namespace, columns: PointColumns) -> CommittedRun:
    rows = read_points(spark, arguments.input, columns, arguments.delimiter).cache()
    side_by_side = arguments.fit_partitions or spark.sparkContext.defaultParallelism
    points = fit_points(rows, columns, side_by_side)
    if points.isEmpty():
        raise no_valid_rows(rows, arguments.input)
    vectors = with_features(points, columns)
    candidates = candidates_for(vectors, columns, arguments.min_k, arguments.max_k)
    seeds = range(arguments.seed, arguments.seed + arguments.starts)
    prepared = fit_preparation(vectors, columns)
    best, trials = choose_k(prepared.transform(vectors).select(SCALED).cache(), candidates, seeds)

    # The very model whose silhouette is told: fitted again, it need not be the same.
    pipeline = PipelineModel([*prepared.stages, best.model])
    model = SegmentModel.numbered(pipeline, columns)
    segments = model.assign(points).cache()
    tell(arguments, model, segments, best, trials)
    return publish(arguments, spark, model, rows, segments, best, trials)


def tell(
    arguments: argparse.Namespace,
    model: SegmentModel,
    segments: DataFrame,
    best: Trial,
    trials: Sequence[Trial],
) -> None:
    """The metrics of the run, a curve for each that depends on k, and the segments as a picture."""
    artifacts = Artifacts(arguments.artifacts)
    artifacts.metrics({"k": best.k, "silhouette": best.silhouette, "inertia": best.inertia})
    report_sizes(artifacts, segments)
    curves = {
        "Silhouette": [(trial.k, trial.silhouette) for trial in trials],
        "Inertia": [(trial.k, trial.inertia) for trial in trials],
    }
    report_curves(artifacts, curves)
    features = model.columns.features
    if len(features) > 1:
        # The two features in which the segments lie farthest apart.
        spreads = [pvariance(values) for values in zip(*model.scaled_centres, strict=True)]
        x, y = sorted(sorted(range(len(spreads)), key=lambda place: -spreads[place])[:2])
        places = [(centre[x], centre[y]) for centre in centres_in_units(model.pipeline)]
        report_segments(artifacts, segments, features[x], features[y], places)
    artifacts.save()


def publish(
    arguments: argparse.Namespace,
    spark: SparkSession,
    model: SegmentModel,
    rows: DataFrame,
    segments: DataFrame,
    best: Trial,
    trials: Sequence[Trial],
) -> CommittedRun:
    """Prepares every output, then shows the table, and after it the file and the model that belong to it."""
    tried = spark.createDataFrame(
        [(trial.k, trial.silhouette, trial.inertia, int(trial.k == best.k)) for trial in trials],
        "k long not null, silhouette double not null, inertia double not null, chosen long not null",
    )
    database, table = arguments.database, arguments.table
    run_id = checked_run_id(arguments.run_id or str(uuid.uuid4()))
    with shown_with(database, table, run_id, lock_timeout_ms(arguments)) as staged:
        if arguments.predictions:
            staged.append(stage_csv(segments, arguments.predictions, model.columns.id, run_id))
        if arguments.model:
            staged.append(stage_model(model, arguments.model, run_id))
        return write_sqlite(
            model.assign(rows),
            database,
            table,
            mode="overwrite",
            run_id=run_id,
            key=[model.columns.id],
            companions={
                f"{table}_centres": centres_of(segments, model.columns),
                f"{table}_by_k": tried,
                outputs_table(table): outputs_of(spark, run_id, database, staged),
            },
            lock_timeout_ms=lock_timeout_ms(arguments),
        )


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Finds segments among rows of numbers.")
    add_arguments(parser, "segments")
    add_csv_arguments(parser)
    parser.add_argument("--id", default="customer_id", help="the column that names a row")
    parser.add_argument("--id-type", choices=["integer", "text"], default="integer")
    parser.add_argument(
        "--features",
        type=lambda text: [name.strip() for name in text.split(",")],
        default=["age", "annual_income", "spending_score"],
        help="the columns of numbers, by commas",
    )
    parser.add_argument("--min-k", type=positive, default=2, help="the fewest segments")
    parser.add_argument(
        "--max-k",
        type=positive,
        help=f"the most segments (default: {MOST_SEGMENTS}, or what the rows allow)",
    )
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument(
        "--starts",
        type=positive,
        default=3,
        help="how often each number is tried, each time anew",
    )
    parser.add_argument(
        "--fit-partitions",
        type=positive,
        help="tasks that fit side by side (default: one for each core). With one, the model is the same to"
        " the last digit on any cluster; with more, sums are added up in the order in which they come",
    )
    parser.add_argument("--predictions", type=Path, help="the CSV file of the result")
    parser.add_argument("--model", type=Path, help="the folder of the fitted model")
    return parser


def main() -> None:
    arguments = command_line().parse_args()
    run_job("segments", lambda: load(arguments))


if __name__ == "__main__":
    main()
