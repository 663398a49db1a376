"""Scripts beside this one, each as the main module, in turn and all in one session: in_turn.py SCRIPT..."""

import runpy
import sys
from pathlib import Path

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
for script in sys.argv[1:]:
    print(f"=== {script}", flush=True)
    runpy.run_path(str(Path(__file__).with_name(script)), run_name="__main__")
spark.stop()
