"""Artifacts that a run leaves for its report beside its data: metrics, curves, pictures."""

import json
import math
import os
import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from sparkctl_io.errors import CannotCreateError, JobError, from_os

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Artifacts:
    """
    Collects metrics and curves, and writes them as `metrics.json`; pictures go beside it.

    Without a folder everything is still checked, and nothing written: a job works the same by itself.
    """

    def __init__(self, folder: str | Path | None) -> None:
        self._folder = Path(folder) if folder else None
        self._metrics: dict[str, float] = {}
        self._series: list[dict[str, object]] = []
        if self._folder is not None and not self._folder.is_dir():
            raise CannotCreateError(f"the folder for artifacts is not there: {self._folder}. Make it first.")

    def metrics(self, values: Mapping[str, float]) -> None:
        """Numbers that describe the run, such as how good its model is."""
        for name, value in values.items():
            self._metrics[name] = _finite(name, value)

    def series(self, name: str, x: str, y: str, points: Sequence[tuple[float, float]]) -> None:
        """A curve, with what its axes are."""
        pairs = [[_finite(name, a), _finite(name, b)] for a, b in points]
        self._series.append({"name": name, "x": x, "y": y, "points": pairs})

    def picture(self, name: str, svg: str) -> None:
        """A picture for the report, as `NAME.svg`."""
        if not _NAME.fullmatch(name):
            raise JobError(f"{name!r} can't be the name of a picture: use letters, digits, _ and -")
        self._write(f"{name}.svg", svg)

    def save(self) -> None:
        """Writes the metrics and curves."""
        content = {"schemaVersion": 1, "metrics": self._metrics, "series": self._series}
        self._write("metrics.json", json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n")

    def _write(self, name: str, text: str) -> None:
        if self._folder is not None:
            write_text(self._folder / name, text)


def write_text(path: Path, text: str) -> None:
    """A file that is the old one or the whole new one, and that the group can read and write."""
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        try:
            partial.write_text(text, "utf-8", newline="")
            partial.chmod(0o664)
            os.replace(partial, path)  # noqa: PTH105
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise from_os(error, path) from error


def _finite(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise JobError(f"the metric {name} is {value!r}: only finite numbers can be kept")
    return value
