"""--archives: a packed virtual environment under a name of its own; its packages, or its interpreter too."""

import os
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
uses_interpreter = sys.argv[1:] == ["interpreter"]


def packed(_):
    if not uses_interpreter:
        version = "python{}.{}".format(*sys.version_info)
        sys.path.append(os.path.join("environment", "lib", version, "site-packages"))
    import from_environment

    prefix = os.path.relpath(sys.prefix) if uses_interpreter else "-"
    yield prefix, from_environment.word, os.path.relpath(from_environment.__file__)


print(spark.sparkContext.parallelize([1], 1).mapPartitions(packed).collect())
spark.stop()
