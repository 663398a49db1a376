"""The common part of the bundled jobs: their command lines, outputs, charts and clusters."""

import sys
from pathlib import Path

from pyspark import cloudpickle

try:
    import sparkctl_io  # noqa: F401 -- installed, or put on the path by sparkctl
except ImportError:  # under plain spark-submit, in a clone
    sys.path.append(str(Path(__file__).resolve().parents[2] / "spark"))

# Executors need no copy: what a job uses travels with its tasks.
cloudpickle.register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]
