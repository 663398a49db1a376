"""--archives with a packed virtual environment, whose Python the executors run."""

import os
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()


def inside(_):
    import from_environment

    yield os.path.relpath(sys.prefix), from_environment.word, os.path.relpath(from_environment.__file__)


print(spark.sparkContext.parallelize([1], 1).mapPartitions(inside).collect())
spark.stop()
