"""The smallest application: opens a session on the cluster, prints its word and its own id, and ends."""

import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("no-op").getOrCreate()
print("no-op", sys.argv[1], spark.sparkContext.applicationId)
spark.stop()
