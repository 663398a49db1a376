"""A frame as one CSV file with a header."""

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import DataFrame

from .column_names import spark_name
from .errors import CannotCreateError, from_os
from .open_to_group import open_to_group


@dataclass(frozen=True)
class StagedCsv:
    """A written file that nobody sees yet."""

    folder: Path
    path: Path

    def publish(self) -> None:
        """Puts it in the place of the file that was there, at once."""
        try:
            next(self.folder.glob("part-*.csv")).replace(self.path)
        except OSError as error:
            raise from_os(error, self.path) from error

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def stage_csv(frame: DataFrame, path: Path, order: str) -> StagedCsv:
    """Writes the rows, in the order of a column, into a folder beside the file that it is to become."""
    path = path.absolute()
    must_have_folder(path)
    staged = StagedCsv(path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}", path)
    try:
        rows = frame.orderBy(spark_name(order)).coalesce(1)
        rows.write.option("header", True).option("escape", '"').csv(f"file:{staged.folder}")
        open_to_group(staged.folder)
    except BaseException:
        staged.discard()
        raise
    return staged


def must_have_folder(output: Path) -> None:
    """Says early that an output has no place."""
    if not output.absolute().parent.is_dir():
        raise CannotCreateError(f"the folder of an output is not there: {output.parent}. Make it first.")
    if output.suffix and output.is_dir():
        raise CannotCreateError(f"the output can't be created: {output} is a folder")
