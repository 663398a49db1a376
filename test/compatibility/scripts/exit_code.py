"""An exit code of its own, with a session that nobody stops."""

import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print("rows", spark.range(3).count())
sys.exit(42)
