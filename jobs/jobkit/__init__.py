"""What the bundled jobs have in common: their command lines, outputs, charts and clusters."""

import sys

from pyspark import cloudpickle

# Executors need no copy: what a job uses travels with its tasks.
cloudpickle.register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]
