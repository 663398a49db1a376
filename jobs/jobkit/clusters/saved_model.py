"""A fitted pipeline in a folder: with the columns that it takes, and the numbers of its segments."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from pyspark.ml import PipelineModel
from pyspark.sql import Column, DataFrame
from pyspark.sql.functions import array, array_min, array_position, col, element_at, lit, when

from sparkctl_io.column_names import spark_name
from sparkctl_io.errors import CannotCreateError, InputMissingError, InputUnfitError, from_os
from sparkctl_io.sink.staging import Staging
from sparkctl_io.source import SOURCE

from ..artifacts import write_text
from ..open_to_group import open_to_group
from ..outputs import StagedOutput
from .points import SEGMENT, PointColumns

ASSEMBLED, SCALED, CLUSTER = "_assembled", "_scaled", "_cluster"
_DESCRIPTION, _PIPELINE = "segments.json", "pipeline"


@dataclass(frozen=True)
class SegmentModel:
    """
    A pipeline from the features to clusters, and the segment of each cluster.

    Clusters have the numbers that k-means happens to give them; segments are numbered by where they lie.
    """

    pipeline: PipelineModel
    columns: PointColumns
    segments: tuple[int, ...]
    """For each cluster its segment."""

    @staticmethod
    def numbered(pipeline: PipelineModel, columns: PointColumns) -> "SegmentModel":
        """Numbers the segments by the first feature of their centres, then by the next ones."""
        rounded = [tuple(float(f"{value:.9g}") for value in centre) for centre in centres_in_units(pipeline)]
        order = sorted(range(len(rounded)), key=lambda cluster: rounded[cluster])
        return SegmentModel(pipeline, columns, tuple(order.index(cluster) for cluster in range(len(rounded))))

    @property
    def scaled_centres(self) -> list[list[float]]:
        """The centres of the clusters in scaled features, each of which counts the same."""
        means: Any = self.pipeline.stages[-1]
        return [centre.tolist() for centre in means.clusterCenters()]

    def assign(self, rows: DataFrame) -> DataFrame:
        """
        The rows with their segment: that of the nearest centre.

        Rejected ones, where the rows know their lines, have none, and are not shown to the model. They stay
        among the others until they are written, while a pipeline takes all rows of a frame or drops some: so
        what the model does with a row is said as one expression.
        """
        _, scaler, _ = self.pipeline.stages
        features = [col(spark_name(name)) for name in self.columns.features]
        scaled = [
            (feature - lit(float(mean))) / lit(float(deviation))
            for feature, mean, deviation in zip(features, scaler.mean, scaler.std, strict=True)  # type: ignore[attr-defined]
        ]
        distances = array(*(_squared_distance(scaled, centre) for centre in self.scaled_centres))
        cluster = array_position(distances, array_min(distances))
        segment = element_at(array(*map(lit, self.segments)), cluster.cast("int")).cast("long")
        if SOURCE in rows.columns:
            segment = when(col(SOURCE)["reason"].isNull(), segment)
        return rows.withColumn(SEGMENT, segment)


def _squared_distance(point: Sequence[Column], centre: Sequence[float]) -> Column:
    return reduce(add, ((x - lit(c)) * (x - lit(c)) for x, c in zip(point, centre, strict=True)))


def centres_in_units(pipeline: PipelineModel) -> list[list[float]]:
    """Returns the centres of the clusters in the features' own units."""
    stages: list[Any] = pipeline.stages
    _, scaler, means = stages
    return [(centre * scaler.std + scaler.mean).tolist() for centre in means.clusterCenters()]


def features_in(columns: PointColumns) -> list[str]:
    """The names of the features inside a pipeline: names of people may have dots and anything else."""
    return [f"_feature_{place}" for place in range(len(columns.features))]


def with_features(points: DataFrame, columns: PointColumns) -> DataFrame:
    """Valid rows with their features under the names that they have inside a pipeline."""
    pairs = zip(columns.features, features_in(columns), strict=True)
    return points.select("*", *(col(spark_name(old)).alias(new) for old, new in pairs))


def stage_model(model: SegmentModel, folder: Path, run_id: str) -> StagedOutput:
    """Saves a model beside the folder that it is to become."""
    if not folder.absolute().parent.is_dir():
        raise CannotCreateError(f"the folder for the model is not there: {folder.parent}. Make it first.")
    if folder.exists() and any(folder.iterdir()) and not (folder / _DESCRIPTION).is_file():
        raise CannotCreateError(f"the model can't be saved: {folder} is there and holds something else")
    staging = Staging.create(folder, run_id)
    content = staging.folder / folder.name
    try:
        content.mkdir()
        model.pipeline.save(_address(content / _PIPELINE))
        description = {
            "schemaVersion": 1,
            "id": model.columns.id,
            "idType": model.columns.id_type,
            "features": model.columns.features,
            "segments": model.segments,
        }
        write_text(content / _DESCRIPTION, json.dumps(description, ensure_ascii=False, indent=1) + "\n")
        open_to_group(content)
    except OSError as error:
        staging.remove()
        raise from_os(error, content) from error
    except BaseException:
        staging.remove()
        raise
    return StagedOutput(staging, content, folder)


def read_columns(folder: Path) -> PointColumns:
    """The columns that a saved model takes. Needs no Spark."""
    description = _description(folder)
    return PointColumns(description["id"], description["idType"], tuple(description["features"]))


def load_model(folder: Path) -> SegmentModel:
    """The model that a job saved."""
    description = _description(folder)
    pipeline = PipelineModel.load(_address(folder / _PIPELINE))
    return SegmentModel(pipeline, read_columns(folder), tuple(description["segments"]))


def _description(folder: Path) -> dict[str, Any]:
    path = folder / _DESCRIPTION
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise InputMissingError(
            f"there is no model in {folder}: fit one first, with jobs/segments.py --model {folder}"
        ) from error
    except OSError as error:
        raise InputMissingError(f"the model can't be read: {path} ({error.strerror})") from error
    except ValueError as error:
        raise InputUnfitError(f"the model can't be read: {path} is no JSON ({error})") from error
    if not isinstance(found, dict) or found.get("schemaVersion") != 1:
        raise InputUnfitError(f"the model can't be read: {path} is of another version")
    return found


def _address(path: Path) -> str:
    return f"file:{path.absolute()}"
