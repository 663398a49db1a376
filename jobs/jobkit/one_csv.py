"""A frame as one CSV file with a header."""

import shutil
from pathlib import Path

from pyspark.sql import DataFrame

from sparkctl_io.column_names import spark_name
from sparkctl_io.errors import CannotCreateError
from sparkctl_io.sink.staging import Staging

from .open_to_group import open_to_group
from .outputs import StagedOutput


def stage_csv(frame: DataFrame, path: Path, order: str, run_id: str) -> StagedOutput:
    """Writes the rows, in the order of a column, beside the file that they are to become."""
    must_have_folder(path)
    staging = Staging.create(path, run_id)
    written, content = staging.folder / "csv", staging.folder / path.name
    try:
        rows = frame.orderBy(spark_name(order)).coalesce(1)
        rows.write.option("header", True).option("escape", '"').csv(f"file:{written}")
        next(written.glob("part-*.csv")).rename(content)
        shutil.rmtree(written)
        open_to_group(content)
    except BaseException:
        staging.remove()
        raise
    return StagedOutput(staging, content, path)


def must_have_folder(output: Path) -> None:
    """Says early that an output has no place."""
    if not output.absolute().parent.is_dir():
        raise CannotCreateError(f"the folder of an output is not there: {output.parent}. Make it first.")
    if output.suffix and output.is_dir():
        raise CannotCreateError(f"the output can't be created: {output} is a folder")
